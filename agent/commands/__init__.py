"""``portrayal …``: a module for each group of commands, without logic."""
