"""Write README's tables of tools and settings from the code: `python -m scripts.readme`, or `make snapshots`."""

from __future__ import annotations

from pathlib import Path

from witnessmark.settings import SETTINGS
from witnessmark_tools.catalog import TOOLS

README = Path(__file__).resolve().parent.parent / "README.md"
BEGIN = "<!-- {}: made by `make snapshots` from the code -->"
END = "<!-- end of {} -->"


def with_tables(readme: str) -> str:
    """Put the tables of tools and of settings between their marks."""
    for name, table in (("tools", tool_table()), ("settings", setting_table())):
        begin, end = BEGIN.format(name), END.format(name)
        before, _, rest = readme.partition(begin)
        _, _, after = rest.partition(end)
        readme = f"{before}{begin}\n{table}\n{end}{after}"
    return readme


def setting_table() -> str:
    """Write the settings as a table of Markdown."""
    lines = ["| flag | environment variable | meaning | default |", "| --- | --- | --- | --- |"]
    lines += [f"| `{s.flag} {s.metavar}` | `{s.variable}` | {s.meaning} | {s.default} |" for s in SETTINGS]
    return "\n".join(lines)


def tool_table() -> str:
    """Write the tools as a table of Markdown."""
    lines = ["| tool | arguments | what it does |", "| --- | --- | --- |"]
    for tool in TOOLS:
        required = tool.input_schema.get("required", [])
        names = [f"**`{name}`**" if name in required else f"`{name}`" for name in tool.input_schema["properties"]]
        lines.append(f"| `{tool.name}` | {', '.join(names)} | {tool.description.replace('|', chr(92) + '|')} |")
    return "\n".join(lines)


if __name__ == "__main__":
    README.write_text(with_tables(README.read_text(encoding="utf-8")), encoding="utf-8")
