"""Recordings: what is said in them and when, and without their noise; see base.py, recorded.py."""
