"""Pushes as the database remembers them, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

from lti_app.errors import MoodleRefused, ServiceUnavailable, SettingsError
from lti_app.models import MoodleConnection, MoodlePush, PushState
from lti_app.services.moodle import connections, pushes
from lti_app.services.moodle.errors import MoodleInputError
from lti_app.services.moodle.framework import RULE_ALL, RULE_POINTS, Rule, Share
from lti_app.services.moodle.pushes import Choices
from lti_app.services.referentials import importing
from lti_app.services.referentials.catalogue import Catalogue
from lti_app.services.referentials.importing import Author
from lti_app.services.referentials.reading import Upload
from lti_app.services.wiring import Wiring
from tests.conftest import Clock
from tests.factories import School
from tests.services.moodle.builders import SCALE, ids
from tests.services.moodle.server import TOKEN, FakeMoodle
from tests.services.moodle.world import World
from tests.services.referentials.samples import ROWS, table

BTS_LEVELS = ["Non acquis", "En cours d'acquisition", "Acquis", "Maîtrisé"]
CHOICES = Choices(scale_id=SCALE)


@pytest.fixture(autouse=True)
def scale(world: World) -> None:
    world.scales[SCALE] = list(BTS_LEVELS)


@pytest.fixture
def platform(parts: Wiring, school: School, moodle: FakeMoodle) -> Iterator[int]:
    """A platform whose web services are connected."""
    connections.connect(parts, school.platform_id, TOKEN, moodle.url)
    yield school.platform_id


def row(parts: Wiring, number: int) -> MoodlePush:
    with parts.store.read() as session:
        return session.get_one(MoodlePush, number)


# -- the token


def test_the_token_is_kept_sealed(parts: Wiring, platform: int) -> None:
    with parts.store.read() as session:
        (kept,) = session.scalars(select(MoodleConnection)).all()
    assert TOKEN not in kept.token_encrypted
    assert connections.open_ws(parts, platform).call("core_competency_get_scale_values", scaleid=1)


def test_another_secret_does_not_open_it(parts: Wiring, platform: int) -> None:
    import dataclasses

    settings = dataclasses.replace(parts.settings, secret_key="y" * 40)
    with pytest.raises(SettingsError):
        connections.open_ws(dataclasses.replace(parts, settings=settings), platform)


def test_a_new_token_takes_the_place_of_the_old(
    parts: Wiring, platform: int, moodle: FakeMoodle
) -> None:
    connections.connect(parts, platform, f" {TOKEN}\n", moodle.url + "/")
    with parts.store.read() as session:
        (kept,) = session.scalars(select(MoodleConnection)).all()
    assert kept.base_url == moodle.url


def test_a_token_moodle_does_not_know_is_not_kept(
    parts: Wiring, school: School, moodle: FakeMoodle
) -> None:
    with pytest.raises(MoodleRefused):
        connections.connect(parts, school.platform_id, "wrong", moodle.url)
    with parts.store.read() as session:
        assert session.scalars(select(MoodleConnection)).all() == []


@pytest.mark.parametrize(
    ("platform_id", "token", "kind"),
    [
        pytest.param(None, "", "token_malformed", id="empty"),
        pytest.param(None, "a b", "token_malformed", id="no token"),
        pytest.param(99, TOKEN, "platform_unknown", id="unknown platform"),
    ],
)
def test_what_cannot_be_kept_is_told(
    parts: Wiring, school: School, platform_id: int | None, token: str, kind: str
) -> None:
    with pytest.raises(MoodleInputError) as caught:
        connections.connect(parts, platform_id or school.platform_id, token)
    assert caught.value.kind == kind


def test_a_forgotten_token_is_gone(parts: Wiring, platform: int) -> None:
    connections.disconnect(parts, platform)
    with pytest.raises(MoodleInputError) as caught:
        connections.open_ws(parts, platform)
    assert caught.value.kind == "not_connected"


# -- the pushes


def test_a_push_is_done_and_says_what_it_did(parts: Wiring, platform: int, world: World) -> None:
    number = pushes.request(parts, platform, CHOICES)
    assert (row(parts, number).state, pushes.due(parts)) == (PushState.WAITING.value, [number])
    pushes.run_due(parts)
    done = row(parts, number)
    assert (done.state, done.done, done.total, done.error) == (PushState.DONE.value, 230, 230, "")
    assert done.report["applied"] == {"CreateFramework": 1, "Create": 227, "Relate": 2}
    assert len(world.competencies) == 227
    assert pushes.due(parts) == []


def test_one_push_at_a_time(parts: Wiring, platform: int) -> None:
    number = pushes.request(parts, platform, CHOICES)
    with pytest.raises(MoodleInputError) as caught:
        pushes.request(parts, platform, CHOICES)
    assert (caught.value.kind, caught.value.values) == ("push_running", {"number": number})


def test_a_running_push_is_not_run_twice(parts: Wiring, platform: int) -> None:
    number = pushes.request(parts, platform, CHOICES)
    seen: list[object] = []

    def meddle(done: int, total: int) -> None:
        if not seen:
            seen.append(pushes.run(parts, number))

    assert pushes.run(parts, number, meddle) is not None
    assert seen == [None]


def test_a_failure_is_noted_and_the_next_push_goes_on(
    parts: Wiring, platform: int, world: World
) -> None:
    first = pushes.request(parts, platform, CHOICES)
    world.fail_at = 120
    with pytest.raises(ServiceUnavailable):
        pushes.run(parts, first)
    assert row(parts, first).state == PushState.FAILED.value
    made = ids(world)
    assert 0 < len(made) < 227
    world.fail_at = None
    second = pushes.request(parts, platform, CHOICES)
    report = pushes.run(parts, second)
    assert report is not None
    assert report.applied == {"Create": 227 - len(made), "Relate": 2}
    assert {code: number for code, number in ids(world).items() if code in made} == made


def test_a_push_whose_process_died_is_taken_up_again(
    parts: Wiring, platform: int, world: World, clock: Clock
) -> None:
    number = pushes.request(parts, platform, CHOICES)
    with parts.store.write() as session:  # as a process leaves it that is killed
        dead = session.get_one(MoodlePush, number)
        dead.state, dead.alive_at = PushState.RUNNING.value, clock()
    assert pushes.due(parts) == []
    clock.forward(minutes=3)
    pushes.run_due(parts)
    assert row(parts, number).state == PushState.DONE.value


def test_an_interruption_by_hand_frees_the_way(parts: Wiring, platform: int) -> None:
    number = pushes.request(parts, platform, CHOICES)

    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        pushes.run(parts, number, stop)
    assert row(parts, number).error == (
        "Interrompu avant la fin. Recommencez\u202f: l’envoi reprendra où il en était."
    )
    assert pushes.request(parts, platform, CHOICES) > number


def test_rules_dropped_on_the_way_are_put_back_by_the_next_push(
    parts: Wiring, platform: int, world: World
) -> None:
    """Moodle drops a hand-made rule when a child is added; the connection breaks right then."""
    pushes.run(parts, pushes.request(parts, platform, CHOICES))
    numbers = ids(world)
    ruled, child = world.competencies[numbers["BTSSIO-A2.1.01"]], numbers["BTSSIO-C2.1.01.1"]
    world.do_delete_competency(child)
    ruled |= {"ruletype": RULE_ALL, "ruleoutcome": 2}
    world.log.clear()
    calls = 2 + 1 + 227  # site, framework and scale, list, relations: then comes the creation
    world.fail_at = calls + 3
    first = pushes.request(parts, platform, CHOICES)
    with pytest.raises(ServiceUnavailable):
        pushes.run(parts, first)
    assert ruled["ruletype"] is None
    world.fail_at = None
    pushes.run(parts, pushes.request(parts, platform, CHOICES))
    assert (ruled["ruletype"], ruled["ruleoutcome"]) == (RULE_ALL, 2)


def test_an_imported_referential_is_pushed_and_its_next_version_over_it(
    parts: Wiring, platform: int, world: World
) -> None:
    choices = Choices(referential="CAP", scale_id=SCALE)
    load(parts, platform, ROWS)
    pushes.run(parts, pushes.request(parts, platform, choices))
    first = ids(world)
    assert len(first) == len(ROWS)
    renamed = [*ROWS[:-1], (*ROWS[-1][:2], "Nouvel intitulé", *ROWS[-1][3:])]
    load(parts, platform, renamed)
    report = pushes.run(parts, pushes.request(parts, platform, choices))
    assert report is not None
    assert (report.applied, ids(world)) == ({"Update": 1}, first)


def load(parts: Wiring, platform: int, rows: Any) -> None:
    """A version of the référentiel, imported for this platform."""
    with parts.store.write() as session:
        catalogue = Catalogue(session, platform)
        found = importing.propose(catalogue, Upload("cap.csv", table(rows)), "CAP", "CAP Cuisine")
        assert found.proposal is not None
        importing.apply(catalogue, found.proposal, "cap.csv", Author("root"), parts.clock())


@pytest.mark.parametrize(
    ("choices", "kind"),
    [
        pytest.param(Choices(referential="rien"), "unknown_referential", id="référentiel"),
        pytest.param(Choices(scale="rien"), "unknown_scale", id="scale"),
    ],
)
def test_unknown_names_are_told_before_anything_is_noted(
    parts: Wiring, platform: int, choices: Choices, kind: str
) -> None:
    with pytest.raises(MoodleInputError) as caught:
        pushes.request(parts, platform, choices)
    assert caught.value.kind == kind
    assert pushes.due(parts) == []


def test_rules_survive_being_written_down() -> None:
    rules = {
        "A": Rule(RULE_ALL, 2),
        "B": Rule(RULE_POINTS, 1, 3, frozenset({Share("C1", 1, True), Share("C2", 2, False)})),
        "C": Rule("local_x\\rule", 3, raw='{"a":1}'),
    }
    assert pushes.rules_from(pushes.rules_to(rules)) == rules
