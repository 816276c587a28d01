"""What stands between a command and a terminal: options, progress, tables, errors."""
