"""Writing with a language model: a brief becomes a screenplay, task by task.

Read in this order: ``writer`` (what happens in which order), ``tasks`` (what a model is asked),
``answers`` (what it may answer), ``review`` (what can be wrong with it).
"""
