"""A platform that answers at once, in a process of its own: tokens, scores taken, no results to tell.

``python -m benchmarks.scale_platform`` prints its port and serves until its standard input ends.
"""

from __future__ import annotations

import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path.endswith("/token.php"):
            scope = "https://purl.imsglobal.org/spec/lti-ags/scope/"
            scopes = " ".join(scope + name for name in ("score", "result.readonly", "lineitem"))
            self._answer({"access_token": "t" * 32, "expires_in": 3600, "scope": scopes})
        else:
            assert body
            self._answer(None)

    def do_GET(self) -> None:
        self._answer([])

    def _answer(self, value: object) -> None:
        content = b"" if value is None else json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


def main() -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    main()
