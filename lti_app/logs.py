"""Logs as JSON lines on standard error, one a request and one an event; never a name or a token.

Only what is passed as ``extra={"event": …}`` fields and the request's method, path and status are
written; query strings and bodies are not. Of an exception there is its kind and where it arose, without its
message: a database's quotes the row it failed on.
"""

from __future__ import annotations

import json
import logging
import secrets
import sys
import time
import traceback
from functools import lru_cache
from types import TracebackType

from flask import Flask, Response, g, request

from lti_app import static_files

LOGGER = logging.getLogger("competences")
QUEUE = logging.getLogger("huey")


_encode = json.JSONEncoder(ensure_ascii=False, default=str).encode


@lru_cache(maxsize=8)
def _moment(second: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(second))


class JsonFormatter(logging.Formatter):
    """A record as one JSON object: time, level, message and the fields given with it."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": _moment(int(record.created)),
            "level": record.levelname.lower(),
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info and record.exc_info[0]:
            line["exception"] = self.formatException(record.exc_info)
        return _encode(line)

    def formatException(  # noqa: N802 - logging's own name
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None]
        | tuple[None, None, None],
    ) -> str:
        return where(ei[1]) if ei[1] else ""


def configure() -> None:
    """Sends the product's log to standard error, and what the queue has to warn of. Commands that serve call it;
    tests do not. What no line of ours tells is not looked for (https://docs.python.org/3/howto/logging.html,
    « Optimization »): it took most of a line's time."""
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    logging._srcfile = None
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    LOGGER.handlers[:] = [handler]
    LOGGER.setLevel(logging.INFO)
    LOGGER.propagate = False
    QUEUE.handlers[:] = [handler]
    QUEUE.setLevel(logging.WARNING)
    QUEUE.propagate = False


def event(message: str, *, level: int = logging.INFO, **fields: object) -> None:
    """Logs an event with fields that identify rows, never people."""
    LOGGER.log(level, message, extra={"fields": fields})


def where(error: BaseException) -> str:
    """The kind of an exception and the frames it went through, then those of what it came from; no message."""
    told = []
    seen: BaseException | None = error
    while seen is not None:
        told.append(f"{type(seen).__name__}\n{''.join(traceback.format_tb(seen.__traceback__))}")
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)
    return "from ".join(told)


def reference() -> str:
    """The short reference of this request, shown on error pages and in its log line."""
    if "reference" not in g:
        g.reference = secrets.token_hex(4).upper()
    return str(g.reference)


def init_app(app: Flask) -> None:
    @app.before_request
    def _start() -> None:
        if LOGGER.isEnabledFor(logging.INFO):
            g.started = time.perf_counter()

    @app.after_request
    def _log(response: Response) -> Response:
        if LOGGER.isEnabledFor(logging.INFO) and not static_files.asked_for():
            event(
                "request",
                reference=reference(),
                method=request.method,
                route=str(request.url_rule or "-"),
                status=response.status_code,
                ms=round(1000 * (time.perf_counter() - g.started)) if "started" in g else None,
            )
        return response
