"""Who reads: the offline engine, a model, or several with `auto`. Loads nothing of what asks Claude."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from witnessmark.claude.credentials import KeyMissing
from witnessmark.plans.models import Model, ladder, model_named
from witnessmark_tools.terms import AUTO, OFFLINE, Terms, is_offline

if TYPE_CHECKING:
    from witnessmark.claude.client import Claude

NO_KEY = "There is no key, so the offline engine has read it; with ANTHROPIC_API_KEY model 'auto' asks Claude."


@dataclass(frozen=True, slots=True, kw_only=True)
class Readers:
    """Who reads."""

    name: str
    """A model's id, `auto` or `offline`."""
    models: tuple[Model, ...] = ()
    """In the order in which they are tried; those of `auto` as we know them, of which nobody has asked the API yet."""

    warnings: tuple[str, ...] = ()

    @property
    def is_auto(self) -> bool:
        return self.name == AUTO


async def readers_for(named: str | None, claude: Claude, terms: Terms) -> Readers:
    """Choose who reads. A model that is named is never replaced by the offline engine; `auto` is where there is no key.

    Errors:  `ModelUnknown`, `ModelRetired`, `KeyMissing`, what is wrong with the key
    """
    name = (named or terms.model or AUTO).strip()
    if is_offline(named, terms, has_key=claude.has_key):
        warnings = (NO_KEY,) if named and name.lower() == AUTO else ()
        return Readers(name=OFFLINE, warnings=warnings)
    if name.lower() == AUTO:
        return Readers(name=AUTO, models=ladder())
    if not claude.has_key:
        model_named(name)  # a name that nobody knows is said before the key is asked for
        raise KeyMissing
    model = await claude.model(name)
    return Readers(name=model.id, models=(model,))
