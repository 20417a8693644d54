"""RFC 3161 time stamps of a pack's manifest: owed through the outbox, fetched when an authority answers, verified first."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import httpx
from cryptography import x509
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)
from sqlalchemy import Connection, update

from dashboards.evidence.manifest import NAME, STAMPS
from dashboards.evidence.seals import add_sealed, zip_of
from dashboards.office.files import sha256
from pipelines.deliver import backoff
from pipelines.errors import UserError
from pipelines.records import OutboxMessage
from pipelines.settings import Settings
from pipelines.store import Store, audit, outbox
from pipelines.store.schema import papers

TOPIC = "timestamp"
LONGEST = timedelta(hours=6)
MAX_RESPONSE = 200_000


def owe(conn: Connection, settings: Settings, pack: str, manifest: str, folder: Path, now: datetime) -> None:
    """Owe one stamp of each configured authority for a pack; the same pack and authority is owed once."""
    for number, url in enumerate(settings.tsa_urls, 1):
        payload = {"folder": str(folder), "manifest": manifest, "url": url, "number": number}
        outbox.put(conn, TOPIC, f"{pack[:40]}-{hashlib.sha256(url.encode()).hexdigest()[:12]}", 1, json.dumps(payload))


def stamp_due(store: Store, settings: Settings, now: datetime, client: httpx.Client | None = None) -> Counter[str]:
    """Ask for the stamps that are due. Outcomes: stamped; stamp-waiting (kept, tried again); stamp-lost (no such pack)."""
    outcomes: Counter[str] = Counter()
    with store.read() as conn:
        messages = outbox.pending(conn, TOPIC, 200, now)
    if not messages:
        return outcomes
    own = client or httpx.Client(timeout=20, follow_redirects=False, headers={"User-Agent": settings.user_agent})
    try:
        for message in messages:
            outcomes[_one(store, settings, message, own, now)] += 1
    finally:
        if client is None:
            own.close()
    return outcomes


def _one(store: Store, settings: Settings, message: OutboxMessage, client: httpx.Client, now: datetime) -> str:
    owed = json.loads(message.payload)
    folder = Path(owed["folder"])
    try:
        content = (folder / NAME).read_bytes()
    except OSError:
        content = b""
    if hashlib.sha256(content).hexdigest() != owed["manifest"]:
        with store.begin() as conn:
            outbox.mark_failed(conn, message.seq, f"{folder}: hồ sơ không còn nguyên", now + LONGEST)
        return "stamp-lost"
    try:
        response, when = ask(owed["url"], content, roots(settings), client)
        name = f"{STAMPS}{owed['number']:02}.tsr"
        add_sealed(folder, settings.data, {name: response})
    except (UserError, httpx.HTTPError, httpx.InvalidURL) as error:
        with store.begin() as conn:
            outbox.mark_failed(conn, message.seq, str(error) or type(error).__name__, now + backoff(message.attempts, LONGEST))
        return "stamp-waiting"
    with store.begin() as conn:
        audit.append(
            conn, actor="cotmoc", action="evidence.timestamp", thing=folder.name,
            details={"manifest": owed["manifest"], "authority": owed["url"], "time": when, "sha256": sha256(response)},
            now=now,
        )  # fmt: skip
        archive = zip_of(folder)
        conn.execute(update(papers).where(papers.c.path == str(archive)).values(sha256=sha256(archive.read_bytes())))
        outbox.mark_delivered(conn, [message.seq], now)
    return "stamped"


def ask(url: str, content: bytes, trusted: list[x509.Certificate], client: httpx.Client) -> tuple[bytes, str]:
    """Return a verified response of the authority at `url` for `content`, and its time in ISO 8601.

    UserError when the answer is none, is refused, or does not verify against `trusted`; httpx errors when unreachable.
    """
    request = TimestampRequestBuilder().data(content).hash_algorithm(HashAlgorithm.SHA256).build()
    answer = client.post(url, content=request.as_bytes(), headers={"Content-Type": "application/timestamp-query"})
    if answer.status_code != 200 or len(answer.content) > MAX_RESPONSE:
        raise UserError(f"{url}: máy chủ dấu thời gian trả lời {answer.status_code}, {len(answer.content)} byte")
    builder = VerifierBuilder.from_request(request)
    return answer.content, verified(answer.content, content, trusted, builder)


def verified(response: bytes, content: bytes, trusted: list[x509.Certificate], builder: VerifierBuilder | None = None) -> str:
    """Return the time that `response` vouches for; UserError when it is not a true stamp of `content`."""
    builder = builder or VerifierBuilder()
    for certificate in trusted:
        builder = builder.add_root_certificate(certificate)
    try:
        found = decode_timestamp_response(response)
        builder.build().verify_message(found, content)
        return found.tst_info.gen_time.isoformat()
    except (VerificationError, ValueError) as error:
        raise UserError(f"dấu thời gian không kiểm được ({' '.join(str(error).split())[:200]})") from error


def roots(settings: Settings) -> list[x509.Certificate]:
    """Return the certificates of `tsa_ca`, without which no stamp is believed; UserError when there are none."""
    if settings.tsa_ca is None:
        raise UserError("chưa đặt tsa_ca (tệp PEM chứng chỉ gốc của máy chủ dấu thời gian); đặt trong cotmoc.toml")
    try:
        return list(x509.load_pem_x509_certificates(settings.tsa_ca.read_bytes()))
    except (OSError, ValueError) as error:
        raise UserError(f"{settings.tsa_ca}: không đọc được chứng chỉ PEM (tsa_ca)") from error
