"""Writing with a language model: a brief becomes a screenplay, task by task.

Read in this order: ``writer`` (what happens in which order), ``tasks`` (what a model is asked),
``answers`` (what it may answer), ``review`` (what can be wrong with it).
"""

from agent.writing.review import length_fault, review
from agent.writing.tasks import Limits
from agent.writing.writer import Writer

__all__ = ["Limits", "Writer", "length_fault", "review"]
