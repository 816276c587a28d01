"""What can be wrong with a script, and how it is told."""
