"""Lists that a platform gives in pages, read whole: each answer's ``Link`` names the next (RFC 8288)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urljoin, urlsplit

from lti_app.clients import foreign_json
from lti_app.clients.http import Answer, json_of
from lti_app.errors import AddressRefused, ServiceUnavailable

MAX_PAGES = 200


def answers(call: Callable[[str], Answer], url: str, what: str) -> Iterator[Answer]:
    """Every page from ``url`` on; one that points back to a page already read ends the list.

    Half a list would pass for a whole one: raises ``AddressRefused`` for a page on another host,
    ``ServiceUnavailable`` for too many of them.
    """
    seen: set[str] = set()
    here: str | None = url
    while here and here not in seen:
        if len(seen) == MAX_PAGES:
            raise ServiceUnavailable(f"the {what} has more than {MAX_PAGES} pages")
        seen.add(here)
        answer = call(here)
        yield answer
        here = linked(answer, "next", url, what)


def entries(call: Callable[[str], Answer], url: str, what: str) -> list[dict[str, Any]]:
    """The objects of every page. Raises as ``answers`` does, and ``ServiceUnavailable`` for a page that holds no
    list."""
    found: list[dict[str, Any]] = []
    for answer in answers(call, url, what):
        body = json_of(answer)
        if not isinstance(body, list):
            raise ServiceUnavailable(f"the {what} is no list", status=answer.status)
        found += [entry for entry in body if isinstance(entry, dict)]
    return found


def linked(answer: Answer, relation: str, first: str, what: str) -> str | None:
    """The page that the answer points to, without what cannot be kept. Raises ``AddressRefused`` unless it is on the
    host of ``first``."""
    link = foreign_json.cleaned(answer.links.get(relation))
    if not link:
        return None
    try:
        url = urljoin(answer.url, link)
        same = urlsplit(url).netloc == urlsplit(first).netloc
    except ValueError:
        same = False
    if not same:
        raise AddressRefused(f"the {relation} page of the {what} is on another host")
    return url
