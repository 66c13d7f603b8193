"""The scopes of LTI Advantage's services (AGS 2.0 §3.6, NRPS 2.0 §3.1).

One token is asked for all of them at once: an LMS leaves out what it does not grant (RFC 6749 §3.3).
"""

from __future__ import annotations

from collections.abc import Iterable

_AGS = "https://purl.imsglobal.org/spec/lti-ags/scope/"
SCORE_SCOPE = _AGS + "score"
RESULT_SCOPE = _AGS + "result.readonly"
LINE_ITEM_SCOPE = _AGS + "lineitem"
LINE_ITEM_READ_SCOPE = _AGS + "lineitem.readonly"
MEMBERS_SCOPE = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"

SERVICE_SCOPES = frozenset(
    {SCORE_SCOPE, RESULT_SCOPE, LINE_ITEM_SCOPE, LINE_ITEM_READ_SCOPE, MEMBERS_SCOPE}
)


def covers(granted: Iterable[str], needed: Iterable[str]) -> bool:
    """Whether a token for ``granted`` serves: who may change columns may also read them."""
    have = set(granted)
    if LINE_ITEM_SCOPE in have:
        have.add(LINE_ITEM_READ_SCOPE)
    return set(needed) <= have
