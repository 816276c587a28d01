"""Sound: files, streams, music, loudness and a film's soundtrack."""
