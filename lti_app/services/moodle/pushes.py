"""Pushes as the database remembers them: asked for, under way, done, failed, taken up again.

One connection runs one push at a time. A row that says ``running`` but has stood still belongs to a
process that died; whoever comes next takes it up, and the push goes on from what Moodle has.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from exporters.base import ExportOptions, Rule, RuleOutcome
from lti_app.errors import CompetencesError, MoodleRefused, ServiceError
from lti_app.models import MoodleConnection, MoodlePush, PushState
from lti_app.services.moodle.connections import connection, door
from lti_app.services.moodle.errors import MoodleInputError, refused
from lti_app.services.moodle.framework import Rule as MoodleRule
from lti_app.services.moodle.framework import Share, WantedFramework
from lti_app.services.moodle.push import Report, push
from lti_app.services.moodle.site import tuned
from lti_app.services.moodle.sources import scale_named, tree_named
from lti_app.services.moodle.texts import sentence
from lti_app.services.moodle.wanted import wanted
from lti_app.services.wiring import Wiring
from referential.library import DEFAULT_REFERENTIAL, DEFAULT_SCALE

STALE = timedelta(minutes=2)
"""No sign of life for so long: the process is gone (a single call is cut off after 25 s)."""
SIGN_OF_LIFE = 0.5  # seconds between two writes of the progress


@dataclass(frozen=True, slots=True)
class Choices:
    """What to push. ``exact`` and ``prune``: see ``wanted`` and ``plan``; the rules are those of
    ``exporters.base.ExportOptions``."""

    referential: str = DEFAULT_REFERENTIAL
    scale: str = DEFAULT_SCALE
    language: str = "fr"
    exact: bool = False
    prune: bool = False
    scale_id: int | None = None
    rule: Rule = "none"
    rule_share: int = 50
    rule_outcome: RuleOutcome = "complete"

    def wanted(self, parts: Wiring, platform_id: int) -> WantedFramework:
        """The framework these choices ask for. Raises ``MoodleInputError`` for an unknown name."""
        tree = tree_named(parts, platform_id, self.referential)
        scale = scale_named(self.scale)
        options = ExportOptions(
            language=self.language,
            rule=self.rule,
            rule_share=self.rule_share,
            rule_outcome=self.rule_outcome,
        )
        return wanted(tree, scale, exact=self.exact, options=options)


def request(parts: Wiring, platform_id: int, choices: Choices) -> int:
    """Notes that this push is wanted and returns its number.

    Raises ``MoodleInputError`` while another one of the same connection is waiting or running.
    """
    framework = choices.wanted(parts, platform_id)
    with parts.store.write() as session:
        row = connection(session, platform_id)
        now = parts.clock()
        for other in _unfinished(session, row.id):
            if now - (other.alive_at or other.created_at) > STALE:
                _fail(parts, other, MoodleInputError("push_died").message("fr"))
                continue
            raise MoodleInputError("push_running", number=other.id)
        new = MoodlePush(
            connection_id=row.id,
            idnumber=framework.idnumber,
            choices=dataclasses.asdict(choices),
            kept_rules=_inherited(session, row.id, framework.idnumber),
            created_at=now,
        )
        session.add(new)
        session.flush()
        return new.id


def due(parts: Wiring) -> list[int]:
    """The pushes that wait for a worker, and those whose worker has died."""
    now = parts.clock()
    with parts.store.read() as session:
        rows = session.scalars(
            select(MoodlePush)
            .where(MoodlePush.state.in_((PushState.WAITING.value, PushState.RUNNING.value)))
            .order_by(MoodlePush.id)
        ).all()
        return [row.id for row in rows if row.alive_at is None or now - row.alive_at > STALE]


def run(
    parts: Wiring, push_id: int, progress: Callable[[int, int], None] = lambda _done, _total: None
) -> Report | None:
    """Makes the push, or returns None when another process has it.

    A failure is noted in the row and raised: ``MoodleInputError``, ``ServiceError``.
    """
    row = _claim(parts, push_id)
    if row is None:
        return None
    try:
        choices = Choices(**row.choices)
        report = push(
            tuned(door(parts, row.connection)),
            choices.wanted(parts, row.connection.platform_id),
            scale_id=choices.scale_id,
            prune=choices.prune,
            kept_rules=rules_from(row.kept_rules),
            remember=lambda rules: _remember(parts, push_id, rules),
            progress=_Noted(parts, push_id, progress),
        )
    except BaseException as error:
        with parts.store.write() as session:
            _fail(parts, session.get_one(MoodlePush, push_id), _why(error))
        raise
    with parts.store.write() as session:
        done = session.get_one(MoodlePush, push_id)
        done.state, done.finished_at = PushState.DONE.value, parts.clock()
        done.kept_rules, done.report = [], dataclasses.asdict(report)
        done.done = done.total = max(done.done, done.total)
    return report


def run_due(parts: Wiring) -> None:
    """Every push that waits, one after the other; a worker's task. Failures stay in their rows."""
    for push_id in due(parts):
        try:
            run(parts, push_id)
        except CompetencesError:
            continue


def latest(session: Session, platform_id: int) -> MoodlePush | None:
    """The newest push of a platform."""
    return session.scalar(
        select(MoodlePush)
        .join(MoodleConnection)
        .where(MoodleConnection.platform_id == platform_id)
        .order_by(MoodlePush.id.desc())
        .limit(1)
    )


class _Noted:
    """Writes the progress into the row, at most twice a second."""

    def __init__(self, parts: Wiring, push_id: int, further: Callable[[int, int], None]) -> None:
        self._parts, self._push_id, self._further = parts, push_id, further
        self._written = float("-inf")

    def __call__(self, done: int, total: int) -> None:
        now = time.monotonic()
        if done >= total or now - self._written >= SIGN_OF_LIFE:
            self._written = now
            with self._parts.store.write() as session:
                row = session.get_one(MoodlePush, self._push_id)
                row.done, row.total, row.alive_at = done, total, self._parts.clock()
        self._further(done, total)


def _claim(parts: Wiring, push_id: int) -> MoodlePush | None:
    now = parts.clock()
    with parts.store.write() as session:
        row = session.get(MoodlePush, push_id, with_for_update=True)
        if row is None or row.state not in (PushState.WAITING.value, PushState.RUNNING.value):
            return None
        if row.alive_at is not None and now - row.alive_at <= STALE:
            return None
        row.state, row.alive_at = PushState.RUNNING.value, now
        _ = row.connection  # loaded while the session is open
        return row


def _unfinished(session: Session, connection_id: int) -> list[MoodlePush]:
    states = (PushState.WAITING.value, PushState.RUNNING.value)
    return list(
        session.scalars(
            select(MoodlePush).where(
                MoodlePush.connection_id == connection_id, MoodlePush.state.in_(states)
            )
        )
    )


def _inherited(session: Session, connection_id: int, idnumber: str) -> list[dict[str, Any]]:
    """The rules that the last push of this framework still owed, if it did not end well."""
    last = session.scalar(
        select(MoodlePush)
        .where(MoodlePush.connection_id == connection_id, MoodlePush.idnumber == idnumber)
        .order_by(MoodlePush.id.desc())
        .limit(1)
    )
    return list(last.kept_rules) if last else []


def _why(error: BaseException) -> str:
    """A sentence for the row."""
    if isinstance(error, MoodleRefused):
        return refused(error, "fr")
    if isinstance(error, ServiceError):
        return sentence("moodle_away", "fr", reason=error)
    if isinstance(error, CompetencesError):
        return str(error)
    return sentence("push_interrupted", "fr")


def _fail(parts: Wiring, row: MoodlePush, error: str) -> None:
    row.state, row.finished_at, row.error = PushState.FAILED.value, parts.clock(), error


def _remember(parts: Wiring, push_id: int, rules: Mapping[str, MoodleRule]) -> None:
    with parts.store.write() as session:
        row = session.get_one(MoodlePush, push_id)
        row.kept_rules, row.alive_at = rules_to(rules), parts.clock()


def rules_to(rules: Mapping[str, MoodleRule]) -> list[dict[str, Any]]:
    """Rules as JSON, by idnumber."""
    return [
        {
            "idnumber": code,
            "kind": rule.kind,
            "outcome": rule.outcome,
            "points": rule.points,
            "shares": [
                [one.child, one.points, one.required] for one in sorted(rule.shares, key=str)
            ],
            "raw": rule.raw,
        }
        for code, rule in sorted(rules.items())
    ]


def rules_from(stored: list[dict[str, Any]]) -> dict[str, MoodleRule]:
    """The inverse of ``rules_to``."""
    return {
        one["idnumber"]: MoodleRule(
            one["kind"],
            one["outcome"],
            one["points"],
            frozenset(Share(*share) for share in one["shares"]),
            one["raw"],
        )
        for one in stored
    }
