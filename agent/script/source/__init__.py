"""YAML files to one tree of values that know where they stand."""
