"""Every failure is a page that says what happened and what to do, under the right status."""

from __future__ import annotations

import logging
import re
from pathlib import Path

import pytest
from flask import Flask

from lti_app.app import create_app
from lti_app.errors import (
    Forbidden,
    InputError,
    LtiError,
    NotFound,
    ServiceRefused,
    ServiceUnavailable,
    SessionExpired,
)
from lti_app.services.wiring import Wiring
from lti_app.settings import Settings
from lti_app.views import error_texts, errors
from lti_app.views.guard import PUBLIC, allow
from tests.views.conftest import Page

CODE = Path(error_texts.__file__).resolve().parents[1]
BOOM = "/boom"


@pytest.fixture
def app(settings: Settings, parts: Wiring) -> Flask:
    """An app of its own: routes are added to it."""
    app = create_app(settings, parts)
    app.config["TESTING"] = True
    return app


def failing(app: Flask, error: Exception) -> None:
    """Adds an address that fails with this."""

    @allow(PUBLIC)
    def boom() -> str:
        raise error

    app.add_url_rule(BOOM, "boom", boom)


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        pytest.param(SessionExpired("x"), 401, "session_expired", id="session"),
        pytest.param(Forbidden("roles"), 403, "forbidden", id="forbidden"),
        pytest.param(NotFound("learner"), 404, "not_found", id="not-found"),
        pytest.param(InputError("Le niveau 9 n’existe pas."), 400, "input", id="input"),
        pytest.param(ServiceUnavailable("no answer"), 502, "lms", id="lms-silent"),
        pytest.param(ServiceRefused("no", status=403), 502, "lms", id="lms-refuses"),
        pytest.param(LtiError("token_replayed"), 400, "token_replayed", id="lti"),
        pytest.param(LtiError("keys_unavailable"), 502, "keys_unavailable", id="lti-keys"),
        pytest.param(LtiError("platform_pending"), 403, "platform_pending", id="lti-pending"),
        pytest.param(LtiError("a later code"), 400, "a later code", id="lti-other"),
    ],
)
def test_each_failure_has_its_status_and_code(app: Flask, error, status, code):
    failing(app, error)
    client = app.test_client()
    page = Page(client.get(BOOM))
    assert (page.status, page.values("//section/@data-code")) == (status, [code])
    answer = client.get(BOOM, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.get_json()["error"]) == (status, code)


def test_a_page_has_a_title_what_happened_what_to_do_and_a_reference(app: Flask):
    failing(app, SessionExpired("x"))
    page = Page(app.test_client().get(BOOM))
    assert page.text("//h1") == "Votre session est terminée"
    happened, remedy, reference = page.texts("//section/p")
    assert happened == (
        "Pour protéger les données des étudiants, l’accès se referme au bout de quelques heures. Tout "
        "ce qui était enregistré l’est toujours."
    )
    assert remedy == (
        "Que faire\u202f? Revenez à la page du cours dans Moodle et cliquez de nouveau sur l’activité."
    )
    assert re.fullmatch("Référence\u202f: [0-9A-F]{8}", reference)


def test_the_reference_leads_to_the_log(app: Flask, caplog: pytest.LogCaptureFixture):
    failing(app, LtiError("token_expired", "75 s ago"))
    with caplog.at_level(logging.INFO, logger="competences"):
        answer = app.test_client().get(BOOM, headers={"Accept": "application/json"})
    failure = next(record for record in caplog.records if record.getMessage() == "failure")
    fields = failure.fields  # type: ignore[attr-defined]
    assert fields == {
        "reference": answer.get_json()["reference"],
        "status": 400,
        "code": "token_expired",
        "detail": "75 s ago",
    }


def test_what_a_person_sent_wrong_is_said_as_it_is(app: Flask):
    failing(app, InputError("La note maximale « 12000 » n’est pas un nombre."))
    page = Page(app.test_client().get(BOOM))
    assert page.texts("//section/p")[0] == "La note maximale « 12000 » n’est pas un nombre."


def test_an_unforeseen_failure_shows_and_logs_nothing_of_people(
    app: Flask, caplog: pytest.LogCaptureFixture
):
    failing(app, ValueError("UNIQUE failed: ('Chloé', 'Abadie')"))
    app.testing = False
    with caplog.at_level(logging.INFO, logger="competences"):
        page = Page(app.test_client().get(BOOM))
    assert (page.status, page.text("//h1")) == (500, "Une erreur s’est produite")
    said = page.response.text + "".join(
        record.getMessage() + str(record.__dict__.get("fields")) for record in caplog.records
    )
    assert "Chloé" not in said
    assert "raise error" in said  # where it happened is logged


def test_an_address_that_leads_nowhere(app: Flask):
    page = Page(app.test_client().get("/nowhere"))
    assert (page.status, page.text("//h1")) == (404, "Cette page n’existe pas")


def test_every_code_that_the_launch_raises_has_its_words():
    """Read from the source: a new code cannot forget its text."""
    source = "\n".join(path.read_text() for path in CODE.rglob("*.py"))
    raised = set(re.findall(r'LtiError\(\s*"(\w+)"', source))
    raised |= {f"platform_{status}" for status in ("pending", "inactive")}
    assert raised - set(errors.LTI_TEXTS) == set()


def test_every_page_says_what_to_do():
    texts = [text for text in vars(error_texts).values() if isinstance(text, error_texts.Text)]
    texts += errors.LTI_TEXTS.values()
    assert [text for text in texts if not (text.title and text.happened and text.remedy)] == []
