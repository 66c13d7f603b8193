"""What a Moodle 4.5 said, and an LMS of ours set up as that Moodle was.

`recordings/` holds messages recorded from a live Moodle 4.5.6 with invented people. The
tests ask our LMS the same and compare.
"""

import json
from pathlib import Path
from typing import Any

from lti_app.demo import Activity, Course, Enrolment, LmsConfig, Seed, User
from tests.lms_key import lms_key

FOLDER = Path(__file__).with_name("recordings")
MOODLE = "http://127.0.0.1:8080"
TOOL = "http://127.0.0.1:9001"
TOOL_CONFIGURATION = "https://purl.imsglobal.org/spec/lti-tool-configuration"

ADMIN, PROF1, PROF2, ELEVE1, ZOE = 2, 3, 4, 5, 40


def recording(name: str) -> Any:
    """The JSON of one recording."""
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def _pupil(number: int) -> User:
    return User(
        id=ELEVE1 + number - 1,
        username=f"eleve{number}",
        given=f"Élève{number}",
        family=f"Nom-{number} é'\"",
        email=f"eleve{number}@example.com",
        idnumber=f"ELEVE{number}",
    )


PUPILS = tuple(_pupil(number) for number in range(1, 36))

SEED = Seed(
    users=(
        User(ADMIN, "admin", "Admin", "User", "admin@example.com", admin=True),
        User(PROF1, "prof1", "Camille", "Durand", "prof1@example.com", "PROF1"),
        User(PROF2, "prof2", "Inès", "O'Brien", "prof2@example.com", "PROF2"),
        *PUPILS,
        User(ZOE, "zoe", "Zoé <Test>", 'D\'Ar & "Co" < 3', "zoe@example.com", "ZOE"),
    ),
    courses=(Course(1, "lycee", "Lycee Test"), Course(2, "SIO1", "BTS SIO 1re année")),
    enrolments=(
        Enrolment(2, PROF1, "editingteacher"),
        Enrolment(2, PROF2, "teacher"),
        *(Enrolment(2, pupil.id, "student") for pupil in PUPILS),
    ),
    activities=(
        Activity(
            id=1,
            cmid=2,
            course_id=2,
            name='TP n°1 "réseau" x & co',
            intro="Description du TP",
            tool_url=f"{TOOL}/launch?tp=1",
            custom={"tp_id": "42", "quoi": "é;=x"},
            resource_id="tp-1",
            tag="competences",
            review_url=f"{TOOL}/launch?review=1",
            review_custom={"rev": "1"},
        ),
        Activity(id=2, cmid=3, course_id=2, name="TP 2", grade=100),
    ),
)


def recorded_parameters() -> dict[str, str]:
    """The tool's custom parameters as that Moodle stored them: without HTML tags."""
    asked = recording("01-registration-request")[TOOL_CONFIGURATION]["custom_parameters"]
    return {**asked, "plain": 'été "q"  & co'}


def recorded_config(**changes: Any) -> LmsConfig:
    """The settings of that Moodle and of the tool it knew."""
    settings: dict[str, Any] = {
        "issuer": MOODLE,
        "tool_url": TOOL,
        "client_id": "Ca03NOOOo7fSzNm",
        "enabled": True,
        "purpose": "tests",
        "tool_name": "Spike compétences",
        "initiate_login_uri": f"{TOOL}/login",
        "redirect_uris": (f"{TOOL}/launch", f"{TOOL}/dl"),
        "tool_jwks_url": f"{TOOL}/jwks",
        "target_link_uri": f"{TOOL}/launch",
        "deep_linking_url": f"{TOOL}/launch?dl=1",
        "custom_parameters": recorded_parameters(),
        "toolsettings": True,
        "site_shortname": "lycee",
        "site_fullname": "Lycee Test",
        "guid": "6db885184cfad405faba50f9e987f6f1",
        "locale": "en",
        "timezone": "Europe/London",
        "seed": SEED,
        "signing_key": lms_key(),
    }
    return LmsConfig(**{**settings, **changes})
