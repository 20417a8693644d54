"""Approving an issue: its four files are written with the number of the edition and never again; sending by SMTP."""

from __future__ import annotations

import email.policy
import smtplib
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from email import message_from_bytes
from pathlib import Path
from urllib.parse import unquote, urlsplit

from sqlalchemy import Connection, select, update

from dashboards.digest.edits import ACTION as EDITED
from dashboards.digest.write import carried_by, prepared, rendered, stem_of
from dashboards.office.files import sha256, write_whole
from pipelines.errors import UsageError, UserError
from pipelines.settings import Settings
from pipelines.store import Store, audit
from pipelines.store.papers import save_paper
from pipelines.store.schema import audit as audit_table
from pipelines.store.schema import papers

ACTION, SENT = "digest.approve", "digest.send"
APPROVED = "đã duyệt"
KINDS = ("html", "docx", "pdf", "eml")


def versions(conn: Connection, province: str, day: date) -> list[dict[str, object]]:
    """Return the approved versions of an issue, oldest first, as the audit log has them."""
    query = select(audit_table).where(audit_table.c.action == ACTION, audit_table.c.object == f"{province} {day.isoformat()}")
    return [{**row["details"], "by": row["actor"], "at": row["at"]} for row in conn.execute(query.order_by(audit_table.c.seq)).mappings()]


def editors(conn: Connection, province: str, day: date) -> tuple[str, ...]:
    """Return who edited an issue since it was last approved; none of them may approve it."""
    found: dict[str, None] = {}
    query = select(audit_table.c.action, audit_table.c.actor).where(audit_table.c.object == f"{province} {day.isoformat()}")
    for row in conn.execute(query.where(audit_table.c.action.in_((ACTION, EDITED))).order_by(audit_table.c.seq)):
        if row.action == ACTION:
            found.clear()
        else:
            found[row.actor] = None
    return tuple(found)


def approve(
    store: Store, settings: Settings, province: str, day: date, by: str, now: datetime, *, owners: Mapping[str, str] | None = None
) -> dict[str, Path]:  # fmt: skip
    """Freeze the issue as the next edition in DATA/digests/approved; an unchanged issue keeps its edition.

    UserError without a name, while the period is not over, or when an approved edition was altered on disk.
    """
    name = " ".join(by.split())[:60]
    if not name:
        raise UserError("cần tên người duyệt: --by")
    with store.read() as conn:
        hands = editors(conn, province, day)
    if name.casefold() in {one.casefold() for one in hands}:
        raise UserError(f"{name} đã biên tập số báo này; cần một người khác duyệt")
    digest = prepared(store, settings, province, day, owners)
    if digest.until:
        raise UserError(f"điểm báo ngày {day:%d/%m/%Y}: kỳ chưa hết (đến 6h00 ngày {digest.end:%d/%m/%Y}), số liệu mới tạm tính; chưa duyệt được")
    # The four forms come of one content; it tells whether the issue changed.
    content = sha256(repr(digest).encode())
    with store.read() as conn:
        earlier = versions(conn, province, day)
    if earlier and earlier[-1].get("content") == content:
        return approved_files(store, settings, province, day)
    number = len(earlier) + 1
    stem = f"{stem_of(province, day)}_v{number}"
    files = rendered(replace(digest, edition=number), settings, stem)
    sums = {kind: sha256(made) for kind, made in files.items()}
    folder = settings.data.resolve() / "digests" / "approved"
    targets = {kind: folder / f"{stem}.{kind}" for kind in KINDS}
    with store.begin() as conn:
        audit.alone(conn)
        # Before a byte is written: whoever was first keeps the number and its files.
        if len(versions(conn, province, day)) != len(earlier):
            raise UserError("số này vừa được người khác duyệt; hãy xem lại")
        write_whole({targets[kind]: made for kind, made in files.items()})
        for kind, path in targets.items():
            path.chmod(0o444)
            paper = save_paper(conn, kind="digest", province=province, day=day.isoformat(), story=None, path=str(path), sha256=sums[kind], now=now)
            conn.execute(update(papers).where(papers.c.id == paper).values(status=f"{APPROVED}, bản {number}"))
        audit.append(
            conn, actor=name, action=ACTION, thing=f"{province} {day.isoformat()}",
            details={"version": number, "sums": sums, "alerts": carried_by(digest), "content": content}, now=now,
        )  # fmt: skip
    return targets


def approved_files(store: Store, settings: Settings, province: str, day: date) -> dict[str, Path]:
    """Return the files of the last approved version; UserError when there is none or one was altered."""
    with store.read() as conn:
        found = versions(conn, province, day)
    if not found:
        raise UserError(f"điểm báo {province} ngày {day:%d/%m/%Y} chưa duyệt; duyệt bằng: cotmoc digest approve --date {day} --by TÊN")
    last = found[-1]
    stem = f"{stem_of(province, day)}_v{last['version']}"
    paths = {kind: settings.data.resolve() / "digests" / "approved" / f"{stem}.{kind}" for kind in KINDS}
    sums = last["sums"]
    assert isinstance(sums, dict)
    for kind, path in paths.items():
        if not path.exists() or sha256(path.read_bytes()) != sums[kind]:
            raise UserError(f"{path}: bản đã duyệt bị mất hoặc bị sửa; khôi phục từ bản sao lưu")
    return paths


def send(store: Store, settings: Settings, province: str, day: date, to: Sequence[str], now: datetime) -> int:
    """Send the approved version to `to` (else `smtp_to`) and return how many addresses took it.

    UsageError without server or addresses; UserError when nothing is approved, or the server refuses (named).
    """
    recipients = list(to or settings.smtp_to)
    if not settings.smtp_url or not settings.smtp_from or not recipients:
        raise UsageError("chưa đặt smtp_url, smtp_from hoặc smtp_to trong cotmoc.toml (hoặc dùng --to)")
    raw = approved_files(store, settings, province, day)["eml"].read_bytes()
    mail = message_from_bytes(raw, policy=email.policy.SMTP)
    del mail["X-Unsent"]
    mail["From"] = settings.smtp_from
    # Addresses do not learn of one another.
    mail["To"] = settings.smtp_from
    server = urlsplit(settings.smtp_url)
    where = f"máy chủ thư {server.hostname}:{server.port or ''}"
    try:
        refused = _deliver(settings.smtp_url, mail.as_bytes(), settings.smtp_from, recipients)
    except smtplib.SMTPRecipientsRefused as error:
        raise UserError(f"{where} từ chối mọi hộp thư nhận: {', '.join(error.recipients)}; kiểm tra smtp_to") from error
    except smtplib.SMTPAuthenticationError as error:
        raise UserError(f"{where} không nhận mật khẩu; kiểm tra smtp_url") from error
    except (smtplib.SMTPException, OSError, ssl.SSLError) as error:
        raise UserError(f"{where}: không gửi được ({' '.join(str(error).split())[:200]}); điểm báo vẫn giữ nguyên, gửi lại sau") from error
    taken = [address for address in recipients if address not in refused]
    with store.begin() as conn:
        audit.append(
            conn, actor="cotmoc", action=SENT, thing=f"{province} {day.isoformat()}",
            details={"sha256": sha256(raw), "taken": len(taken), "refused": sorted(refused)}, now=now,
        )  # fmt: skip
    if refused:
        raise UserError(f"{where} từ chối: {', '.join(sorted(refused))}; {len(taken)} hộp thư khác đã nhận")
    return len(taken)


def _deliver(url: str, content: bytes, sender: str, recipients: Sequence[str]) -> dict[str, tuple[int, bytes]]:
    server = urlsplit(url)
    if server.scheme not in ("smtp", "smtps") or not server.hostname:
        raise UsageError("smtp_url: viết như smtp://người:mật-khẩu@máy:587 hoặc smtps://máy")
    secure = server.scheme == "smtps"
    made: smtplib.SMTP
    if secure:
        made = smtplib.SMTP_SSL(server.hostname, server.port or 465, timeout=30, context=ssl.create_default_context())
    else:
        made = smtplib.SMTP(server.hostname, server.port or 587, timeout=30)
    with made as client:
        client.ehlo()
        if not secure and client.has_extn("starttls"):
            client.starttls(context=ssl.create_default_context())
            secure = True
        if server.username:
            if not secure:
                raise smtplib.SMTPException("máy chủ không có TLS, không gửi mật khẩu qua đường hở")
            client.login(unquote(server.username), unquote(server.password or ""))
        return client.sendmail(sender, recipients, content)
