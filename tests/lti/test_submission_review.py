"""From a grade in the LMS's gradebook to the student it is about."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from lti_app.models import Membership, User
from lti_app.services.wiring import Wiring
from tests.lti.conftest import ACTIVITY, PUPIL, TEACHER, Browser


def review(browser: Browser, for_user: int) -> TestResponse:
    """The page that a review of that person's work leads to."""
    form = browser.lms.launch_form(TEACHER, ACTIVITY, for_user_id=for_user)
    login = browser.begin(**form)
    claims = browser.lms.launch_claims(TEACHER, ACTIVITY, login.nonce, for_user_id=for_user)
    entered = browser.finish(login, browser.lms.sign(claims))
    assert entered.status_code == 303, entered.text
    return browser.client.get(entered.location, follow_redirects=True)


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
    _absent(review(browser, PUPIL))
    with parts.store.read() as session:
        assert session.scalars(select(User.sub)).all() == [str(TEACHER)]


def _absent(page: TestResponse) -> None:
    assert page.status_code == 200
    assert "Cet étudiant n’est pas dans la classe" in page.text
    assert "/roster" in page.text
