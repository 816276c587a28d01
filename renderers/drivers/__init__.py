"""Drivers: speech and direction become motion. One folder per driver."""
