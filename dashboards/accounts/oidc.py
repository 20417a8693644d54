"""Sign-in by the office's own OpenID Connect server: code flow with PKCE, state and nonce; identity tokens by public key only."""

from __future__ import annotations

import hmac
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx2
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import OAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from dashboards.accounts.totp import Vault
from pipelines.errors import UserError
from pipelines.settings import Settings

# Never the shared-secret algorithms, never "none".
ALGORITHMS = ("RS256", "PS256", "ES256", "RS384", "PS384", "ES384", "RS512", "PS512")
STATE_SECONDS = 600
KEEP_SECONDS = 3600
LEEWAY = 60
LOCAL = ("127.0.0.1", "localhost", "::1")


class OidcError(UserError):
    """The office's server or its answer cannot be trusted or reached; the message says what to look at."""


def _secure(url: object) -> str:
    """Return an address of the server; it speaks https, or stands on this very machine."""
    parts = urlsplit(str(url))
    if not (parts.scheme == "https" and parts.hostname) and not (parts.scheme == "http" and parts.hostname in LOCAL):
        raise OidcError(f"máy chủ đăng nhập: địa chỉ {url} phải là https")
    return str(url)


@dataclass
class Provider:
    """The office's server, as it describes itself; the description and its keys are kept for an hour."""

    settings: Settings
    vault: Vault
    _known: dict[str, Any] = field(default_factory=dict)
    _until: float = 0.0

    def _client(self) -> OAuth2Client:
        config, ways = self.settings, self.known().get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        way = "client_secret_basic" if "client_secret_basic" in ways else "client_secret_post"
        return OAuth2Client(
            config.oidc_client_id, config.oidc_client_secret or None, scope=config.oidc_scope,
            token_endpoint_auth_method=way if config.oidc_client_secret else "none",
            redirect_uri=f"{config.desk_url}/oidc/callback", code_challenge_method="S256", timeout=10, follow_redirects=False,
        )  # fmt: skip

    def _get(self, url: str) -> dict[str, Any]:
        try:
            answer = httpx2.get(_secure(url), timeout=10, follow_redirects=False)
            answer.raise_for_status()
            found = answer.json()
        except (httpx2.HTTPError, ValueError) as error:
            raise OidcError(f"máy chủ đăng nhập không trả lời đúng ở {url}; hãy vào bằng mật khẩu hoặc thử lại sau") from error
        if not isinstance(found, dict):
            raise OidcError(f"máy chủ đăng nhập: {url} không phải một bản mô tả")
        return found

    def known(self, *, fresh: bool = False) -> dict[str, Any]:
        """Return the server's description with its keys under `keys`; OidcError when it is another server's."""
        if fresh or time.monotonic() > self._until:
            issuer = self.settings.oidc_issuer
            found = self._get(issuer.rstrip("/") + "/.well-known/openid-configuration")
            if found.get("issuer") != issuer:
                raise OidcError(f"máy chủ đăng nhập tự xưng là {found.get('issuer')}, không phải {issuer}; sửa oidc_issuer")
            for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
                _secure(found.get(name, ""))
            self._known = {**found, "keys": self._get(found["jwks_uri"])}
            self._until = time.monotonic() + KEEP_SECONDS
        return self._known

    def begin(self, target: str, staff: str = "") -> tuple[str, str]:
        """Return where the browser goes, and the sealed state that its cookie carries; `staff`: a user who links the account."""
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        url, _state = self._client().create_authorization_url(
            self.known()["authorization_endpoint"], state=state, nonce=nonce, code_verifier=verifier
        )
        return url, self.vault.seal(json.dumps(["oidc", state, nonce, verifier, target, staff]))

    def finish(self, sealed: str, query: Mapping[str, str]) -> tuple[Mapping[str, Any], str, str]:
        """Return the identity token's claims, the page wanted and the linking user; OidcError for anything out of order."""
        try:
            kind, state, nonce, verifier, target, staff = json.loads(self.vault.open(sealed, STATE_SECONDS) or "null") or [None] * 6
        except (ValueError, TypeError):
            kind = None
        if kind != "oidc" or not hmac.compare_digest(str(state).encode(), query.get("state", "").encode()):
            raise OidcError("lượt đăng nhập này không bắt đầu ở trình duyệt này hoặc đã quá lâu; hãy vào lại từ đầu")
        if query.get("iss", self.settings.oidc_issuer) != self.settings.oidc_issuer:
            raise OidcError("trả lời không đến từ máy chủ đăng nhập của cơ quan")
        if "error" in query or not query.get("code"):
            raise OidcError("máy chủ đăng nhập của cơ quan đã từ chối; hãy thử lại hoặc hỏi người quản trị")
        try:
            token = self._client().fetch_token(
                self.known()["token_endpoint"], grant_type="authorization_code", code=query["code"], code_verifier=verifier,
                redirect_uri=f"{self.settings.desk_url}/oidc/callback",
            )  # fmt: skip
            return self._claims(token, nonce), target, staff
        except (AuthlibBaseError, JoseError, httpx2.HTTPError, ValueError, KeyError) as error:
            raise OidcError(f"không xác nhận được người đăng nhập ({type(error).__name__}); hãy vào lại từ đầu") from error

    def _claims(self, token: Mapping[str, Any], nonce: str) -> Mapping[str, Any]:
        registry = JWSRegistry(algorithms=list(ALGORITHMS), strict_check_header=False)
        try:
            read = jwt.decode(token["id_token"], KeySet.import_key_set(self.known()["keys"]), registry=registry)
        except InvalidKeyIdError:
            # The server has changed its keys since we asked.
            read = jwt.decode(token["id_token"], KeySet.import_key_set(self.known(fresh=True)["keys"]), registry=registry)
        options = {
            "iss": {"essential": True, "values": [self.settings.oidc_issuer]},
            "aud": {"essential": True, "values": [self.settings.oidc_client_id]},
            "nonce": {"essential": True, "value": nonce},
        }
        given = {"nonce": nonce, "client_id": self.settings.oidc_client_id, "access_token": token.get("access_token")}
        claims = CodeIDToken(read.claims, read.header, options, given)
        claims.validate(leeway=LEEWAY)
        return dict(claims)


def claim(claims: Mapping[str, Any], path: str) -> Any:
    """Return the claim at a dotted path such as `realm_access.roles`, or None."""
    found: Any = claims.get(path)
    if found is None:
        found = claims
        for part in path.split("."):
            found = found.get(part) if isinstance(found, dict) else None
    return found
