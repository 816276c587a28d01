"""``python -m agent`` is ``portrayal``."""

from agent.cli import main

if __name__ == "__main__":
    main()
