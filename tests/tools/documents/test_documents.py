from __future__ import annotations

import zlib
from pathlib import Path

import pytest

from tools import documents
from tools.documents import page, read
from tools.errors import FactsError

PAGE = """<!doctype html><html><head><title>Tea &amp; cake</title><style>p{}</style></head><body>
<nav>Home | About</nav><header>Cookie banner</header>
<h1>Tea</h1><p>Tea is <b>hot</b>, 3&nbsp;°C more.</p><p hidden>Secret one</p>
<div style="display: none">Secret two</div><span aria-hidden="true">Secret three</span>
<script>alert("Secret four")</script><noscript>Secret five</noscript><!-- Secret six -->
<table><tr><td>Price</td><td>$5</td></tr></table><ul><li>one<li>two</ul>
<footer>Imprint</footer></body></html>"""


def a_pdf(content: bytes, pages: int = 1, compressed: bool = False) -> bytes:
    """A PDF with one stream of page content, shown on each of its pages."""
    packed = zlib.compress(content) if compressed else content
    kind = b"/Filter /FlateDecode " if compressed else b""
    kids = b" ".join(b"%d 0 R" % (5 + n) for n in range(pages))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, pages),
        b"<< %s/Length %d >>\nstream\n%s\nendstream" % (kind, len(packed), packed),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        *[
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 3 0 R "
            b"/Resources << /Font << /F1 4 0 R >> >> >>"
        ]
        * pages,
    ]
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (
        len(places) + 1,
        len(out),
    )
    return out + b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1) + table + end


SHOWN = b"BT /F1 12 Tf 50 700 Td (We sold 99 cars.) Tj ET"


def saved(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_text_comes_without_what_nobody_sees(tmp_path: Path) -> None:
    path = saved(tmp_path, "a.md", "\ufeff# One\r\n\r\n\r\n\r\nTwo\u202e\x07 \u200b three\t4\n")
    assert read(path) == "# One\n\nTwo three 4"


def test_utf_16_is_read(tmp_path: Path) -> None:
    assert read(saved(tmp_path, "a.txt", "café".encode("utf-16"))) == "café"


@pytest.mark.parametrize("name", ["page.html", "page.txt"])
def test_a_page_is_read_as_it_is_seen(tmp_path: Path, name: str) -> None:
    text = read(saved(tmp_path, name, PAGE))
    assert "Secret" not in text
    assert text.startswith("Tea & cake\n\n")
    assert "Tea is hot, 3 °C more." in text
    assert "Price | $5" in text
    assert "one\ntwo" in text


def test_navigation_is_left_out_where_there_is_text_besides(tmp_path: Path) -> None:
    long = PAGE.replace("<h1>", f"<p>{'Tea is good. ' * 50}</p><h1>")
    text = read(saved(tmp_path, "page.html", long))
    assert "Tea is good." in text
    assert "Home" not in text
    assert "Imprint" not in text
    article = f"<nav>Home</nav><p>{'around ' * 99}</p><article>{'inside ' * 99}</article>"
    assert "around" not in read(saved(tmp_path, "b.html", article))


def test_a_page_in_another_encoding(tmp_path: Path) -> None:
    latin = '<html><head><meta charset="iso-8859-1"></head><body>café</body></html>'
    assert read(saved(tmp_path, "a.html", latin.encode("latin-1"))) == "café"


@pytest.mark.parametrize(
    "unit",
    [
        *("<", "<a ", "<div>", "<b><i>", "<table><tr><td>", "<!--", "<![CDATA[", "&", "<p hidden>"),
        *("<script>", "</div>", "<article>", "<a b='", "<?", "<svg>", "<form>", "<br>"),
    ],
)
def test_megabytes_of_nesting(unit: str) -> None:
    found = page.text((unit * 1_000_000)[:1_000_000].encode() + b"</p>end")
    assert isinstance(found, str)


def test_a_pdf_is_read(tmp_path: Path) -> None:
    assert read(saved(tmp_path, "a.pdf", a_pdf(SHOWN))) == "We sold 99 cars."


def test_only_so_many_pages_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "MOST_PAGES", 2)
    text = read(saved(tmp_path, "a.pdf", a_pdf(SHOWN, pages=5)))
    assert text.count("We sold 99 cars.") == 2


def test_a_pdf_that_unpacks_to_too_much(tmp_path: Path) -> None:
    bomb = a_pdf(SHOWN + b" " * 200_000_000, compressed=True)
    assert len(bomb) < 1_000_000
    with pytest.raises(FactsError, match="cannot be read as a PDF"):
        read(saved(tmp_path, "a.pdf", bomb))


def test_a_pdf_that_takes_too_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "SECONDS", 1)
    endless = b"BT /F1 12 Tf " + b"50 700 Td (x) Tj " * 3_000_000 + b"ET"
    with pytest.raises(FactsError, match=r"longer than 1 seconds|cannot be read as a PDF"):
        read(saved(tmp_path, "a.pdf", a_pdf(endless, compressed=True)))


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.4\n%%EOF",
        b"%PDF-1.7\n" + b"[" * 100_000,
        a_pdf(SHOWN)[:200],
        a_pdf(SHOWN).replace(b"2 0 R", b"1 0 R"),
        a_pdf(SHOWN).replace(b"/Kids [5 0 R]", b"/Kids [2 0 R]"),
        a_pdf(b""),
    ],
)
def test_broken_and_empty_pdfs_are_told(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(FactsError, match=r"a\.pdf"):
        read(saved(tmp_path, "a.pdf", content))


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.txt", b"\xff\xfe\xfa\xff\x00", "neither UTF-8 text nor HTML nor PDF"),
        ("a.docx", b"PK\x03\x04\xff\xff", "neither UTF-8"),
        ("a.txt", b"a\0b", "is not text"),
        ("a.txt", b" \n...", "There is no text in"),
        ("a.html", b"", "There is no text in"),
        ("a.html", b"<script>a</script>", "There is no text in"),
    ],
)
def test_what_is_no_text_is_told(tmp_path: Path, name: str, content: bytes, sentence: str) -> None:
    with pytest.raises(FactsError, match=sentence):
        read(saved(tmp_path, name, content))


def test_files_too_large_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(documents.LARGEST, "text", 10)
    with pytest.raises(FactsError, match="11 bytes large; a text file may have 10"):
        read(saved(tmp_path, "a.txt", "x" * 11))


def test_folders_are_told(tmp_path: Path) -> None:
    with pytest.raises(FactsError, match="a folder"):
        read(tmp_path)
