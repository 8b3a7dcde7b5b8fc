"""Tables from words and rules, as a pipeline of pure functions."""

from witnessmark.offline.tables.find import find_tables
from witnessmark.offline.tables.join import PageEdges, edges_from_wire, edges_to_wire, join_pages, page_edges
from witnessmark.offline.tables.values import Cell, Confidence, Table, TablePart
from witnessmark.offline.tables.wire import table_from_wire, table_to_wire

__all__ = [
    "Cell",
    "Confidence",
    "PageEdges",
    "Table",
    "TablePart",
    "edges_from_wire",
    "edges_to_wire",
    "find_tables",
    "join_pages",
    "page_edges",
    "table_from_wire",
    "table_to_wire",
]
