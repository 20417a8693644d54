"""The way to people: Apprise, which speaks e-mail, Telegram, Teams, webhooks and a hundred others."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from pipelines.errors import UsageError

if TYPE_CHECKING:
    from apprise import Apprise

# Names stand in keys of the outbox (64 characters, 32 of them the story's).
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,29}")
# Characters of a message on services that take short ones only.
SHORT = 4096


def check_names(channels: dict[str, str]) -> None:
    """Raise UsageError for a name that is not short plain letters, digits and hyphens, or an address Apprise cannot read."""
    for name, address in channels.items():
        if not NAME.fullmatch(name):
            raise UsageError(f"cấu hình: notify: tên kênh “{name}” cần chữ thường không dấu, số, gạch nối, nhiều nhất 30 ký tự")
        if not _opened(address):
            raise UsageError(f"cấu hình: notify: địa chỉ của kênh “{name}” không đọc được; xem docs/notify.md")


def room_of(address: str) -> int:
    """Return how many characters one message to the address holds, title included (Telegram 4,096, Teams 1,000)."""
    return min((one.body_maxlen for one in _opened(address)), default=SHORT)


def send_by_apprise(address: str, title: str, text: str) -> bool:
    """Send one plain message to one Apprise address; False when it was not taken. Never asks back, never raises."""
    from apprise import NotifyFormat, NotifyType

    sender = _opened(address)
    return bool(len(sender) and sender.notify(title=title, body=text, notify_type=NotifyType.INFO, body_format=NotifyFormat.TEXT))


def tried(address: str, title: str, text: str) -> tuple[bool, str]:
    """Send like `send_by_apprise`; return whether it was taken, and what Apprise said of a failure, without a part of the address."""
    heard = _Heard(logging.WARNING)
    own = logging.getLogger("apprise")
    own.addHandler(heard)
    try:
        taken = send_by_apprise(address, title, text)
    finally:
        own.removeHandler(heard)
    said = "; ".join(dict.fromkeys(heard.lines))[:300]
    # The host may be named: it is what an office must know; whatever may be a secret may not.
    host = urlsplit(address).hostname or ""
    for part in sorted(re.split(r"[/:@?&=,]+", address), key=len, reverse=True):
        for secret in {part, unquote(part)} - {host}:
            if len(secret) > 3:
                said = said.replace(secret, "…")
    return taken, "" if taken else said


class _Heard(logging.Handler):
    def __init__(self, level: int) -> None:
        super().__init__(level)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one line."""
        self.lines.append(" ".join(record.getMessage().split()))


def _opened(address: str) -> Apprise:
    """Return the sender for an address, empty when it cannot be read: what we say of that never shows the address, which holds secrets."""
    from apprise import Apprise, AppriseAsset, NotifyFormat, OverflowMode

    # No picture of a foreign site in the message, and no storage of its own on our disk.
    asset = AppriseAsset(app_id="CotMoc", app_desc="Cột Mốc", app_url="", image_url_mask="", image_url_logo="", storage_mode="memory")
    sender = Apprise(asset=asset)
    own = logging.getLogger("apprise")
    before = own.level
    own.setLevel(logging.CRITICAL)
    try:
        sender.add(address)
    finally:
        own.setLevel(before)
    for one in sender.servers:
        # Messages are cut to fit (room_of); whatever is still too long goes in pieces instead of being refused.
        one.overflow_mode = OverflowMode.SPLIT
        # Made HTML, every blank counts as "&nbsp;": twice the length (Apprise 1.13.1, Telegram, 2026-11-21).
        if one.notify_format is NotifyFormat.HTML and one.body_maxlen <= SHORT:
            one.notify_format = NotifyFormat.TEXT
    return sender
