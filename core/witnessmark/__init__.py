"""The async core of witnessmark: documents, plans, engines and evidence. It knows nothing of MCP."""

__version__ = "0.1.0"
