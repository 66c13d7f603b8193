"""Whatever a platform answers, a client gives a value that can be kept and reckoned with, or one of our failures."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lti_app.clients import ags, ags_columns, foreign_json, nrps
from lti_app.clients.tokens import PlatformConnector
from lti_app.errors import CompetencesError, ServiceUnavailable
from lti_app.services.platforms import registered as platforms
from lti_app.services.platforms.platform_access import connector_for
from lti_app.services.sync.overrides import Known, Sent, judge
from lti_app.services.wiring import Wiring
from tests import databases

HUGE = pytest.param(10**400, id="400 digits")
TOKEN = b'{"access_token": "t", "expires_in": 3600}'


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Platform  # type: ignore[assignment]

    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        is_token = self.path.endswith("/token.php")
        body, link = (self.server.token, "") if is_token else (self.server.body, self.server.link)
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        if link:
            self.send_header("Link", link)
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_PUT = do_DELETE = do_GET

    def log_message(self, format: str, *args: object) -> None:
        return


class Platform(ThreadingHTTPServer):
    """Gives every question the same ``body``, with that ``link``; its token endpoint gives ``token``."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.body, self.link, self.token = b"", "", TOKEN
        self.url = f"http://127.0.0.1:{self.server_address[1]}"


@pytest.fixture
def database_url(tmp_path: Path, templates: Path) -> str:
    """One kind will do: of these answers nothing is stored."""
    return databases.sqlite(tmp_path, templates)


@pytest.fixture
def platform() -> Iterator[Platform]:
    with Platform() as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield running
        running.shutdown()
        thread.join()


@pytest.fixture
def connector(parts: Wiring, platform: Platform) -> PlatformConnector:
    with parts.store.write() as session:
        new = platforms.NewPlatform.moodle(platform.url, "client", ["1"])
        return connector_for(parts, platforms.add(session, new, parts.clock(), lab=True))


COLUMN = ags_columns.Column("", "P1", Decimal(20))
SCORE = ags.Score("5", Decimal(12), Decimal(20), "Bien.", datetime(2026, 11, 24, tzinfo=UTC))
RESULT = ("userId", "resultScore", "resultMaximum", "comment", "timestamp")
LINE_ITEM = ("id", "label", "scoreMaximum", "resourceId", "tag", "resourceLinkId", "ltiLinkId")
MEMBER = ("user_id", "roles", "status", "name", "given_name", "lis_person_sourcedid")
TOKEN_NAMES = ("access_token", "expires_in", "scope")
ASKED: dict[str, tuple[Callable[[PlatformConnector, str], Any], str, tuple[str, ...]]] = {
    "results": (ags.results, "[%s]", RESULT),
    "one result": (lambda call, url: ags.results(call, url, "5"), "[%s]", RESULT),
    "score": (lambda call, url: ags.post_score(call, url, SCORE), "%s", RESULT),
    "columns": (ags_columns.columns, "[%s]", LINE_ITEM),
    "bound columns": (
        lambda call, url: ags_columns.columns(call, url, link_id="1", tag="t"),
        "[%s]",
        LINE_ITEM,
    ),
    "column": (ags_columns.column, "%s", LINE_ITEM),
    "new column": (lambda call, url: ags_columns.create(call, url, COLUMN), "%s", LINE_ITEM),
    "changed column": (
        lambda call, url: ags_columns.change(call, replace(COLUMN, url=url)),
        "%s",
        LINE_ITEM,
    ),
    "removed column": (ags_columns.delete, "%s", LINE_ITEM),
    "members": (nrps.members, '{"members":[%s]}', MEMBER),
    "roster": (nrps.read, '{"members":[%s]}', MEMBER),
}
"""What is asked, the shape of its answer, and what the object in it may hold."""
SOUND = {
    "id": '"http://127.0.0.1/1"',
    "userId": '"5"',
    "user_id": '"5"',
    "resultScore": "12",
    "resultMaximum": "20",
    "timestamp": '"2026-11-24T08:00:00Z"',
    "access_token": '"t"',
}


def nested(depth: int) -> str:
    return "[" * depth + "]" * depth


TEXTS = (
    *("", "NaN", "sNaN", "-Infinity", "abc", "12,5", "12.5", "1e999999", "1e-999999"),
    *("1e99999999999999999999", "9" * 5000, "0." + "9" * 5000, "1e-7", "a\x00b", "\ud800"),
    *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-11-24T08:00:00"),
    *("2026-11-24T08:00:00Z", "1969-12-31T23:59:59Z", "2026-11-24T08:00:00+99:99"),
    *("&#" + "9" * 5000 + ";", "&#0;&#xd800;", "http://[", "http://a]b", "//127.0.0.2/x"),
)
ODD = (
    *("-0", "12.5", "100000", "1e300", "9" * 400, "-" + "9" * 4300),
    *map(json.dumps, TEXTS),
    nested(300),
)
OF_ANOTHER_KIND = ("true", "false", "null", "[]", "{}", "[1]")
LEAVES = (
    st.sampled_from(OF_ANOTHER_KIND)
    | st.sampled_from(ODD)
    | st.one_of(
        st.integers(), st.text(max_size=10), st.datetimes(timezones=st.just(UTC)).map(str)
    ).map(json.dumps)
)
"""Values as JSON writes them."""
NO_JSON = ("NaN", "Infinity", "-Infinity", "1e999", "9" * 5000, nested(990), nested(100_000))


def _list(values: list[str]) -> str:
    return f"[{','.join(values)}]"


def _object(members: dict[str, str]) -> str:
    return f"{{{','.join(f'{json.dumps(name)}:{value}' for name, value in members.items())}}}"


VALUES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3).map(_list)
        | st.dictionaries(st.sampled_from(list(SOUND)), inner, max_size=3).map(_object)
    ),
    max_leaves=3,
)


def bodies(shape: str, names: tuple[str, ...]) -> st.SearchStrategy[bytes]:
    """Answers of that shape with some odd members, and some that are of no such shape, or no JSON at all."""

    def told(values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        odd = st.dictionaries(st.sampled_from(names), values, min_size=1, max_size=2)
        return odd.map(lambda members: shape % _object(SOUND | members))

    text = st.one_of(told(LEAVES), told(VALUES), told(st.sampled_from(NO_JSON)), VALUES)
    return st.one_of(
        text.map(str.encode),
        text.map(str.encode),
        text.map(lambda written: written.encode("utf-16")),
        st.binary(max_size=20),
        st.sampled_from([b"\xff\xfe", b'"\xe9"', b'["\x00"]', b'{"a":' * 9999]),
    )


LINKS = st.sampled_from(
    [
        "",
        '<?p=2>; rel="next"',
        '<http://[>; rel="next"',
        '<//127.0.0.2/x>; rel="next"',
        '<?\x00\xa0>; rel="next", <?\x00>; rel="differences"',
        '<?²>; rel="differences"',
        ";;=,<;rel=next",
    ]
)


def kept(value: Any) -> bool:
    """Whether both databases keep it as it is."""
    match value:
        case str():
            return foreign_json.cleaned(value) == value
        case Decimal():
            return value.is_finite() and abs(value) < 10**5 and round(value, 5) == value
        case datetime():
            return 1970 <= value.year <= 2200 and value.tzinfo is UTC
        case list() | tuple():
            return all(map(kept, value))
        case _ if is_dataclass(value):
            return all(kept(getattr(value, field.name)) for field in fields(value))
        case _:
            return value is None or isinstance(value, bool)


MANY = settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.mark.parametrize(("ask", "shape", "names"), ASKED.values(), ids=ASKED)
@MANY
@given(data=st.data())
def test_any_answer_is_a_value_or_a_failure_of_ours(
    platform: Platform,
    connector: PlatformConnector,
    ask: Callable[[PlatformConnector, str], Any],
    shape: str,
    names: tuple[str, ...],
    data: st.DataObject,
) -> None:
    platform.body, platform.link = data.draw(bodies(shape, names)), data.draw(LINKS)
    try:
        told = ask(connector, platform.url + "/1")
    except CompetencesError:
        return
    assert kept(told)
    ours = Known(Sent(10**9, Decimal(12), Decimal(20), ""))
    for one in told if isinstance(told, list) else ():
        assert not isinstance(one, ags.Result) or judge(one, ours)


@MANY
@given(body=bodies("%s", TOKEN_NAMES))
def test_any_answer_of_the_token_endpoint_is_a_token_or_a_failure_of_ours(
    platform: Platform, connector: PlatformConnector, body: bytes
) -> None:
    platform.token = body
    try:
        told = connector.get_access_token([str(hash(body))])
    except CompetencesError:
        return
    assert told
    assert kept(told)


ENTRY = {"userId": "5", "resultScore": 12, "resultMaximum": 20, "timestamp": "2026-11-24T08:00:00Z"}


def answered(platform: Platform, connector: PlatformConnector, **members: Any) -> ags.Result:
    """The result of a list of one."""
    platform.body = json.dumps([ENTRY | members]).encode()
    (found,) = ags.results(connector, platform.url)
    return found


@pytest.mark.parametrize(
    "score",
    ["abc", "NaN", "sNaN", "Infinity", "1e999999", "12,5", True, [12], {}, HUGE, 100_000],
)
def test_a_score_that_is_no_number_breaks_the_answer(
    platform: Platform, connector: PlatformConnector, score: Any
) -> None:
    """It is not an empty cell, over which our grade might go."""
    with pytest.raises(ServiceUnavailable):
        answered(platform, connector, resultScore=score)


@pytest.mark.parametrize(
    ("score", "read"), [(None, None), ("", None), ("12.5", Decimal("12.5")), (0, Decimal(0))]
)
def test_a_score_may_be_told_as_a_text_or_not_at_all(
    platform: Platform, connector: PlatformConnector, score: Any, read: Decimal | None
) -> None:
    assert answered(platform, connector, resultScore=score).score == read


@pytest.mark.parametrize(
    "time",
    [
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "9999-12-31T23:59:59Z",
        "1969-12-31T23:59:59Z",
        "2026-11-24T08:00:00",
        20261124,
        True,
        [],
    ],
)
def test_a_time_that_cannot_be_is_not_told(
    platform: Platform, connector: PlatformConnector, time: Any
) -> None:
    assert answered(platform, connector, timestamp=time) == ags.Result(
        "5", Decimal(12), Decimal(20), ""
    )


@pytest.mark.parametrize("maximum", [True, "NaN", "abc", [], {}, HUGE, 1e300, None])
def test_a_maximum_that_is_no_number_is_not_told(
    platform: Platform, connector: PlatformConnector, maximum: Any
) -> None:
    assert answered(platform, connector, resultMaximum=maximum).maximum is None
    platform.body = json.dumps({"id": platform.url, "scoreMaximum": maximum}).encode()
    assert ags_columns.column(connector, platform.url).maximum == 0


@pytest.mark.parametrize("name", [True, [], {}, None, ["5"]])
def test_what_has_no_name_is_nobody_and_no_column(
    platform: Platform, connector: PlatformConnector, name: Any
) -> None:
    platform.body = json.dumps([ENTRY | {"userId": name, "id": name}]).encode()
    assert ags.results(connector, platform.url) == []
    assert ags_columns.columns(connector, platform.url) == []
    platform.body = json.dumps({"members": [{"user_id": name}, {"user_id": 7}]}).encode()
    assert [member.user_id for member in nrps.members(connector, platform.url)] == ["7"]


def test_a_character_of_too_many_digits_is_no_name(
    platform: Platform, connector: PlatformConnector
) -> None:
    member = {"user_id": "5", "name": "&#" + "9" * 5000 + ";", "given_name": "Chlo&#233;"}
    platform.body = json.dumps({"members": [member]}).encode()
    (found,) = nrps.members(connector, platform.url)
    assert (found.name, found.given_name) == ("", "Chloé")


def test_an_address_with_nul_in_it_can_be_kept(
    platform: Platform, connector: PlatformConnector
) -> None:
    platform.body, platform.link = b'{"members": []}', '<?since=\x00>; rel="differences"'
    assert kept(nrps.read(connector, platform.url).changes_url)
