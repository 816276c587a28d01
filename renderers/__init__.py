"""Portrait + speech + direction → frames. One folder per renderer; see base.py for the contract."""
