"""Deep linking in the pages: choose in the tool's frame, check the answer, save, come back.

The tool posts its answer from another site, so the `SameSite=Lax` session cookie is not
there at first: as in Moodle the page then posts itself once more. As in Moodle, too, the
answer's page gives what was chosen to the page around it: outside that frame it is lost.
"""

from __future__ import annotations

import json
from typing import Any

import jwt
from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from lti_app.demo import vocabulary as v
from lti_app.demo.content_items import activity_settings, form_values
from lti_app.demo.lms import Lms
from lti_app.demo.model import Tool
from lti_app.demo.session import check_sesskey, current_user, error_page, fail, require_teacher
from lti_app.demo.token import KeySets, RefusedError


def blueprint(lms: Lms, key_sets: KeySets) -> Blueprint:
    """The pages that add activities to a course."""
    routes = Blueprint("deeplinking", __name__)

    @routes.get("/course/modedit.php")
    def choose() -> str:
        """The tool in a frame, to choose what to add."""
        _, course = require_teacher(lms, request.args.get("course", type=int), editing=True)
        tool = lms.store.tool(request.args.get("id", type=int))
        if tool is None:
            fail("Cet outil n’existe pas.")
        frame = lms.addresses.page("contentitem.php", {"id": tool.id, "course": course.id})
        return render_template(
            "lms/choose.html", course=course, tab="course", teaches=True, tool=tool, frame=frame
        )

    @routes.post("/mod/lti/contentitem_return.php")
    def chosen() -> str | Response:
        """The tool's answer: a summary to save, or a message, for the page around the tool's frame."""
        if current_user(lms) is None and "repost" not in request.form:
            fields = {**request.values.to_dict(), "repost": "true"}
            action = f"{lms.addresses.lti}/contentitem_return.php"
            return render_template("lms/post_form.html", action=action, fields=fields)
        check_sesskey()
        _, course = require_teacher(lms, request.values.get("course", type=int), editing=True)
        tool = lms.store.tool(request.values.get("id", type=int))
        if tool is None:
            fail("Cet outil n’existe pas.")
        try:
            answer = _answer(lms, key_sets, tool, request.form.get("JWT", ""))
        except RefusedError as refusal:
            return error_page(str(refusal))
        items = answer.get(v.DEEP_LINKING + "content_items") or []
        return render_template(
            "lms/chosen.html",
            course=course,
            tool=tool,
            values=[form_values(item, tool) for item in items],
            message=answer.get(v.DEEP_LINKING + "msg"),
            error=answer.get(v.DEEP_LINKING + "errormsg"),
        )

    @routes.post("/course/modedit.php")
    def save() -> AnyResponse:
        """Adds the chosen activities, one after the other."""
        check_sesskey()
        _, course = require_teacher(lms, request.form.get("course", type=int), editing=True)
        tool = lms.store.tool(request.form.get("id", type=int))
        if tool is None:
            fail("Cet outil n’existe pas.")
        for text in request.form.getlist("values"):
            lms.add_activity(course.id, type_id=tool.id, **activity_settings(json.loads(text)))
        return redirect(url_for("pages.course", id=course.id))

    return routes


def _answer(lms: Lms, key_sets: KeySets, tool: Tool, token: str) -> dict[str, Any]:
    """Claims of the tool's answer. Moodle checks `iss`, signature and times, no more."""
    try:
        issuer = jwt.decode(token, options={"verify_signature": False}).get("iss")
    except jwt.PyJWTError as exception:
        raise RefusedError("Wrong number of segments") from exception
    if issuer != tool.client_id:
        raise RefusedError("Consumer key is incorrect.")
    return key_sets.verified(tool, token, lms.clock())
