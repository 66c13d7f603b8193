"""The list of view modules; each holds one blueprint named ``bp``."""

from __future__ import annotations

from flask import Flask

from lti_app.views import (
    addressing,
    choose_again,
    class_groups,
    class_sheets,
    classroom,
    declaring,
    deep_linking,
    evidence_files,
    exchange,
    exports,
    filters,
    gradebook_columns,
    grades_rules,
    grid_api,
    health,
    lti,
    lti_storage,
    moodle_admin,
    overview,
    platform_admin,
    pupils,
    referentials,
    registration,
    requests,
    resuming,
    scale_styles,
    sitting,
    situations,
    student,
    undo,
)


def init_app(app: Flask) -> None:
    """Registers every view of the product, and the filters their pages use."""
    filters.init_app(app)
    addressing.init_app(app)
    requests.init_app(app)
    resuming.init_app(app)
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
        resuming,
        classroom,
        grid_api,
        sitting,
        class_groups,
        class_sheets,
        undo,
        student,
        pupils,
        declaring,
        situations,
        evidence_files,
        requests,
        overview,
        grades_rules,
        gradebook_columns,
        exchange,
        exports,
        scale_styles,
    ):
        app.register_blueprint(module.bp)
