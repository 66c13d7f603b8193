"""Bad days on purpose strike service calls, and each call is on record."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from lti_app.demo import Lms, create_lms, listen, serve
from lti_app.demo import vocabulary as v
from tests.demo.conftest import Services
from tests.demo.recorded import recorded_config

SCORES = "/mod/lti/services.php/2/lineitems/2/lineitem/scores?type_id=1"


@pytest.fixture
def served() -> Iterator[Lms]:
    with listen() as door:
        lms = create_lms(recorded_config(issuer=door.url))
        with serve(lms, door):
            yield lms
        lms.store.close()


def send(lms: Lms, given: float, seconds: float = 0) -> requests.Response:
    """One score over HTTP."""
    services = Services(lms)
    body = {
        "userId": "5",
        "scoreGiven": given,
        "scoreMaximum": 20,
        "activityProgress": "Completed",
        "gradingProgress": "FullyGraded",
        "timestamp": services.at(seconds),
    }
    headers = {"Content-Type": v.SCORE_TYPE, "Authorization": f"Bearer {services.token}"}
    return requests.post(lms.issuer + SCORES, json=body, headers=headers, timeout=5)


def final(lms: Lms) -> float | None:
    grade = lms.store.grade(2, 5)
    return grade.final if grade else None


def test_a_status_strikes_as_often_as_asked_and_does_nothing(served: Lms) -> None:
    served.faults.add("status", status=429, retry_after="7", times=2)
    answers = [send(served, 12) for _ in range(3)]

    assert [a.status_code for a in answers] == [429, 429, 200]
    assert [a.headers.get("Retry-After") for a in answers] == ["7", "7", None]
    assert [(c.method, c.path, c.status) for c in served.calls] == [
        ("POST", SCORES, 429),
        ("POST", SCORES, 429),
        ("POST", SCORES, 200),
    ]
    assert (final(served), served.faults.waiting) == (12, 0)


def test_garbage_is_a_200_nobody_can_read(served: Lms) -> None:
    served.faults.add("garbage")
    answer = send(served, 12)

    assert (answer.status_code, final(served)) == (200, None)
    with pytest.raises(requests.JSONDecodeError):
        answer.json()


@pytest.mark.parametrize(
    ("kind", "held"),
    [pytest.param("close", None, id="before the work"), pytest.param("lost", 12, id="after it")],
)
def test_a_connection_closed_without_an_answer(served: Lms, kind: str, held: float | None) -> None:
    served.faults.add("lost" if kind == "lost" else "close")
    with pytest.raises(requests.ConnectionError):
        send(served, 12)

    assert (final(served), [call.status for call in served.calls]) == (held, [None])


def test_a_duplicated_call_gets_the_answer_to_the_second(served: Lms) -> None:
    served.faults.add("duplicate")
    answer = send(served, 12)

    assert (answer.status_code, final(served)) == (409, 12)


def test_a_slow_answer_is_late_and_right(served: Lms) -> None:
    served.faults.add("slow", delay=0.3)
    started = time.monotonic()
    answer = send(served, 12)

    assert (answer.status_code, final(served)) == (200, 12)
    assert time.monotonic() - started >= 0.3


def test_a_fault_waits_for_its_method_and_address(served: Lms) -> None:
    served.faults.add("status", method="GET")
    served.faults.add("status", path="/token.php", status=503)
    sent = send(served, 12)
    token = requests.post(f"{served.issuer}/mod/lti/token.php", timeout=5)
    page = requests.get(f"{served.issuer}/", timeout=5)

    assert (sent.status_code, token.status_code, page.status_code) == (200, 503, 200)
    assert served.faults.waiting == 1
    served.faults.clear()
    assert served.faults.waiting == 0


def test_scores_of_many_threads_are_all_kept(served: Lms) -> None:
    services = Services(served)
    headers = {"Content-Type": v.SCORE_TYPE, "Authorization": f"Bearer {services.token}"}

    def post(user: int) -> int:
        body = {
            "userId": str(user),
            "scoreGiven": user % 20,
            "scoreMaximum": 20,
            "activityProgress": "Completed",
            "gradingProgress": "FullyGraded",
            "timestamp": services.at(0),
        }
        url = served.issuer + SCORES
        return requests.post(url, json=body, headers=headers, timeout=10).status_code

    users = range(5, 40)
    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(post, users))

    assert statuses == [200] * 35
    assert {g.user_id: g.final for g in served.store.grades(2)} == {u: u % 20 for u in users}
