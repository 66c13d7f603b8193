"""The Flask app for tests: its routes take longer to build than most tests run, so it is built once for each
kind of settings in a test process, and handed the parts of each test."""

from __future__ import annotations

from typing import Any

from flask import Flask

from lti_app.app import create_app
from lti_app.services.wiring import EXTENSION, Wiring


class Apps:
    def __init__(self) -> None:
        self._made: dict[tuple[object, ...], tuple[Flask, dict[str, Any]]] = {}

    def of(self, parts: Wiring, place: str, **config: Any) -> Flask:
        """The app on those parts; apps that live at the same time need places of their own."""
        settings = parts.settings
        kind = (place, settings.secret_key, settings.locale, settings.public_url)
        if kind not in self._made:
            made = create_app(settings, parts)
            self._made[kind] = made, dict(made.config)
        app, made_with = self._made[kind]
        app.config.clear()
        app.config.update(made_with, **config)
        app.extensions[EXTENSION] = parts
        return app
