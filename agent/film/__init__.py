"""A plan of scenes becomes a film."""
