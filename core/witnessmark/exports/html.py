"""Tables as one HTML page that needs nothing else and runs nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from html import escape

from witnessmark.exports.numbers import Number, is_numeric, numbers_of
from witnessmark.exports.tables import ExportTable, covered_places

_STYLE = """
:root { color-scheme: light dark; --ink: #1b1f24; --faint: #59636e; --line: #d1d9e0; --paper: #fff; --band: #f6f8fa; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6edf3; --faint: #9198a1; --line: #3d444d; --paper: #0d1117; --band: #161b22; }
}
body { margin: 2rem auto; max-width: 76rem; padding: 0 1rem; color: var(--ink); background: var(--paper);
  font: 15px/1.45 system-ui, sans-serif; }
h1 { font-size: 1.5rem; overflow-wrap: anywhere; }
nav ul { padding-left: 1.2rem; }
a { color: inherit; }
section { margin: 2.5rem 0; overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: 600; padding-bottom: .5rem; }
caption small { display: block; font-weight: 400; color: var(--faint); }
th, td { padding: .3rem .7rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top;
  white-space: pre-line; }
thead th { vertical-align: bottom; background: var(--band); }
thead { border-bottom: 2px solid var(--faint); }
th.over { text-align: center; }
.number { text-align: right; white-space: nowrap; }
thead th.number { white-space: pre-line; }
tbody tr:hover { background: var(--band); }
.notes { color: var(--faint); font-size: .9em; margin: .5rem 0 0; }
@media print {
  :root { --ink: #000; --faint: #444; --line: #999; --paper: #fff; --band: #fff; }
  body { margin: 0; max-width: none; font-size: 9pt; }
  nav { display: none; }
  section { overflow: visible; }
  section.short { break-inside: avoid; }
  caption { break-after: avoid; }
  thead { display: table-header-group; }
  tr { break-inside: avoid; }
}
"""

_ROWS_OF_HALF_A_PAGE = 30


def html_from_tables(document: str, tables: Sequence[ExportTable]) -> bytes:
    """Write the tables of a document as one page: no scripts, no addresses, readable in the dark and on paper."""
    parts = [
        '<!doctype html>\n<html>\n<head>\n<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        # Were anything to slip through the escaping, the browser would still load and run nothing.
        """<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">""",
        f"<title>Tables of {escape(document)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>",
        f'<h1 dir="auto">Tables of {escape(document)}</h1>',
    ]
    if len(tables) > 1:
        links = (f'<li><a href="#{escape(table.name)}">{escape(table.caption)}</a></li>' for table in tables)
        parts += ['<nav aria-label="Tables">\n<ul>', *links, "</ul>\n</nav>"]
    for table, numbers in zip(tables, numbers_of(tables), strict=True):
        parts += _section(table, numbers)
    return "\n".join([*parts, "</body>\n</html>\n"]).encode(errors="replace")


def _section(table: ExportTable, numbers: Sequence[Sequence[Number | None]]) -> Iterator[str]:
    body = table.body
    right = [is_numeric([row[n] for row in numbers], [row[n] for row in body]) for n in range(table.column_count)]
    kind = ' class="short"' if len(table.rows) <= _ROWS_OF_HALF_A_PAGE else ""
    yield f'<section id="{escape(table.name)}"{kind}>\n<table>'
    doubt = "" if table.confidence == "high" else f", {table.confidence} confidence"
    place = f"<small>{escape(table.place + doubt)}</small>"
    yield f'<caption dir="auto">{escape(table.title or table.name)}{place}</caption>'
    covered = covered_places(table)
    lines = [_row(table, row, right, covered) for row in range(len(table.rows))]
    if table.header_rows:
        yield from ("<thead>", *lines[: table.header_rows], "</thead>")
    yield from ("<tbody>", *lines[table.header_rows :])
    yield "</tbody>\n</table>"
    for note in table.notes:
        yield f'<p class="notes" dir="auto">{escape(note)}</p>'
    yield "</section>"


def _row(table: ExportTable, row: int, right: Sequence[bool], covered: Collection[tuple[int, int]]) -> str:
    cells: list[str] = []
    is_header = row < table.header_rows
    for column, text in enumerate(table.rows[row]):
        if (row, column) in covered:
            continue
        height, width = table.spans.get((row, column), (1, 1))
        attributes = f' colspan="{width}"' if width > 1 else ""
        attributes += f' rowspan="{height}"' if height > 1 else ""
        if is_header:
            attributes += ' scope="colgroup"' if width > 1 else ' scope="col"'
        kind = "over" if is_header and width > 1 else "number" if right[column] and width == 1 else ""
        attributes += f' class="{kind}"' if kind else ""
        tag = "th" if is_header else "td"
        cells.append(f"<{tag}{attributes}>{escape(text or '')}</{tag}>")
    return f"<tr>{''.join(cells)}</tr>"
