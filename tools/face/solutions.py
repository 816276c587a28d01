"""mediapipe's solutions, without its helpers for drawing: those load matplotlib for a second."""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import Any

PACKAGE = "mediapipe.python.solutions"
HELPERS = (f"{PACKAGE}.drawing_styles", f"{PACKAGE}.drawing_utils")


def solution(name: str) -> Any:
    """The module of that name, such as face_mesh."""
    missing = [helper for helper in HELPERS if helper not in sys.modules]
    sys.modules.update({helper: ModuleType(helper) for helper in missing})
    try:
        return import_module(f"{PACKAGE}.{name}")
    finally:
        for helper in missing:  # whoever wants to draw with them finds the real ones
            sys.modules.pop(helper, None)
