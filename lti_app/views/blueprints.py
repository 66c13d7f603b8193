"""The list of view modules; each holds one blueprint named ``bp``."""

from __future__ import annotations

from flask import Flask

from lti_app.views import (
    choose_again,
    classroom,
    deep_linking,
    exports,
    filters,
    grades_rules,
    health,
    lti,
    lti_storage,
    moodle_admin,
    platform_admin,
    referentials,
    registration,
    scale_styles,
    student,
)


def init_app(app: Flask) -> None:
    """Registers every view of the product, and the filters their pages use."""
    filters.init_app(app)
    for module in (
        health,
        lti,
        lti_storage,
        registration,
        platform_admin,
        moodle_admin,
        referentials,
        deep_linking,
        choose_again,
        classroom,
        student,
        grades_rules,
        exports,
        scale_styles,
    ):
        app.register_blueprint(module.bp)
