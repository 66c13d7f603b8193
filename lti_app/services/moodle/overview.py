"""What the administrator's page shows of a Moodle: its token, its last push, a plan in groups."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_app.models import MoodleConnection, MoodlePush, PushState
from lti_app.services.moodle.plan_texts import counted, note_text, step_mark, step_text
from lti_app.services.moodle.pushes import latest
from lti_app.services.moodle.steps import (
    Arrange,
    Create,
    CreateFramework,
    Delete,
    Move,
    Plan,
    Relate,
    SetRule,
    Update,
    UpdateFramework,
)


@dataclass(frozen=True, slots=True)
class PushView:
    """The newest push: how far it is, what it did or why it stopped."""

    state: str
    done: int
    total: int
    error: str
    at: datetime
    steps: int
    kept_in_use: tuple[str, ...]

    @property
    def under_way(self) -> bool:
        """Whether the page should look again in a moment."""
        return self.state in (PushState.WAITING.value, PushState.RUNNING.value)


@dataclass(frozen=True, slots=True)
class Overview:
    """``base_url`` is None without a token."""

    base_url: str | None
    since: datetime | None
    push: PushView | None


@dataclass(frozen=True, slots=True)
class Group:
    """Steps of one sort: a key of the page's titles, and a line (mark, words) for each."""

    kind: str
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class PlanView:
    """A plan in words, in the page's language."""

    empty: bool
    counted: str
    groups: tuple[Group, ...]
    only_in_moodle: tuple[str, ...]
    notes: tuple[str, ...]


KINDS: Mapping[str, tuple[type, ...]] = {
    "framework": (CreateFramework, UpdateFramework),
    "create": (Create,),
    "update": (Update,),
    "move": (Move,),
    "arrange": (Arrange,),
    "relate": (Relate,),
    "rule": (SetRule,),
    "delete": (Delete,),
}


def overview(session: Session, platform_id: int) -> Overview:
    """What is kept of a platform's web services."""
    row = session.scalar(
        select(MoodleConnection).where(MoodleConnection.platform_id == platform_id)
    )
    push = latest(session, platform_id)
    return Overview(
        base_url=row.base_url if row else None,
        since=row.created_at if row else None,
        push=push_view(push) if push else None,
    )


def push_view(row: MoodlePush) -> PushView:
    """A stored push as it is shown."""
    return PushView(
        state=row.state,
        done=row.done,
        total=row.total,
        error=row.error,
        at=row.finished_at or row.alive_at or row.created_at,
        steps=sum(row.report.get("applied", {}).values()),
        kept_in_use=tuple(row.report.get("kept_in_use", ())),
    )


def plan_view(
    plan: Plan, language: str, typeset: Callable[[str], str] = lambda text: text
) -> PlanView:
    """A plan as a page shows it; ``typeset`` sets the spaces of the référentiel's own words."""
    groups = (
        Group(
            kind,
            tuple(
                (step_mark(step), typeset(step_text(step, language)))
                for step in plan.steps
                if isinstance(step, kinds)
            ),
        )
        for kind, kinds in KINDS.items()
    )
    return PlanView(
        empty=plan.is_empty,
        counted=counted(plan, language),
        groups=tuple(group for group in groups if group.lines),
        only_in_moodle=tuple(
            f"{one.idnumber}  {one.content.shortname}" for one in plan.only_in_moodle
        ),
        notes=tuple(note_text(note, language) for note in plan.notes),
    )
