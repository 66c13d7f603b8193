"""A person at a real Moodle, without a browser: logs in, fills its forms, calls its ajax services.

``Moodle`` is one person's session. What can be done with it stands beside: ``courses`` (courses,
people), ``competencies`` (frameworks), ``outcomes``, ``tools`` (external tools and their activities)
and ``gradebook``. Nothing here needs a web-service token, a database or a plugin: only the pages and
the ``lib/ajax/service.php`` calls that Moodle's own pages make.
"""

from __future__ import annotations

import re
import secrets
from typing import Any

import requests

from tests.moodle.pages import Form, MoodleError, Page

TIMEOUT = (5, 120)
"""Seconds to connect and to wait: an import of 227 competencies takes several seconds."""


def unique(prefix: str) -> str:
    """A name that no other test, engineer or run uses: letters, then eight hexadecimal digits."""
    return f"{prefix}{secrets.token_hex(4)}"


class Moodle:
    """One person's session at the Moodle of ``url``."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self.http = requests.Session()
        self._sesskey = ""

    def __enter__(self) -> Moodle:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    # -- pages

    def get(self, path: str, **params: Any) -> Page:
        """Raises ``MoodleError`` on an error page."""
        answer = self.http.get(self.address(path), params=params, timeout=TIMEOUT)
        return self._page(answer)

    def submit(self, form: Form) -> Page:
        """Sends a form. Raises ``MoodleError`` with Moodle's words if it complains."""
        page = self._page(self._send(form))
        if page.complaint:
            raise MoodleError(page.complaint)
        return page

    def download(self, form: Form) -> bytes:
        """Sends a form whose answer is a file. Raises ``MoodleError`` if it is a page."""
        return self._file(self._send(form))

    def get_file(self, path: str, **params: Any) -> bytes:
        """A file behind a link. Raises ``MoodleError`` if it is a page."""
        return self._file(self.http.get(self.address(path), params=params, timeout=TIMEOUT))

    def _send(self, form: Form) -> requests.Response:
        if form.method == "get":
            return self.http.get(form.action, params=form.fields, timeout=TIMEOUT)
        return self.http.post(form.action, data=form.fields, timeout=TIMEOUT)

    def _file(self, answer: requests.Response) -> bytes:
        if "attachment" not in answer.headers.get("Content-Disposition", ""):
            raise MoodleError(self._page(answer).complaint or f"no file at {answer.url}")
        return answer.content

    def address(self, path: str) -> str:
        return path if path.startswith("http") else f"{self.url}/{path.lstrip('/')}"

    def _page(self, answer: requests.Response) -> Page:
        page = Page(answer.url, answer.status_code, answer.text)
        if answer.status_code >= 400 or "errormessage" in answer.text:
            said = page.complaint if answer.text.strip() else ""
            raise MoodleError(f"{answer.status_code} at {answer.url}: {said or answer.text[:300]}")
        return page

    # -- session

    def login(self, user: str, password: str) -> Moodle:
        """Raises ``MoodleError`` if the account is refused."""
        form = self.get("login/index.php").form_with("logintoken")
        page = self.submit(form.fill(username=user, password=password))
        if page.has_field("logintoken"):
            raise MoodleError(f"Moodle does not let {user} in: {page.complaint}")
        self._sesskey = ""
        return self

    @property
    def sesskey(self) -> str:
        """The token that Moodle asks for with everything that changes something."""
        if not self._sesskey:
            found = re.search(r'"sesskey":"(\w+)"', self.get("my/").text)
            if not found:
                raise MoodleError("no sesskey: nobody is logged in")
            self._sesskey = found[1]
        return self._sesskey

    # -- services

    def ajax(self, name: str, **arguments: Any) -> Any:
        """Calls a service as Moodle's own pages do. Raises ``MoodleError`` with Moodle's message."""
        answer = self.http.post(
            f"{self.url}/lib/ajax/service.php",
            params={"sesskey": self.sesskey, "info": name},
            json=[{"index": 0, "methodname": name, "args": arguments}],
            timeout=TIMEOUT,
        ).json()
        first = answer[0] if isinstance(answer, list) else answer
        if first.get("error"):
            told = first.get("exception") or first
            raise MoodleError(f"{name}: {told.get('message') or told.get('error')}")
        return first["data"]

    # -- files

    def upload(self, page: Page, field: str, name: str, content: bytes) -> str:
        """Puts a file where the form's file picker would: the draft area whose number ``field`` holds.

        Returns that number. Raises ``MoodleError`` if the page has no picker or the file is refused.
        """
        item = page.form_with(field).fields[field]
        assert isinstance(item, str)
        repository = re.search(r'"id":"?(\d+)"?,"name":"[^"]*","type":"upload"', page.text)
        context = re.search(r'"contextid":"?(\d+)', page.text)
        if not repository or not context:
            raise MoodleError(f"no file picker at {page.url}")
        answer = self.http.post(
            f"{self.url}/repository/repository_ajax.php",
            params={"action": "upload"},
            data={
                "sesskey": self.sesskey,
                "repo_id": repository[1],
                "itemid": item,
                "ctx_id": context[1],
                "env": "filepicker",
                "savepath": "/",
                "title": name,
                "author": "",
                "license": "unknown",
                "accepted_types[]": "*",
            },
            files={"repo_upload_file": (name, content, "text/csv")},
            timeout=TIMEOUT,
        ).json()
        if "error" in answer:
            raise MoodleError(f"{name} refused: {answer['error']}")
        return item
