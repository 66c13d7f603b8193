"""A launch that says nothing new takes the short way; whatever it says anew is kept, as on the long one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, func, select, update

from lti_app.models import (
    Course,
    Group,
    GroupMember,
    LaunchSession,
    LineItem,
    Membership,
    Platform,
    PlatformStatus,
    ResourceLink,
    User,
)
from lti_app.models.store import Store
from lti_app.services.lti import directory
from lti_app.services.lti.message import AGS_CLAIM, CLAIM, NRPS_CLAIM
from lti_app.services.wiring import Wiring
from tests.lti.conftest import ACTIVITY, PUPIL, TEACHER, Browser, code_of

INSTRUCTOR = "http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor"


@contextmanager
def statements(parts: Wiring) -> Iterator[list[str]]:
    """What SQLAlchemy executes; the short way's own statements go past it."""
    seen: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith("BEGIN"):
            seen.append(statement)

    event.listen(parts.store.engine, "before_cursor_execute", note)
    yield seen
    event.remove(parts.store.engine, "before_cursor_execute", note)


def counted(parts: Wiring) -> dict[str, int]:
    tables = (User, Course, Membership, ResourceLink, LineItem, LaunchSession)
    with parts.store.read() as session:
        return {
            table.__name__: session.scalar(select(func.count()).select_from(table)) or 0
            for table in tables
        }


@pytest.mark.parametrize("user", [TEACHER, PUPIL])
def test_a_second_launch_is_the_short_way(
    browser: Browser, parts: Wiring, user: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It executes nothing by SQLAlchemy, calls nobody, and adds a session only."""
    monkeypatch.setattr("lti_app.services.launches.entering.SWEEP_ONE_IN", 10**9)
    browser.launch(user)
    before = counted(parts)
    browser.lms.faults.forget_calls()
    login = browser.begin(user)
    token = browser.lms.id_token(user, ACTIVITY, login.nonce)
    with statements(parts) as seen:
        assert browser.finish(login, token).status_code == 303
    assert seen == []
    assert browser.lms.calls == []
    added = {"LaunchSession": 1}
    assert counted(parts) == {name: count + added.get(name, 0) for name, count in before.items()}


def test_its_session_opens_the_same_pages(browser: Browser) -> None:
    browser.launch()
    home = browser.launch().location
    page = browser.client.get(home, follow_redirects=True)
    assert page.status_code == 200
    assert page.request.path.endswith("/class")


def test_its_token_serves_once(browser: Browser) -> None:
    browser.launch()
    login = browser.begin()
    token = browser.lms.id_token(TEACHER, ACTIVITY, login.nonce)
    assert browser.finish(login, token).status_code == 303
    browser.client.set_cookie(login.cookie, login.cookie_value, path="/lti/")
    assert code_of(browser.finish(login, token)) == "token_replayed"


CONTEXT = {"id": "2", "label": "SIO1", "title": "Renamed course", "type": ["CourseSection"]}


@pytest.mark.parametrize(
    ("changes", "table", "column", "value"),
    [
        pytest.param({"family_name": "Nouveau"}, User, "family_name", "Nouveau", id="name"),
        pytest.param({CLAIM + "context": CONTEXT}, Course, "title", "Renamed course", id="course"),
        pytest.param(
            {CLAIM + "resource_link": {"id": "1", "title": "New title"}},
            ResourceLink,
            "title",
            "New title",
            id="activity",
        ),
        pytest.param(
            {CLAIM + "roles": [INSTRUCTOR]}, Membership, "launched_as", "teacher", id="role"
        ),
        pytest.param(
            {AGS_CLAIM: {"lineitem": "{lms}/new", "lineitems": "{lms}/all", "scope": ["x"]}},
            LineItem,
            "url",
            "{lms}/new",
            id="column",
        ),
        pytest.param(
            {AGS_CLAIM: {"lineitem": "{lms}/new", "lineitems": "{lms}/all", "scope": ["x", "y"]}},
            Course,
            "ags_scopes",
            "x y",
            id="scopes",
        ),
        pytest.param(
            {NRPS_CLAIM: {"context_memberships_url": "{lms}/people", "service_versions": ["2.0"]}},
            Course,
            "memberships_url",
            "{lms}/people",
            id="roster",
        ),
        pytest.param(
            {CLAIM + "custom": {"group_ids": "7"}}, Group, "external_id", "7", id="first group"
        ),
    ],
)
def test_what_is_new_is_kept(
    browser: Browser, parts: Wiring, changes: dict[str, Any], table: Any, column: str, value: str
) -> None:
    def here(what: Any) -> Any:
        if isinstance(what, dict):
            return {name: here(inner) for name, inner in what.items()}
        return what.replace("{lms}", browser.lms.issuer) if isinstance(what, str) else what

    browser.launch(PUPIL)
    browser.launch(PUPIL, overrides=here(changes))
    with parts.store.read() as session:
        row = session.scalars(select(table)).one()
    assert getattr(row, column) == here(value)


@pytest.mark.parametrize(
    ("user", "then", "members"),
    [
        pytest.param(PUPIL, "8,9", {"8", "9"}, id="others"),
        pytest.param(PUPIL, "", set(), id="none"),
        pytest.param(PUPIL, "7", {"7"}, id="one less"),
        pytest.param(PUPIL, "$Moodle.Person.userGroupIds", {"7", "8"}, id="not told"),
        pytest.param(TEACHER, "7", set(), id="a teacher's"),
    ],
)
def test_groups_follow_each_launch(
    browser: Browser, parts: Wiring, user: int, then: str, members: set[str]
) -> None:
    for told in ("7,8", then):
        browser.launch(user, overrides={CLAIM + "custom": {"group_ids": told}})
    with parts.store.read() as session:
        query = select(Group.external_id).join(GroupMember, GroupMember.group_id == Group.id)
        assert set(session.scalars(query)) == members


def test_the_same_groups_in_another_order_are_nothing_new(browser: Browser, parts: Wiring) -> None:
    custom = {CLAIM + "custom": {"group_ids": "7,8"}}
    browser.launch(PUPIL, overrides=custom)
    login = browser.begin(PUPIL)
    again = {CLAIM + "custom": {"group_ids": "8, 7"}}
    token = browser.lms.id_token(PUPIL, ACTIVITY, login.nonce, overrides=again)
    with statements(parts) as seen:
        assert browser.finish(login, token).status_code == 303
    assert seen == []


def test_new_parameters_are_kept(browser: Browser, parts: Wiring) -> None:
    for scope in ("P1", "P2"):
        browser.launch(overrides={CLAIM + "custom": {"scope": scope}})
    with parts.store.read() as session:
        assert session.scalars(select(ResourceLink)).one().settings["scope"] == ["P2"]


def test_who_had_left_the_course_is_back(browser: Browser, parts: Wiring) -> None:
    browser.launch(PUPIL)
    with parts.store.write() as session:
        session.execute(update(Membership).values(active=False))
    browser.launch(PUPIL)
    with parts.store.read() as session:
        assert session.scalars(select(Membership.active)).all() == [True]


def test_the_way_back_is_everybodys_own(browser: Browser, parts: Wiring) -> None:
    """Moodle's return address holds the session key of the person who launched."""
    for user, key in ((TEACHER, "one"), (PUPIL, "two")):
        presentation = {"locale": "fr", "return_url": f"{browser.lms.issuer}/back?sesskey={key}"}
        for _ in range(2):
            browser.launch(user, overrides={CLAIM + "launch_presentation": presentation})
    with parts.store.read() as session:
        rows = session.execute(
            select(User.sub, LaunchSession.return_url).join(LaunchSession.user).distinct()
        )
        keys = {sub: url.split("=")[1] for sub, url in rows}
    assert keys == {str(TEACHER): "one", str(PUPIL): "two"}


def set_status(store: Store, status: PlatformStatus) -> None:
    with store.write() as session:
        session.scalars(select(Platform)).one().status = status.value


def test_a_platform_switched_off_here_is_refused_at_once(browser: Browser, parts: Wiring) -> None:
    login = browser.begin()
    set_status(parts.store, PlatformStatus.INACTIVE)
    token = browser.lms.id_token(TEACHER, ACTIVITY, login.nonce)
    assert code_of(browser.finish(login, token)) == "platform_inactive"


@pytest.mark.parametrize("status", [PlatformStatus.INACTIVE, PlatformStatus.PENDING])
def test_whom_it_sends_reads_why_in_its_frame(
    browser: Browser, parts: Wiring, status: PlatformStatus
) -> None:
    """Its pages, wherever they are, may frame this page, and no other."""
    with parts.store.write() as session:
        session.scalars(select(Platform)).one().origins = "https://school.example.org"
    login = browser.begin()
    set_status(parts.store, status)
    token = browser.lms.id_token(TEACHER, ACTIVITY, login.nonce)
    framed = browser.client.post("/lti/login", data=browser.lms.launch_form(TEACHER, ACTIVITY))
    for page in (framed, browser.finish(login, token)):
        assert (page.status_code, code_of(page)) == (403, f"platform_{status.value}")
        ancestors = f"'self' {browser.lms.issuer} https://school.example.org"
        assert page.headers["Content-Security-Policy"].endswith(f"frame-ancestors {ancestors}")
    if status is PlatformStatus.INACTIVE:
        assert browser.lms.issuer not in parts.directory.frame_ancestors()


def test_a_platform_switched_off_elsewhere_is_refused_after_a_moment(
    browser: Browser, parts: Wiring, monkeypatch: pytest.MonkeyPatch
) -> None:
    login = browser.begin()
    with parts.store.engine.begin() as other:  # as another process would
        other.execute(update(Platform.__table__).values(status="inactive"))
    later = directory.time.monotonic() + directory.KEPT
    monkeypatch.setattr(directory.time, "monotonic", lambda: later)
    token = browser.lms.id_token(TEACHER, ACTIVITY, login.nonce)
    assert code_of(browser.finish(login, token)) == "platform_inactive"


def test_a_change_that_is_taken_back_changes_nothing(browser: Browser, parts: Wiring) -> None:
    with pytest.raises(RuntimeError), parts.store.write() as session:
        session.scalars(select(Platform)).one().status = PlatformStatus.INACTIVE.value
        session.flush()
        raise RuntimeError("taken back")
    assert browser.launch().status_code == 303
