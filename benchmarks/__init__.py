"""How fast Portrayal is on this machine, and how good its result."""
