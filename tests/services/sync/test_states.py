"""Each reason for which a grade cannot arrive: its state, its sentence, and how it is mended."""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from lti_app.clients import http, url_policy
from lti_app.clients.scopes import RESULT_SCOPE
from lti_app.clients.tokens import Token
from lti_app.models import PlatformStatus
from lti_app.services.grades import sync_texts
from lti_app.services.platforms import registered as platforms
from lti_app.services.platforms.keys import AHEAD, JWKS_KEPT, KeyRing
from lti_app.services.sync.job import Reason
from lti_app.services.sync.sending import UNAUTHORISED_AFTER
from tests.services.sync.desk import COURSE, PUPIL, Desk

Act = Callable[[Desk], object]


@dataclass(frozen=True)
class Trouble:
    """``strikes`` brings it about, ``mended`` does what the sentence's remedy says."""

    key: str
    strikes: Act
    mended: Act


def _status(status: PlatformStatus) -> Act:
    def change(desk: Desk) -> None:
        with desk.campus.parts.store.write() as session:
            platforms.set_status(session, 1, status)

    return change


def _tool(**changes: object) -> Act:
    def change(desk: Desk) -> None:
        desk.campus.lms.set_tool(**changes)
        desk.campus.lms.store.expire_tokens()

    return change


def _remove_course(desk: Desk) -> None:
    desk.campus.lms.store.execute("DELETE FROM courses WHERE id = ?", COURSE)


def _restore_course(desk: Desk) -> None:
    from lti_app.demo.seed import DEMO_SEED

    desk.campus.lms.store.save("courses", DEMO_SEED.courses[0])


def _other_keys(desk: Desk) -> None:
    """The LMS is told other keys than ours: an empty set. The one that it remembers signs no more."""
    desk.campus.parts.keys.rotate()
    desk.clock.forward(seconds=AHEAD.total_seconds() + 120)
    desk.campus.lms.set_tool(jwks_url=desk.campus.lms.issuer + "/theme/missing")
    desk.campus.lms.store.expire_tokens()


def _our_keys(desk: Desk) -> None:
    url = desk.campus.parts.settings.public_url + "/lti/jwks"
    desk.campus.lms.set_tool(jwks_url=url)


def grant_no_results(desk: Desk) -> None:
    """The platform's tokens are good for everything but reading results."""
    store = desk.campus.parts.tokens
    plain = store.get

    def get(platform_id: int, scopes: str, fetch: Callable[[], Token]) -> Token:
        token = plain(platform_id, scopes, fetch)
        return replace(token, granted=token.granted - {RESULT_SCOPE})

    store.get = get  # type: ignore[method-assign]


TROUBLES = [
    Trouble(
        "learner_gone",
        lambda desk: desk.campus.lms.store.unenrol(COURSE, PUPIL),
        lambda desk: desk.campus.lms.store.enrol(COURSE, PUPIL),
    ),
    Trouble(
        "column_gone",
        lambda desk: desk.campus.lms.gradebook.delete_item(desk.item.id),
        lambda desk: desk.campus.lms.store.save("items", desk.item),
    ),
    Trouble("course_gone", _remove_course, _restore_course),
    Trouble(
        "platform_inactive",
        _status(PlatformStatus.INACTIVE),
        _status(PlatformStatus.ACTIVE),
    ),
    Trouble("key_refused", _other_keys, _our_keys),
    Trouble("tool_removed", _tool(client_id="another"), _tool(client_id="DemoClient00001")),
    Trouble("scope_missing", _tool(gradesync=0), _tool(gradesync=2)),
    Trouble(
        "column_locked",
        lambda desk: desk.campus.lms.gradebook.lock_item(desk.item.id),
        lambda desk: desk.campus.lms.gradebook.lock_item(desk.item.id, locked=False),
    ),
]


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda trouble: trouble.key)
def test_a_trouble_is_named_kept_and_mended(desk: Desk, trouble: Trouble) -> None:
    """Nothing is repeated for ever, nothing is lost, and « renvoyer » brings the newest grade."""
    desk.want(12)
    desk.send()
    trouble.strikes(desk)
    desk.want(14)
    for _ in range(5):  # a locked column looks like a bad moment at first
        desk.send(later=60)
    assert desk.state() == ("failed", trouble.key)

    desk.campus.lms.faults.forget_calls()
    desk.send(later=7200)
    assert desk.calls("scores") == [], "a person is needed; until then nobody is bothered"

    trouble.mended(desk)
    desk.want(15)
    desk.resend()
    desk.send(later=5)
    assert (desk.held(), desk.state()) == (15.0, ("sent", ""))


@pytest.mark.parametrize("key", ["platform_inactive", "key_refused"])
def test_when_a_platform_takes_us_again_everything_goes_by_itself(made: Desk, key: str) -> None:
    trouble = next(trouble for trouble in TROUBLES if trouble.key == key)
    for sub in range(5, 10):
        made.want(12, sub)
    trouble.strikes(made)
    made.send()
    trouble.mended(made)
    _status(PlatformStatus.ACTIVE)(made)  # our administrator says that it is mended
    made.send()
    assert [made.held(sub) for sub in range(5, 10)] == [12.0] * 5


@pytest.mark.parametrize("token", ["kept", "none"])
def test_a_platform_that_does_not_know_our_newest_key_yet_is_waited_for(
    made: Desk, token: str
) -> None:
    """« keys rotate --compromised », in another process; the platform keeps our keys for an hour."""
    if token == "kept":
        made.want(11)
        made.send()
    else:
        made.campus.parts.keys.signing()
    for sub in range(5, 10):
        made.want(12, sub)
    parts = made.campus.parts
    KeyRing(parts.store, parts.settings.secret_key, parts.clock).replace_compromised()
    made.campus.lms.set_tool(jwks_url=made.campus.lms.issuer + "/theme/missing")
    made.campus.lms.store.expire_tokens()
    for _ in range(3):
        made.send(later=60)
        states = [made.state(sub) for sub in range(5, 10)]
        assert states == [("waiting", "platform_unavailable")] * 5
    assert len(made.calls("token")) <= 3 + 5
    _our_keys(made)
    made.send(later=65)
    assert [made.held(sub) for sub in range(5, 10)] == [12.0] * 5


def test_a_platform_that_refuses_our_newest_key_in_the_end_is_said_to(made: Desk) -> None:
    made.want(12)
    made.campus.parts.keys.signing()
    made.campus.parts.keys.replace_compromised()
    made.campus.lms.set_tool(jwks_url=made.campus.lms.issuer + "/theme/missing")
    made.send()
    assert made.state() == ("waiting", "platform_unavailable")
    made.send(later=JWKS_KEPT.total_seconds())
    assert made.state() == ("failed", "key_refused")


def test_a_platform_that_refuses_us_is_asked_once_for_the_whole_class(made: Desk) -> None:
    for sub in range(5, 40):
        made.want(12, sub)
    _tool(client_id="another")(made)
    made.send()
    assert [made.state(sub) for sub in range(5, 40)] == [("failed", "tool_removed")] * 35
    assert made.calls() == [("POST", 400)]


@pytest.mark.parametrize("token", ["at hand", "to be asked for"])
def test_a_moment_without_name_servers_is_one_without_the_platform(
    made: Desk, monkeypatch: pytest.MonkeyPatch, token: str
) -> None:
    def nobody(*_args: object, **_more: object) -> list:
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    def outside_the_lab(url: str, *, lab: bool) -> None:
        url_policy.check_url(url.replace("http:", "https:"), lab=False)

    monkeypatch.setattr(http, "check_url", outside_the_lab)
    monkeypatch.setattr(url_policy, "is_public", lambda _address: True)
    made.want(11)
    made.send()
    if token == "to be asked for":
        made.clock.forward(hours=2)
    for sub in range(5, 10):
        made.want(12, sub)
    with monkeypatch.context() as cut_off:
        cut_off.setattr(url_policy.socket, "getaddrinfo", nobody)
        made.send(later=1)
    waiting = ("waiting", "platform_unavailable")
    assert [made.state(sub) for sub in range(5, 10)] == [waiting] * 5
    made.send(later=3600)
    assert [made.held(sub) for sub in range(5, 10)] == [12.0] * 5


def test_a_500_is_a_lock_only_if_the_column_answers_otherwise(made: Desk) -> None:
    """A Moodle whose database is gone says 500 to everything: that passes."""
    made.campus.lms.faults.add("status", status=500, path="services.php", times=1000)
    made.want(12)
    for _ in range(8):
        made.send(later=3600)
    assert made.state()[0] == "waiting"
    made.campus.lms.faults.clear()
    made.send(later=3600)
    assert (made.held(), made.state()) == (12.0, ("sent", ""))


@pytest.mark.parametrize("unreadable", ["refused", "no scope"])
def test_a_500_is_a_lock_where_the_column_may_not_be_read(desk: Desk, unreadable: str) -> None:
    if unreadable == "refused":
        desk.campus.lms.faults.add("status", status=403, path="results", times=1000)
    else:
        grant_no_results(desk)
    desk.campus.lms.gradebook.lock_item(desk.item.id)
    desk.want(12)
    for _ in range(8):
        desk.send(later=3600)
    assert desk.state() == ("failed", "column_locked")
    assert len(desk.calls("scores")) == 3


def test_a_platform_whose_results_we_may_not_read_takes_the_whole_class(desk: Desk) -> None:
    grant_no_results(desk)
    desk.want(12, 5)
    desk.send()
    desk.campus.lms.faults.add("status", status=503, path="scores")
    desk.want(13, 5)
    desk.send(later=120)
    assert desk.state(5) == ("waiting", "platform_unavailable")
    desk.want(12, 6)
    desk.send(later=120)
    assert (desk.state(5), desk.state(6)) == (("sent", ""), ("sent", ""))


def test_a_conflict_ends_where_the_column_may_not_be_read(made: Desk) -> None:
    made.campus.lms.faults.add("status", status=403, path="results", times=1000)
    made.campus.lms.faults.add("status", status=409, path="scores", times=1000)
    made.want(12)
    for _ in range(8):
        made.send(later=3600)
    assert made.state() == ("failed", "grade_newer")


def test_a_401_to_a_token_that_grants_all_passes(desk: Desk) -> None:
    desk.campus.lms.faults.add("status", status=401, path="scores", times=6)
    desk.want(12)
    for _ in range(3):
        desk.send(later=60)
        assert desk.state() == ("waiting", "platform_unavailable")
    desk.send(later=60)
    assert (desk.held(), desk.state()) == (12.0, ("sent", ""))


def test_a_401_that_lasts_does_not_go_on_for_ever(desk: Desk) -> None:
    desk.campus.lms.faults.add("status", status=401, path="scores", times=1000)
    desk.want(12)
    for _ in range(12):
        desk.send(later=3600)
    assert desk.state() == ("failed", "scope_missing")
    assert len(desk.calls("scores")) == 2 * UNAUTHORISED_AFTER


def test_a_teachers_grade_is_not_overwritten_while_reading_meets_401(made: Desk) -> None:
    made.teacher_grades(9)
    made.campus.lms.faults.add("status", status=401, path="results", times=4)
    made.want(12)
    for _ in range(3):
        made.send(later=60)
    assert (made.held(), made.state()) == (9.0, ("failed", "overridden"))


def test_a_right_taken_away_is_told_at_once(desk: Desk) -> None:
    """Moodle says 401 to the old token; the fresh one grants less."""
    desk.want(12)
    desk.send()
    desk.campus.lms.set_tool(gradesync=0)
    desk.want(13)
    desk.send(later=60)
    assert desk.state() == ("failed", "scope_missing")


def test_a_page_instead_of_an_answer_acknowledges_nothing(desk: Desk) -> None:
    """A maintenance page or a network's login answers 200 to anything."""
    desk.campus.lms.faults.add("garbage", path="scores")
    desk.want(12)
    desk.send()
    assert (desk.held(), desk.state()) == (None, ("waiting", "platform_unavailable"))
    desk.send(later=30)
    assert (desk.held(), desk.state()) == (12.0, ("sent", ""))


def test_a_request_that_a_proxy_repeats_counts_once(desk: Desk) -> None:
    """The second one meets 409, and the answer we get is that one."""
    desk.campus.lms.faults.add("duplicate", path="scores")
    desk.want(12)
    desk.send()
    assert (desk.held(), desk.state()) == (12.0, ("sent", ""))


def test_a_column_no_longer_asked_for_gets_no_grade(made: Desk) -> None:
    made.want(12)
    with made.campus.parts.store.write() as session:
        row = made.row()
        session.merge(row).line_item.active = False
    made.send()
    assert (made.held(), made.state()) == (None, ("failed", "column_dropped"))


def test_a_grade_for_everybody_is_sent_again_on_demand(made: Desk) -> None:
    for sub in (5, 6, 7):
        made.want(12, sub)
    made.send()
    assert made.resend() == 0
    assert made.resend(everybody=True) == 3
    assert made.send(later=5) == 3


def test_every_reason_has_its_sentence() -> None:
    """Whatever the engine may store, the teacher reads what happened and what to do."""
    assert set(Reason) - sync_texts.GRADES.keys() == set()
