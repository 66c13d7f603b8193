"""A push over HTTP: what it asks of Moodle, in how many calls, and what it says when Moodle refuses."""

from __future__ import annotations

import dataclasses

import pytest

from lti_app.clients.moodle_ws import MoodleWs
from lti_app.errors import MoodleRefused, ServiceUnavailable
from lti_app.services.moodle import reading
from lti_app.services.moodle.errors import MoodleInputError, ScaleMissing
from lti_app.services.moodle.framework import RULE_ALL, RULE_POINTS, Rule, Share
from lti_app.services.moodle.push import push
from tests.services.moodle.builders import (
    SCALE,
    TREE,
    node,
    outline,
    wanted_framework,
    wanted_outline,
)
from tests.services.moodle.server import FakeMoodle
from tests.services.moodle.world import World

WANTED = wanted_framework(*TREE)
ALL = Rule(RULE_ALL, 2)


def functions(world: World) -> list[str]:
    """What was written, short."""
    return [
        name.removeprefix("core_competency_")
        for name in world.log
        if "_list_" not in name and "_get_" not in name and "_data_for_" not in name
    ]


@pytest.mark.parametrize("batches", [False, True], ids=["one by one", "together"])
def test_a_new_framework_is_made_whole(ws: MoodleWs, world: World, batches: bool) -> None:
    ws.batches = batches
    report = push(ws, WANTED, scale_id=SCALE)
    assert outline(world) == wanted_outline(WANTED)
    assert report.applied == {"CreateFramework": 1, "Create": 9}
    assert functions(world) == ["create_competency_framework", *["create_competency"] * 9]


def test_grouped_calls_save_most_requests(ws: MoodleWs) -> None:
    ws.batches = True
    report = push(ws, WANTED, scale_id=SCALE)
    assert (report.calls, report.requests) == (18, 12)


def test_progress_is_told_step_by_step(ws: MoodleWs) -> None:
    told: list[tuple[int, int]] = []
    push(ws, WANTED, scale_id=SCALE, progress=lambda done, total: told.append((done, total)))
    assert told == [(number, 10) for number in range(1, 11)]


def test_texts_arrive_as_they_are(ws: MoodleWs, world: World) -> None:
    name = 'C1.1 « é » & "quotes" \' < 3 – 😀\u202f:'
    description = "<p>Écrire &lt;b&gt; &amp; « relire »\u202f!</p>"
    wanted = wanted_framework(node("C1", shortname=name, description=description))
    push(ws, wanted, scale_id=SCALE)
    (made,) = world.competencies.values()
    assert (made["shortname"], made["description"]) == (name, description)


def test_only_what_differs_is_written(ws: MoodleWs, world: World) -> None:
    push(ws, WANTED, scale_id=SCALE)
    world.log.clear()
    renamed = [
        dataclasses.replace(one, shortname="Nouveau nom") if one.idnumber == "C2" else one
        for one in TREE
    ]
    push(ws, wanted_framework(*renamed))
    assert functions(world) == ["update_competency"]


def test_an_update_leaves_a_competencys_own_scale_and_rule_alone(
    ws: MoodleWs, world: World
) -> None:
    push(ws, WANTED, scale_id=SCALE)
    one = next(one for one in world.competencies.values() if one["idnumber"] == "A1")
    one |= {"scaleid": 1, "ruletype": RULE_ALL, "ruleoutcome": 2, "shortname": "Ancien"}
    push(ws, WANTED)
    assert (one["shortname"], one["scaleid"], one["ruletype"]) == ("Nom A1", 1, RULE_ALL)


def test_rules_are_set_last_with_the_real_ids_of_the_children(ws: MoodleWs, world: World) -> None:
    shares = frozenset({Share("C1", 1, True), Share("C2", 2, False)})
    rule = Rule(RULE_POINTS, 2, 2, shares)
    wanted = wanted_framework(
        node("A1", rule=rule), node("C1", "A1"), node("C2", "A1"), states_rules=True
    )
    push(ws, wanted, scale_id=SCALE)
    assert functions(world)[-1] == "update_competency"
    found = reading.read(ws, "REF")
    assert found is not None
    assert found.by_idnumber["A1"].content.rule == rule


def test_points_give_way_to_all_though_rest_cannot_send_null(ws: MoodleWs, world: World) -> None:
    """Moodle refuses « all » while a configuration is there; a child that comes and goes clears it."""
    points = Rule(RULE_POINTS, 2, 1, frozenset({Share("C1", 1, False)}))
    before = wanted_framework(node("A1", rule=points), node("C1", "A1"), states_rules=True)
    after = wanted_framework(node("A1", rule=ALL), node("C1", "A1"), states_rules=True)
    push(ws, before, scale_id=SCALE)
    world.log.clear()
    push(ws, after)
    assert functions(world) == ["create_competency", "delete_competency", "update_competency"]
    found = reading.read(ws, "REF")
    assert found is not None
    assert [(one.idnumber, one.content.rule) for one in found.competencies] == [
        ("A1", ALL),
        ("C1", None),
    ]


def test_a_rule_that_is_no_longer_wanted_does_nothing_any_more(ws: MoodleWs, world: World) -> None:
    before = wanted_framework(node("A1", rule=ALL), node("C1", "A1"), states_rules=True)
    after = wanted_framework(node("A1"), node("C1", "A1"), states_rules=True)
    push(ws, before, scale_id=SCALE)
    push(ws, after)
    one = next(one for one in world.competencies.values() if one["idnumber"] == "A1")
    assert one["ruleoutcome"] == 0
    assert push(ws, after).applied == {}


def test_what_is_used_is_kept_though_its_removal_was_asked_for(ws: MoodleWs, world: World) -> None:
    push(ws, wanted_framework(*TREE, node("X1"), node("X2")), scale_id=SCALE)
    rated = next(number for number, one in world.competencies.items() if one["idnumber"] == "X1")
    world.rated = {rated}
    report = push(ws, WANTED, prune=True)
    assert report.kept_in_use == ("X1",)
    assert [line[1] for line in outline(world) if line[0] == 0] == ["P1", "P2", "X1"]


def test_a_refusal_names_the_competency(ws: MoodleWs) -> None:
    wanted = wanted_framework(node("C1"), node("C2", description="<script>x</script>"))
    with pytest.raises(MoodleRefused) as caught:
        push(ws, wanted, scale_id=SCALE)
    assert (caught.value.errorcode, caught.value.reason) == (
        "invalidparameter",
        "C2: Invalid parameter value detected",
    )


@pytest.mark.parametrize("batches", [False, True], ids=["one by one", "together"])
def test_a_push_goes_on_after_moodle_went_away(
    ws: MoodleWs, moodle: FakeMoodle, world: World, batches: bool
) -> None:
    ws.batches = batches
    world.fail_at = 12
    with pytest.raises(ServiceUnavailable):
        push(ws, WANTED, scale_id=SCALE)
    made = dict(world.competencies)
    assert 0 < len(made) < 9
    world.fail_at = None
    report = push(ws, WANTED)
    assert report.applied == {"Create": 9 - len(made)}
    assert made.keys() <= world.competencies.keys()
    assert outline(world) == wanted_outline(WANTED)


# -- the scale of a new framework


def test_the_scale_is_found_through_another_framework(ws: MoodleWs, world: World) -> None:
    push(ws, dataclasses.replace(WANTED, idnumber="AUTRE"), scale_id=SCALE)
    push(ws, WANTED)
    assert {one["scaleid"] for one in world.frameworks.values()} == {SCALE}


def test_a_scale_that_may_be_a_courses_is_proposed_not_taken(ws: MoodleWs) -> None:
    with pytest.raises(ScaleMissing) as caught:
        push(ws, WANTED)
    assert caught.value.candidates == (2,)
    assert caught.value.message("en") == (
        "No framework of this Moodle uses a scale with the levels “Non acquis, En cours, Acquis”, but scale 2 "
        f"has them. Check at {ws.base_url}/grade/edit/scale/index.php that it is a standard scale, not a "
        "course's, then give its number: 2."
    )


def test_without_any_such_scale_both_ways_to_make_one_are_told(ws: MoodleWs, world: World) -> None:
    world.scales = {1: ["Oui", "Non"]}
    with pytest.raises(ScaleMissing) as caught:
        push(ws, WANTED)
    assert caught.value.kind == "scale_missing"
    assert f"{ws.base_url}/grade/edit/scale/edit.php?courseid=0" in str(caught.value)
    assert f"{ws.base_url}/admin/tool/lpimportcsv/index.php" in str(caught.value)
    assert world.frameworks == {}


def test_a_scale_with_other_levels_is_not_accepted(ws: MoodleWs) -> None:
    with pytest.raises(MoodleInputError) as caught:
        push(ws, WANTED, scale_id=1)
    assert str(caught.value) == (
        "L’échelle n° 1 a les niveaux «\u202fOui, Non\u202f», pas «\u202fNon acquis, En cours, Acquis\u202f»."
    )
