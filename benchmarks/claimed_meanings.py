"""Sentences about changes, true and false on purpose, in English and German: what a model might say of them."""

# ruff: noqa: E501 - the sentences are a line each

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from benchmarks.drawn_pairs import Label

ErrorKind = Literal[
    "false figure", "false date", "false name", "wrong direction", "wrong kind", "swapped meanings"
]  # fmt: skip
_AMOUNTS = frozenset({"number", "percent", "cell", "column value", "two in a sentence"})
_NUMBER = re.compile(r"[A-Z]{3} |[+-]?\d[\d,.]*|%| per cent")
_MONTHS = (
    "January February March April May June July August September October November December".split(),
    "Januar Februar März April Mai Juni Juli August September Oktober November Dezember".split(),
)
_PLACES = ("Saltmere", "Orrinford", "Hexley", "Varnholt", "Quillbay", "Thornwick")


@dataclass(frozen=True, kw_only=True)
class Meaning:
    """A sentence about a change."""

    text: str
    is_telling: bool
    """Whether it says enough to be told from the meaning of another change."""


@dataclass(frozen=True, kw_only=True)
class _Amount:
    value: Decimal
    unit: str
    """`EUR`, `%` or `""`."""

    def written(self, luck: random.Random, *, is_german: bool) -> str:
        digits = f"{self.value:,}"
        if is_german:
            digits = digits.translate(str.maketrans(",.", ".,"))
        elif luck.random() < 0.2:
            digits = digits.replace(",", "")
        if self.unit == "%":
            return f"{digits} {'Prozent' if is_german else luck.choice(('%', 'per cent'))}"
        if not self.unit or luck.random() < 0.4:
            return digits
        return f"{digits} {self.unit}" if is_german else f"{self.unit} {digits}"


def is_amount(label: Label) -> bool:
    return label.kind in _AMOUNTS and _amount(label.before) is not None and _amount(label.after) is not None


def is_date(label: Label) -> bool:
    return label.kind == "date"


def true_meaning(label: Label, section: str, luck: random.Random, *, is_german: bool) -> Meaning:
    """Say what changed, in one of several ways."""
    return _meaning(label, section, luck, is_german=is_german)


def false_meaning(label: Label, error: ErrorKind, luck: random.Random, *, is_german: bool) -> str | None:
    """Say what did not change so; None where this error cannot be made of the change."""
    match error:
        case "false figure" if is_amount(label):
            old, new = _amount(label.before), _amount(label.after)
            assert old is not None
            assert new is not None
            wrong = _other_amount(luck, old, new)
            pair = (wrong, new) if luck.random() < 0.3 else (old, wrong)
            return _of_amounts(*pair, luck, is_german=is_german, names_both=True)
        case "false date" if is_date(label):
            days = _day(label.before), _day(label.after)
            other_day = _other_day(luck, *days)
            told = (other_day, days[1]) if luck.random() < 0.3 else (days[0], other_day)
            return _of_dates(*told, luck, is_german=is_german, names_both=True)
        case "false name" if label.kind == "name":
            wrong_name = luck.choice([one for one in _PLACES if one not in {label.before, label.after}])
            names = (wrong_name, label.after) if luck.random() < 0.3 else (label.before, wrong_name)
            return _of_names(*names, luck, is_german=is_german)
        case "wrong direction" if is_amount(label):
            old, new = _amount(label.before), _amount(label.after)
            assert old is not None
            assert new is not None
            return _wrong_way(old, new, luck, is_german=is_german)
        case "wrong kind" if label.kind.endswith((" added", " removed")) or label.kind.startswith("paragraph moved"):
            return _wrong_kind(label, luck, is_german=is_german)
        case _:
            return None


def _meaning(label: Label, section: str, luck: random.Random, *, is_german: bool) -> Meaning:
    if is_amount(label):
        old, new = _amount(label.before), _amount(label.after)
        assert old is not None
        assert new is not None
        text = _of_amounts(old, new, luck, is_german=is_german)
        return Meaning(text=text, is_telling=any(map(str.isdigit, text)))
    if is_date(label):
        return Meaning(
            text=_of_dates(_day(label.before), _day(label.after), luck, is_german=is_german), is_telling=True
        )
    if label.kind == "name":
        return Meaning(text=_of_names(label.before, label.after, luck, is_german=is_german), is_telling=True)
    return _of_words(label, section, luck, is_german=is_german)


# --- amounts ----------------------------------------------------------------------------------------------------------


def _amount(text: str) -> _Amount | None:
    found = re.fullmatch(r"(?:([A-Z]{3}) )?([+-]?)(\d[\d,.]*)( per cent|%)?", text.strip())
    if found is None or found[2] == "-":
        return None
    return _Amount(value=Decimal(found[3].replace(",", "")), unit=found[1] or ("%" if found[4] else ""))


def _other_amount(luck: random.Random, *known: _Amount) -> _Amount:
    """Make an amount that resembles the known ones and is neither of them, nor what they differ by."""
    while True:
        digits = list(str(known[-1].value))
        place = luck.choice([n for n, digit in enumerate(digits) if digit.isdigit()])
        digits[place] = luck.choice("123456789")
        value = Decimal("".join(digits))
        if all(value != one.value for one in known):
            return _Amount(value=value, unit=known[-1].unit)


def _of_amounts(old: _Amount, new: _Amount, luck: random.Random, *, is_german: bool, names_both: bool = False) -> str:
    b, a = old.written(luck, is_german=is_german), new.written(luck, is_german=is_german)
    is_up = new.value > old.value
    difference = _Amount(value=abs(new.value - old.value), unit=new.unit).written(luck, is_german=is_german)
    share = f"{abs(new.value - old.value) / old.value * 100:.1f}" if old.value else "0.0"
    if is_german:
        both = [
            f"Der Wert {'steigt' if is_up else 'sinkt'} von {b} auf {a}.",
            f"Statt {b} gelten nun {a}.",
            f"Künftig sind es {a}, bisher waren es {b}.",
            f"{a} anstelle von {b} sind anzusetzen.",
            f"Die Angabe wird von {b} auf {a} geändert, was die Abrechnung betrifft.",
            f"Nicht mehr {b}, sondern {a}.",
        ]
        single = [
            f"Der Betrag liegt um {difference} {'höher' if is_up else 'niedriger'} als zuvor.",
            f"Die Summe {'erhöht' if is_up else 'verringert'} sich um {share.replace('.', ',')} %.",
            "Die Zahl wird berichtigt.",
        ]
    else:
        both = [
            f"The figure {'rises' if is_up else 'falls'} from {b} to {a}.",
            f"{a} now applies instead of {b}.",
            f"Where {b} was stated, the later version has {a}.",
            f"{b} becomes {a}, which changes what is owed.",
            f"The amount is no longer {b} but {a}.",
            f"{a} replaces {b}, so invoices have to be checked.",
            f"The earlier {b} gives way to {a}.",
            f"The value was changed to {a} (previously {b}).",
        ]
        single = [
            f"It goes {'up' if is_up else 'down'} by {difference}.",
            f"The value is {share} % {'higher' if is_up else 'lower'} than before.",
            "A figure was corrected.",
            f"{'More' if is_up else 'Less'} has to be paid than before.",
        ]
    return luck.choice(both if names_both or luck.random() < 0.6 else single)


def _wrong_way(old: _Amount, new: _Amount, luck: random.Random, *, is_german: bool) -> str:
    b, a = old.written(luck, is_german=is_german), new.written(luck, is_german=is_german)
    is_up = new.value > old.value
    if is_german:
        return luck.choice(
            [
                f"Der Wert {'sinkt' if is_up else 'steigt'} auf {a}.",
                f"Der Wert {'sinkt' if is_up else 'steigt'} von {a} auf {b}.",
                f"Statt {a} gelten nun {b}.",
                f"Mit {a} liegt der Wert {'niedriger' if is_up else 'höher'} als zuvor.",
            ]
        )
    return luck.choice(
        [
            f"The figure {'falls' if is_up else 'rises'} to {a}.",
            f"The figure {'falls' if is_up else 'rises'} from {a} to {b}.",
            f"{b} now applies instead of {a}.",
            f"The amount is {'reduced' if is_up else 'increased'} to {a}.",
            f"At {a} it is {'lower' if is_up else 'higher'} than before.",
        ]
    )


# --- dates ------------------------------------------------------------------------------------------------------------


def _day(text: str) -> date:
    day, month, year = text.split()
    return date(int(year), 1 + list[str](_MONTHS[0]).index(month), int(day))


def _other_day(luck: random.Random, *known: date) -> date:
    while True:
        found = date(luck.randint(2021, 2028), luck.randint(1, 12), luck.randint(1, 28))
        if luck.random() < 0.5:
            found = known[-1].replace(month=luck.randint(1, 12))
        if found not in known:
            return found


def _written_day(day: date, luck: random.Random, *, is_german: bool) -> str:
    if is_german:
        return luck.choice((f"{day.day}. {_MONTHS[1][day.month - 1]} {day.year}", f"{day:%d.%m.%Y}"))
    month = _MONTHS[0][day.month - 1]
    return luck.choice((f"{day.day} {month} {day.year}", f"{month} {day.day}, {day.year}", f"{day:%Y-%m-%d}"))


def _of_dates(old: date, new: date, luck: random.Random, *, is_german: bool, names_both: bool = False) -> str:
    b, a = _written_day(old, luck, is_german=is_german), _written_day(new, luck, is_german=is_german)
    is_later, days = new > old, abs((new - old).days)
    if is_german:
        both = [
            f"Das Datum ändert sich von {b} auf {a}.",
            f"Maßgeblich ist nun der {a} statt {b}.",
            f"Der Stichtag {b} wird durch den {a} ersetzt.",
        ]
        single = [f"Der Termin liegt {days} Tage {'später' if is_later else 'früher'}."]
    else:
        both = [
            f"The date moves from {b} to {a}.",
            f"It now ends on {a}, not on {b}.",
            f"{a} takes the place of {b}.",
            f"The cut-off becomes {a} instead of {b}.",
        ]
        single = [
            f"The date is {days} days {'later' if is_later else 'earlier'}.",
            f"Everything now hangs on {a}.",
        ]
    return luck.choice(both if names_both or luck.random() < 0.7 else single)


# --- names and words --------------------------------------------------------------------------------------------------


def _of_names(old: str, new: str, luck: random.Random, *, is_german: bool) -> str:
    if is_german:
        return luck.choice((f"Der Ort ändert sich von {old} nach {new}.", f"{new} statt {old} ist nun der Ort."))
    return luck.choice(
        (
            f"The place changes from {old} to {new}.",
            f"It happens at {new} rather than {old}.",
            f"{new} replaces {old} as the place.",
        )
    )


def _of_words(label: Label, section: str, luck: random.Random, *, is_german: bool) -> Meaning:
    kind = label.kind
    text = label.after or label.before
    topic = _topic(text, luck)
    under = re.sub(r"^\d+\.\s*", "", section)
    if kind.endswith((" added", " removed")):
        is_added = kind.endswith("added")
        what = kind.split()[0]
        if is_german:
            noun = {"sentence": "Satz", "paragraph": "Absatz", "section": "Abschnitt", "row": "Eintrag"}[what]
            end = "wurde hinzugefügt" if is_added else "wurde gestrichen"
            choices = [f"Ein {noun} {end} ({topic}).", f"{'Neu ist' if is_added else 'Es entfällt'} ein {noun}."]
        elif is_added:
            choices = [
                f"A new {what} deals with {topic}.",
                f"The {what} on {topic} was added.",
                f"There is now a rule about {topic}.",
                f"Further terms on {topic} apply.",
            ]
        else:
            choices = [
                f"The {what} on {topic} was deleted.",
                f"What was said about {topic} no longer applies.",
                f"The earlier {what} about {topic} is gone.",
            ]
        chosen = luck.choice(choices)
        return Meaning(text=chosen, is_telling=topic in chosen and " and " in topic)
    choices_of = {
        "paragraph moved": ("The paragraph now stands in another place.", "Der Absatz steht jetzt an anderer Stelle."),
        "paragraph moved and edited": ("The paragraph moved, and a figure in it changed.", "Der Absatz wurde verschoben und geändert."),
        "row moved": ("The row moved further down.", "Die Zeile wandert nach unten."),
        "negation": (f"Under {under}, what was required is now forbidden.", f"Zu {under}: aus dem Gebot wird ein Verbot."),
        "duty": (f"Under {under}, a duty becomes another kind of duty.", f"Zu {under}: die Pflicht wird anders gefasst."),
        "word": (f"The word “{label.after}” replaces “{label.before}”.", f"„{label.after}“ statt „{label.before}“."),
        "phrase": ("It now takes a request in writing first.", "Nun ist zuerst eine schriftliche Anfrage nötig."),
        "sign": ("The sign of the change is turned round.", "Das Vorzeichen kehrt sich um."),
        "case": ("Only the spelling changes.", "Nur die Schreibweise ändert sich."),
        "punctuation": ("Only a comma differs.", "Nur ein Komma fehlt."),
    }  # fmt: skip
    english, german = choices_of.get(kind, ("The text changes here.", "Hier ändert sich der Text."))
    return Meaning(text=german if is_german else english, is_telling=kind == "word")


def _wrong_kind(label: Label, luck: random.Random, *, is_german: bool) -> str:
    """Call removed what was added or moved, and added what was removed."""
    topic = _topic(label.after or label.before, luck)
    is_removed = label.kind.endswith("removed")
    if is_german:
        said = ("wurde hinzugefügt", "ist neu") if is_removed else ("wurde gestrichen", "entfällt")
        return f"Der Satz zu {topic} {luck.choice(said)}."
    if is_removed:
        return luck.choice((f"A new sentence deals with {topic}.", f"The clause on {topic} was added."))
    return luck.choice((f"The clause on {topic} was deleted.", f"The provision about {topic} has been removed."))


_SMALL = frozenset("before within without under during unless after against between".split())


def _topic(text: str, luck: random.Random) -> str:
    """Choose words that say what a text is about."""
    words = [word.strip(".,;:()") for word in text.split()]
    telling = sorted({word for word in words if len(word) > 5 and word.isalpha() and word not in _SMALL})
    return " and ".join(luck.sample(telling, min(2, len(telling)))) or "this"
