"""The rule of consent, as far as words show it: only people who have agreed are imitated.

It reads what a user asks for, deterministically. It cannot know whose face or name is real;
docs/writing.md says what it catches, what it allows and why.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from tools.errors import ConsentError
from tools.messages import excerpt

_LONGEST = 60  # characters of a person or a wish that are shown

# A name: two to four words with capitals, perhaps with small ones between ("Ursula von der Leyen").
# What only looks like one: roles, institutions, and a few characters of fiction.
_PART = r"[A-ZÀ-ÖØ-ÞŁŚŠŽČ][\w’'-]{1,30}"
_SMALL = r"(?:(?:von|van|de|del|da|di|der|la|bin|al|[A-Z]\.) ?){0,2}"
_NAME = rf"(?P<name>{_PART}(?: {_SMALL}{_PART}){{1,3}})"
_NOT_A_PERSON = re.compile(
    r"\b(?:Head|Chief|Director|Manager|Officer|Team|Human|Resources|Customer|Support|Sales|Service|"
    r"Company|Inc|Ltd|GmbH|Corp|University|School|Hospital|Bank|Department|Santa|Claus|Father|"
    r"Easter|Mother|Sherlock|Holmes|Harry Potter|Darth Vader|English|Spanish|French|German|"
    r"American|British|News|Day|Year|Christmas|Coffee|Tea|Shop|Foods|Motors|Airlines|Studios?|Labs|"
    r"Group|Club)\b"
)

# People whose imitation is often asked for, and offices that only one person holds. No list is
# complete; anybody else is caught by the words around the name.
_WELL_KNOWN = (
    r"(?:barack |michelle )?obama|(?:donald |melania )trump|(?-i:Trump)|(?:joe |president )biden|"
    r"kamala harris|(?:hillary |bill )clinton|(?:vladimir )?putin|(?:volodymyr )?zelensk[yi]{1,2}|"
    r"xi jinping|(?:emmanuel )?macron|(?:angela )?merkel|olaf scholz|friedrich merz|"
    r"pedro s[áa]nchez|narendra modi|(?:benjamin )?netanyahu|"
    r"boris johnson|(?:keir )?starmer|pope (?:francis|leo)|king charles|queen elizabeth|"
    r"prince (?:harry|william)|elon musk|(?:mark )?zuckerberg|(?:jeff )?bezos|bill gates|"
    r"steve jobs|sam altman|tim cook|taylor swift|beyonc[ée]|rihanna|kim kardashian|kanye west|"
    r"oprah(?: winfrey)?|morgan freeman|tom cruise|tom hanks|brad pitt|scarlett johansson|"
    r"leonardo dicaprio|keanu reeves|emma watson|david attenborough|(?:lionel )?messi|"
    r"(?:cristiano )?ronaldo|lebron james|greta thunberg|mr\.? ?beast|joe rogan"
)
_OFFICE = (
    r"the (?:(?:current|former|us|american|french|russian|german|british) )*"
    r"(?:president|prime minister|chancellor|pope)(?! of (?:our|the|my) "
    r"(?:club|board|company|society|association|student|union))|"
    r"(?:a|some|any|this|that) (?:famous|well-known|real) (?:celebrity|actor|actress|singer|"
    r"politician|person|footballer)|a celebrity|my (?:ex|boss|neighbou?r|teacher|colleague|"
    r"ex-(?:wife|husband|girlfriend|boyfriend))"
)
_PERSON = rf"(?:(?i:(?P<known>\b(?:{_WELL_KNOWN})\b)|(?P<office>\b(?:{_OFFICE})\b))|{_NAME})"
_KNOWN = rf"(?i:(?P<known>\b(?:{_WELL_KNOWN})\b))"

_SAY = (
    r"(?i:sa(?:y|id|ys|ying)|announc\w+|admit\w*|confess\w*|endors\w+|promis\w+|resign\w*|"
    r"support\w*)"
)
_PRETEND = (
    r"impersonat\w+|imitat\w+|mimic\w*|pos(?:e|es|ing) as|"
    r"pretend(?:s|ing)?(?: that)? (?:to be|you are|you're|i am|i'm|it is|it's)|"
    r"act(?:s|ing)? as if (?:you|he|she) were|as if (?:you were|spoken by|said by|it were|by)|"
    r"in the (?:exact |own )?(?:voice|persona|role) of|with the (?:voice|face) of|"
    r"deep ?fake(?:s| video| clip)?(?: of| with| showing)?|clone(?: of)?|"
    r"imita(?:r|ndo)? a|(?:hazte|hacerse) pasar por|con la voz de|"
    r"mit der stimme von|gib dich als|tu so,? als w[äa]r(?:e|st) du|"
    r"imite[rz]?|avec la voix de|fais-toi passer pour"
)
_LOOKS = (
    r"(?:make|making|let) (?:it|this|that|everyone|people|them|viewers) "
    r"(?:look|sound|seem|appear|think|believe)(?: like| as if| as though| that)?"
)
_SPEECH = r"speech|message|video|statement|address|apology|endorsement|greeting|announcement"
_QUOTED = (  # "as Barack Obama once said" is not an imitation, nor is "as Obama's doctor"
    rf"(?!['’]s\b)(?! (?:once |famously |also |already |himself |herself |often )*"
    rf"(?i:{_SAY}|\w+ed\b|is|was|has|had|did|does|wrote|put|told|won|lost|became|made|took|left|"
    rf"hat|sagte|dijo|a dit))"
)
_ROLE = (  # that comes before a name: "our founder Jane Miller"
    r"(?:(?:our|my|his|her|the) (?:[\w-]+ )?(?:ceo|boss|founder|owner|president|director|chair\w*|"
    r"manager|teacher|professor|doctor|principal|mayor|minister|colleague|friend),? )?"
)
_AS = r"(?<!such )(?<!same )(?<!well )(?<!just )\b(?:as|als|como|comme|en tant que)"
_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?i:\b(?:{_PRETEND}) {_ROLE}){_PERSON}",
        rf"(?i:\b{_LOOKS}) {_KNOWN}",
        rf"(?i:\b{_LOOKS} {_ROLE}){_PERSON},?(?: has| had| is| was)? {_SAY}",
        rf"(?i:\bput (?:these )?words into the mouth of) {_PERSON}",
        rf"(?i:\b(?:make|have|get|let)) {_KNOWN} {_SAY}",
        rf"(?i:{_AS}) {_KNOWN}{_QUOTED}",
        rf"(?i:\b(?:speak|talk|sound|look)(?:s|ing)?(?: \w+)? (?:like|as)) {_KNOWN}",
        rf"(?i:\ban? (?:\w+ )?(?:{_SPEECH}) (?:by|from)) {_KNOWN}",
        r"(?i:\b(?:make|create|produce|generate|want|need|give)(?: me)?(?: an?| some| the)?"
        r"(?: \w+)? deep ?fake(?! (?:of m(?:e|yself)\b|aware|detect|warn|explain|train)))",
    )
)

_ASKED_FOR = re.compile(
    r"\b(?:as|be|like|of|by|from|imitating|impersonating|als|como|comme|wie)$", re.IGNORECASE
)
_AGREED = re.compile(
    r"\b(?:fictional|fictitious|imaginary|invented|made-up|cartoon)\b|"
    r"\b(?:who|he|she|they|which|and) (?:has |have |had )?"
    r"(?:agreed|consented|given (?:his|her|their|us|me)[^.]{0,20}(?:consent|permission))|"
    r"\bwith (?:his|her|their) (?:full |written )?(?:consent|permission|agreement)\b",
    re.IGNORECASE,
)
_ONESELF = r"\b(?:I am|I’m|I'm|my name is|myself,|me,) "


def check(text: str) -> None:
    """Raises ConsentError where ``text`` asks to imitate a real person, or to speak as one."""
    plain = _plain(text)
    for person, certain in _imitated(plain):
        if certain or not (_AGREED.search(plain) or _is_the_user(person, plain)):
            raise _refusal(person)


def check_person(text: str, person: str) -> None:
    """As ``check``, for a person whom a language model has found to be imitated in ``text``.

    A model's word alone is not enough: the name must stand in ``text`` where an imitation is asked
    for, and be neither the user's own nor of a person who has agreed.
    """
    plain, person = _plain(text), " ".join(_plain(person).split())
    if len(person.split()) < 2 or _NOT_A_PERSON.search(person):
        return
    wanted = re.compile(rf"(?<!\w){re.escape(person)}(?!\w)", re.IGNORECASE)
    for found in wanted.finditer(plain):
        if (
            _ASKED_FOR.search(plain[: found.start()].rstrip()[-20:])
            and not _AGREED.search(plain)
            and not _is_the_user(person, plain)
        ):
            raise _refusal(found[0])


def _imitated(text: str) -> Iterator[tuple[str, bool]]:
    """The people whose imitation is asked for; True where an agreement is not to be believed."""
    for pattern in _PATTERNS:
        for found in pattern.finditer(text):
            groups = found.groupdict()
            person = groups.get("name") or groups.get("office")
            if person is None:
                yield groups.get("known") or found[0], True
            elif not _NOT_A_PERSON.search(person):
                yield person, False


def _is_the_user(name: str, text: str) -> bool:
    return bool(re.search(_ONESELF + re.escape(name), text))


def _plain(text: str) -> str:
    """``text`` on one line, without the characters that only serve to hide a name."""
    folded = unicodedata.normalize("NFKC", text)
    return " ".join("".join(c for c in folded if unicodedata.category(c) != "Cf").split())


def _refusal(person: str) -> ConsentError:
    shown = excerpt(person, _LONGEST)
    return ConsentError(
        f"“{shown.strip()}” would be imitated, and Portrayal gives words only to people who have "
        "agreed to them; let it be the portrait’s own, or say that the person has agreed or "
        "is fictional."
    )
