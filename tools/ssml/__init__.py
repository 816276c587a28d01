"""SSML inside the text of a line: breaks, emphasis, and words that are not said as written.

``parse`` takes the markup off a text and returns its meaning, or reports everything wrong with it;
``spoken_pieces`` is what a voice is given for it, ``speak`` speaks it, and ``shown`` is what
captions show. ``escape`` writes plain text so that none of it is taken for markup.
"""

from tools.ssml.marked import Marked
from tools.ssml.markup import escape, parse
from tools.ssml.pieces import Piece, shown, speak, spoken_pieces
from tools.ssml.tags import SsmlError

__all__ = ["Marked", "Piece", "SsmlError", "escape", "parse", "shown", "speak", "spoken_pieces"]
