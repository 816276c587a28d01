"""``python -m agent`` is ``portrayal``."""

from agent.commands.app import main

if __name__ == "__main__":
    main()
