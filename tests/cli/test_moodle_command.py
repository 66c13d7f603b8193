"""``competences moodle`` as an administrator types it, against a Moodle over HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from lti_app.cli import main
from tests.services.moodle.builders import ids
from tests.services.moodle.server import TOKEN, FakeMoodle, running
from tests.services.moodle.world import World

LEVELS = ["Non acquis", "En cours d'acquisition", "Acquis", "Maîtrisé"]
SCALE = "7"

Type = Callable[..., Result]


@pytest.fixture
def moodle() -> Iterator[FakeMoodle]:
    with running(FakeMoodle(World(scales={int(SCALE): list(LEVELS)}, courses={2: []}))) as up:
        yield up


@pytest.fixture
def type_(tmp_path: Path, moodle: FakeMoodle) -> Type:
    """``type_("moodle", "plan", "1")``: one command of an installation that knows the platform."""
    settings = {
        "COMPETENCES_DATA_DIR": str(tmp_path / "data"),
        "COMPETENCES_LAB": "1",
        "COMPETENCES_PUBLIC_URL": "http://127.0.0.1:9",
        "LC_ALL": "fr_FR.UTF-8",
    }

    def run(*words: str, entered: str = "") -> Result:
        return CliRunner().invoke(main, words, input=entered, env=settings)

    added = run("platform", "add", moodle.url, "--client-id", "c", "--deployment-id", "1")
    assert added.exit_code == 0, added.output
    return run


@pytest.fixture
def connected(type_: Type) -> Type:
    done = type_("moodle", "connect", "1", "--token-file", "-", entered=TOKEN + "\n")
    assert done.exit_code == 0, done.output
    return type_


def test_the_token_is_read_from_standard_input_and_never_printed(type_: Type) -> None:
    done = type_("moodle", "connect", "1", "--token-file", "-", entered=TOKEN + "\n")
    assert (done.exit_code, done.stdout) == (
        0,
        "Lycée d'essai\tMoodle 4.5.6 (Build: 20250811)\nJeton accepté et gardé.\n",
    )


def test_the_token_is_read_from_a_file(type_: Type, tmp_path: Path) -> None:
    (tmp_path / "token").write_text(TOKEN)
    assert type_("moodle", "connect", "1", "--token-file", str(tmp_path / "token")).exit_code == 0


def test_a_token_that_moodle_refuses_is_said_in_the_language_asked_for(type_: Type) -> None:
    done = type_("moodle", "connect", "1", "--token-file", "-", "--lang", "en", entered="wrong")
    assert (done.exit_code, done.stderr) == (
        1,
        "Error: Moodle does not know this token. Make one for the service (Site administration > "
        "Server > Web services > Manage tokens), then give it: competences moodle connect.\n",
    )


def test_without_token_the_way_to_give_it_is_told(type_: Type) -> None:
    done = type_("moodle", "plan", "1")
    assert (done.exit_code, done.stderr) == (
        1,
        "Error: La plateforme n° 1 n’a pas de jeton de service web. Donnez-le\u202f: "
        "competences moodle connect 1 --token-file FICHIER.\n",
    )


def test_the_plan_of_a_new_framework(connected: Type, moodle: FakeMoodle) -> None:
    done = connected("moodle", "plan", "1")
    lines = done.stdout.splitlines()
    assert done.exit_code == 2
    assert lines[:4] == [
        "BTSSIO  BTS Services informatiques aux organisations",
        "  + BTSSIO  BTS Services informatiques aux organisations  (nouveau référentiel)",
        "  + BTSSIO-P1  P1 Production de services",
        "  + BTSSIO-P2  P2 Fourniture de services",
    ]
    assert lines[-1] == "nouveau référentiel, 227 à créer, 2 relations, 0 inchangées"
    assert moodle.world.frameworks == {}


def test_a_push_then_a_plan_with_nothing_left(connected: Type, moodle: FakeMoodle) -> None:
    pushed = connected("moodle", "push", "1", "--scale-id", SCALE, "--lang", "en")
    assert pushed.exit_code == 0, pushed.output
    assert pushed.stdout.startswith("Moodle now is as the référentiel: 230 steps, ")
    assert len(moodle.world.competencies) == 227
    planned = connected("moodle", "plan", "1", "--lang", "en")
    assert (planned.exit_code, planned.stdout.splitlines()[1:]) == (0, ["227 unchanged"])
    again = connected("moodle", "push", "1", "--lang", "en")
    assert again.stdout == "Moodle already is as the référentiel.\n"


def test_rules_are_pushed_when_asked_for(connected: Type, moodle: FakeMoodle) -> None:
    done = connected("moodle", "push", "1", "--scale-id", SCALE, "--rule", "points", "--lang", "en")
    assert done.exit_code == 0, done.output
    ruled = [one for one in moodle.world.competencies.values() if one["ruleoutcome"] == 2]
    assert len(ruled) == 5 + 14 + 55
    again = connected("moodle", "push", "1", "--rule", "points", "--lang", "en")
    assert again.stdout == "Moodle already is as the référentiel.\n"


def test_a_push_without_scale_says_what_to_do(connected: Type, moodle: FakeMoodle) -> None:
    done = connected("moodle", "push", "1", "--lang", "en")
    assert done.exit_code == 1
    assert "but scale 7 has them" in done.stderr
    assert moodle.world.frameworks == {}


def test_the_plan_shows_each_kind_of_step(connected: Type, moodle: FakeMoodle) -> None:
    connected("moodle", "push", "1", "--scale-id", SCALE)
    world = moodle.world
    numbers = ids(world)
    one = world.competencies[numbers["BTSSIO-P1"]]
    one["shortname"] = "Ancien nom"
    world.do_set_parent_competency(numbers["BTSSIO-C2.1.01.1"], numbers["BTSSIO-A2.1.02"])
    world.do_delete_competency(numbers["BTSSIO-C2.3.01.5"])
    world.do_create_competency(
        {
            "shortname": "Ajoutée",
            "idnumber": "X1",
            "competencyframeworkid": one["competencyframeworkid"],
        }
    )
    lines = connected("moodle", "plan", "1", "--lang", "en").stdout.splitlines()[1:]
    assert lines == [
        "  → BTSSIO-C2.1.01.1  C2.1.01.1 Rendre compte de la satisfaction des utilisateurs"
        "  (from BTSSIO-A2.1.02 to BTSSIO-A2.1.01)",
        "  + BTSSIO-C2.3.01.5  " + _short(connected, "BTSSIO-C2.3.01.5"),
        "  ~ BTSSIO-P1  (name: “Ancien nom” → “P1 Production de services”)",
        "  ↕ BTSSIO-A2.1.01  (order: BTSSIO-C2.1.01.1, BTSSIO-C2.1.01.2, BTSSIO-C2.1.01.3)",
        "  · X1  Ajoutée  (only in Moodle, left)",
        "1 to create, 1 to update, 1 to move, 1 sets of siblings to arrange, 224 unchanged, 1 only in Moodle",
    ]


def _short(_type: Type, idnumber: str) -> str:
    from exporters.wording import full_name
    from referential.findings import shorten
    from referential.library import load_named
    from tests.paths import CONFIG

    return shorten(full_name(load_named(CONFIG, "bts-sio").by_idnumber(idnumber)))


def test_a_course_is_linked_with_a_part(connected: Type, moodle: FakeMoodle) -> None:
    connected("moodle", "push", "1", "--scale-id", SCALE)
    done = connected("moodle", "link-course", "1", "2", "A2.1.01", "--lang", "en")
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines()[:2] == [
        "3 added, 0 already there",
        f"{moodle.url}/admin/tool/lp/coursecompetencies.php?courseid=2",
    ]
    numbers = ids(moodle.world)
    assert moodle.world.courses[2] == [numbers[f"BTSSIO-C2.1.01.{n}"] for n in (1, 2, 3)]


def test_a_template_takes_its_name_from_the_part(connected: Type, moodle: FakeMoodle) -> None:
    connected("moodle", "push", "1", "--scale-id", SCALE)
    done = connected("moodle", "template", "1", "P1", "--lang", "en", "--due", "2027-06-30")
    assert done.exit_code == 0, done.output
    (kept,) = moodle.world.templates.values()
    assert kept["shortname"] == "P1 Production de services"
    assert f"template_cohorts.php?id={kept['id']}" in done.stdout


@pytest.mark.parametrize(
    "words", [("link-course", "1", "2", "Z9"), ("template", "1", "Z9")], ids=["course", "template"]
)
def test_an_unknown_code_is_told(connected: Type, words: tuple[str, ...]) -> None:
    done = connected("moodle", *words, "--lang", "en")
    assert (done.exit_code, done.stderr) == (1, "Error: The référentiel BTSSIO has no Z9.\n")


def test_the_doctor_tells_what_is_missing_and_where(connected: Type, moodle: FakeMoodle) -> None:
    moodle.functions -= {"core_competency_move_up_competency"}
    done = connected("moodle", "doctor", "1", "--lang", "en")
    assert done.exit_code == 1
    lines = done.stdout.splitlines()
    place = lines.index("✗ Functions to push a framework")
    assert lines[place + 1 : place + 3] == [
        "    Add these functions to the service: core_competency_move_up_competency.",
        f"    {moodle.url}/admin/settings.php?section=externalservices",
    ]


def test_a_forgotten_token_is_gone(connected: Type) -> None:
    assert connected("moodle", "disconnect", "1").exit_code == 0
    assert connected("moodle", "plan", "1").exit_code == 1
