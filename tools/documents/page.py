"""A saved web page as the text that a reader sees."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

_INVISIBLE = frozenset(
    {"script", "style", "noscript", "template", "head", "svg", "math", "canvas", "iframe", "object"}
    | {"audio", "video", "select", "datalist", "textarea", "button", "form", "dialog"}
)
_FRAME = frozenset({"nav", "header", "footer", "aside", "menu"})  # of the page, not of its text
_BLOCKS = (
    *("p", "div", "section", "article", "main", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol"),
    *("dl", "table", "blockquote", "pre", "figure", "figcaption", "hr", "title", "header"),
)
_LINES = ("br", "li", "tr", "dt", "dd", "caption", "option")
_BEFORE = dict.fromkeys(_BLOCKS, "\n\n") | dict.fromkeys(_LINES, "\n")
_AFTER = dict.fromkeys(_BLOCKS, "\n\n") | dict.fromkeys(("td", "th"), " | ")
_HIDING = ("display:none", "visibility:hidden", "font-size:0", "opacity:0")
_ENOUGH = 300  # characters: less is not the text of a page


def text(raw: bytes) -> str:
    """The text of an HTML document: title first, paragraphs apart, one line per row of a table.

    Scripts, styles, forms and what an attribute or its own style hides are left out; so is what
    surrounds the text (navigation, footers) where there is any other text.
    """
    parser = etree.HTMLParser(
        no_network=True, remove_comments=True, remove_pis=True, encoding=_encoding(raw)
    )
    try:
        root = etree.fromstring(raw, parser)
    except etree.XMLSyntaxError:  # the document is empty
        return ""
    if root is None:
        return ""
    title = " ".join("".join(root.xpath("string(//title)")).split())[:500]
    bodies = (_visible(part, left_out) for part, left_out in _candidates(root))
    body = next((body for body in bodies if len(body) >= _ENOUGH), None)
    return f"{title}\n\n{body or _visible(root, frozenset())}"


def _candidates(root: etree._Element) -> Iterator[tuple[etree._Element, frozenset[str]]]:
    """Where the text of the page may be, the likeliest first."""
    for name in ("article", "main"):
        if (part := next(root.iter(name), None)) is not None:
            yield part, frozenset()
    yield root, _FRAME


def _encoding(raw: bytes) -> str | None:
    """UTF-8 if the bytes are valid UTF-8, since they seldom are by chance; else the page's own."""
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return "utf-8"


def _visible(root: etree._Element, left_out: frozenset[str]) -> str:
    pieces: list[str] = []
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        name = element.tag if isinstance(element.tag, str) else "script"
        shown = not (name in _INVISIBLE or name in left_out or _hidden(element))
        if event == "start" and shown:
            pieces += (_BEFORE.get(name, ""), element.text or "")
        elif event == "start":
            walk.skip_subtree()
        else:
            pieces.append(_AFTER.get(name, "") if shown else "")
            pieces.append(element.tail or "" if element is not root else "")
    return "".join(pieces)


def _hidden(element: etree._Element) -> bool:
    style = (element.get("style") or "").replace(" ", "").lower()
    return (
        element.get("hidden") is not None
        or element.get("aria-hidden") == "true"
        or any(hiding in style for hiding in _HIDING)
    )
