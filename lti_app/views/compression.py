"""Pages, their data, styles and scripts leave compressed; gunicorn does not do that by itself.

Files for people and Moodle (exports, evidence) leave as they are. BREACH (https://www.breachattack.com/) needs
a secret and an attacker's words in one compressed answer: no page of ours says back what a foreign page could
put into an address, and a CSRF token is signed anew for each answer.
"""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from flask import Flask, Response, request
from flask_compress import Compress

MIMETYPES = (
    "text/html",
    "text/css",
    "text/javascript",
    "application/json",
    "image/svg+xml",
)
STATIC = ("static", "bootstrap.static")
SMALLEST = 1000  # bytes; less is one packet either way


@runtime_checkable
class Closing(Protocol):
    """What a file's answer is made of."""

    def close(self) -> None: ...


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
        if not 200 <= response.status_code < 300:
            return response
        _whole(response)
        return compress.after_request(response)


def _whole(response: Response) -> None:
    """Reads a file of ours into memory and closes it: Flask-Compress passes streamed ones by, and a server
    whose reader hangs up need not close what it was given."""
    if request.endpoint in STATIC and response.mimetype in MIMETYPES:
        file = response.response
        response.direct_passthrough = False
        response.get_data()
        if isinstance(file, Closing):
            file.close()
