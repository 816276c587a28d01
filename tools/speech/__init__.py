"""Text to speech and recorded speech: one module per engine; see base.py for the contract."""
