"""Arguments that several tools share, with the words a model reads."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

SECRET = frozenset({"password", "after_password"})
"""Arguments whose values are never shown again, not even when they are wrong, and never kept."""
WHOLE = frozenset({"sources", "questions"})
"""Lists whose texts may hold commas: a single text is one item, not several."""

Source = Annotated[str, Field(description="Path or https URL of the document (or file:// or data: URI).", min_length=1)]
Pages = Annotated[str | None, Field(description="Pages, such as '1-3,7'; default: all.")]
Password = Annotated[str | None, Field(description="For an encrypted PDF; never stored.")]
Model = Annotated[
    str | None,
    Field(description="A Claude model, or 'offline' (free, on this machine); default offline without a key."),
]
ModelOrAuto = Annotated[
    str | None,
    Field(
        description="'auto' (the default: a cheap model, dearer ones for pages in doubt), a Claude model, or 'offline' "
        "(free, on this machine; the default without a key)."
    ),
]
Vocabulary = Annotated[list[str] | None, Field(description="Names and words to expect.")]
MaxCost = Annotated[
    float | None,
    Field(
        description="A price in USD: a call above it is refused before anything is sent, one below it is agreed to.",
        ge=0,
    ),
]
Reuse = Annotated[bool, Field(description="false: pay again for answers that were paid for before.")]
Detail = Annotated[Literal["concise", "full"], Field(description="full: also the place of every cell.")]
DetailOfCitations = Annotated[
    Literal["concise", "full"], Field(description="full: also the box of every part of a cited passage.")
]
Wait = Annotated[
    float | None,
    Field(
        description="Seconds until a job_id comes back and the work goes on; default: as the server is set, else 45.",
        ge=1,
        le=3600,
    ),
]
WaitForJob = Annotated[
    float | None,
    Field(
        description="Seconds to wait for its end before its progress is reported; default: as the server is set, "
        "else 45.",
        ge=1,
        le=3600,
    ),
]
