"""The application: decides, orders, remembers.

It looks down on renderers and tools; neither looks back.
"""
