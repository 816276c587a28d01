"""The script format, as types, as JSON Schema and as its reference."""
