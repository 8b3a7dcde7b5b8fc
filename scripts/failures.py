"""Write the table of docs/failures.md from the code: `python -m scripts.failures`, or `make snapshots`."""

from __future__ import annotations

from pathlib import Path

from witnessmark.claude.failures import RULES, Rule

DOCUMENT = "docs/failures.md"
BEGIN = "<!-- failures: made by `make snapshots` from the code -->"
END = "<!-- end of failures -->"

_DONE = {
    "caller": "never sent again; parts are halved until the page stands alone",
    "nobody now": "waits within the call's time, then sends again",
    "operator": "everything stops at once",
    "witnessmark": "said; not sent again",
}
_YES_NO = {True: "yes", False: "no"}
_CURES = {
    "smaller part": "halved, and each half sent",
    "smaller images": "images made smaller, then sent once more",
    "new upload": "uploaded anew, then sent once more",
    "other delivery": "sent in the request itself",
}


def table() -> str:
    """Write the rules as a table of Markdown."""
    lines = ["| what the SDK raises | who can act | what is done | may be billed | error |", "| --- " * 5 + "|"]
    lines += [
        f"| `{name}` | {rule.actor} | {_done(rule)} | {_YES_NO[rule.may_be_billed]} | `{rule.error.__name__}` |"
        for name, rule in RULES.items()
    ]
    return "\n".join(lines)


def _done(rule: Rule) -> str:
    return _DONE["caller"] if rule.actor == "caller" else _CURES.get(rule.cure, _DONE[rule.actor])


def main() -> None:
    path = Path(__file__).resolve().parent.parent / DOCUMENT
    before, _, rest = path.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    path.write_text(f"{before}{BEGIN}\n{table()}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
