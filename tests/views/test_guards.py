"""Over the whole URL map: every route says who may open it, and nobody else may.

A new view without a guard fails here, and so does one that shows another course's rows.
"""

from __future__ import annotations

import re

import pytest
from flask import Flask
from werkzeug.routing import Rule

from lti_app import static_files
from lti_app.models import Platform, PlatformStatus
from lti_app.services.current import ADMINISTRATOR, CHOOSER, LEARNER, TEACHER
from lti_app.views.guard import PUBLIC
from tests.factories import School
from tests.views.conftest import Visitor

KNOWN = {ADMINISTRATOR, CHOOSER, LEARNER, PUBLIC, TEACHER}
PUBLIC_PATHS = {
    "/",
    "/healthz",
    "/readyz",
    "/lti/login",
    "/lti/launch",
    "/lti/launch/stored",
    "/lti/continue",
    "/lti/jwks",
    "/lti/register/<secret>",
    "/scale/<name>.css",
}
INLINE = re.compile(
    r"<style|<[^>]+\s(?:style|on[a-z]+)\s*=|<script(?![^>]*(?:src=|json|nonce=))", re.I
)


def rules(app: Flask) -> list[Rule]:
    return [
        rule for rule in app.url_map.iter_rules() if rule.endpoint not in static_files.ENDPOINTS
    ]


def allowed(app: Flask, rule: Rule) -> frozenset[str]:
    return getattr(app.view_functions[rule.endpoint], "allowed", frozenset())


def test_every_route_declares_who_may_open_it(app: Flask) -> None:
    assert {rule.rule: allowed(app, rule) for rule in rules(app) if not allowed(app, rule)} == {}
    assert {role for rule in rules(app) for role in allowed(app, rule)} <= KNOWN


def test_the_public_routes_are_these_and_no_others(app: Flask) -> None:
    public = {rule.rule for rule in rules(app) if PUBLIC in allowed(app, rule)}
    assert public <= PUBLIC_PATHS | {"/metrics"}


def test_every_other_route_stands_under_a_session(app: Flask) -> None:
    loose = [
        rule.rule
        for rule in rules(app)
        if PUBLIC not in allowed(app, rule) and not rule.rule.startswith("/s/<sid>/")
    ]
    assert loose == []


def addresses(app: Flask, base: str, school: School, ids: int) -> list[tuple[str, str, Rule]]:
    """Every guarded route with its parts filled in; numbers are those of a stranger."""
    found = []
    for rule in rules(app):
        if PUBLIC in allowed(app, rule):
            continue
        path = rule.rule.replace("/s/<sid>", base)
        for argument in set(rule._converters) - {"sid"}:
            converter = rule._converters[argument]
            value = str(ids) if type(converter).__name__ == "IntegerConverter" else "P1"
            for text in (f"<int:{argument}>", f"<path:{argument}>", f"<{argument}>"):
                path = path.replace(text, value)
        found += [(m, path, rule) for m in (rule.methods or set()) - {"HEAD", "OPTIONS"}]
    return found


@pytest.mark.parametrize("role", [LEARNER, TEACHER, CHOOSER, ADMINISTRATOR])
def test_other_roles_get_a_403(app: Flask, school: School, role: str) -> None:
    app.config["WTF_CSRF_METHODS"] = ()
    client, base = school.enter(app, roles=(role,))
    roles = {role} | ({TEACHER} if role == ADMINISTRATOR else set())
    answers = {
        f"{method} {rule.rule}": client.open(path, method=method).status_code
        for method, path, rule in addresses(app, base, school, school.pupils[0])
        if not allowed(app, rule) & roles
    }
    assert {address: status for address, status in answers.items() if status != 403} == {}
    assert answers or role == ADMINISTRATOR


def test_nothing_changes_without_the_token_of_our_own_page(app: Flask, school: School) -> None:
    client, base = school.enter(app, roles=(TEACHER, ADMINISTRATOR))
    mine = {TEACHER, ADMINISTRATOR}
    answers = {
        f"{method} {rule.rule}": client.open(path, method=method).status_code
        for method, path, rule in addresses(app, base, school, school.pupils[0])
        if method != "GET" and allowed(app, rule) & mine
    }
    assert len(answers) > 20
    assert {address: status for address, status in answers.items() if status != 400} == {}


def test_a_person_of_another_course_is_a_404(app: Flask, school: School) -> None:
    app.config["WTF_CSRF_METHODS"] = ()
    client, base = school.enter(app, roles=(TEACHER, ADMINISTRATOR))
    answers = {
        f"{method} {rule.rule}": client.open(path, method=method, json={}).status_code
        for method, path, rule in addresses(app, base, school, school.stranger_id)
        if "learner_id" in rule.arguments
    }
    assert answers != {}
    assert {address: status for address, status in answers.items() if status != 404} == {}


@pytest.mark.parametrize("roles", [(LEARNER,), (TEACHER, ADMINISTRATOR)])
def test_no_page_needs_or_allows_inline_code(
    app: Flask, school: School, roles: tuple[str, ...]
) -> None:
    """Policies: https://www.w3.org/TR/CSP3/. Pages that tell of an error count too."""
    client, base = school.enter(app, roles=roles)
    seen, wrong = set(), {}
    for method, path, rule in addresses(app, base, school, school.pupils[0]):
        answer = client.open(path, method=method) if method == "GET" else None
        if answer is None or answer.mimetype != "text/html" or 300 <= answer.status_code < 400:
            continue
        seen.add(answer.status_code)
        policy = answer.headers.get("Content-Security-Policy", "")
        if "default-src 'none'" not in policy or "unsafe" in policy or INLINE.search(answer.text):
            wrong[rule.rule] = (policy, INLINE.findall(answer.text))
    assert wrong == {}
    assert 200 in seen


def test_without_its_cookie_a_session_opens_nothing(app: Flask, school: School) -> None:
    _client, base = school.enter(app)
    stranger = app.test_client()
    statuses = {
        stranger.open(path, method=method).status_code
        for method, path, _rule in addresses(app, base, school, school.pupils[0])
        if method == "GET"
    }
    assert statuses == {401}


def test_a_session_ends(app: Flask, school: School, clock) -> None:
    client, base = school.enter(app)
    assert client.get(base + "/class").status_code == 200
    clock.forward(hours=12)
    assert client.get(base + "/class").status_code == 401


def test_a_session_at_work_goes_on(app: Flask, school: School, clock) -> None:
    """An entry begins its twelve hours anew; a page that only asks for news does not."""
    client, base = school.enter(app)
    teacher = Visitor(client, base)
    teacher.token()
    clock.forward(hours=7)
    entry = {"learner": school.pupils[0], "code": "C1.1.03.1", "level": 3}
    assert teacher.send("/assessments", {"entries": [entry]}).status_code == 200
    clock.forward(hours=11)
    assert client.get(base + "/class").status_code == 200
    clock.forward(hours=1)
    assert client.get(base + "/class").status_code == 401


def test_no_session_at_work_goes_on_for_ever(app: Flask, school: School, clock) -> None:
    """A day after its launch it ends, however often something was entered."""
    client, base = school.enter(app)
    teacher = Visitor(client, base)
    teacher.token()
    entry = {"learner": school.pupils[0], "code": "C1.1.03.1", "level": 3}
    for hours in (7, 7, 7, 2):
        clock.forward(hours=hours)
        assert teacher.send("/assessments", {"entries": [entry]}).status_code == 200
    clock.forward(hours=1)
    assert client.get(base + "/class").status_code == 401


@pytest.mark.parametrize("status", [PlatformStatus.INACTIVE, PlatformStatus.PENDING])
def test_a_platform_that_is_switched_off_closes_its_open_sessions(
    app: Flask, school: School, status: PlatformStatus
) -> None:
    client, base = school.enter(app)
    teacher = Visitor(client, base)
    teacher.token()
    with school.parts.store.write() as session:
        platform = session.get_one(Platform, school.platform_id)
        platform.status, issuer = status.value, platform.issuer
    page = client.get(base + "/class")
    assert page.status_code == 403
    assert f'data-code="platform_{status.value}"' in page.text
    assert issuer in page.headers["Content-Security-Policy"]
    entry = {"learner": school.pupils[0], "code": "C1.1.03.1", "level": 3}
    refused = teacher.send("/assessments", {"entries": [entry]})
    told = refused.get_json()
    assert (refused.status_code, told["error"]) == (401, f"platform_{status.value}")
    assert (told["kept"], "ci-dessous" in told["message"]) == (True, False)
    news = client.get(base + "/changes.json", headers={"Accept": "application/json"})
    assert news.status_code == 403, "an open page goes on asking"
    with school.parts.store.write() as session:
        session.get_one(Platform, school.platform_id).status = PlatformStatus.ACTIVE.value
    assert client.get(base + "/class").status_code == 200
