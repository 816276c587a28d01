"""ARPABET, the phones of the CMU dictionary and of English recognisers, to IPA and back.

After the table in Wikipedia's "ARPABET"; silences and noises ("SIL", "pau", "+NSN+") become "".
"""

from __future__ import annotations

import unicodedata

_TO_IPA = """
AA=ɑ  AE=æ  AH=ʌ  AO=ɔ  AW=aʊ  AX=ə  AXR=ɚ  AY=aɪ  EH=ɛ  ER=ɝ  EY=eɪ  IH=ɪ  IX=ɨ  IY=i  OW=oʊ
OY=ɔɪ  UH=ʊ  UW=u  UX=ʉ  B=b  CH=tʃ  D=d  DH=ð  DX=ɾ  EL=l̩  EM=m̩  EN=n̩  F=f  G=ɡ  HH=h  HV=h
JH=dʒ  K=k  L=l  M=m  N=n  NG=ŋ  NX=ɾ̃  P=p  Q=ʔ  R=ɹ  S=s  SH=ʃ  T=t  TH=θ  V=v  W=w  WH=ʍ  Y=j
Z=z  ZH=ʒ
"""
_IPA = dict(entry.split("=") for entry in _TO_IPA.split())

# The 39 phones of the CMU dictionary for IPA symbols of any language, by the nearest place of
# articulation.
_FROM_IPA = """
AA=ɑ,ɒ,ä  AE=a,æ  AH=ʌ,ə,ɐ,ɘ,ɤ  AO=ɔ  AW=aʊ  AY=aɪ  EH=ɛ,œ  ER=ɚ,ɝ,ɜ,ɵ  EY=eɪ,e,ø  IH=ɪ,ɨ,ᵻ,ʏ
IY=i,y  OW=oʊ,əʊ,o  OY=ɔɪ,ɔø  UH=ʊ  UW=u,ʉ,ɯ  B=b,ɓ  CH=tʃ,tɕ  D=d,ɖ,ɗ  DH=ð,ɾ  F=f,ɸ  G=ɡ,g,ɢ,ɠ
HH=h,ɦ,x,χ,ħ,ɣ,ʕ,ç  JH=dʒ,dʑ  K=k,c,q,ɟ  L=l,ɫ,ɭ,ʎ,ɬ  M=m,ɱ  N=n,ɳ,ɲ,ɴ  NG=ŋ  P=p  P+F=pf
R=ɹ,r,ɻ,ʀ,ʁ,ɽ  S=s  SH=ʃ,ɕ,ʂ  T=t,ʈ  T+S=ts  TH=θ  V=v,ʋ,β  W=w,ʍ,ɥ  Y=j,ʝ  Z=z  ZH=ʒ,ʑ,ʐ
"""
_NEAREST = {
    unicodedata.normalize("NFD", symbol): phones.split("+")
    for phones, symbols in (entry.split("=") for entry in _FROM_IPA.split())
    for symbol in symbols.split(",")
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
        found += _NEAREST.get(letters[at : at + size], ())
        at += size
    return found
