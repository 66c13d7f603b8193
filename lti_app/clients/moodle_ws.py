"""The one door to a Moodle's REST web services.

``POST /webservice/rest/server.php`` with PHP-style nested fields; the token travels in the body only,
so that no address and no log holds it. Moodle tells every error inside an HTTP 200 as
``{"exception", "errorcode", "message"}`` (https://docs.moodle.org/dev/Web_services); here it becomes
``MoodleRefused``. ``moodlewssettingraw`` asks for texts as they are stored: without it Moodle
escapes them (``&amp;``), and they could not be compared with ours.

Several calls can travel in one request through ``tool_mobile_call_external_functions``, if the token's
service has it: five to ten times faster. Moodle then stops at the first call that fails.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lti_app.clients.http import Http, json_of
from lti_app.errors import MoodleRefused, ServiceUnavailable

PATH = "/webservice/rest/server.php"
PUBLIC_PATH = "/lib/ajax/service-nologin.php"
BATCH = "tool_mobile_call_external_functions"
BATCH_SIZE = 25  # calls in one request: about a second of Moodle's time
PASSING = frozenset(
    {"sitemaintenance", "upgraderunning", "upgraderequired", "dmlconnectionexception"}
)
"""Error codes of a Moodle that will answer again later."""


ESCAPED = re.compile(r"core_competency_grade_competency|tool_lp_data_for_user_competency_summary")
"""Beginnings of the functions that return evidence: with raw texts Moodle 4.5 finds its own answer
invalid (``invalidresponse``) after having done the work. They are called without, and answer HTML."""


def raw(function: str) -> bool:
    """Whether the function's texts are asked for as they are stored."""
    return ESCAPED.match(function) is None


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a web-service function."""

    function: str
    arguments: Mapping[str, Any]


class MoodleWs:
    """Calls one Moodle as the person whose token it is. ``calls`` and ``requests`` count for reports."""

    def __init__(self, http: Http, base_url: str, token: str, *, batches: bool = False) -> None:
        self.base_url = base_url.rstrip("/")
        self.batches = batches
        self.calls = 0
        self.requests = 0
        self._http = http
        self._token = token

    def __repr__(self) -> str:
        return f"MoodleWs({self.base_url!r})"

    def call(self, function: str, **arguments: Any) -> Any:
        """What the function returns.

        Raises ``MoodleRefused`` for Moodle's own errors and whatever ``Http.request`` raises.
        """
        self.calls += 1
        return self._post(function, arguments)

    def call_each(self, calls: Sequence[Call]) -> Iterator[Any]:
        """The results of calls made in this order, each as soon as it is known.

        Raises like ``call``, at the first one that fails: those before it are done, those after it are not.
        """
        if not self.batches:
            for one in calls:
                yield self.call(one.function, **one.arguments)
            return
        for start in range(0, len(calls), BATCH_SIZE):
            yield from self._batch(calls[start : start + BATCH_SIZE])

    def public_config(self) -> dict[str, Any]:
        """What Moodle tells everybody, without a token: ``wwwroot``, ``enablewebservices``…"""
        body = json.dumps([{"index": 0, "methodname": "tool_mobile_get_public_config", "args": {}}])
        self.requests += 1
        response = self._http.request(
            "POST",
            self.base_url + PUBLIC_PATH,
            headers={"Content-Type": "application/json"},
            data=body.encode(),
        )
        answers = json_of(response)
        answer = answers[0] if isinstance(answers, list) and answers else answers
        if not isinstance(answer, dict) or answer.get("error") or "data" not in answer:
            raise ServiceUnavailable("no public configuration", status=response.status)
        data: dict[str, Any] = answer["data"]
        return data

    def _batch(self, calls: Sequence[Call]) -> Iterator[Any]:
        requests = [
            {
                "function": one.function,
                "arguments": json.dumps(_plain(one.arguments), ensure_ascii=False),
                "settingraw": int(raw(one.function)),
            }
            for one in calls
        ]
        answer = self._post(BATCH, {"requests": requests})
        for one, response in zip(calls, answer["responses"], strict=False):
            self.calls += 1
            if response["error"]:
                raise _refusal(one.function, json.loads(response["exception"]))
            yield json.loads(response["data"])

    def _post(self, function: str, arguments: Mapping[str, Any]) -> Any:
        self.requests += 1
        fields = {
            "wstoken": self._token,
            "wsfunction": function,
            "moodlewsrestformat": "json",
            "moodlewssettingraw": str(int(raw(function))),
            **dict(flatten(arguments)),
        }
        response = self._http.request("POST", self.base_url + PATH, data=fields)
        answer = json_of(response)
        if isinstance(answer, dict) and "exception" in answer and "message" in answer:
            raise _refusal(function, answer)
        return answer


def _refusal(function: str, error: Mapping[str, Any]) -> MoodleRefused | ServiceUnavailable:
    code = str(error.get("errorcode") or "")
    message = str(error.get("message") or "")[:500]
    if code in PASSING:
        return ServiceUnavailable(f"{function}: {code}", status=200, reason=message)
    return MoodleRefused(function, code, message)


def flatten(arguments: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Nested arguments as PHP reads them from a form: ``a[b][0]=…``. Booleans are 0 and 1.

    None is left out: Moodle then takes the parameter's default.
    """
    for key, value in arguments.items():
        yield from _flat(key, value)


def _flat(name: str, value: Any) -> Iterator[tuple[str, str]]:
    match value:
        case None:
            return
        case bool():
            yield name, str(int(value))
        case Mapping():
            for key, inner in value.items():
                yield from _flat(f"{name}[{key}]", inner)
        case list() | tuple():
            for number, inner in enumerate(value):
                yield from _flat(f"{name}[{number}]", inner)
        case _:
            yield name, str(value)


def _plain(value: Any) -> Any:
    """The same conventions for JSON: no None, booleans as 0 and 1."""
    match value:
        case bool():
            return int(value)
        case Mapping():
            return {key: _plain(inner) for key, inner in value.items() if inner is not None}
        case list() | tuple():
            return [_plain(inner) for inner in value]
        case _:
            return value
