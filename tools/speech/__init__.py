"""Text to speech, a module for each engine or family, and recorded speech; see base.py."""
