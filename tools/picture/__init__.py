"""Pictures: reading, filling and painting them."""
