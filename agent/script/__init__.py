"""Scripts: films of many scenes, written in YAML. Read model.py, then docs/scripts.md."""
