"""The same work for other programs: tools for agents, over MCP."""
