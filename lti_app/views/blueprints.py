"""The list of view modules; each holds one blueprint named ``bp``."""

from __future__ import annotations

from flask import Flask

from lti_app.views import classroom, exports, health, lti, student


def init_app(app: Flask) -> None:
    """Registers every view of the product."""
    for module in (health, lti, classroom, student, exports):
        app.register_blueprint(module.bp)
