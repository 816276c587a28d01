"""Measure any video of a talking head, without knowing how it was made.

Read in this order: ``picture`` (with ``tracker``), ``voice``, ``sync``, ``report`` (what is good
enough), ``chart``. Besides the measurements, a report says what the file's content credentials
claim.
"""

from tools.inspect.chart import plot
from tools.inspect.report import Check, Report, inspect

__all__ = ["Check", "Report", "inspect", "plot"]
