"""Upscalers, one folder per model: a picture becomes a larger one with detail to match."""
