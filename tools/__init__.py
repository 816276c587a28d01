"""Deterministic skills: pictures, sound, video. They know nothing of agents or renderers."""
