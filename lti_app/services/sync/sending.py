"""One score sent, and what the platform's answer means for the grade.

Permanent refusals need a person and are not repeated; all else is tried again, later and later. Moodle
explains a refusal in its reason phrase only, so that is read where statuses alone leave it open.
"""

from __future__ import annotations

import random

from lti_app.clients import ags
from lti_app.clients.tokens import PlatformConnector
from lti_app.errors import (
    AddressRefused,
    CircuitOpen,
    ScopeMissing,
    ServiceError,
    ServiceRefused,
    ServiceUnavailable,
    TokenRefused,
)
from lti_app.models import SyncState
from lti_app.services.sync.claims import LONGEST_WAIT
from lti_app.services.sync.job import RELEASED, Job, Outcome, Reason, Seen
from lti_app.services.sync.overrides import Held, arrived, judge

FIRST_WAIT = 5.0  # seconds before the second attempt; doubled each time, with jitter
CONFLICT_WAIT = 2.0
LOCKED_AFTER = 3  # 500s in a row: Moodle answers so when the column or the grade is locked
CONFLICT_AFTER = 4
UNAUTHORISED_AFTER = 8  # tries, some ten minutes: then a platform that says 401 means it


def send(connector: PlatformConnector, job: Job) -> Outcome:
    """Sends the job's score. Raises ``ServiceError`` for an answer that has nothing to do with this one
    grade: ``failed`` tells what follows."""
    try:
        ags.post_score(connector, job.column.url, job.score)
    except ServiceRefused as error:
        if error.status != 409:
            raise
        return _after_conflict(connector, job)
    except ServiceUnavailable as error:
        if error.status == 500 and job.attempts >= LOCKED_AFTER and _reads(connector, job):
            return Outcome(SyncState.FAILED, Reason.COLUMN_LOCKED)
        raise
    return Outcome(SyncState.SENT)


def failed(error: ServiceError, attempts: int) -> Outcome:
    """What a failed call means for the grade it was made for."""
    match error:
        case CircuitOpen():
            return RELEASED
        case AddressRefused():
            return Outcome(SyncState.FAILED, Reason.ADDRESS_REFUSED)
        case ServiceRefused() if not may_pass(error, attempts):
            return Outcome(SyncState.FAILED, refusal(error))
        case _:
            key = Reason.PLATFORM_BUSY if error.status == 429 else Reason.PLATFORM_UNAVAILABLE
            return Outcome(SyncState.WAITING, key, wait(attempts, error))


def before(result: ags.Result | None, job: Job) -> Outcome | None:
    """What the column's present state means for a score that has not left yet: None, it may go.

    A teacher's grade stays; a grade that arrived though its answer was lost is not sent again.
    """
    seen = seen_of(result, job)
    if seen.held is Held.THEIRS and not (job.replace or job.column.guarded):
        return Outcome(SyncState.FAILED, Reason.OVERRIDDEN, called=False, seen=seen)
    return None


def seen_of(result: ags.Result | None, job: Job) -> Seen:
    """What the platform holds for the job's learner, and whose it is."""
    held = judge(result, job.known)
    if result is None:
        return Seen(held, None, None, None)
    return Seen(held, result.score, result.maximum, result.at)


def may_pass(error: ServiceError, attempts: int) -> bool:
    """Whether that is a 401 to a fresh token which grants what was asked for (one that does not is never
    used): a bad moment of the platform's, unless it lasts."""
    refused = error.status == 401 and not isinstance(error, TokenRefused)
    return refused and attempts < UNAUTHORISED_AFTER


def refusal(error: ServiceRefused) -> Reason:
    """What a permanent refusal means."""
    if isinstance(error, TokenRefused):
        return token_refusal(error)
    reason = error.reason.lower()
    if error.status == 400:
        # Moodle's words for somebody it does not grade; else the platform dislikes the score itself
        return Reason.LEARNER_GONE if "incorrect score" in reason else Reason.SCORE_REFUSED
    if error.status == 404:
        return Reason.COURSE_GONE if "course" in reason else Reason.COLUMN_GONE
    if error.status == 401:
        return Reason.SCOPE_MISSING
    return Reason.NOT_ALLOWED if error.status == 403 else Reason.SCORE_REFUSED


def token_refusal(error: TokenRefused) -> Reason:
    """Why the platform gives us no access."""
    reason = error.reason.lower()
    if isinstance(error, ScopeMissing) or "invalid_scope" in reason:
        return Reason.SCOPE_MISSING
    if "iat prior" in reason or "expired" in reason or "nbf" in reason:
        return Reason.CLOCK_WRONG
    if "invalid_client" in reason and error.status != 401:
        return Reason.TOOL_REMOVED
    return Reason.KEY_REFUSED


def wait(attempts: int, error: ServiceError) -> float:
    """Seconds until the next try: what the platform asks for, else doubling, with jitter."""
    if error.retry_after is not None:
        return min(error.retry_after, LONGEST_WAIT) + random.uniform(0, 1)  # noqa: S311
    longest = min(FIRST_WAIT * 2 ** min(max(attempts - 1, 0), 12), LONGEST_WAIT)
    return random.uniform(longest / 2, longest)  # noqa: S311 - jitter, not a secret


def _after_conflict(connector: PlatformConnector, job: Job) -> Outcome:
    """409: the platform holds something at least as new. Ours, if the grade is there; else a teacher's,
    or our clock lags: a later time passes."""
    try:
        results = ags.results(connector, job.column.url, job.score.user_id)
    except ServiceError as error:
        if _refuses_to_read(error) and job.attempts >= CONFLICT_AFTER:
            return Outcome(SyncState.FAILED, Reason.GRADE_NEWER)
        return Outcome(SyncState.WAITING, Reason.PLATFORM_UNAVAILABLE, wait(job.attempts, error))
    result = next((r for r in results if r.user_id == job.score.user_id), None)
    seen = seen_of(result, job)
    score = job.score
    if result and arrived(result, score.timestamp, score.given, score.maximum):
        return Outcome(SyncState.SENT, seen=seen)
    if seen.held is Held.THEIRS and not job.column.guarded and not job.replace:
        return Outcome(SyncState.FAILED, Reason.OVERRIDDEN, seen=seen)
    late = result is not None and result.at is not None and result.at > score.timestamp
    if job.attempts >= CONFLICT_AFTER and not late:
        return Outcome(SyncState.FAILED, Reason.GRADE_NEWER, seen=seen)
    return Outcome(
        SyncState.WAITING,
        Reason.CLOCK_LATE if late else Reason.GRADE_NEWER,
        CONFLICT_WAIT,
        seen=seen,
    )


def _reads(connector: PlatformConnector, job: Job) -> bool:
    """Whether the platform answers for the column otherwise, be it that we may not read it: then a 500 is
    about this grade."""
    try:
        ags.results(connector, job.column.url, job.score.user_id)
    except ServiceError as error:
        return _refuses_to_read(error)
    return True


def _refuses_to_read(error: ServiceError) -> bool:
    """Whether the platform is there and lets us read nothing, rather than not there, or refusing us."""
    if isinstance(error, TokenRefused):
        return isinstance(error, ScopeMissing)
    return isinstance(error, ServiceRefused)
