"""Pages, their data, styles and scripts leave compressed; gunicorn does not do that by itself.

Files for people and Moodle (exports, evidence) leave as they are. BREACH (https://www.breachattack.com/) needs
a secret and an attacker's words in one compressed answer: no page of ours but the login's says back what a foreign page
could put into an address, that one leaves as it is, and a CSRF token is signed anew for each answer.
"""

from __future__ import annotations

from flask import Flask, Response, request
from flask_compress import Compress

from lti_app import static_files

MIMETYPES = (
    "text/html",
    "text/css",
    "text/javascript",
    "application/json",
    "image/svg+xml",
)
SMALLEST = 1000  # bytes; less is one packet either way
LOGIN = "lti.login"


def init_app(app: Flask) -> None:
    """Compresses every answer of these kinds that the browser takes compressed."""
    app.config.update(
        COMPRESS_MIMETYPES=list(MIMETYPES),
        COMPRESS_MIN_SIZE=SMALLEST,
        COMPRESS_ALGORITHM=["zstd", "br", "gzip"],
        COMPRESS_STREAMS=False,
        COMPRESS_REGISTER=False,  # called below, for what has a content at all
    )
    compress = Compress(app)

    @app.after_request
    def _pack(response: Response) -> Response:
        if not 200 <= response.status_code < 300 or request.endpoint == LOGIN:
            return response
        if static_files.asked_for():  # Flask-Compress passes streamed files by
            response.direct_passthrough = False
            response.get_data()
        return compress.after_request(response)
