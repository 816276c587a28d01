"""A production: the graph of its steps, and what it remembers between them."""
