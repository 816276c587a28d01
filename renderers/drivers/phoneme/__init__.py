"""The phoneme driver: mouth shapes that flow into one another, from timed phonemes."""
