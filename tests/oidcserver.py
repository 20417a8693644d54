"""A small OpenID Connect server on loopback: signs RS256 identity tokens, checks PKCE and the client, and can be told to misbehave."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import unquote, urlencode

import uvicorn
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route


class Server:
    """The office's server: one person, who always agrees; `claims` and `wrong` are changed by the tests."""

    def __init__(self) -> None:
        self.address = ""
        self.key = RSAKey.generate_key(2048, parameters={"kid": "k1", "use": "sig", "alg": "RS256"})
        self.claims: dict[str, Any] = {"sub": "u-1", "preferred_username": "Phạm Văn Bình", "roles": ["to-bao-chi", "khác"]}
        self.wrong: dict[str, Any] = {}
        self.codes: dict[str, dict[str, str]] = {}
        self.seen: list[dict[str, str]] = []
        self.clients = {"cotmoc": "bi-mat-cua-ban"}

    def described(self, _request: Request) -> Response:
        return JSONResponse(
            {
                "issuer": self.wrong.get("issuer", self.address),
                "authorization_endpoint": f"{self.address}/authorize", "token_endpoint": f"{self.address}/token",
                "jwks_uri": self.wrong.get("jwks_uri", f"{self.address}/keys"), "response_types_supported": ["code"],
                "id_token_signing_alg_values_supported": ["RS256"], "code_challenge_methods_supported": ["S256"],
            }
        )  # fmt: skip

    def keys(self, _request: Request) -> Response:
        return JSONResponse(KeySet([self.key]).as_dict(private=False))

    def authorize(self, request: Request) -> Response:
        asked = dict(request.query_params)
        self.seen.append(asked)
        assert asked["response_type"] == "code" and asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        back = {"code": code, "state": asked["state"], "iss": self.address, **self.wrong.get("back", {})}
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode(back)}", 303)

    async def token(self, request: Request) -> Response:
        form = await request.form()
        asked = self.codes.pop(str(form.get("code")), None)
        plain = base64.b64decode(request.headers.get("authorization", "").removeprefix("Basic ")).decode()
        name, _, secret = (unquote(part) for part in plain.partition(":"))
        challenge = base64.urlsafe_b64encode(hashlib.sha256(str(form.get("code_verifier")).encode()).digest()).rstrip(b"=").decode()
        if asked is None or self.clients.get(name) != secret or challenge != asked["code_challenge"] or form.get("redirect_uri") != asked["redirect_uri"]:
            return JSONResponse({"error": "invalid_grant"}, 400)
        return JSONResponse({"access_token": "a", "token_type": "Bearer", "expires_in": 60, "id_token": self.identity(asked)})

    def identity(self, asked: dict[str, str]) -> str:
        at = int(time.time())
        claims = {"iss": self.address, "aud": asked["client_id"], "iat": at, "exp": at + 60, "nonce": asked["nonce"], **self.claims}
        claims |= self.wrong.get("claims", {})
        claims = {name: value for name, value in claims.items() if value is not None}
        if self.wrong.get("alg") == "none":
            parts = (b'{"alg":"none"}', json.dumps(claims).encode(), b"")
            return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)
        if self.wrong.get("alg") == "HS256":
            public = OctKey.import_key(self.key.as_pem(private=False))
            return jwt.encode({"alg": "HS256", "kid": "k1"}, claims, public, algorithms=["HS256"])
        key = self.wrong.get("key", self.key)
        return jwt.encode({"alg": "RS256", "kid": self.wrong.get("kid", key.kid)}, claims, key, algorithms=["RS256"])


@contextmanager
def serve_oidc() -> Iterator[Server]:
    """Run the server on a free loopback port."""
    server = Server()
    app = Starlette(
        routes=[
            Route("/.well-known/openid-configuration", server.described), Route("/keys", server.keys),
            Route("/authorize", server.authorize), Route("/token", server.token, methods=["POST"]),
        ]
    )  # fmt: skip
    listener = socket.create_server(("127.0.0.1", 0))
    server.address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    running = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
    thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not running.started:
        time.sleep(0.02)
    yield server
    running.should_exit = True
    thread.join(10)
