"""The way to people: Apprise, which speaks e-mail, Telegram, Teams, webhooks and a hundred others."""

from __future__ import annotations

import re

from pipelines.errors import UsageError

# Names stand in keys of the outbox (64 characters, 32 of them the story's).
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,29}")


def check_names(channels: dict[str, str]) -> None:
    """Raise UsageError for a name that is not short plain letters, digits and hyphens, or an address Apprise cannot read."""
    from apprise import Apprise

    for name, address in channels.items():
        if not NAME.fullmatch(name):
            raise UsageError(f"cấu hình: notify: tên kênh “{name}” cần chữ thường không dấu, số, gạch nối, nhiều nhất 30 ký tự")
        if not Apprise().add(address):
            raise UsageError(f"cấu hình: notify: địa chỉ của kênh “{name}” không đọc được; xem docs/notify.md")


def send_by_apprise(address: str, title: str, text: str) -> bool:
    """Send one plain message to one Apprise address; False when it was not taken. Never asks back, never raises."""
    from apprise import Apprise, AppriseAsset, NotifyFormat, NotifyType

    # No picture of a foreign site in the message, and no storage of its own on our disk.
    asset = AppriseAsset(app_id="CotMoc", app_desc="Cột Mốc", app_url="", image_url_mask="", image_url_logo="", storage_mode="memory")
    sender = Apprise(asset=asset)
    if not sender.add(address):
        return False
    return bool(sender.notify(title=title, body=text, notify_type=NotifyType.INFO, body_format=NotifyFormat.TEXT))
