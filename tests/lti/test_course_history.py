"""A copied course takes over what teachers had changed in the one it came from."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from lti_app.models import Course, ResourceLink
from lti_app.services.activities import link_settings
from lti_app.services.activities.framing import LinkSettings
from lti_app.services.lti.message import CLAIM
from lti_app.services.wiring import Wiring
from tests.lti.conftest import Browser, register

CUSTOM = {"scope": "P1", "maximum": "20"}
CHANGED = LinkSettings(scope=("P1",), maximum=LinkSettings().maximum * 2)


def launch(
    browser: Browser, course: str, link: str, history: str = "", **more: Any
) -> TestResponse:
    """An activity of a course of that number, restored from those of its history."""
    title = more.pop("title", "Production")
    custom = more.pop("custom", CUSTOM)
    return browser.launch(
        overrides={
            CLAIM + "context": {"id": course, "title": f"Course {course}"},
            CLAIM + "resource_link": {"id": link, "title": title},
            CLAIM + "custom": custom | {"context_history": history},
            **more,
        }
    )


def change(parts: Wiring, link: str, settings: LinkSettings = CHANGED) -> None:
    """What a teacher changed in the tool."""
    with parts.store.write() as session:
        row = session.scalars(select(ResourceLink).where(ResourceLink.lti_id == link)).one()
        link_settings.change(row, settings)


def maximum(parts: Wiring, link: str, course: str = "") -> int:
    query = select(ResourceLink).where(ResourceLink.lti_id == link)
    if course:
        query = query.join(Course).where(Course.context_id == course)
    with parts.store.read() as session:
        return int(link_settings.current(session.scalars(query).one()).maximum)


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        pytest.param("", 20, id="no-history"),
        pytest.param("70", 40, id="copied"),
        pytest.param("69,70", 40, id="copied-twice"),
        pytest.param(" 70 , 12", 40, id="spaces"),
        pytest.param("71", 20, id="of-another-course"),
        pytest.param("$Context.id.history", 20, id="not-substituted"),
        pytest.param("80", 20, id="itself"),
    ],
)
def test_a_copy_takes_over_the_teachers_changes(
    browser: Browser, parts: Wiring, history: str, expected: int
) -> None:
    launch(browser, "70", "700")
    change(parts, "700")
    launch(browser, "80", "800", history)
    assert maximum(parts, "800") == expected


def test_of_two_alike_the_one_with_the_same_title(browser: Browser, parts: Wiring) -> None:
    launch(browser, "70", "700", title="First term")
    launch(browser, "70", "701", title="Second term")
    change(parts, "701")
    launch(browser, "80", "800", "70", title="Second term")
    launch(browser, "80", "801", "70", title="First term")
    launch(browser, "80", "802", "70", title="Another name")
    assert [maximum(parts, link) for link in ("800", "801", "802")] == [40, 20, 20]


def test_a_renamed_copy_is_known_by_its_parameters(browser: Browser, parts: Wiring) -> None:
    launch(browser, "70", "700")
    change(parts, "700")
    launch(browser, "80", "800", "70", title="Renamed")
    launch(browser, "80", "801", "70", custom={"scope": "P2"})
    assert [maximum(parts, link) for link in ("800", "801")] == [40, 20]


def test_the_nearest_course_decides(browser: Browser, parts: Wiring) -> None:
    """Whoever put the settings back in last year's course does not want those of the year before."""
    launch(browser, "60", "600")
    change(parts, "600")
    launch(browser, "70", "700")
    launch(browser, "80", "800", "70,60")
    assert maximum(parts, "800") == 20


def test_only_the_first_launch_takes_over(browser: Browser, parts: Wiring) -> None:
    launch(browser, "70", "700")
    launch(browser, "80", "800", "70")
    change(parts, "700")
    launch(browser, "80", "800", "70")
    assert maximum(parts, "800") == 20


def test_another_platform_gives_nothing(browser: Browser, parts: Wiring) -> None:
    """A history is the platform's word about its own courses: numbers mean nothing elsewhere."""
    launch(browser, "70", "700")
    change(parts, "700")
    register(parts, browser.lms, client_id="another-client")
    login = browser.begin(client_id="another-client")
    claims = browser.lms.launch_claims(
        3,
        1,
        login.nonce,
        overrides={
            "aud": "another-client",
            CLAIM + "context": {"id": "80", "title": "Elsewhere"},
            CLAIM + "resource_link": {"id": "800", "title": "Production"},
            CLAIM + "custom": CUSTOM | {"context_history": "70"},
        },
    )
    assert browser.finish(login, browser.lms.sign(claims)).status_code == 303
    assert maximum(parts, "800") == 20
