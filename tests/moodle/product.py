"""The product as an administrator runs it: the ``competences`` command, in a process of its own.

It listens at 127.0.0.1 and is reached as http://localhost:PORT. For a browser that shows Moodle at
127.0.0.1 these are two sites, so the frame is cross-site as it is in real life.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

from tests.moodle.tools import Tool, ToolAddresses

COMMAND = Path(sys.executable).with_name("competences")


class Product:
    """One installation: its data folder, its settings, and its server while it runs."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        self.environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith("COMPETENCES_")},
            "COMPETENCES_DATA_DIR": str(folder),
            "COMPETENCES_PUBLIC_URL": self.url,
            "COMPETENCES_LAB": "1",
            "LANG": "C.UTF-8",
            **{f"COMPETENCES_{name.upper()}": value for name, value in settings.items()},
        }
        self.log = folder / "server.log"
        self._server: subprocess.Popen[bytes] | None = None

    def run(self, *words: str) -> str:
        """What a command prints. Raises ``CalledProcessError`` if it fails; its errors are shown."""
        return self.run_bytes(*words).decode()

    def run_bytes(self, *words: str) -> bytes:
        return subprocess.run(
            [str(COMMAND), *words],
            env=self.environment,
            check=True,
            stdout=subprocess.PIPE,
            timeout=60,
        ).stdout

    def addresses(self) -> ToolAddresses:
        """What the product tells an administrator to type into Moodle."""
        return ToolAddresses.printed(self.run("platform", "addresses"))

    def add_platform(self, moodle_url: str, tool: Tool) -> None:
        """``competences platform add`` with the two values that Moodle shows."""
        self.run(
            "platform",
            "add",
            moodle_url,
            "--client-id",
            tool.client_id,
            "--deployment-id",
            tool.deployment_id,
        )

    def start(self) -> None:
        """``competences serve``; returns when it answers. Raises ``RuntimeError`` with its log if not."""
        with self.log.open("ab") as log:
            self._server = subprocess.Popen(
                [str(COMMAND), "serve", "--bind", f"127.0.0.1:{self.port}", "--processes", "1"],
                env=self.environment,
                stdout=log,
                stderr=log,
            )
        until = time.monotonic() + 60  # on a busy machine
        while time.monotonic() < until and self._server.poll() is None:
            try:
                if requests.get(f"{self.url}/readyz", timeout=2).status_code == 200:
                    return
            except (requests.ConnectionError, requests.Timeout):
                time.sleep(0.2)
        said = self.log.read_text(errors="replace")[-3000:]
        self.stop()
        raise RuntimeError(f"the product does not answer at {self.url}:\n{said}")

    def stop(self) -> None:
        """Ends the server and its worker, as a service manager does."""
        if self._server is None:
            return
        self._server.terminate()
        try:
            self._server.wait(30)
        except subprocess.TimeoutExpired:
            self._server.kill()
            self._server.wait(5)
        self._server = None


@contextmanager
def running_product(folder: Path, **settings: str) -> Iterator[Product]:
    """A product that answers, until the block ends."""
    product = Product(folder, **settings)
    product.start()
    try:
        yield product
    finally:
        product.stop()


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        assert isinstance(port, int)
        return port
