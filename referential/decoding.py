"""From the bytes of a file to clean lines: encodings, line ends, invisible characters.

The text comes out of a PDF through who knows which tools, so everything that can go wrong with
an encoding is told apart and said with its place.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from referential.findings import Finding, finding

MAX_MEGABYTES: Final = 128
MAX_LINE: Final = 2000
"""Characters; the longest line of the BTS SIO has 219."""

_BOMS: Final = (
    (b"\xff\xfe\x00\x00", "UTF-32"),
    (b"\x00\x00\xfe\xff", "UTF-32"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
)
_BINARY_STARTS: Final = (b"%PDF", b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_BINARY_BYTES: Final = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_LINE_END: Final = re.compile(r"\r\n|\r|\n")
_SPACES: Final = re.compile(r"[ \t\f\v]+")
FORBIDDEN: Final = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]")
INVISIBLE: Final = re.compile("[\u00ad\u200b\u2060\ufeff]")
"""Characters that nobody sees, which are removed; :data:`FORBIDDEN` ones are errors."""
_DAMAGED: Final = re.compile("[\ufffd\ue000-\uf8ff]")


def decode(data: bytes | str) -> tuple[str | None, list[Finding]]:
    """The text in Unicode's composed form (NFC) and what was noticed; None if it is no text."""
    if isinstance(data, bytes):
        problem = _not_text(data)
        if problem:
            return None, [problem]
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            return None, [_not_utf8(data, error.start)]
    else:
        text = data
    findings: list[Finding] = []
    if text.startswith("\ufeff"):
        findings.append(finding("bom"))
        text = text[1:]
    if not text.strip():
        return None, [*findings, finding("empty")]
    if not unicodedata.is_normalized("NFC", text):
        findings.append(finding("decomposed"))
        text = unicodedata.normalize("NFC", text)
    return text, findings


def _not_text(data: bytes) -> Finding | None:
    if len(data) > MAX_MEGABYTES * 1_000_000:
        return finding("too_large", limit=MAX_MEGABYTES)
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return finding("utf16", encoding=encoding)
    if data.startswith(_BINARY_STARTS):
        return finding("binary")
    nulls = data.count(0)
    if nulls:
        # Latin text in UTF-16 is every other byte null, and never two in a row
        every_other = nulls * 4 > len(data) and b"\0\0" not in data
        return finding("utf16", encoding="UTF-16") if every_other else finding("binary")
    return None


def _not_utf8(data: bytes, at: int) -> Finding:
    if _BINARY_BYTES.search(data):
        return finding("binary")
    before = data[:at].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    line = before[before.rfind(b"\n") + 1 :] + re.split(rb"[\r\n]", data[at : at + 80])[0]
    return finding("not_utf8", before.count(b"\n") + 1, line.decode("latin-1"), byte=data[at])


def lines(text: str, findings: list[Finding]) -> Iterator[tuple[int, str]]:
    """The lines that hold something, with their numbers, trimmed and without what no one sees.

    What was noticed is added to ``findings``; a line in error is left out.
    """
    for number, raw in enumerate(_LINE_END.split(text), 1):
        if len(raw) > MAX_LINE:
            length = len(raw)
            findings.append(
                finding("line_too_long", number, raw[:200], length=length, limit=MAX_LINE)
            )
            continue
        forbidden = FORBIDDEN.search(raw)
        if forbidden:
            shown = FORBIDDEN.sub("\ufffd", raw)
            findings.append(finding("control_character", number, shown, point=ord(forbidden[0])))
            continue
        line = raw
        invisible = INVISIBLE.search(line)
        if invisible:
            line = INVISIBLE.sub("", line)
            findings.append(finding("invisible", number, line, point=ord(invisible[0])))
        line = _SPACES.sub(" ", line.strip())
        if line:
            yield number, line


def damaged(number: int, label: str) -> Iterator[Finding]:
    """The finding for a character that the extraction lost."""
    found = _DAMAGED.search(label)
    if found:
        yield finding("damaged", number, label, point=ord(found[0]))
