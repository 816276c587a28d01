"""Captions: what is said, in writing, at the time it is said. Beside the film or burned into it."""

from tools.captions.burn import burn
from tools.captions.cues import Cue, cues, line_length
from tools.captions.subtitles import save, srt, vtt
from tools.captions.written import tokens

__all__ = ["Cue", "burn", "cues", "line_length", "save", "srt", "tokens", "vtt"]
