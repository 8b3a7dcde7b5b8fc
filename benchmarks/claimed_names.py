"""Sentences about a change of names, true and false, in English and German: many ways to say what became what."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Literal, NamedTuple

from witnessmark.evidence.change_figures import ChangedTexts

ErrorOfName = Literal["wrong new name", "wrong old name", "names exchanged", "unknown name"]
ERRORS: tuple[ErrorOfName, ...] = ("wrong new name", "wrong old name", "names exchanged", "unknown name")

ENGLISH = (
    "The place changes from {old} to {new}.",
    "It is now {new} rather than {old}.",
    "{new} replaces {old}.",
    "{old} is replaced by {new}.",
    "{old} has been replaced with {new} here.",
    "{old} gives way to {new}.",
    "{old} becomes {new}.",
    "{new} takes the place of {old}.",
    "{new} takes over from {old}.",
    "{new} is named instead of {old}.",
    "Instead of {old}, it is now {new}.",
    "The text no longer names {old} but {new}.",
    "It is not {old} but {new} that is named.",
    "{new}, not {old}, is responsible.",
    "{new} succeeds {old} in this role.",
    "The name was changed from {old} to {new}.",
    "The name is changed from “{old}” to “{new}”.",
    "The later text says {new} in place of {old}.",
    "{new} (previously {old}) is responsible now.",
    "{old} → {new}.",
    "This moves from {old} to {new}, which matters for the costs.",
    "The reference to {old} was exchanged for one to {new}.",
    "What was {old} is {new} in the later version.",
    "{old} was swapped for {new}.",
    "The contract now names {new}; it used to name {old}.",
    "Responsibility passes from {old} to {new}.",
    "Where it said {old}, it now says {new}.",
    "{new} is put in the place of {old}.",
    "Only {new} is competent now; {old} is not.",
    "The clause is amended to read {new} where it read {old}.",
    "{old} is out, {new} is in.",
    "Henceforth {new} does what {old} did.",
    "{new} steps in for {old}.",
    "It switches from {old} over to {new}.",
    "{old} is crossed out and {new} written in.",
    "Jurisdiction shifts to {new}; until then it was {old}.",
    "{new} is substituted for {old}.",
    "They dropped {old} in favour of {new}.",
    "{old} has made way for {new}.",
    "The counterparty is {new} and no longer {old}.",
    "Claims must now be brought in {new} rather than in {old}.",
    "{old} loses the role to {new}.",
    "Before the change it was {old}; after it, {new}.",
    "The appointment of {new} ends that of {old}.",
)
GERMAN = (
    "Der Name ändert sich von {old} zu {new}.",
    "{new} statt {old} ist nun genannt.",
    "Statt {old} ist nun {new} zuständig.",
    "{new} ersetzt {old}.",
    "{old} wird durch {new} ersetzt.",
    "{old} wurde durch {new} ersetzt.",
    "Aus {old} wird {new}.",
    "{new} tritt an die Stelle von {old}.",
    "{new} löst {old} ab.",
    "Nicht mehr {old}, sondern {new} ist zuständig.",
    "Genannt ist nicht {old}, sondern {new}.",
    "Anstelle von {old} steht jetzt {new}.",
    "Es wird von {old} nach {new} verlegt.",
    "{old} weicht {new}.",
    "Zuständig ist nun {new}, nicht mehr {old}.",
    "Bisher {old}, nun {new}.",
    "{new} (bisher {old}) ist jetzt genannt.",
    "Der Wechsel von {old} zu {new} betrifft auch die Kosten.",
    "Früher war es {old}, jetzt ist es {new}.",
    "Die Zuständigkeit geht von {old} auf {new} über.",
    "{new} übernimmt von {old}.",
    "Künftig ist {new} zuständig anstelle von {old}.",
    "Wo {old} stand, steht nun {new}.",
    "Der Text nennt {new} anstatt {old}.",
    "Man tauscht {old} gegen {new}.",
    "{old} entfällt, dafür kommt {new}.",
    "Genannt wird jetzt {new} und nicht mehr {old}.",
    "Das Mandat liegt bei {new} anstelle von {old}.",
    "{old} scheidet aus, {new} tritt ein.",
    "Die Zuständigkeit wechselt von {old} nach {new}.",
    "{new} folgt auf {old}.",
    "Vorher war {old} genannt, nachher {new}.",
    "{old} wird gestrichen und {new} eingesetzt.",
    "Zu liefern ist nun an {new}, nicht mehr an {old}.",
)


class NamedChange(NamedTuple):
    """A change of names in a sentence, with other names that the documents have elsewhere."""

    sentence: str
    """With `{}` for the name."""
    old: str
    new: str
    elsewhere: tuple[str, ...]
    place: str

    @property
    def texts(self) -> ChangedTexts:
        before, after = self.sentence.format(self.old), self.sentence.format(self.new)
        return ChangedTexts(
            before=before,
            after=after,
            removed=self.old,
            added=self.new,
            around_before=(self.place, f"{before} {_AROUND.format(self.elsewhere[0])}"),
            around_after=(self.place, f"{after} {_AROUND.format(self.elsewhere[0])}"),
        )


_AROUND = "Whoever else is concerned, such as {}, is told in good time."
CHANGES = (
    NamedChange("The court of {} settles all claims.", "Dunmoor", "Kelsing", ("Arbrook", "Wexholt"), "12 Courts"),
    NamedChange("Goods are handed over at the port of {}.", "Saint Orley", "Port Hadden", ("Grisby",), "3 Delivery"),
    NamedChange("Payments go to {} within ten days.", "Tarn Bank", "Lowick Bank", ("Selby Trust",), "Payment"),
    NamedChange("The works are led by {}.", "Dr Edda Holm", "Dr Ingo Marten", ("Prof Lena Vogt",), "Management"),
    NamedChange("Audits are done by {} each spring.", "Norrin & Sons", "Castle Audit", ("Bramley Partners",), "Audit"),
    NamedChange("Die Ware wird an {} geliefert.", "Neustadt", "Altheim", ("Bergfelde", "Talhof"), "Lieferung"),
    NamedChange("Zuständig ist das Amt in {}.", "Lindau", "Seeburg", ("Moosach",), "Behörde"),
    NamedChange("Die Leitung hat {} inne.", "Frau Anders", "Herr Brandt", ("Frau Celik",), "Leitung"),
    NamedChange("Der Versicherer ist die {}.", "Hansa Allgemeine", "Rhein Leben", ("Nordstern",), "Versicherung"),
    NamedChange("The licence is held by {}.", "Acme North", "Acme South", ("Acme West",), "Licence"),
)
UNKNOWN = ("Zarrow", "Quindle", "Ostrava Holdings", "Merrick")


class NameClaim(NamedTuple):
    """A sentence about a change, and what is wrong with it; None for a true one."""

    change: NamedChange
    meaning: str
    error: ErrorOfName | None

    def is_there(self, name: str) -> bool:
        """Say whether one of the documents has a name."""
        known = (self.change.texts.before, self.change.texts.after, *self.change.elsewhere, self.change.place)
        return any(name in text for text in known)


def name_claims() -> Iterator[NameClaim]:
    """Say of each change what is true in every way, and what is false in two ways each."""
    luck = random.Random("names")
    for change in CHANGES:
        for template in (*ENGLISH, *GERMAN):
            yield NameClaim(change, template.format(old=change.old, new=change.new), None)
            for error in luck.sample(ERRORS, 2):
                yield NameClaim(change, _false(change, template, error, luck), error)


def _false(change: NamedChange, template: str, error: ErrorOfName, luck: random.Random) -> str:
    other = luck.choice(change.elsewhere)
    match error:
        case "wrong new name":
            return template.format(old=change.old, new=other)
        case "wrong old name":
            return template.format(old=other, new=change.new)
        case "names exchanged":
            return template.format(old=change.new, new=change.old)
        case "unknown name":
            return template.format(old=change.old, new=luck.choice(UNKNOWN))
