"""The notebook, run as a user runs it."""
