"""The colours, letters and shapes of a scale as a style sheet: pages hold no inline style.

Level *n* of the scale is the class ``lv<n>``, « not assessed » is ``lv0``; each sets custom properties
that the product's own style sheet paints with, for the light and the dark scheme.
"""

from __future__ import annotations

from flask import Blueprint, Response, make_response, request

from lti_app.errors import InputError, NotFound
from lti_app.services.activities.framing import named_scale
from lti_app.views.guard import PUBLIC, allow
from referential.scale import Scale

bp = Blueprint("scale_styles", __name__)


@bp.get("/scale/<name>.css")
@allow(PUBLIC)
def style(name: str) -> Response:
    """The style sheet of one scale of ``config/scales``."""
    try:
        scale = named_scale(name)
    except InputError as error:
        raise NotFound("scale") from error
    response = make_response(stylesheet(scale))
    response.mimetype = "text/css"
    response.headers["Cache-Control"] = "public, max-age=300"
    response.add_etag()
    response.make_conditional(request)
    return response


def stylesheet(scale: Scale) -> str:
    """The rules, light first."""
    none = scale.unassessed
    light = [_rule(0, "transparent", none.text)]
    dark = [_rule(0, "transparent", none.text_dark)]
    shapes = [_shape(0, none.shape)]
    for level in scale.levels:
        light.append(_rule(level.value, level.background, level.text))
        dark.append(_rule(level.value, level.background_dark, level.text_dark))
        shapes.append(_shape(level.value, level.shape))
    return "\n".join(
        [*light, *shapes, "@media screen and (prefers-color-scheme: dark) {", *dark, "}", ""]
    )


def _rule(value: int, background: str, text: str) -> str:
    return f".lv{value} {{ --level: {background}; --on-level: {text}; }}"


def _shape(value: int, shape: str) -> str:
    escaped = "".join(f"\\{ord(character):06x}" for character in shape)
    return f'.lv{value} {{ --shape: "{escaped}"; }}'
