"""Which signs of a text are content, and which are formatting."""

from __future__ import annotations

import pytest

from tests.core.test_differences import compare, only

CONTENT = [
    ("Write to legal@support.example today.", "Write to legal-support@example today.", "words"),
    ("Write to j.doe@mill.example today.", "Write to j_doe@mill.example today.", "words"),
    ("Write to legal@a-b.example today.", "Write to legal@ab.example today.", "words"),
    ("See https://mill.example/terms-of-use now.", "See https://mill.example/terms_of_use now.", "words"),
    ("See https://mill.example/a/b now.", "See https://mill.example/a-b now.", "words"),
    ("See https://mill.example/x?y=1 now.", "See https://mill.example/x&y=1 now.", "words"),
    ("See www.rye.example now.", "See www.rye-example now.", "words"),
    ("See (rye.example/terms) now.", "See (rye-example/terms) now.", "words"),
    ("Send form_a.pdf now.", "Send form-a.pdf now.", "words"),
    ("Dose: 5 mg/kg daily.", "Dose: 5 mg.kg daily.", "number"),
    ("Dose: 5 mg/kg daily.", "Dose: 5 mg kg daily.", "number"),
    ("Doses in mg/kg are daily.", "Doses in mg kg are daily.", "number"),
    ("At 5 km/h it stops.", "At 5 km.h it stops.", "number"),
    ("A link of 50 Mb is used.", "A link of 50 MB is used.", "number"),
    ("It gives 5 mW of light.", "It gives 5 MW of light.", "number"),
    ("Rows 3-4 apply.", "Rows 3.4 apply.", "number"),
    ("Rows 3-4 apply.", "Rows 3, 4 apply.", "number"),
    ("It takes 10-20 days.", "It takes 10 20 days.", "number"),
    ("A ratio of 3:4 is due.", "A ratio of 3/4 is due.", "number"),
    ("Mix 1/2 of it.", "Mix 12 of it.", "number"),
    ("The value 1,234 is due.", "The value 1.234 is due.", "number"),
    ("The value -5 is due.", "The value 5 is due.", "number"),
    ("The value +5 is due.", "The value 5 is due.", "number"),
    ("The value 5 is due.", "The value <5 is due.", "number"),
    ("The value 5 is due.", "The value ~5 is due.", "number"),
    ("The value 5% is due.", "The value 5‰ is due.", "number"),
    ("Here x^2 grows.", "Here x2 grows.", "number"),
    ("Section 3(1) applies.", "Section 31 applies.", "number"),
    ("Version 2.0.1 applies.", "Version 2.01 applies.", "number"),
    ("No, payment is due.", "No payment is due.", "negation"),
    ("No payment is due.", "No, payment is due.", "negation"),
    ("Nein, Zahlung ist fällig.", "Nein Zahlung ist fällig.", "negation"),
    ("Payment is due.", "Payment is due?", "words"),
]
FORMATTING = [
    ("You can not pay.", "You cannot pay."),
    ("You cannot pay.", "You can not pay."),
    ("Send an e-mail now.", "Send an email now."),
    ("Send an E-mail now.", "Send an email now."),
    ("The co-operation ends.", "The cooperation ends."),
    ("All non-refundable fees", "All nonrefundable fees"),
    ("A well-known mill.", "A well known mill."),
    ("A 30-day notice.", "A 30 day notice."),
    ("The 'mill' grinds.", 'The "mill" grinds.'),
    ("Pay at once, or leave.", "Pay at once or leave."),
    ("He pays; she leaves.", "He pays. She leaves."),
    ("User and/or owner", "User and or owner"),
    ("It is A/B tested.", "It is A-B tested."),
    ("The U.S. mill grinds.", "The US mill grinds."),
    ("Pay 5 EUR.", "Pay 5 EUR"),
    ("Fees: none", "Fees none"),
    ("See rye.example.", "See rye.example"),
    ("Take 5 mL of it.", "Take 5 ml of it."),
    ("The Mill grinds.", "The mill grinds."),
]
NOTHING = [
    ("Don't pay.", "Don’t pay."),
    ('The "mill" grinds.', "The “mill” grinds."),
    ("Rows 3-4 apply.", "Rows 3–4 apply."),
    ("The value −5 is due.", "The value -5 is due."),
    ("The value 5 % is due.", "The value 5% is due."),
    ("EUR36,000 are due.", "EUR 36,000 are due."),
    ("the so-\ncalled mill", "the so-called mill"),
    ("the main-\ntenance of it", "the maintenance of it"),
]


@pytest.mark.parametrize(("before", "after", "what"), CONTENT, ids=[f"{one} {two}" for one, two, _ in CONTENT])
def test_a_sign_that_is_content_is_substantive(before: str, after: str, what: str) -> None:
    found = only(compare(before, after))
    assert (found.what, found.significance) == (what, "substantive")


@pytest.mark.parametrize(("before", "after"), FORMATTING, ids=[f"{one} {two}" for one, two in FORMATTING])
def test_any_other_sign_is_formatting(before: str, after: str) -> None:
    found = compare(before, after).differences
    assert {one.significance for one in found} == {"formatting"}


@pytest.mark.parametrize(("before", "after"), NOTHING, ids=[f"{one} {two}" for one, two in NOTHING])
def test_what_print_varies_is_no_difference(before: str, after: str) -> None:
    assert compare(before, after).texts_agree
