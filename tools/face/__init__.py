"""Faces: finding them, cutting them out, and putting generated ones back."""
