"""``competences serve`` and ``competences worker``: the processes that run.

``serve`` runs the web server (gunicorn) and one worker beside it: enough for a school on one machine.
``serve --no-worker`` and ``worker`` are the two halves, for as many machines as there are.
"""

from __future__ import annotations

import gc
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from typing import Any

import click
from gunicorn.app.base import BaseApplication

from lti_app import logs
from lti_app.app import create_app, wire
from lti_app.cli.language import say
from lti_app.cli.support import parts
from lti_app.services.queue import attach, open_huey
from lti_app.services.wiring import Wiring
from lti_app.services.worker import Worker
from lti_app.settings import Settings, from_environment

CONSUMER = {
    "workers": 2,
    "worker_type": "thread",
    "initial_delay": 0.05,  # seconds between two looks at the queue, growing while it is empty
    "max_delay": 0.3,
    "backoff": 1.2,
}
RESTART_AFTER = 1.0  # seconds
COLLECT_AFTER = 10_000  # new objects; Python's own 700 have it look several times in one request


class Server(BaseApplication):
    """Gunicorn with the app made after the fork, so that no connection is shared."""

    def __init__(self, settings: Settings, options: dict[str, Any]) -> None:
        self._settings = settings
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        for key, value in self._options.items():
            self.cfg.set(key, value)

    def load(self) -> Any:
        return make_app(self._settings)


def make_app(settings: Settings) -> Any:
    """The app with its queue: what ``wake`` does when a grade is wanted."""
    logs.configure()
    app = create_app(settings, waking(settings))
    collect_less()
    return app


def collect_less() -> None:
    """What was made until now stays as long as the process: the collector need not look at it again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER)


def waking(settings: Settings) -> Wiring:
    """The parts, with ``wake`` putting a task on the queue."""
    queue = attach(open_huey(settings))
    return wire(
        settings,
        wake=queue.wake,
        look_back=queue.read_back,
        read_roster=queue.refresh_roster,
    )


@click.command(help=say("Lance le serveur et son ouvrier.", "Runs the server and its worker."))
@click.option("--bind", default="127.0.0.1:8080", show_default=True)
@click.option("--processes", default=2, show_default=True, type=click.IntRange(1, 64))
@click.option("--threads", default=4, show_default=True, type=click.IntRange(1, 64))
@click.option("--worker/--no-worker", "with_worker", default=True, show_default=True)
def serve(bind: str, processes: int, threads: int, with_worker: bool) -> None:
    with parts() as wired:
        wired.keys.signing()
        settings = wired.settings
    if with_worker:
        beside = Beside()
    options = {
        "bind": bind,
        "workers": processes,
        "threads": threads,
        "worker_class": "gthread",
        "accesslog": None,
        "forwarder_headers": "",  # no header says at which address we are: see ``views.front``
        "timeout": 60,
        "graceful_timeout": 20,
        "control_socket_disable": True,  # it would stand in the home folder, one for all services
    }
    if with_worker:
        options["on_exit"] = lambda _server: beside.stop()
    Server(settings, options).run()


@click.command(help=say("Lance un ouvrier (envoi des notes).", "Runs a worker (sends grades)."))
def worker() -> None:
    with parts():
        pass
    run_worker()


def run_worker(parent: int | None = None) -> None:
    """Consumes the queue until it is told to stop, or its parent is gone."""
    logs.configure()
    settings = from_environment()
    huey = open_huey(settings)
    wired = wire(settings)
    worker = Worker(wired)
    attach(huey, worker)
    consumer = huey.create_consumer(**CONSUMER)
    if parent is not None:
        _follow(parent)
    worker.start()
    try:
        consumer.run()
    finally:
        worker.stop()


def _follow(parent: int) -> None:
    """Ends this process when the one that started it is gone, however it ended."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True).start()


class Beside:
    """A worker process beside the server, started again whenever it ends by itself."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._process = self._spawn()
        threading.Thread(target=self._watch, name="beside", daemon=True).start()

    def stop(self) -> None:
        self._stopping.set()
        self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()

    def _spawn(self) -> subprocess.Popen[bytes]:
        # not multiprocessing: its exit handler would join our worker in every forked web process
        code = f"from lti_app.cli.serve import run_worker; run_worker({os.getpid()})"
        return subprocess.Popen([sys.executable, "-c", code])  # noqa: S603 - our own code

    def _watch(self) -> None:
        while True:
            self._process.wait()
            if self._stopping.wait(RESTART_AFTER):
                return
            logs.event("worker started again", level=logging.WARNING)
            self._process = self._spawn()
