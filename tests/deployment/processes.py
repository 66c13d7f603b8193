"""The product as many processes: web servers and workers, each started by the ``competences`` command."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import requests

COMMAND = Path(sys.executable).with_name("competences")
STARTS_WITHIN = 60.0  # seconds, on a busy machine


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


class Process:
    """One process of the product, its log in a file."""

    def __init__(self, words: list[str], environment: Mapping[str, str], log: Path) -> None:
        self.log = log
        with log.open("ab") as file:
            self._process = subprocess.Popen(
                [str(COMMAND), *words], env=dict(environment), stdout=file, stderr=file
            )

    def kill(self) -> None:
        """``kill -9``: nothing is tidied up."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait(10)

    def stop(self) -> None:
        """As a service manager does. Raises ``TimeoutExpired`` for one that does not end."""
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(30)
            except subprocess.TimeoutExpired:
                self._process.kill()
                raise

    @property
    def alive(self) -> bool:
        return self._process.poll() is None


class Web(Process):
    """A web server without a worker. ``url`` is where it answers."""

    def __init__(self, environment: Mapping[str, str], folder: Path, port: int) -> None:
        self.url = f"http://localhost:{port}"
        words = ["serve", "--no-worker", "--bind", f"127.0.0.1:{port}", "--processes", "1"]
        super().__init__(words, environment, folder / f"web-{port}.log")

    def wait(self) -> None:
        """Until it answers. Raises ``RuntimeError`` with the end of its log when it does not."""
        until = time.monotonic() + STARTS_WITHIN
        while time.monotonic() < until and self.alive:
            try:
                if requests.get(f"{self.url}/readyz", timeout=5).status_code == 200:
                    return
            except requests.RequestException:
                time.sleep(0.2)
        raise RuntimeError(self.log.read_text(errors="replace")[-3000:])


def environment(folder: Path, **settings: str) -> dict[str, str]:
    """The process environment with these settings and no other of the product's."""
    return {
        **{name: value for name, value in os.environ.items() if "COMPETENCES_" not in name},
        "COMPETENCES_DATA_DIR": str(folder),
        "COMPETENCES_LAB": "1",
        "LANG": "C.UTF-8",
        **{f"COMPETENCES_{name.upper()}": value for name, value in settings.items()},
    }


@contextmanager
def deployment(
    env: Mapping[str, str], folder: Path, *, ports: list[int], workers: int
) -> Iterator[tuple[list[Web], list[Process]]]:
    """That many web servers and workers, until the block ends."""
    with ExitStack() as stack:
        webs, found = [], []
        for port in ports:
            webs.append(Web(env, folder, port))
            stack.callback(webs[-1].stop)
        for number in range(workers):
            found.append(Process(["worker"], env, folder / f"worker-{number}.log"))
            stack.callback(found[-1].stop)
        for web in webs:
            web.wait()
        yield webs, found


def redis_is_here() -> bool:
    return bool(os.environ.get("COMPETENCES_TEST_REDIS") or shutil.which("redis-server"))


@contextmanager
def redis_server(folder: Path) -> Iterator[str]:
    """The Redis that the tests were given, or one of their own on a free port."""
    given = os.environ.get("COMPETENCES_TEST_REDIS")
    if given:
        yield given
        return
    port = free_port()
    words = ["redis-server", "--bind", "127.0.0.1", "--port", str(port), "--save", ""]
    process = subprocess.Popen(
        [*words, "--appendonly", "no", "--dir", str(folder)], stdout=subprocess.DEVNULL
    )
    try:
        until = time.monotonic() + STARTS_WITHIN
        while time.monotonic() < until:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.05)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait(10)
