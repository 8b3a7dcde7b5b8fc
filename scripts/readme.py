"""Write README's table of tools from the code: `python -m scripts.readme`, or `make snapshots`."""

from __future__ import annotations

from pathlib import Path

from witnessmark_tools.catalog import TOOLS

README = Path(__file__).resolve().parent.parent / "README.md"
BEGIN = "<!-- tools: made by `make snapshots` from the code -->"
END = "<!-- end of tools -->"


def with_tools(readme: str) -> str:
    """Put the table of all tools between its marks."""
    before, _, rest = readme.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{tool_table()}\n{END}{after}"


def tool_table() -> str:
    """Write the tools as a table of Markdown."""
    lines = ["| tool | arguments | what it does |", "| --- | --- | --- |"]
    for tool in TOOLS:
        required = tool.input_schema.get("required", [])
        names = [f"**`{name}`**" if name in required else f"`{name}`" for name in tool.input_schema["properties"]]
        lines.append(f"| `{tool.name}` | {', '.join(names)} | {tool.description.replace('|', chr(92) + '|')} |")
    return "\n".join(lines)


if __name__ == "__main__":
    README.write_text(with_tools(README.read_text(encoding="utf-8")), encoding="utf-8")
