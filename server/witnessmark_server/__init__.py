"""The MCP server and the shell."""
