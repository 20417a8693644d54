"""The ways in which outlets write a date, as seen in real feeds and pages (shared data README, September 2026)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

from pipelines.clock import HANOI

WEEKDAYS = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ Nhật")
_BEIJING = timezone(timedelta(hours=8))


def rfc822(moment: datetime) -> str:
    """`Sat, 21 Nov 2026 07:30:00 +0700`."""
    return format_datetime(moment.astimezone(HANOI))


def rfc822_short_year(moment: datetime) -> str:
    """`Sat, 21 Nov 26 07:30:00 +0700`, as one daily wrote in September 2026."""
    return rfc822(moment).replace(f" {moment.astimezone(HANOI):%Y} ", f" {moment.astimezone(HANOI):%y} ")


def us(moment: datetime) -> str:
    """`11/21/2026 7:30:00 AM`, local time without saying so."""
    local = moment.astimezone(HANOI)
    return f"{local.month}/{local.day}/{local.year} {local:%I}".replace(" 0", " ") + local.strftime(":%M:%S %p")


def iso(moment: datetime) -> str:
    """`2026-11-21T07:30:00+07:00`."""
    return moment.astimezone(HANOI).isoformat(timespec="seconds")


def iso_z(moment: datetime) -> str:
    """`2026-11-21T00:30:00Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def shown(outlet: str, moment: datetime) -> str:
    """Return the date as the outlet's page shows it to readers."""
    local = moment.astimezone(HANOI)
    weekday = WEEKDAYS[local.weekday()]
    styles = {
        "non-song": f"{weekday}, {local:%d/%m/%Y - %H:%M} (GMT+7)",
        "song-van": f"{weekday}, {local:%d/%m/%Y | %H:%M}",
        "ben-thanh-chieu": f"{local:%d/%m/%y %H:%M} GMT+7",
        "meridian": moment.astimezone(UTC).strftime("%b %d, %Y %I:%M %p UTC"),
        "hai-nhac": moment.astimezone(_BEIJING).strftime("%Y年%m月%d日%H:%M"),
        "mae-nam": f"{local:%d/%m/%Y %H:%M}",
        "bien-cuong-tv": f"{local.day} thg {local.month}, {local.year}",
        "hoi-bien-khoi": f"{local:%H:%M}, ngày {local.day} tháng {local.month} năm {local.year}",
        "bon-phuong": f"{local:%H:%M %d-%m-%Y}",
    }
    return styles[outlet]
