"""The embedded LMS starts only for a demo or a test, and only on this machine."""

from typing import Any

import pytest

from lti_app.demo import Lms, LmsConfig, StartRefusedError, listen

GOOD: dict[str, Any] = {
    "issuer": "http://127.0.0.1:8081",
    "tool_url": "http://localhost:8080",
    "enabled": True,
    "purpose": "demo",
}


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"enabled": False}, id="not enabled"),
        pytest.param({"purpose": ""}, id="no purpose"),
        pytest.param({"purpose": "production"}, id="another purpose"),
        pytest.param({"issuer": "http://0.0.0.0:8081"}, id="all interfaces"),
        pytest.param({"issuer": "https://moodle.example.fr"}, id="a public name"),
        pytest.param({"issuer": "http://127.0.0.1.example.fr"}, id="a name that looks local"),
        pytest.param({"tool_url": "http://192.168.1.4:8080"}, id="a tool elsewhere"),
    ],
)
def test_it_refuses_to_start(change: dict[str, Any]) -> None:
    assert LmsConfig(**GOOD).issuer == GOOD["issuer"]
    with pytest.raises(StartRefusedError):
        LmsConfig(**{**GOOD, **change})


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.4", "", "::"])
def test_no_other_door_is_opened(host: str) -> None:
    with pytest.raises(ValueError, match=r"127\.0\.0\.1"), listen(host):
        pytest.fail("it listened")


def test_callers_from_elsewhere_are_turned_away(lms: Lms) -> None:
    client = lms.test_client()
    here = client.get("/", environ_base={"REMOTE_ADDR": "127.0.0.1"})
    elsewhere = client.get("/", environ_base={"REMOTE_ADDR": "192.168.1.9"})

    assert (here.status_code, elsewhere.status_code) == (200, 403)
