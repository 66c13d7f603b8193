"""Moodle's pages and forms, as far as a driver needs them: read with lxml, filled by field name.

A form is what a browser would send: every successful control with its value on the page, changed
where the caller says so, plus the button pressed. A field that the form does not have is an error:
a test must not believe that it set something.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urljoin

import lxml.html
from lxml.html import FormElement, HtmlElement

Fields = dict[str, str | list[str]]


class MoodleError(Exception):
    """Moodle refused what was asked; the text is what its page or service said."""


@dataclass(frozen=True)
class Page:
    """One answer of Moodle: the address it ended at, its status and its text."""

    url: str
    status: int
    text: str

    @cached_property
    def document(self) -> HtmlElement:
        return lxml.html.fromstring(self.text, base_url=self.url)

    def all(self, xpath: str, **variables: Any) -> list[HtmlElement]:
        found = self.document.xpath(xpath, **variables)
        assert isinstance(found, list)
        return found

    def has_field(self, name: str) -> bool:
        return bool(self.all("//*[@name = $name]", name=name))

    def form_with(self, field: str) -> Form:
        """The form that holds this field. Raises ``MoodleError`` with what the page says instead."""
        for control in self.all("//form//*[@name = $name]", name=field):
            return Form(self.url, control.xpath("ancestor::form")[0])
        raise MoodleError(
            f"no form with {field!r} at {self.url}: {self.complaint or self.words[:300]}"
        )

    def form_to(self, action: str) -> Form:
        """The form whose action contains this text."""
        for element in self.all("//form[contains(@action, $action)]", action=action):
            return Form(self.url, element)
        raise MoodleError(
            f"no form to {action!r} at {self.url}: {self.complaint or self.words[:300]}"
        )

    @property
    def words(self) -> str:
        """The text of the page's main part, spaces folded."""
        main = self.all("//*[@role = 'main']") or [self.document]
        return " ".join(" ".join(element.text_content() for element in main).split())

    @cached_property
    def complaint(self) -> str:
        """What Moodle complains about: an error page, an alert, a field not accepted. Empty if nothing."""
        boxes = self.all(
            "//*[contains(@class, 'errormessage')] | //*[contains(@class, 'alert-danger')]"
            " | //*[starts-with(@id, 'id_error_')] | //*[contains(@class, 'notifyproblem')]"
        )
        texts = (" ".join(box.text_content().split()) for box in boxes)
        return " | ".join(text for text in texts if text)


class Form:
    """A form of a page, ready to be filled and sent."""

    def __init__(self, page_url: str, element: FormElement) -> None:
        self.action = urljoin(page_url, element.get("action") or page_url)
        self.method = (element.get("method") or "get").lower()
        self.fields: Fields = {}
        for name, value in element.form_values():
            self._add(name, value)
        self.names = {name for name in element.xpath(".//*[@name]/@name") if isinstance(name, str)}
        self.options = {
            select.get("name"): [
                (option.get("value") or "", option.text_content().strip())
                for option in select.xpath(".//option")
            ]
            for select in element.xpath(".//select[@name]")
        }

    def fill(self, **values: Any) -> Form:
        """Sets fields; ``None`` leaves one out, as an unticked box. Names with brackets: pass ``**{}``."""
        unknown = sorted(set(values) - self.names - set(self.fields))
        if unknown:
            raise MoodleError(f"the form to {self.action} has no {', '.join(unknown)}")
        for name, value in values.items():
            if value is None:
                self.fields.pop(name, None)
            else:
                self.fields[name] = (
                    [str(v) for v in value] if isinstance(value, list) else str(value)
                )
        return self

    def press(self, button: str) -> Form:
        """Which submit button is pressed: several forms decide by it."""
        return self.fill(**{button: "1"})

    def _add(self, name: str, value: str) -> None:
        before = self.fields.get(name)
        if before is None:
            self.fields[name] = value
        elif isinstance(before, list):
            before.append(value)
        else:
            # Moodle puts a hidden 0 before each checkbox: PHP keeps the last value of a plain name.
            self.fields[name] = [before, value] if name.endswith("[]") else value
