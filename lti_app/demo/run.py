"""``competences demo``: the whole product on this machine, with an LMS of ours to open it from.

The LMS answers at 127.0.0.1 and the tool at localhost: two sites, as in real life, so the frame is
cross-site and the partitioned cookies are really tried. Everything lives in a temporary folder.
"""

from __future__ import annotations

import tempfile
import threading
import webbrowser
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import click
from flask import Flask
from huey.consumer import Consumer

from lti_app.app import create_app
from lti_app.cli.language import say
from lti_app.cli.serve import CONSUMER, waking
from lti_app.demo.app import create_lms
from lti_app.demo.config import LmsConfig
from lti_app.demo.server import Door, listen, serve
from lti_app.models import migrate
from lti_app.services.lti.addresses import JWKS_PATH, LAUNCH_PATH, LOGIN_PATH
from lti_app.services.platforms import registered as platforms
from lti_app.services.queue import attach, open_huey
from lti_app.services.wiring import Wiring
from lti_app.services.worker import Worker
from lti_app.settings import Settings


@dataclass(frozen=True, slots=True)
class Running:
    """A demo that runs: the addresses to open, the LMS and the tool's parts."""

    lms_url: str
    tool_url: str
    lms: Flask
    parts: Wiring


@contextmanager
def running(
    folder: Path, lms_door: Door, tool_door: Door, *, purpose: str = "demo", database_url: str = ""
) -> Iterator[Running]:
    """LMS, tool and worker, until the block ends."""
    settings = Settings(
        public_url=tool_door.url,
        data_dir=folder,
        database_url=database_url or f"sqlite:///{folder / 'competences.sqlite3'}",
        queue_url="",
        secret_key="demo-only-" + folder.name.ljust(32, "-"),
        lab=True,
        locale="fr",
    )
    config = LmsConfig(
        issuer=lms_door.url,
        tool_url=tool_door.url,
        database=folder / "lms.sqlite3",
        enabled=True,
        purpose="tests" if purpose == "tests" else "demo",
        initiate_login_uri=tool_door.url + LOGIN_PATH,
        redirect_uris=(tool_door.url + LAUNCH_PATH,),
        target_link_uri=tool_door.url + LAUNCH_PATH,
        deep_linking_url=tool_door.url + LAUNCH_PATH,
        tool_jwks_url=tool_door.url + JWKS_PATH,
    )
    wired = waking(settings)
    migrate.upgrade(wired.store.engine)
    with wired.store.write() as session:
        platforms.add(
            session,
            platforms.NewPlatform.moodle(
                config.issuer, config.client_id, [config.deployment_id], config.site_fullname
            ),
            wired.clock(),
            lab=True,
        )
    wired.keys.signing()
    lms = create_lms(config)
    with (
        serve(lms, lms_door) as lms_url,
        serve(create_app(settings, wired), tool_door) as tool_url,
        working(wired),
    ):
        yield Running(lms_url, tool_url, lms, wired)
    wired.http.close()
    wired.store.dispose()


@contextmanager
def working(wired: Wiring) -> Iterator[None]:
    """A worker in a thread, fed by the same queue as the commands' one."""
    huey = open_huey(wired.settings)
    worker = Worker(wired)
    attach(huey, worker)
    consumer = ThreadConsumer(huey, **CONSUMER)
    worker.start()
    consumer.start()
    try:
        yield
    finally:
        consumer.stop(graceful=True)
        worker.stop()


class ThreadConsumer(Consumer):
    """Huey's consumer beside a server in one process: signals are not its business."""

    def _set_signal_handlers(self) -> None:
        return


@click.command(
    help=say(
        "Essayer le produit sur ce poste, avec un petit LMS.",
        "Try the product on this machine, with a small LMS.",
    )
)
@click.option("--lms-port", default=8000, show_default=True)
@click.option("--tool-port", default=8080, show_default=True)
@click.option("--open/--no-open", "browser", default=True, help="Ouvre le navigateur.")
def demo(lms_port: int, tool_port: int, browser: bool) -> None:
    with (
        tempfile.TemporaryDirectory(prefix="competences-demo-") as folder,
        _port("--lms-port", "127.0.0.1", lms_port) as lms_door,
        _port("--tool-port", "localhost", tool_port) as tool_door,
        running(Path(folder), lms_door, tool_door) as site,
    ):
        click.echo(say(f"Ouvrez {site.lms_url}", f"Open {site.lms_url}"))
        click.echo(say("Ctrl+C pour arrêter.", "Ctrl+C to stop."))
        if browser:
            webbrowser.open(site.lms_url)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            click.echo("")


@contextmanager
def _port(option: str, host: str, port: int) -> Iterator[Door]:
    with ExitStack() as stack:
        try:
            door = stack.enter_context(listen(host, port))
        except OSError as error:
            raise click.ClickException(
                say(
                    f"Le port {port} est déjà pris ; choisissez-en un autre avec {option}.",
                    f"Port {port} is taken; choose another one with {option}.",
                )
            ) from error
        yield door
