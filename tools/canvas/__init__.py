"""The canvas of a film: what is placed on it, and how it moves."""
