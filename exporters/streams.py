"""Small tools with which a format is written piece by piece to a binary stream."""

import io
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO, TextIO


@contextmanager
def text_of(out: BinaryIO) -> Iterator[TextIO]:
    """The stream as UTF-8 text, line ends as written; ``out`` stays open."""
    text = io.TextIOWrapper(out, "utf-8", newline="", write_through=False)
    try:
        yield text
    finally:
        text.detach()


def write_array(text: TextIO, values: Iterable[Any]) -> None:
    """A JSON array with one value a line, so that two versions compare line by line."""
    separator = "["
    for value in values:
        text.write(separator + "\n" + compact(value))
        separator = ","
    text.write("[]" if separator == "[" else "\n]")


def compact(value: Any) -> str:
    """A value as JSON on one line; ``<``, accents and the like as they are."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
