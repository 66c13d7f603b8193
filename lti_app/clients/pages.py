"""Lists that a platform gives in pages, read whole: each answer's ``Link`` names the next (RFC 8288)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urljoin, urlsplit

from lti_app.clients.http import Answer, json_of
from lti_app.errors import AddressRefused, ServiceUnavailable

MAX_PAGES = 200


def entries(call: Callable[[str], Answer], url: str, what: str) -> list[dict[str, Any]]:
    """The objects of every page, from ``url`` on; a page that points back to one already read ends the list.

    Half a list would pass for a whole one, so nothing is returned in part: ``AddressRefused`` for a page
    on another host, ``ServiceUnavailable`` for one that holds no list and for too many of them.
    """
    found: list[dict[str, Any]] = []
    seen: set[str] = set()
    here: str | None = url
    while here and here not in seen:
        if len(seen) == MAX_PAGES:
            raise ServiceUnavailable(f"{what} have more than {MAX_PAGES} pages")
        seen.add(here)
        answer = call(here)
        body = json_of(answer)
        if not isinstance(body, list):
            raise ServiceUnavailable(f"{what} are not a list", status=answer.status)
        found += [entry for entry in body if isinstance(entry, dict)]
        here = _next(answer, url, what)
    return found


def _next(answer: Answer, first: str, what: str) -> str | None:
    link = answer.links.get("next")
    if not link:
        return None
    url = urljoin(answer.url, link)
    if urlsplit(url).netloc != urlsplit(first).netloc:
        raise AddressRefused(f"the next page of the {what} is on another host")
    return url
