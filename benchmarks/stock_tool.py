"""A stock PyLTI1p3 tool, as its documentation writes it: what the launch table compares with."""

from __future__ import annotations

from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from flask import Flask, Response
from pylti1p3.contrib.flask import FlaskMessageLaunch, FlaskOIDCLogin, FlaskRequest
from pylti1p3.tool_config import ToolConfDict


def create(platform: dict[str, Any], jwks: dict[str, Any] | None) -> Flask:
    """``jwks`` None: the keys are fetched at each launch, as the library does; else they are in memory."""
    app = Flask("stock")
    app.secret_key = "benchmark"
    registration = {
        "default": True,
        "client_id": platform["client_id"],
        "auth_login_url": platform["url"] + "/mod/lti/auth.php",
        "auth_token_url": platform["url"] + "/mod/lti/token.php",
        "key_set_url": platform["url"] + "/mod/lti/certs.php",
        "key_set": jwks,
        "deployment_ids": [platform["deployment_id"]],
    }
    tool_conf = ToolConfDict({platform["url"]: registration})
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    tool_conf.set_private_key(platform["url"], pem.decode(), client_id=platform["client_id"])

    @app.route("/lti/login", methods=["GET", "POST"])
    def login() -> Response:
        request = FlaskRequest()
        return FlaskOIDCLogin(request, tool_conf).redirect(request.get_param("target_link_uri"))

    @app.post("/lti/launch")
    def launch() -> str:
        launch = FlaskMessageLaunch(FlaskRequest(), tool_conf)
        return str(launch.get_launch_data()["sub"])

    return app
