"""The text of a description in HTML, which Moodle's competences have: one paragraph a line."""

import re
from html import unescape
from html.parser import HTMLParser

_BLOCK_NAMES = (
    "address article aside blockquote br dd div dl dt figure footer h1 h2 h3 h4 h5 h6 header hr li "
    "main ol p pre section table td th tr ul"
)
_BLOCKS = frozenset(_BLOCK_NAMES.split())
_PLAIN = frozenset({"p", "br"})
_SILENT = frozenset({"script", "style", "template"})
_SIMPLE = re.compile(r"(?:<p>[^<]*</p>\s*)+|[^<]*")
_PARAGRAPH = re.compile(r"<p>([^<]*)</p>")
_SPACES = re.compile(r"[ \t\r\n\f\v]+")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.tags: dict[str, None] = {}
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _PLAIN:
            self.tags[tag] = None
        if tag in _SILENT:
            self._silent += 1
        if tag in _BLOCKS:
            self.pieces.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        if tag in _BLOCKS:
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.pieces.append(_SPACES.sub(" ", data))


def text_of(html: str) -> tuple[str, tuple[str, ...]]:
    """The text, and the tags that said more than where a paragraph ends."""
    if _SIMPLE.fullmatch(html):  # what nearly all descriptions are
        pieces = _PARAGRAPH.findall(html) or [html]
        return paragraphs("\n".join(map(_one_line, pieces))), ()
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return paragraphs("".join(reader.pieces)), tuple(reader.tags)


def _one_line(html: str) -> str:
    return _SPACES.sub(" ", unescape(html) if "&" in html else html)


def paragraphs(text: str) -> str:
    """The lines that hold something, trimmed, spaces folded."""
    if text.isprintable() and "  " not in text:
        return text.strip()  # one line with single spaces
    lines = (_SPACES.sub(" ", line).strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line)
