"""ARPABET, the phones of the CMU dictionary and of English recognisers, to IPA and back.

After the table in Wikipedia's "ARPABET"; silences and noises ("SIL", "pau", "+NSN+") become "".
"""

from __future__ import annotations

import unicodedata

_IPA = {
    "AA": "ɑ",
    "AE": "æ",
    "AH": "ʌ",
    "AO": "ɔ",
    "AW": "aʊ",
    "AX": "ə",
    "AXR": "ɚ",
    "AY": "aɪ",
    "EH": "ɛ",
    "ER": "ɝ",
    "EY": "eɪ",
    "IH": "ɪ",
    "IX": "ɨ",
    "IY": "i",
    "OW": "oʊ",
    "OY": "ɔɪ",
    "UH": "ʊ",
    "UW": "u",
    "UX": "ʉ",
    "B": "b",
    "CH": "tʃ",
    "D": "d",
    "DH": "ð",
    "DX": "ɾ",
    "EL": "l̩",
    "EM": "m̩",
    "EN": "n̩",
    "F": "f",
    "G": "ɡ",
    "HH": "h",
    "HV": "h",
    "JH": "dʒ",
    "K": "k",
    "L": "l",
    "M": "m",
    "N": "n",
    "NG": "ŋ",
    "NX": "ɾ̃",
    "P": "p",
    "Q": "ʔ",
    "R": "ɹ",
    "S": "s",
    "SH": "ʃ",
    "T": "t",
    "TH": "θ",
    "V": "v",
    "W": "w",
    "WH": "ʍ",
    "Y": "j",
    "Z": "z",
    "ZH": "ʒ",
}

# The 39 phones of the CMU dictionary for IPA symbols of any language, by the nearest place of
# articulation; two-letter symbols are tried first.
_NEAREST = {
    **{"aɪ": "AY", "aʊ": "AW", "eɪ": "EY", "oʊ": "OW", "əʊ": "OW", "ɔɪ": "OY", "ɔø": "OY"},
    **{"tʃ": "CH", "dʒ": "JH", "tɕ": "CH", "dʑ": "JH", "ts": "T S", "pf": "P F"},
    **dict.fromkeys("ɑɒä", "AA"),
    **dict.fromkeys("aæ", "AE"),
    **dict.fromkeys("ʌəɐɘɤ", "AH"),
    **dict.fromkeys("ɔ", "AO"),
    **dict.fromkeys("ɛœ", "EH"),
    **dict.fromkeys("ɚɝɜɵ", "ER"),
    **dict.fromkeys("eø", "EY"),
    **dict.fromkeys("ɪɨᵻʏ", "IH"),
    **dict.fromkeys("iy", "IY"),
    **dict.fromkeys("o", "OW"),
    **dict.fromkeys("ʊ", "UH"),
    **dict.fromkeys("uʉɯ", "UW"),
    **dict.fromkeys("bɓ", "B"),
    **dict.fromkeys("dɖɗ", "D"),
    **dict.fromkeys("ðɾ", "DH"),
    **dict.fromkeys("fɸ", "F"),
    **dict.fromkeys("ɡgɢɠ", "G"),
    **dict.fromkeys("hɦxχħɣʕç", "HH"),
    **dict.fromkeys("kcqɟ", "K"),
    **dict.fromkeys("lɫɭʎɬ", "L"),
    **dict.fromkeys("mɱ", "M"),
    **dict.fromkeys("nɳɲɴ", "N"),
    **dict.fromkeys("ŋ", "NG"),
    **dict.fromkeys("p", "P"),
    **dict.fromkeys("ɹrɻʀʁɽ", "R"),
    **dict.fromkeys("s", "S"),
    **dict.fromkeys("ʃɕʂ", "SH"),
    **dict.fromkeys("tʈ", "T"),
    **dict.fromkeys("θ", "TH"),
    **dict.fromkeys("vʋβ", "V"),
    **dict.fromkeys("wʍɥ", "W"),
    **dict.fromkeys("jʝ", "Y"),
    **dict.fromkeys("z", "Z"),
    **dict.fromkeys("ʒʑʐ", "ZH"),
}


def to_ipa(phone: str) -> str:
    """IPA for a phone in either case, with or without a stress digit; "" for silence."""
    return _IPA.get(phone.upper().rstrip("012"), "")


def from_ipa(symbols: str) -> list[str]:
    """The nearest phones of the CMU dictionary for IPA of any language; others are left out.

    >>> from_ipa("ʃøːn")
    ['SH', 'EY', 'N']
    """
    letters = unicodedata.normalize("NFD", symbols).replace("g", "ɡ")
    found: list[str] = []
    at = 0
    while at < len(letters):
        size = 2 if letters[at : at + 2] in _NEAREST else 1
        found += _NEAREST.get(letters[at : at + size], "").split()
        at += size
    return found
