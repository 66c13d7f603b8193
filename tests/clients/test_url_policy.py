"""Which addresses are never called, whoever hands them over (SSRF)."""

from __future__ import annotations

import socket

import pytest

from lti_app.clients import url_policy
from lti_app.clients.http import Http
from lti_app.clients.url_policy import check_url
from lti_app.errors import AddressRefused, AddressUnknown, ServiceUnavailable

PUBLIC = "93.184.215.14"


@pytest.fixture
def resolver(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """The addresses that names have; a name that is not there has none."""
    names: dict[str, list[str]] = {"moodle.example": [PUBLIC]}

    def getaddrinfo(host: str, port: int, *_args: object, **_more: object) -> list:
        if host not in names:
            raise socket.gaierror(-2, "Name or service not known")
        return [(0, 0, 0, "", (address, port)) for address in names[host]]

    monkeypatch.setattr(url_policy.socket, "getaddrinfo", getaddrinfo)
    return names


def test_a_public_https_address_may_be_called(resolver: dict[str, list[str]]) -> None:
    check_url("https://moodle.example/mod/lti/token.php?a=b", lab=False)


@pytest.mark.parametrize(
    "url",
    [
        "http://moodle.example/",
        "ftp://moodle.example/",
        "file:///etc/passwd",
        "//moodle.example/",
        "https://",
        "https://user@moodle.example/",
        "https://user:secret@moodle.example/",
        "https://moodle.example\\@evil.example/",
        "https://moodle.example:99999/",
        "https://[::1",
        "",
    ],
)
def test_other_forms_are_refused(resolver: dict[str, list[str]], url: str) -> None:
    with pytest.raises(AddressRefused):
        check_url(url, lab=False)


def test_a_name_without_an_address_may_have_one_later(resolver: dict[str, list[str]]) -> None:
    """To a call it is a platform that is not there."""
    with pytest.raises(AddressUnknown):
        check_url("https://nowhere.example/", lab=False)
    http = Http(lab=False)
    with pytest.raises(ServiceUnavailable) as met:
        http.request("GET", "https://nowhere.example/")
    http.close()
    assert met.value.status is None


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.1",
        "172.16.5.4",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "::1",
        "fe80::1",
        "fc00::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "224.0.0.1",
        "192.0.0.1",
        "192.0.0.10",
        "::ffff:192.0.0.9",
        "64:ff9b::169.254.169.254",
        "64:ff9b::10.0.0.1",
        "64:ff9b:1::1",
        "64:ff9b:1:a9fe:a9fe::",
        "2002:7f00:1::",
        "2002:a9fe:a9fe::1",
        "fec0::1",
        "::7f00:1",
        "::93.184.215.14",
        "ff0e::1",
        "2001::1",
        "5f00::1",
    ],
)
def test_a_name_that_leads_inside_is_refused(resolver: dict[str, list[str]], address: str) -> None:
    resolver["inside.example"] = [PUBLIC, address]
    with pytest.raises(AddressRefused, match="private network"):
        check_url("https://inside.example/", lab=False)


@pytest.mark.parametrize(
    "address",
    [
        "192.0.1.1",
        "2606:2800:21f:cb07:6820:80da:af6b:8b2c",
        f"::ffff:{PUBLIC}",
        f"64:ff9b::{PUBLIC}",
        "2002:5db8:d70e::1",
    ],
)
def test_a_name_that_leads_out_may_be_called(resolver: dict[str, list[str]], address: str) -> None:
    """A school's network may reach the old Internet by NAT64 alone."""
    resolver["outside.example"] = [address]
    check_url("https://outside.example/", lab=False)


@pytest.mark.parametrize(
    "url",
    [
        "http://moodle.example/a/register?registration_token=SECRET",
        "ftp://moodle.example/a/register?registration_token=SECRET",
        "https://moodle.example:port/a/register?registration_token=SECRET",
        "https://user:SECRET@moodle.example/a/register#SECRET",
        "https://user:SECRET@moodle.example:port/a/register",
        "https://moodle.example\\@moodle.example/a/register?SECRET",
    ],
)
def test_what_is_refused_is_named_without_its_secrets(
    resolver: dict[str, list[str]], url: str
) -> None:
    """The message goes to the log."""
    with pytest.raises(AddressRefused) as met:
        check_url(url, lab=False)
    assert "SECRET" not in str(met.value)
    assert "moodle.example" in str(met.value)
    assert "/a/register" in str(met.value)


def test_a_name_that_none_can_have_has_no_address() -> None:
    with pytest.raises(AddressUnknown):
        check_url(f"https://{'a' * 64}.example/", lab=False)


def test_a_lab_admits_http_and_private_addresses_but_no_other_scheme() -> None:
    check_url("http://127.0.0.1:8000/", lab=True)
    with pytest.raises(AddressRefused):
        check_url("file:///etc/passwd", lab=True)


def test_the_client_asks_before_it_calls() -> None:
    http = Http(lab=False)
    with pytest.raises(AddressRefused):
        http.request("GET", "https://127.0.0.1/")
    http.close()


def test_a_name_that_changed_its_address_meanwhile_gets_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """DNS rebinding: public when judged, private when called. Not a byte reaches the listener."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(2)
        port = listener.getsockname()[1]
        monkeypatch.setattr(url_policy, "_addresses", lambda _host, _port: {PUBLIC})
        monkeypatch.setenv("NO_PROXY", "*")
        http = Http(lab=False)
        with pytest.raises(ServiceUnavailable):
            http.request("POST", f"https://localhost:{port}/", data=b"secret")
        http.close()
        connection, _address = listener.accept()
        with connection:
            assert connection.recv(1) == b""
