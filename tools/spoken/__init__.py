"""Written text as it is spoken: "Dr. Ng, 50%" → "Doctor Ng, fifty percent".

``clean`` removes what is not text (markup, stage directions, emoji), ``say`` turns figures and
abbreviations into words, and ``as_written`` maps the times of the spoken words back to the written
ones, which captions show. ``quantities`` finds the figures in a text
and their meaning.
"""

from tools.spoken.form import Reading, Spoken, say
from tools.spoken.language import Meaning, Quantity
from tools.spoken.quantities import quantities
from tools.spoken.sentences import clean, long_sentences
from tools.spoken.written import as_written

__all__ = [
    "Meaning",
    "Quantity",
    "Reading",
    "Spoken",
    "as_written",
    "clean",
    "long_sentences",
    "quantities",
    "say",
]
