"""Language models, one folder per way of running them, and how they are asked.

Read in this order: ``base`` (the contract), ``shapes`` (schemas that a grammar can hold a model
to), ``retry`` (from messages to a checked object), then any backend.
"""
