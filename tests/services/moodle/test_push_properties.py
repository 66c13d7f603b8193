"""Whatever Moodle has and whatever is wanted: the push ends with Moodle as wanted, and keeps the rest.

Each example fills a Moodle with one random framework, rates some of it, then pushes another one.
"""

from __future__ import annotations

import copy
import dataclasses
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from lti_app.services.moodle import reading
from lti_app.services.moodle.framework import Rule, WantedFramework
from lti_app.services.moodle.plan import make_plan
from lti_app.services.moodle.push import push
from lti_app.services.moodle.steps import Create
from tests.services.moodle.builders import (
    LEVELS,
    SCALE,
    DirectDoor,
    ids,
    outline,
    wanted_outline,
)
from tests.services.moodle.strategies import frameworks
from tests.services.moodle.world import World


def a_moodle(has: WantedFramework | None, data: st.DataObject) -> World:
    """A Moodle with that framework, some competencies rated, some related, places perhaps muddled."""
    world = World(scales={SCALE: list(LEVELS)}, courses={2: []})
    if has is None:
        return world
    push(DirectDoor(world), has, scale_id=SCALE)
    numbers = sorted(world.competencies)
    world.rated = data.draw(st.sets(st.sampled_from(numbers)) if numbers else st.just(set()))
    if numbers and data.draw(st.booleans()):
        for one in world.competencies.values():
            one["sortorder"] = data.draw(st.integers(0, 4))
    world.log.clear()
    return world


def rules(world: World) -> dict[str, Rule]:
    found = reading.read(DirectDoor(world), "REF")
    return {one.idnumber: one.content.rule for one in found.competencies if one.content.rule}


@settings(max_examples=60, deadline=None)
@given(has=st.none() | frameworks(), wanted=frameworks(), data=st.data())
def test_a_push_makes_moodle_as_wanted_and_keeps_ids_ratings_and_strangers(
    has: WantedFramework | None, wanted: WantedFramework, data: st.DataObject
) -> None:
    world = a_moodle(has, data)
    before, rated = ids(world), set(world.rated)
    strangers = set(before) - {one.idnumber for one in wanted.competencies}
    contents = {code: dict(world.competencies[before[code]]) for code in strangers}

    push(DirectDoor(world), wanted, scale_id=SCALE)

    shown = [line for line in outline(world) if line[1] not in strangers]
    assert shown == wanted_outline(wanted)
    assert {code: number for code, number in ids(world).items() if code in before} == before
    assert world.rated == rated
    for code, content in contents.items():
        now = world.competencies[before[code]]
        assert (now["shortname"], now["parentid"]) == (content["shortname"], content["parentid"])
    found = reading.read(DirectDoor(world), "REF", related=True)
    assert found is not None
    for one in wanted.competencies:
        there = found.by_idnumber[one.idnumber].content
        assert (there.shortname, there.description, there.parent) == (
            one.shortname,
            one.description,
            one.parent,
        )
        if wanted.states_rules:
            assert there.rule == one.rule
        if wanted.states_related:
            assert there.related - strangers == one.related


@settings(max_examples=60, deadline=None)
@given(has=st.none() | frameworks(), wanted=frameworks(), data=st.data())
def test_a_second_push_finds_nothing_to_do_and_writes_nothing(
    has: WantedFramework | None, wanted: WantedFramework, data: st.DataObject
) -> None:
    world = a_moodle(has, data)
    push(DirectDoor(world), wanted, scale_id=SCALE)
    after = copy.deepcopy((world.frameworks, world.competencies, world.relations))
    world.log.clear()
    assert push(DirectDoor(world), wanted).applied == {}
    assert (world.frameworks, world.competencies, world.relations) == after
    assert {name for name in world.log if not _reads(name)} == set()


def _reads(function: str) -> bool:
    return "_list_" in function or "_get_" in function or "_data_for_" in function


@settings(max_examples=60, deadline=None)
@given(has=st.none() | frameworks(), wanted=frameworks(), data=st.data())
def test_an_interrupted_push_ends_as_if_it_had_not_been(
    has: WantedFramework | None, wanted: WantedFramework, data: st.DataObject
) -> None:
    world = a_moodle(has, data)
    straight = copy.deepcopy(world)
    push(DirectDoor(straight), wanted, scale_id=SCALE)
    calls = len(straight.log)

    kept: dict[str, Rule] = {}
    remembered: list[dict[str, Rule]] = []
    world.fail_at = data.draw(st.integers(1, calls), label="breaks at call")
    try:
        push(
            DirectDoor(world),
            wanted,
            scale_id=SCALE,
            remember=lambda now: remembered.append(dict(now)),
        )
        raise AssertionError("the connection did not break")
    except ConnectionError:
        kept = remembered[-1] if remembered else {}
    world.fail_at = None
    push(DirectDoor(world), wanted, scale_id=SCALE, kept_rules=kept)

    codes = {one.idnumber for one in wanted.competencies}
    assert [line for line in outline(world) if line[1] in codes] == wanted_outline(wanted)
    assert parents(world) == parents(straight)
    assert rules(world) == rules(straight)
    assert _related(world) == _related(straight)


def parents(world: World) -> dict[str, str]:
    names = {number: one["idnumber"] for number, one in world.competencies.items()} | {0: ""}
    return {one["idnumber"]: names[one["parentid"]] for one in world.competencies.values()}


def _related(world: World) -> set[frozenset[str]]:
    names = {number: one["idnumber"] for number, one in world.competencies.items()}
    return {frozenset(names[number] for number in pair) for pair in world.relations}


@settings(max_examples=60, deadline=None)
@given(has=frameworks(), wanted=frameworks(), data=st.data())
def test_removing_what_only_moodle_has_never_removes_what_is_rated(
    has: WantedFramework, wanted: WantedFramework, data: st.DataObject
) -> None:
    world = a_moodle(has, data)
    rated = set(world.rated)
    codes = {one.idnumber for one in wanted.competencies}
    report = push(DirectDoor(world), wanted, prune=True)
    assert rated <= set(world.competencies)
    left = {one["idnumber"] for one in world.competencies.values()} - codes
    assert left == set(report.kept_in_use)
    family = {
        number
        for number in world.competencies
        if number in rated or set(world._descendants(number)) & rated
    }
    assert {world.competencies[number]["idnumber"] for number in family} >= left


@settings(max_examples=60, deadline=None)
@given(has=frameworks(), wanted=frameworks(), data=st.data())
def test_rules_that_people_set_are_still_there_after_a_push(
    has: WantedFramework, wanted: WantedFramework, data: st.DataObject
) -> None:
    """Unless the référentiel states rules, or a rule by points lost children it cannot do without."""
    assume(not wanted.states_rules)
    world = a_moodle(has, data)
    before = rules(world)
    plan = make_plan(wanted, reading.read(DirectDoor(world), "REF"))
    lost = {dict(note.values)["idnumber"] for note in plan.notes if note.values}
    push(DirectDoor(world), wanted)
    after = rules(world)
    assert set(after) == set(before) - lost
    for code, rule in after.items():
        assert (rule.kind, rule.outcome, rule.points) == (
            before[code].kind,
            before[code].outcome,
            before[code].points,
        )
        assert rule.shares <= before[code].shares


@given(wanted=frameworks())
def test_the_plan_counts_every_competency_once(wanted: WantedFramework) -> None:
    plan = make_plan(dataclasses.replace(wanted, states_related=False, states_rules=False), None)
    created: list[Any] = [step for step in plan.steps if isinstance(step, Create)]
    assert sorted(step.competency.idnumber for step in created) == sorted(
        one.idnumber for one in wanted.competencies
    )
    assert plan.left == 0
