"""The address itself, and the two probes that operators point at."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import text

from lti_app.services.wiring import wiring
from lti_app.views.guard import PUBLIC, allow

bp = Blueprint("health", __name__)


@bp.get("/")
@allow(PUBLIC)
def index() -> ResponseReturnValue:
    """What stands at the bare address: a word on how the tool is opened."""
    return render_template("index.html")


@bp.get("/healthz")
@allow(PUBLIC)
def alive() -> ResponseReturnValue:
    """The process answers."""
    return {"status": "ok"}


@bp.get("/readyz")
@allow(PUBLIC)
def ready() -> ResponseReturnValue:
    """The database answers too."""
    with wiring().store.read() as session:
        session.execute(text("select 1 from platforms limit 1"))
    return {"status": "ready"}
