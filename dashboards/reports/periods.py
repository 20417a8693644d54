"""The periods of reports: week, month, year, five years, or any two days."""

from __future__ import annotations

from datetime import date, timedelta

from pipelines.errors import UsageError

# The kind in the words of the abstract; the decree's name of the paper is BÁO CÁO for all of them.
KINDS = {
    "weekly": "Kết quả tuần", "monthly": "Kết quả tháng {start:%m/%Y}", "annual": "Kết quả năm {end:%Y}", "five-year": "Kết quả 05 năm {start:%Y} - {end:%Y}",
    "adhoc": "Kết quả",
}  # fmt: skip


def period_of(kind: str, today: date) -> tuple[date, date]:
    """Return the period of a report of `kind` that is written on `today`: the last whole week or month, the year so far.

    UsageError for an unknown kind, and for an ad hoc report, which has no period of its own.
    """
    if kind == "weekly":
        monday = today - timedelta(days=today.weekday() + 7)
        return monday, monday + timedelta(days=6)
    if kind == "monthly":
        last = today.replace(day=1) - timedelta(days=1)
        return last.replace(day=1), last
    if kind == "annual":
        return today.replace(month=1, day=1), today
    if kind == "five-year":
        return date(today.year - 4, 1, 1), today
    if kind != "adhoc":
        raise UsageError(f"loại báo cáo “{kind}” không có; chọn một trong: {', '.join(KINDS)}")
    raise UsageError("--kind adhoc cần cả --from và --to")


def label(start: date, end: date) -> str:
    """Return the period in words."""
    return f"từ ngày {start:%d/%m/%Y} đến hết ngày {end:%d/%m/%Y}"
