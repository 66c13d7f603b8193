"""Assignment and Grade Services 2.0: scores out, results and columns in.

Moodle's ways, each as recorded: media types must match exactly; a score without ``comment`` erases the
feedback that is there, one without ``scoreGiven`` or with another progress than FullyGraded erases
the grade, so neither is ever sent; timestamps not newer than the stored one are answered 409; the
reason of a refusal stands in the HTTP reason phrase only; its pages of line items and results are
broken, so they are never asked for. Other platforms page by themselves, and are read to the end.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from lti_app.clients import pages
from lti_app.clients.foreign_json import moment, number, words
from lti_app.clients.http import Answer, json_of
from lti_app.clients.scopes import (
    LINE_ITEM_READ_SCOPE,
    LINE_ITEM_SCOPE,
    RESULT_SCOPE,
    SCORE_SCOPE,
)
from lti_app.clients.tokens import PlatformConnector
from lti_app.errors import ServiceUnavailable

__all__ = ["LINE_ITEM_READ_SCOPE", "LINE_ITEM_SCOPE", "RESULT_SCOPE", "SCORE_SCOPE"]

SCORE_TYPE = "application/vnd.ims.lis.v1.score+json"
RESULTS_TYPE = "application/vnd.ims.lis.v2.resultcontainer+json"


@dataclass(frozen=True, slots=True)
class Score:
    """A learner's grade: ``given`` within 0 and ``maximum``; ``comment`` is never empty."""

    user_id: str
    given: Decimal
    maximum: Decimal
    comment: str
    timestamp: datetime

    def to_json(self) -> dict[str, Any]:
        """AGS 2.0 §3.4.5. Raises ``ValueError`` for a score that would erase something."""
        if not self.comment:
            raise ValueError("a score without a comment erases the feedback")
        if not (self.given.is_finite() and self.maximum.is_finite()):
            raise ValueError("a score must be a finite number")
        at = self.timestamp.astimezone(UTC)
        return {
            "userId": self.user_id,
            "scoreGiven": float(self.given),
            "scoreMaximum": float(self.maximum),
            "comment": self.comment,
            "activityProgress": "Completed",
            "gradingProgress": "FullyGraded",
            "timestamp": at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z",
        }


@dataclass(frozen=True, slots=True)
class Result:
    """What the gradebook holds for a learner, a teacher's override included; None when erased.

    ``at`` is when it was last changed, to the second: the time of our own score, or the platform's own
    at a teacher's edit. Only Moodle tells it.
    """

    user_id: str
    score: Decimal | None
    maximum: Decimal | None
    comment: str
    at: datetime | None = None


def post_score(connector: PlatformConnector, line_item_url: str, score: Score) -> None:
    """Sends one score. Moodle answers 200 with an empty body, other platforms 204 or JSON.

    Anything else is somebody else's answer (a page of maintenance, of a network's login), and says
    nothing about the score: ``ServiceUnavailable``.
    """
    response = connector.call(
        "POST",
        sub_url(line_item_url, "scores"),
        (SCORE_SCOPE,),
        content_type=SCORE_TYPE,
        data=json.dumps(score.to_json(), ensure_ascii=False),
    )
    if response.body.strip():
        json_of(response)


def results(
    connector: PlatformConnector, line_item_url: str, user_id: str | None = None
) -> list[Result]:
    """Everybody's result in the column, or one learner's; nothing is returned in part. Raises ``ServiceUnavailable``
    for an answer that is no list of results, as for one in which a score is not a number."""
    url = sub_url(line_item_url, "results")
    if user_id:
        url = with_filters(url, {"user_id": user_id})

    def page(here: str) -> Answer:
        return connector.call("GET", here, (RESULT_SCOPE,), accept=RESULTS_TYPE)

    return list(_results(pages.entries(page, url, "list of results")))


def sub_url(line_item_url: str, name: str) -> str:
    """``…/lineitem?type_id=1`` with the name at the end of the path, before the query (AGS 2.0 §3.3)."""
    parts = urlsplit(line_item_url)
    return urlunsplit(parts._replace(path=f"{parts.path.rstrip('/')}/{name}"))


def with_filters(url: str, filters: Mapping[str, str]) -> str:
    """The list's address with these filters beside the query that it has."""
    if not filters:
        return url
    parts = urlsplit(url)
    query = [*parse_qsl(parts.query, keep_blank_values=True), *filters.items()]
    return urlunsplit(parts._replace(query=urlencode(query)))


def _results(entries: Iterable[Mapping[str, Any]]) -> Iterable[Result]:
    """Those of somebody; a maximum or a time that is none is as good as not told."""
    for entry in entries:
        if user_id := words(entry.get("userId")):
            yield Result(
                user_id=user_id,
                score=_score(entry.get("resultScore")),
                maximum=number(entry.get("resultMaximum")),
                comment=words(entry.get("comment")),
                at=moment(entry.get("timestamp")),
            )


def _score(told: Any) -> Decimal | None:
    """What the cell holds, None when it is empty. A score that we cannot read would pass for an empty cell, and a
    teacher's grade be sent over: it breaks the answer."""
    score = number(told)
    if score is None and told is not None and told != "":
        raise ServiceUnavailable("the list of results holds a score that is no number")
    return score
