"""Arguments that several tools share, with the words a model reads."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

SECRET = frozenset({"password", "after_password"})
"""Arguments whose values are never shown again, not even when they are wrong, and never kept."""
WHOLE = frozenset({"sources", "questions"})
"""Lists whose texts may hold commas: a single text is one item, not several."""

Source = Annotated[str, Field(description="Path or https URL of the document (or file:// or data: URI).", min_length=1)]
Pages = Annotated[str | None, Field(description="Such as '1-3,7'; default: all pages.")]
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
        description="USD: a higher price is refused before sending, a lower one agreed to.",
        ge=0,
    ),
]
Reuse = Annotated[bool, Field(description="false: pay again for what was answered before.")]
Detail = Annotated[Literal["concise", "full"], Field(description="full: also the place of every cell.")]
DetailOfCitations = Annotated[
    Literal["concise", "full"], Field(description="full: also the boxes of all parts of a citation.")
]
Wait = Annotated[
    float | None,
    Field(
        description="Seconds until a job_id comes back; default: the server's (45).",
        ge=1,
        le=3600,
    ),
]
WaitForJob = Annotated[
    float | None,
    Field(
        description="Seconds to wait for its end; default: the server's (45).",
        ge=1,
        le=3600,
    ),
]
