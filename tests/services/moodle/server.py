"""A ``World`` behind real HTTP: Moodle's REST server as it answered when it was recorded.

Errors come as JSON inside an HTTP 200; with the protocol off there is an empty 403; a service is a list of
functions; several calls travel in one where the service allows it.
"""

from __future__ import annotations

import html
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from lti_app.clients.moodle_ws import BATCH
from lti_app.services.moodle.functions import COURSE, PUSH, RATINGS, READ, TEMPLATE
from tests.services.moodle.refusals import Refused
from tests.services.moodle.world import World

TOKEN = "0123456789abcdef0123456789abcdef"
EVERYTHING = frozenset((*READ, *PUSH, *COURSE, *TEMPLATE, *RATINGS, BATCH))


@dataclass
class FakeMoodle:
    """What an administrator can switch, and what came in. ``url`` is set once it runs."""

    world: World = field(default_factory=World)
    functions: set[str] = field(default_factory=lambda: set(EVERYTHING))
    release: str = "4.5.6 (Build: 20250811)"
    webservices: bool = True
    rest: bool = True
    competencies: bool = True
    maintenance: bool = False
    wwwroot: str = ""
    url: str = ""
    seen: list[Request] = field(default_factory=list)

    def __call__(self, environ: Any, start_response: Any) -> Any:
        request = Request(environ)
        request.form  # noqa: B018 - read while the connection is open
        self.seen.append(request)
        return self._answer(request)(environ, start_response)

    def _answer(self, request: Request) -> Response:
        if request.path == "/lib/ajax/service-nologin.php":
            return _json([{"error": False, "data": self._public()}])
        if request.path != "/webservice/rest/server.php":
            return Response("Not found", 404)
        if not (self.rest and self.webservices):
            return Response("", 403)
        try:
            return _json(self._called(request))
        except Refused as error:
            told = {"exception": error.exception, "message": error.message}
            return _json(told | ({"errorcode": error.code} if error.code else {}))
        except ConnectionError:
            return Response("", 502)

    def _called(self, request: Request) -> Any:
        form = request.form
        if form["moodlewsrestformat"] != "json":
            raise ValueError("the answer would be XML")
        if form.get("wstoken") != TOKEN:
            raise Refused(
                "core\\exception\\moodle_exception",
                "invalidtoken",
                "Invalid token - token not found",
            )
        if self.maintenance:
            message = "The site is undergoing maintenance and is currently not available"
            raise Refused("moodle_exception", "sitemaintenance", message)
        arguments = nested(
            (key, value)
            for key, value in form.items()
            if key not in ("wstoken", "wsfunction", "moodlewsrestformat", "moodlewssettingraw")
        )
        return self._function(form["wsfunction"], arguments, form["moodlewssettingraw"] == "1")

    def _function(self, name: str, arguments: dict[str, Any], raw: bool) -> Any:
        if name not in self.functions:
            raise Refused(
                "webservice_access_exception", "accessexception", "Access control exception"
            )
        if name == "core_webservice_get_site_info":
            return self._site()
        if name == BATCH:
            return {"responses": self._batch(arguments["requests"])}
        answer = self.world.call(name, arguments)
        if raw and name.startswith("core_competency_grade_competency"):
            raise Refused(
                "invalid_response_exception", "invalidresponse", "Invalid response value detected"
            )
        return answer if raw else _escaped(answer)

    def _batch(self, requests: list[dict[str, Any]]) -> list[dict[str, Any]]:
        responses: list[dict[str, Any]] = []
        for one in requests:
            try:
                data = self._function(
                    one["function"], json.loads(one["arguments"]), bool(int(one["settingraw"]))
                )
            except Refused as error:
                told = {"errorcode": error.code, "message": error.message}
                responses.append({"error": True, "exception": json.dumps(told)})
                break  # Moodle does not process the remaining ones
            responses.append({"error": False, "data": json.dumps(data)})
        return responses

    def _site(self) -> dict[str, Any]:
        return {
            "sitename": "Lycée d'essai",
            "siteurl": self.wwwroot or self.url,
            "release": self.release,
            "functions": [{"name": name, "version": "1"} for name in sorted(self.functions)],
            "advancedfeatures": [{"name": "enablecompetencies", "value": int(self.competencies)}],
        }

    def _public(self) -> dict[str, Any]:
        return {
            "sitename": "Lycée d'essai",
            "wwwroot": self.wwwroot or self.url,
            "enablewebservices": int(self.webservices),
        }


def nested(pairs: Iterator[tuple[str, str]]) -> dict[str, Any]:
    """PHP's reading of ``a[b][0]=…``."""
    tree: dict[str, Any] = {}
    for key, value in pairs:
        path = re.findall(r"[^\[\]]+", key)
        place = tree
        for step in path[:-1]:
            place = place.setdefault(step, {})
        place[path[-1]] = value
    found: dict[str, Any] = _lists(tree)
    return found


def _lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if value and all(key.isdigit() for key in value):
        return [_lists(value[key]) for key in sorted(value, key=int)]
    return {key: _lists(inner) for key, inner in value.items()}


@contextmanager
def running(moodle: FakeMoodle) -> Iterator[FakeMoodle]:
    """The server on a free port, for as long as the block."""
    server = make_server("127.0.0.1", 0, moodle, threaded=True)
    moodle.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield moodle
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _escaped(value: Any) -> Any:
    """Texts as Moodle gives them to whoever does not ask for raw ones."""
    match value:
        case str():
            return html.escape(value, quote=False)
        case dict():
            return {key: _escaped(inner) for key, inner in value.items()}
        case list():
            return [_escaped(inner) for inner in value]
        case _:
            return value


def _json(value: Any) -> Response:
    return Response(json.dumps(value, ensure_ascii=False), mimetype="application/json")
