"""JSON from outside, so that whatever it says can be kept: both databases refuse some of what it may hold.

A text may hold NUL, or one half of a character that is written in two (RFC 8259 §8.2); a number may be greater than
any that JSON can be written with again.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any

ODD = re.compile("[\x00\ud800-\udfff]")
ESCAPED = re.compile(r"\\u(?:0000|[dD])")  # as either must be written


def _number(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError("a number out of range")
    return value


def _constant(text: str) -> float:
    raise ValueError(f"{text} is not JSON")


_decode = json.JSONDecoder(parse_float=_number, parse_constant=_constant).decode


def read(text: str) -> tuple[Any, bool]:
    """The value, and whether all its texts can be kept. Raises ``ValueError`` or ``RecursionError``."""
    value = _decode(text)
    if not ESCAPED.search(text):
        return value, True
    return value, cleaned(value) == value


def loads(body: bytes) -> Any:
    """The value, cleaned. Raises ``ValueError`` or ``RecursionError``."""
    value, sound = read(body.decode(json.detect_encoding(body)))
    return value if sound else cleaned(value)


def cleaned(value: Any) -> Any:
    """The same without what cannot be kept in its texts."""
    match value:
        case str():
            return ODD.sub("", value)
        case list():
            return [cleaned(one) for one in value]
        case dict():
            return {cleaned(name): cleaned(one) for name, one in value.items()}
        case _:
            return value
