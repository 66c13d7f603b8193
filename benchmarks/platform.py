"""A platform that costs nothing but its latency: token, columns, results, scores, over kept connections.

In a process of its own (``python -m benchmarks.platform LATENCY_MS``), so that what is measured is the
caller. It prints its port, counts what it was asked, and tells at ``GET /count``; ``POST /reset`` begins
anew. It keeps the newest score of each learner and column, as a gradebook does, and tells them as results.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

import requests

SCOPES = (
    "https://purl.imsglobal.org/spec/lti-ags/scope/score"
    " https://purl.imsglobal.org/spec/lti-ags/scope/result.readonly"
    " https://purl.imsglobal.org/spec/lti-ags/scope/lineitem"
    " https://purl.imsglobal.org/spec/lti-ags/scope/lineitem.readonly"
    " https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
)


class Platform:
    """What it counts and holds."""

    def __init__(self, latency: float) -> None:
        self.latency = latency
        self.reset()

    def reset(self) -> None:
        self.counts = {"token": 0, "score": 0, "results": 0, "lineitem": 0, "connections": 0}
        self.held: dict[str, dict[str, dict]] = defaultdict(dict)

    def answer(self, method: str, path: str, body: bytes) -> bytes:
        """The JSON (or nothing) that Moodle would answer. Raises ``KeyError`` for another path."""
        place, _, name = path.split("?", 1)[0].rpartition("/")
        if name == "token.php":
            self.counts["token"] += 1
            token = {"access_token": "0" * 32, "expires_in": 3600, "scope": SCOPES}
            return json.dumps(token | {"token_type": "Bearer"}).encode()
        if name == "scores":
            self.counts["score"] += 1
            score = json.loads(body)
            self.held[place][score["userId"]] = score
            return b""
        if name == "results":
            self.counts["results"] += 1
            return json.dumps([_result(score) for score in self.held[place].values()]).encode()
        if name == "lineitem":
            self.counts["lineitem"] += 1
            return json.dumps({"id": path, "label": "", "scoreMaximum": 20}).encode()
        if name == "count":
            return json.dumps(self.counts).encode()
        if name == "reset":
            self.reset()
            return b""
        raise KeyError(path)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, kept as long as the other side does."""
        counted = False
        while head := await _head(reader):
            method, path, length = head
            body = await reader.readexactly(length) if length else b""
            ours = path in ("/count", "/reset")
            if not ours and not counted:
                counted, self.counts["connections"] = True, self.counts["connections"] + 1
            if self.latency and not ours:
                await asyncio.sleep(self.latency)
            try:
                status, content = b"200 OK", self.answer(method, path, body)
            except KeyError:
                status, content = b"404 Not Found", b""
            writer.write(
                b"HTTP/1.1 %b\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
                % (status, len(content), content)
            )
        writer.close()


def _result(score: dict) -> dict:
    return {
        "userId": score["userId"],
        "resultScore": score["scoreGiven"],
        "resultMaximum": score["scoreMaximum"],
        "comment": score.get("comment", ""),
        "timestamp": score["timestamp"].split(".")[0] + "+00:00",
    }


async def _head(reader: asyncio.StreamReader) -> tuple[str, str, int] | None:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, ConnectionResetError):
        return None
    lines = head.split(b"\r\n")
    method, path, _ = lines[0].decode().split(" ", 2)
    length = 0
    for line in lines[1:]:
        if line[:15].lower() == b"content-length:":
            length = int(line[15:])
    return method, path, length


async def _main(latency: float) -> None:
    server = await asyncio.start_server(Platform(latency).serve, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


@contextmanager
def platform(latency_ms: float) -> Iterator[str]:
    """Its address, until the block ends."""
    command = [sys.executable, "-m", "benchmarks.platform", str(latency_ms)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.terminate()
        process.wait(10)


def counts(url: str) -> dict[str, int]:
    return requests.get(f"{url}/count", timeout=10).json()


def reset(url: str) -> None:
    requests.post(f"{url}/reset", timeout=10)


if __name__ == "__main__":
    asyncio.run(_main(float(sys.argv[1]) / 1000))
