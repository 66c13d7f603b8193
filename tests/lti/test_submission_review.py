"""From a grade in the LMS's gradebook to the student it is about."""

from __future__ import annotations

from collections.abc import Iterator

import lxml.html
import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from lti_app.demo import Lms, listen, serve
from lti_app.models import Membership, User
from lti_app.services.wiring import Wiring
from tests.lti.conftest import ACTIVITY, PUPIL, TEACHER, Browser

COURSE = 2


@pytest.fixture
def answering(app: Flask, lms: Lms) -> Iterator[Lms]:
    """The LMS when it can read our keys, and gives us its class list for them."""
    with listen() as door, serve(app, door):
        lms.set_tool(jwks_url=door.url + "/lti/jwks")
        yield lms


def review(browser: Browser, for_user: int) -> TestResponse:
    """The page that a review of that person's work leads to."""
    form = browser.lms.launch_form(TEACHER, ACTIVITY, for_user_id=for_user)
    login = browser.begin(**form)
    claims = browser.lms.launch_claims(TEACHER, ACTIVITY, login.nonce, for_user_id=for_user)
    entered = browser.finish(login, browser.lms.sign(claims))
    assert entered.status_code == 303, entered.text
    return browser.client.get(entered.location, follow_redirects=True)


def look_again(browser: Browser, page: TestResponse) -> TestResponse:
    """Presses the page's button."""
    (form,) = lxml.html.fromstring(page.text).xpath('//form[contains(@action, "absent")]')
    fields = dict(form.form_values())
    return browser.client.post(form.action, data=fields, follow_redirects=True)


def test_it_shows_that_student(browser: Browser) -> None:
    browser.launch(PUPIL)
    page = review(browser, PUPIL)
    assert page.status_code == 200
    assert 'id="name"' in page.text


@pytest.mark.parametrize("change", [{"active": False}, {"launched_as": "teacher"}])
def test_who_is_no_pupil_any_more_is_said_so(
    browser: Browser, parts: Wiring, change: dict[str, object]
) -> None:
    browser.launch(PUPIL)
    with parts.store.write() as session:
        place = session.scalars(select(Membership)).one()
        for name, value in change.items():
            setattr(place, name, value)
    _absent(review(browser, PUPIL))


def test_who_is_unknown_is_said_so(browser: Browser, parts: Wiring) -> None:
    page = review(browser, PUPIL)
    _absent(page)
    assert "notice warning roster" in page.text, "the class list could not be read"
    with parts.store.read() as session:
        assert session.scalars(select(User.sub)).all() == [str(TEACHER)]


def test_a_class_list_that_was_never_read_is_read_for_it(browser: Browser, answering: Lms) -> None:
    _shows(review(browser, PUPIL), answering)


def test_who_came_since_the_list_was_read_is_one_click_away(
    browser: Browser, answering: Lms
) -> None:
    answering.store.unenrol(COURSE, PUPIL)
    page = review(browser, PUPIL)
    _absent(page)
    answering.store.enrol(COURSE, PUPIL)
    _shows(look_again(browser, page), answering)


def test_who_is_not_there_either_is_said_so_again(browser: Browser, answering: Lms) -> None:
    answering.store.unenrol(COURSE, PUPIL)
    _absent(look_again(browser, review(browser, PUPIL)))


def _shows(page: TestResponse, lms: Lms) -> None:
    user = next(user for user in lms.store.users() if user.id == PUPIL)
    assert page.status_code == 200
    name = lxml.html.fromstring(page.text).xpath('string(//*[@id="name"])')
    assert user.given in name


def _absent(page: TestResponse) -> None:
    assert page.status_code == 200
    assert "Cet étudiant n’est pas dans la classe" in page.text
    assert f"/students/absent?sub={PUPIL}" in page.text
