"""Upscalers, one folder per model: a picture becomes larger, with detail to match."""
