"""Plans: what an import would add, change, move and remove, and that applying one does just that."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from referential.diff import apply, plan
from tests.referential.trees import edited, forests, grown, twig

QUICK = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])


def before():
    return [
        twig("P1", "Produire", twig("A1.1", "", twig("C1"), twig("C2"), twig("C3"))),
        twig("P2", "Maintenir", twig("A2.1", "", twig("C4"))),
    ]


def said(made):
    """The plan in words: codes by what happens to them."""
    return {
        "added": [one.node.code for one in made.added],
        "changed": {one.after.code: one.fields for one in made.changed},
        "moved": [one.after.code for one in made.moved],
        "removed": [node.code for node in made.removed],
    }


NOTHING = {"added": [], "changed": {}, "moved": [], "removed": []}


def first_activity(forest):
    return forest[0].below[0].below


def edit_label(forest):
    first_activity(forest)[0].label = "Faire mieux"


def edit_code_and_description(forest):
    first_activity(forest)[0].code = "C9"
    first_activity(forest)[0].description = "Voir l’annexe."


def insert_first(forest):
    first_activity(forest).insert(0, twig("C0"))


def last_to_the_front(forest):
    first_activity(forest).insert(0, first_activity(forest).pop())


def to_the_other_activity(forest):
    forest[1].below[0].below.append(first_activity(forest).pop(0))


def remove_a_branch(forest):
    del forest[1]


def move_under_a_new_node(forest):
    branch = twig("A9", "", *first_activity(forest)[:2])
    del first_activity(forest)[:2]
    forest[1].below.insert(0, branch)


EDITS = {
    edit_label: NOTHING | {"changed": {"C1": ("label",)}},
    edit_code_and_description: NOTHING | {"changed": {"C9": ("code", "description")}},
    insert_first: NOTHING | {"added": ["C0"]},
    last_to_the_front: NOTHING | {"moved": ["C3"]},
    to_the_other_activity: NOTHING | {"moved": ["C1"]},
    remove_a_branch: NOTHING | {"removed": ["P2", "A2.1", "C4"]},
    move_under_a_new_node: NOTHING | {"added": ["A9"], "moved": ["C1", "C2"]},
}


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.__name__)
def test_a_plan_names_what_changes_and_nothing_else(edit):
    forest = before()
    edit(forest)
    old, new = grown(before()), grown(forest)
    made = plan(old, new)
    assert said(made) == EDITS[edit]
    assert apply(made, old) == new


def test_the_same_version_changes_nothing():
    made = plan(grown(before()), grown(before()))
    assert made.empty
    assert made.kept == len(made.unchanged) == 8


def test_the_title_is_part_of_the_plan():
    old, new = grown(before()), grown(before(), title="Autre diplôme")
    made = plan(old, new)
    assert [(one.field, one.before, one.after) for one in made.head] == [
        ("title", "Diplôme d'essai", "Autre diplôme")
    ]
    assert not made.empty
    assert apply(made, old) == new


def test_labels_that_slid_to_other_nodes_are_pointed_out():
    """A competence inserted first, in a text whose codes are positions: the labels shift."""
    forest = before()
    shifted = ["Faire autre chose", *(one.label for one in first_activity(forest))]
    first_activity(forest).append(twig("C3b"))
    for one, label in zip(first_activity(forest), shifted, strict=True):
        one.label = label
    made = plan(grown(before()), grown(forest))
    assert [(one.before.label, one.went_to.code) for one in made.slid] == [
        ("Faire C1", "C2"),
        ("Faire C2", "C3"),
        ("Faire C3", "C3b"),
    ]


def test_a_wording_that_two_nodes_had_before_did_not_slide():
    old = [twig("P1", "Produire"), twig("P2", "Produire")]
    new = [twig("P1", "Fabriquer"), twig("P2", "Produire")]
    assert plan(grown(old), grown(new)).slid == ()


def test_two_different_referentiels_have_no_plan():
    from dataclasses import replace

    with pytest.raises(ValueError, match="OTHER is no version of TEST"):
        plan(grown(before()), replace(grown(before()), code="OTHER"))


@given(st.data())
@QUICK
def test_applying_the_plan_gives_the_new_version(data):
    forest = data.draw(forests())
    old, new = grown(forest), grown(data.draw(edited(forest)))
    assert apply(plan(old, new), old) == new


@given(st.data())
@QUICK
def test_every_node_is_accounted_for_once(data):
    forest = data.draw(forests())
    old, new = grown(forest), grown(data.draw(edited(forest)))
    made = plan(old, new)
    came = {one.node.uuid for one in made.added}
    went = {node.uuid for node in made.removed}
    touched = {one.after.uuid for one in (*made.changed, *made.moved)}
    same = {node.uuid for node in made.unchanged}
    assert came | touched | same == {node.uuid for node in new}
    assert len(came) + len(touched) + len(same) == len(new)
    assert went == {node.uuid for node in old} - {node.uuid for node in new}
    assert made.kept == len(old) - len(went)


@given(st.data())
@QUICK
def test_the_way_back_undoes_it(data):
    forest = data.draw(forests())
    old, new = grown(forest), grown(data.draw(edited(forest)))
    assert apply(plan(new, old), apply(plan(old, new), old)) == old


@given(st.data())
@QUICK
def test_additions_and_removals_alone_move_nothing(data):
    forest = data.draw(forests())
    chosen = data.draw(st.sets(st.sampled_from([one.code for one in grown(forest)])))

    def without(twigs):
        return [
            twig(one.code, one.label, *without(one.below))
            for one in twigs
            if one.code not in chosen
        ]

    rest = without(forest) or forest
    assert plan(grown(forest), grown(rest)).moved == ()
    assert plan(grown(rest), grown(forest)).moved == ()
