"""One definition for the server, the shell and the check of arguments."""

from __future__ import annotations

import json

import pytest

from witnessmark_tools.catalog import BY_NAME, TOOLS
from witnessmark_tools.definition import InvalidArgument, MissingArgument, UnknownArgument

EXTRACT = BY_NAME["extract_tables"]
ESTIMATE = BY_NAME["estimate_cost"]

BUDGET_BYTES = 24_000
TO_COME = (
    "extract_fields analyze_image classify_images review_screenshot measure_colors compare_models submit_batch"
).split()


def test_an_unknown_argument_is_refused_with_the_closest_known_one() -> None:
    with pytest.raises(UnknownArgument, match="Did you mean 'pages'"):
        EXTRACT.parse({"source": "a.pdf", "pgae": "3"})


def test_an_argument_unlike_any_is_refused_with_the_list() -> None:
    with pytest.raises(UnknownArgument, match="Known arguments: source, pages"):
        EXTRACT.parse({"source": "a.pdf", "zzz": 1})


def test_what_is_handed_in_by_the_server_cannot_be_passed_by_a_model() -> None:
    with pytest.raises(UnknownArgument):
        EXTRACT.parse({"source": "a.pdf", "documents": {}})


def test_a_missing_argument_is_named_with_its_meaning() -> None:
    with pytest.raises(MissingArgument, match="URL of the document"):
        EXTRACT.parse({})


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"detail": "everything"}, "'concise' or 'full'"),
        ({"wait_seconds": 0}, "a number from 1 to 3600"),
        ({"wait_seconds": "soon"}, "a number from 1 to 3600"),
        ({"export": ["exe"]}, "a list of 'csv'"),
        ({"pages": {"from": 1}}, r"a text \(Such as '1-3,7'; default: all pages\)"),
    ],
    ids=["choice", "range", "number", "list", "text"],
)
def test_a_wrong_value_is_refused_with_what_is_right(arguments: dict[str, object], says: str) -> None:
    with pytest.raises(InvalidArgument, match=says) as refusal:
        EXTRACT.parse({"source": "a.pdf", **arguments})
    assert "pydantic" not in str(refusal.value)


@pytest.mark.parametrize("written", [["csv"], "csv", '["csv"]'], ids=["list", "word", "json"])
def test_a_list_may_be_written_as_models_write_it(written: object) -> None:
    assert EXTRACT.parse({"source": "a.pdf", "export": written})["export"] == ["csv"]


@pytest.mark.parametrize(("written", "means"), [(3, "3"), ([1, 2], "1,2"), ("2-3", "2-3")], ids=["one", "list", "text"])
def test_pages_may_be_written_as_numbers(written: object, means: str) -> None:
    assert EXTRACT.parse({"source": "a.pdf", "pages": written})["pages"] == means


def test_a_password_is_never_shown_again() -> None:
    with pytest.raises(InvalidArgument) as refusal:
        EXTRACT.parse({"source": "a.pdf", "password": {"is": "swordfish"}})
    assert "swordfish" not in str(refusal.value)


@pytest.mark.parametrize("written", ['{"password": "swordfish"', ["swordfish"]], ids=["cut off", "list"])
def test_an_object_that_is_none_is_refused_without_being_shown(written: object) -> None:
    with pytest.raises(InvalidArgument, match="an object") as refusal:
        ESTIMATE.parse({"tool": "read_text", "arguments": written})
    assert "swordfish" not in str(refusal.value)


def test_an_object_may_be_written_as_json_text() -> None:
    assert ESTIMATE.parse({"tool": "read_text", "arguments": '{"source": "a.pdf"}'})["arguments"] == {"source": "a.pdf"}


def test_null_is_the_same_as_leaving_an_argument_out() -> None:
    assert EXTRACT.parse({"source": "a.pdf", "pages": None}) == EXTRACT.parse({"source": "a.pdf"})


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)
def test_every_argument_says_what_it_means(tool: object) -> None:
    schema = BY_NAME[tool.name].input_schema  # type: ignore[attr-defined]  # ids need the object
    assert schema["additionalProperties"] is False
    assert all(len(prop["description"]) >= 10 for prop in schema["properties"].values())
    assert not {"anyOf", "oneOf", "allOf"} & set(schema)


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)
def test_a_description_fits_on_the_wire(tool: object) -> None:
    description = BY_NAME[tool.name].description  # type: ignore[attr-defined]  # ids need the object
    assert 80 <= len(description) <= 500
    assert "\n" not in description


def test_names_descriptions_and_schemas_of_all_tools_fit_the_budget_those_to_come_included() -> None:
    sizes = [len(json.dumps([tool.name, tool.description, tool.input_schema])) for tool in TOOLS]
    # A tool to come is counted as large as the largest that is here.
    assert sum(sizes) + len(TO_COME) * min(max(sizes), 1_250) <= BUDGET_BYTES
    assert max(sizes) <= 1_700
