"""The application: decides, orders, remembers. Looks down on renderers and tools; neither looks back."""
