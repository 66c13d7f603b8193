"""The push: applies a plan to Moodle and ends with Moodle equal to the référentiel.

Applying twice changes nothing the second time, and a push that was interrupted is simply made again: each
begins by reading what Moodle has. Only rules that Moodle drops on the way must be remembered in
between (``remember``, ``kept_rules``). Ratings are never touched: no framework is removed or re-made,
competencies keep their ids, and Moodle refuses by itself to remove what is rated or used.

First what changes the tree, from the top down; then everything is read again, and order and rules are
settled on what Moodle made of it.
"""

from __future__ import annotations

import dataclasses
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from lti_app.clients.moodle_ws import Call, MoodleWs
from lti_app.errors import MoodleRefused
from lti_app.services.moodle import reading
from lti_app.services.moodle.calls import (
    FORMAT_HTML,
    parent_of,
    relate_call,
    rule_call,
    scale_configuration,
    structure_call,
    swap_call,
    update_call,
)
from lti_app.services.moodle.errors import PushIncomplete
from lti_app.services.moodle.framework import (
    RULE_ALL,
    FoundFramework,
    Rule,
    WantedFramework,
)
from lti_app.services.moodle.ordering import swaps
from lti_app.services.moodle.plan import make_plan
from lti_app.services.moodle.scales import scale_for
from lti_app.services.moodle.steps import (
    Arrange,
    Create,
    CreateFramework,
    Delete,
    Move,
    Plan,
    Relate,
    SetRule,
    Step,
    Update,
    UpdateFramework,
)

SYSTEM_CONTEXT = 1  # Moodle's installer makes the system context first
ROUNDS = 3  # as many times others may change the framework under our hands
SPARE = "~regle"
"""Ends the idnumber of the child that exists for one moment to make Moodle drop a rule."""

Progress = Callable[[int, int], None]
"""Called with the steps done and all steps, after each."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a push did: steps by kind, what Moodle refused to remove, seconds and calls."""

    applied: Mapping[str, int]
    kept_in_use: tuple[str, ...]
    seconds: float
    calls: int
    requests: int


def push(
    ws: MoodleWs,
    wanted: WantedFramework,
    *,
    scale_id: int | None = None,
    prune: bool = False,
    kept_rules: Mapping[str, Rule] | None = None,
    remember: Callable[[Mapping[str, Rule]], None] = lambda _rules: None,
    progress: Progress = lambda _done, _total: None,
) -> Report:
    """Makes Moodle's framework equal to the référentiel.

    ``scale_id`` names the scale of a new framework when no other framework shows it. ``remember`` is given
    the rules to put back before anything drops them. Raises ``MoodleRefused`` (with the competency in
    its reason), ``ScaleMissing``, ``PushIncomplete``, and what ``Http.request`` raises; the same
    call goes on where it stopped.
    """
    started, calls, requests = time.monotonic(), ws.calls, ws.requests
    work = _Work(ws, wanted, prune, dict(kept_rules or {}), progress)
    for turn in range(ROUNDS):
        if not work.one_turn(scale_id, related=wanted.states_related and turn == 0, save=remember):
            break
    else:
        raise PushIncomplete(wanted.idnumber)
    return Report(
        applied=dict(work.applied),
        kept_in_use=tuple(sorted(work.refused)),
        seconds=time.monotonic() - started,
        calls=ws.calls - calls,
        requests=ws.requests - requests,
    )


class _Work:
    """One push under way. ``refused``: idnumbers Moodle would not remove."""

    def __init__(
        self,
        ws: MoodleWs,
        wanted: WantedFramework,
        prune: bool,
        rules: dict[str, Rule],
        progress: Progress,
    ) -> None:
        self.ws, self.wanted, self.prune, self.rules = ws, wanted, prune, rules
        self.progress = progress
        self.applied: Counter[str] = Counter()
        self.refused: set[str] = set()
        self.done = self.total = 0
        self.ids: dict[str | None, int] = {}

    def one_turn(
        self,
        scale_id: int | None,
        *,
        related: bool,
        save: Callable[[Mapping[str, Rule]], None],
    ) -> bool:
        """Reads, plans and applies once. False when there was nothing to do."""
        found, plan = self._plan(related=related)
        if plan.is_empty:
            return False
        self.total = self.done + len(plan.steps)
        dropped = {s.idnumber: s.after for s in plan.steps if isinstance(s, SetRule) and s.restores}
        self.rules |= {code: rule for code, rule in dropped.items() if rule}
        save(self.rules)
        framework_id = self._framework(found, plan.steps, scale_id)
        self._remove_spares(found)
        self._structure(framework_id, plan.steps)
        self._run(update_call(s) for s in plan.steps if isinstance(s, Update))
        self._run(relate_call(s, self.ids) for s in plan.steps if isinstance(s, Relate))
        self._delete(plan.steps)
        found, plan = self._plan(related=False)
        if found is not None:
            self._arrange(found, plan.steps)
            self._set_rules(found, plan.steps)
        return True

    def _plan(self, *, related: bool) -> tuple[FoundFramework | None, Plan]:
        found = reading.read(self.ws, self.wanted.idnumber, related=related)
        wanted = dataclasses.replace(self.wanted, states_related=related)
        plan = make_plan(
            wanted, found, prune=self.prune, in_use=self.refused, kept_rules=self.rules
        )
        self.ids = {one.idnumber: one.id for one in found.competencies} if found else {}
        self.ids[None] = 0
        return found, plan

    def _count(self, step: Step) -> None:
        self.applied[type(step).__name__] += 1
        self.done += 1
        self.progress(self.done, max(self.done, self.total))

    def _run(self, pairs: Iterable[tuple[Step, Call]]) -> None:
        """Calls each step's function in order. A refusal names the competency."""
        planned = list(pairs)
        answers = self.ws.call_each([call for _, call in planned])
        for step, _call in planned:
            _next(answers, step)
            self._count(step)

    def _framework(
        self, found: FoundFramework | None, steps: tuple[Step, ...], scale_id: int | None
    ) -> int:
        """The framework's id, made or brought up to date."""
        if found is None:
            scale = scale_for(self.ws, self.wanted.levels, given=scale_id)
            fields = self._framework_fields() | {
                "idnumber": self.wanted.idnumber,
                "visible": True,
                "contextid": SYSTEM_CONTEXT,
                "scaleid": scale,
                "scaleconfiguration": scale_configuration(scale, self.wanted.flags),
            }
            made = self.ws.call(
                "core_competency_create_competency_framework", competencyframework=fields
            )
            self._count(next(step for step in steps if isinstance(step, CreateFramework)))
            return int(made["id"])
        for step in steps:
            if isinstance(step, UpdateFramework):
                fields = self._framework_fields() | {"id": found.id}
                if any(change.field == "scaleconfiguration" for change in step.changes):
                    fields["scaleid"] = found.scale_id
                    fields["scaleconfiguration"] = scale_configuration(
                        found.scale_id, self.wanted.flags
                    )
                self.ws.call(
                    "core_competency_update_competency_framework", competencyframework=fields
                )
                self._count(step)
        return found.id

    def _framework_fields(self) -> dict[str, object]:
        return {
            "shortname": self.wanted.shortname,
            "description": self.wanted.description,
            "descriptionformat": FORMAT_HTML,
            "taxonomies": ",".join(self.wanted.taxonomies),
        }

    def _structure(self, framework_id: int, steps: tuple[Step, ...]) -> None:
        """Creations and moves, depth by depth: parents are there, and in place, when children come."""
        depth: dict[str | None, int] = {None: -1}
        for one in self.wanted.competencies:
            depth[one.idnumber] = depth[one.parent] + 1
        structure = [step for step in steps if isinstance(step, Create | Move)]
        for _, group in groupby(structure, lambda step: depth[parent_of(step)]):
            wave = list(group)
            answers = self.ws.call_each([structure_call(s, framework_id, self.ids) for s in wave])
            for step in wave:
                answer = _next(answers, step)
                if isinstance(step, Create):
                    self.ids[step.competency.idnumber] = int(answer["id"])
                self._count(step)

    def _delete(self, steps: tuple[Step, ...]) -> None:
        for step in steps:
            if isinstance(step, Delete) and not step.found.idnumber.endswith(SPARE):
                if not self.ws.call("core_competency_delete_competency", id=step.found.id):
                    self.refused.add(step.found.idnumber)
                self._count(step)

    def _arrange(self, found: FoundFramework, steps: tuple[Step, ...]) -> None:
        for step in steps:
            if isinstance(step, Arrange):
                members = found.children.get(step.parent, ())
                places = {one.id: one.sortorder for one in members}
                known = {one.idnumber: one.id for one in members}
                target = [known[code] for code in step.after if code in known]
                calls = [swap_call(mover, down) for mover, down in swaps(places, target)]
                for _ in self.ws.call_each(calls):
                    pass
                self._count(step)

    def _set_rules(self, found: FoundFramework, steps: tuple[Step, ...]) -> None:
        for step in steps:
            if isinstance(step, SetRule):
                there = found.by_idnumber[step.idnumber]
                if step.after and step.after.kind == RULE_ALL and there.configured:
                    self._drop_rule(found.id, there.id)
        self._run((step, rule_call(step, self.ids)) for step in steps if isinstance(step, SetRule))

    def _drop_rule(self, framework_id: int, parent_id: int) -> None:
        """REST cannot send the null that « all » wants as configuration; a new child drops the rule."""
        fields = {
            "shortname": SPARE,
            "idnumber": f"{parent_id}{SPARE}",
            "competencyframeworkid": framework_id,
            "parentid": parent_id,
        }
        spare = self.ws.call("core_competency_create_competency", competency=fields)
        self.ws.call("core_competency_delete_competency", id=spare["id"])

    def _remove_spares(self, found: FoundFramework | None) -> None:
        """Those an interruption has left behind."""
        for one in found.competencies if found else ():
            if one.idnumber.endswith(SPARE):
                self.ws.call("core_competency_delete_competency", id=one.id)


def _next(answers: Iterator[Any], step: Step) -> Any:
    """The answer to this step's call; a refusal names the competency."""
    try:
        return next(answers)
    except MoodleRefused as error:
        raise _named(error, step) from error


def _named(error: MoodleRefused, step: Step) -> MoodleRefused:
    match step:
        case Create(competency=one):
            name = one.idnumber
        case Update(found=there) | Move(found=there):
            name = there.idnumber
        case Relate(one=one_code, other=other_code):
            name = f"{one_code} ↔ {other_code}"
        case SetRule(idnumber=code):
            name = code
        case _:
            return error
    return MoodleRefused(error.function, error.errorcode, f"{name}: {error.reason}")
