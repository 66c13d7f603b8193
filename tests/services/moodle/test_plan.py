"""The plan: for each way a Moodle can differ, exactly the steps that mend it, and nothing else."""

from __future__ import annotations

import dataclasses

import pytest

from lti_app.services.moodle.framework import (
    RULE_ALL,
    RULE_POINTS,
    Competency,
    Found,
    FoundFramework,
    LevelFlags,
    Rule,
    Share,
    WantedFramework,
)
from lti_app.services.moodle.plan import make_plan, same_html
from lti_app.services.moodle.steps import (
    Arrange,
    Change,
    Create,
    CreateFramework,
    Delete,
    Move,
    Note,
    NoteKind,
    Relate,
    SetRule,
    Update,
    UpdateFramework,
)
from tests.services.moodle.builders import TREE, node, wanted_framework

ALL = Rule(RULE_ALL, 2)


def in_moodle(wanted: WantedFramework, *extra: Competency, **fields: object) -> FoundFramework:
    """A Moodle that has exactly this, and some more at the end of the siblings."""
    places: dict[str | None, int] = {}
    found = []
    for number, one in enumerate((*wanted.competencies, *extra), 101):
        place = places.get(one.parent, 0)
        places[one.parent] = place + 1
        found.append(Found(number, place, one))
    framework = FoundFramework(
        id=1,
        idnumber=wanted.idnumber,
        shortname=wanted.shortname,
        description=wanted.description,
        visible=True,
        context_id=1,
        taxonomies=wanted.taxonomies,
        scale_id=2,
        levels=wanted.levels,
        flags=wanted.flags,
        competencies=tuple(found),
    )
    return dataclasses.replace(framework, **fields)  # type: ignore[arg-type]


def edited(found: FoundFramework, idnumber: str, **fields: object) -> FoundFramework:
    """The same with one competency otherwise; ``sortorder`` is its place, all else its content."""
    place = fields.pop("sortorder", None)
    competencies = tuple(
        dataclasses.replace(
            one,
            content=dataclasses.replace(one.content, **fields),  # type: ignore[arg-type]
            sortorder=one.sortorder if place is None else place,
        )
        if one.idnumber == idnumber
        else one
        for one in found.competencies
    )
    return dataclasses.replace(found, competencies=competencies)


WANTED = wanted_framework(*TREE)
THERE = in_moodle(WANTED)


def test_nothing_to_do_when_moodle_has_the_same() -> None:
    plan = make_plan(WANTED, THERE)
    assert (plan.steps, plan.left, plan.only_in_moodle, plan.notes) == ((), 9, (), ())


def test_a_moodle_without_the_framework_gets_all_of_it_parents_first() -> None:
    plan = make_plan(WANTED, None)
    assert plan.steps[0] == CreateFramework("REF", "Référentiel d’essai")
    created = [step.competency.idnumber for step in plan.steps if isinstance(step, Create)]
    assert created == ["P1", "P2", "A1", "A2", "A3", "C1", "C2", "C3", "C4"]
    assert plan.left == 0


def test_rules_and_relations_of_a_new_framework_come_after_its_competencies() -> None:
    wanted = wanted_framework(
        node("P1", rule=ALL),
        node("C1", "P1", related=frozenset({"C2"})),
        node("C2", "P1", related=frozenset({"C1"})),
        states_related=True,
        states_rules=True,
    )
    assert make_plan(wanted, None).steps[-2:] == (
        Relate("C1", "C2", True),
        SetRule("P1", None, ALL),
    )


@pytest.mark.parametrize(
    ("fields", "change"),
    [
        pytest.param(
            {"shortname": "Autre"}, Change("shortname", "Autre", "Référentiel d’essai"), id="name"
        ),
        pytest.param(
            {"description": "<p>Vieux</p>"},
            Change("description", "<p>Vieux</p>", "<p>Essai</p>"),
            id="description",
        ),
        pytest.param(
            {"taxonomies": ("skill",)},
            Change("taxonomies", "skill", "domain,competency"),
            id="taxonomies",
        ),
        pytest.param(
            {"flags": frozenset({LevelFlags(1, True, False), LevelFlags(2, False, True)})},
            Change("scaleconfiguration", "1d 2p", "1d 3p"),
            id="proficient level",
        ),
    ],
)
def test_a_framework_that_differs_is_updated(fields: dict[str, object], change: Change) -> None:
    found = dataclasses.replace(THERE, **fields)  # type: ignore[arg-type]
    assert make_plan(WANTED, found).steps == (UpdateFramework((change,)),)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        pytest.param("<p>a &amp; b</p>", "<p>a &#38; b</p>", True, id="entities"),
        pytest.param("<p>a\u00a0b</p>", "<p>a&nbsp;b</p>", True, id="no-break space"),
        pytest.param("<p>a\n b</p>", "<p>a b</p>", True, id="spaces"),
        pytest.param("<p>a b</p>", "<p>a c</p>", False, id="words"),
    ],
)
def test_descriptions_compare_by_what_they_say(one: str, other: str, same: bool) -> None:
    assert same_html(one, other) is same


def test_a_renamed_competency_is_updated_and_keeps_its_id() -> None:
    found = edited(THERE, "C2", shortname="Ancien nom", description="<p>Ancien</p>")
    there = found.by_idnumber["C2"]
    changes = (
        Change("shortname", "Ancien nom", "Nom C2"),
        Change("description", "<p>Ancien</p>", ""),
    )
    plan = make_plan(WANTED, found)
    assert plan.steps == (Update(there, changes),)
    assert plan.left == 8


def test_a_competency_under_another_parent_is_moved_and_put_in_its_place() -> None:
    found = edited(THERE, "C1", parent="A2", sortorder=1)
    assert make_plan(WANTED, found).steps == (
        Move(found.by_idnumber["C1"], "A1"),
        Arrange("A1", ("C2", "C3", "C1"), ("C1", "C2", "C3")),
    )


def test_parent_and_child_that_have_changed_places_are_moved_from_the_top_down() -> None:
    """Otherwise Moodle would tear the children of the one moved under its own descendant away."""
    wanted = wanted_framework(node("A"), node("B", "A"))
    found = in_moodle(wanted_framework(node("B"), node("A", "B")))
    moved = [
        step.found.idnumber for step in make_plan(wanted, found).steps if isinstance(step, Move)
    ]
    assert moved == ["A", "B"]


def test_siblings_in_another_order_are_arranged() -> None:
    found = edited(edited(THERE, "C1", sortorder=2), "C3", sortorder=0)
    assert make_plan(WANTED, found).steps == (
        Arrange("A1", ("C3", "C2", "C1"), ("C1", "C2", "C3")),
    )


def test_siblings_at_one_place_are_set_apart_even_if_they_look_right() -> None:
    found = edited(THERE, "C2", sortorder=0)
    assert make_plan(WANTED, found).steps == (
        Arrange("A1", ("C1", "C2", "C3"), ("C1", "C2", "C3")),
    )


def test_an_added_competency_is_created_then_put_in_its_place() -> None:
    wanted = wanted_framework(*TREE[:3], node("C9", "A1"), *TREE[3:])
    assert make_plan(wanted, THERE).steps == (
        Create(node("C9", "A1")),
        Arrange("A1", ("C1", "C2", "C3", "C9"), ("C1", "C9", "C2", "C3")),
    )


def test_what_only_moodle_has_stays_where_it_is() -> None:
    found = in_moodle(WANTED, node("X1", "A1"), node("X2", "X1"))
    plan = make_plan(WANTED, found)
    assert plan.steps == ()
    assert [one.idnumber for one in plan.only_in_moodle] == ["X1", "X2"]


def test_what_only_moodle_has_is_removed_when_asked_for_deepest_first() -> None:
    found = in_moodle(WANTED, node("X1", "A1"), node("X2", "X1"))
    here = found.by_idnumber
    plan = make_plan(WANTED, found, prune=True)
    assert plan.steps == (Delete(here["X2"]), Delete(here["X1"]))
    assert plan.only_in_moodle == ()


def test_relations_are_left_alone_when_the_referential_states_none() -> None:
    found = edited(THERE, "C1", related=frozenset({"C4"}))
    assert make_plan(WANTED, found).steps == ()


def test_relations_are_made_and_unmade_when_the_referential_states_some() -> None:
    related = {"C1": frozenset({"C2"}), "C2": frozenset({"C1"})}
    tree = tuple(
        dataclasses.replace(one, related=related.get(one.idnumber, frozenset())) for one in TREE
    )
    wanted = wanted_framework(*tree, states_related=True)
    found = edited(in_moodle(WANTED), "C3", related=frozenset({"C4"}))
    assert make_plan(wanted, found).steps == (Relate("C1", "C2", True), Relate("C3", "C4", False))


def test_a_relation_with_what_only_moodle_has_is_left_alone() -> None:
    wanted = wanted_framework(*TREE, states_related=True)
    found = in_moodle(WANTED, node("X1", related=frozenset({"C1"})))
    found = edited(found, "C1", related=frozenset({"X1"}))
    assert make_plan(wanted, found).steps == ()


def test_a_rule_set_in_moodle_is_put_back_when_a_child_is_added() -> None:
    found = edited(THERE, "A1", rule=ALL)
    wanted = wanted_framework(*TREE[:5], node("C9", "A1"), *TREE[5:])
    assert make_plan(wanted, found).steps == (
        Create(node("C9", "A1")),
        SetRule("A1", ALL, ALL, restores=True),
    )


def test_a_rule_set_in_moodle_stays_when_its_children_do() -> None:
    found = edited(THERE, "A1", rule=ALL)
    assert make_plan(WANTED, found).steps == ()


def points(needed: int, **shares: int) -> Rule:
    parts = frozenset(Share(child, number, False) for child, number in shares.items())
    return Rule(RULE_POINTS, 2, needed, parts)


def test_a_rule_by_points_is_put_back_with_the_children_that_stay() -> None:
    found = edited(THERE, "A1", rule=points(2, C1=1, C2=1, C3=1))
    wanted = wanted_framework(*TREE[:4], TREE[5], TREE[6], node("C3", "A2"), *TREE[7:])
    restored = [step for step in make_plan(wanted, found).steps if isinstance(step, SetRule)]
    assert restored == [
        SetRule("A1", points(2, C1=1, C2=1, C3=1), points(2, C1=1, C2=1), restores=True)
    ]


def test_a_rule_by_points_that_cannot_be_met_any_more_is_told() -> None:
    found = edited(THERE, "A1", rule=points(3, C1=1, C2=1, C3=1))
    wanted = wanted_framework(*TREE[:4], TREE[5], TREE[6], node("C3", "A2"), *TREE[7:])
    plan = make_plan(wanted, found)
    assert plan.notes == (Note(NoteKind.RULE_LOST, (("idnumber", "A1"),)),)
    assert plan.count(SetRule) == 0


def test_a_rule_that_an_interrupted_push_has_seen_is_put_back() -> None:
    plan = make_plan(WANTED, THERE, kept_rules={"A1": ALL})
    assert plan.steps == (SetRule("A1", None, ALL, restores=True),)


@pytest.mark.parametrize(
    ("there", "wish", "steps"),
    [
        pytest.param(None, ALL, (SetRule("A1", None, ALL),), id="new"),
        pytest.param(ALL, None, (SetRule("A1", ALL, None),), id="dropped"),
        pytest.param(ALL, points(1, C1=1), (SetRule("A1", ALL, points(1, C1=1)),), id="changed"),
        pytest.param(points(1, C1=1), points(1, C1=1), (), id="same"),
    ],
)
def test_rules_the_referential_states_are_set(
    there: Rule | None, wish: Rule | None, steps: tuple[SetRule, ...]
) -> None:
    tree = tuple(
        dataclasses.replace(one, rule=wish) if one.idnumber == "A1" else one for one in TREE
    )
    wanted = wanted_framework(*tree, states_rules=True)
    assert make_plan(wanted, edited(THERE, "A1", rule=there)).steps == steps


def test_another_scale_is_told_and_left() -> None:
    found = dataclasses.replace(THERE, levels=("Oui", "Non"), flags=frozenset())
    plan = make_plan(WANTED, found)
    there = (("there", "Oui, Non"), ("ours", "Non acquis, En cours, Acquis"))
    assert (plan.steps, plan.notes) == ((), (Note(NoteKind.SCALE_DIFFERS, there),))


def test_a_hidden_framework_is_told() -> None:
    plan = make_plan(WANTED, dataclasses.replace(THERE, visible=False))
    assert (plan.steps, plan.notes) == ((), (Note(NoteKind.HIDDEN),))
