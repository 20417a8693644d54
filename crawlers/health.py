"""Health of sources: failures weighed, one status out of a short closed list, the reason in plain Vietnamese."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from crawlers import exchange as ex
from crawlers.polling import Poll
from crawlers.registry import Source
from crawlers.urls import host_of
from pipelines.store import Store, feeds
from pipelines.store.feeds import ANSWERED
from pipelines.store.rows import moment, stamp

OK = "ok"
NEW = "new"
# Asked while our own network reached nobody: no fault of the source, and no answer either.
OFFLINE = "offline"
STATUSES = (
    NEW, OK, OFFLINE, "drying", "flooding", "empty", "moved", "blocked by robots", "blocked", "not a feed", "gone", "slow",
    "clock wrong", "unreachable", "lying", "failing",
)  # fmt: skip
STATUS_VI = {
    NEW: "chưa hỏi lần nào", OK: "tốt", OFFLINE: "mạng của ta hỏng", "drying": "đang cạn tin", "flooding": "tăng đột biến", "empty": "feed rỗng",
    "moved": "đã chuyển chỗ", "blocked by robots": "robots.txt không cho", "blocked": "bị chặn",
    "not a feed": "không còn là feed", "gone": "không còn", "slow": "quá chậm", "clock wrong": "đồng hồ sai",
    "unreachable": "không kết nối được", "lying": "trả 304 sai sự thật", "failing": "đang lỗi",
}  # fmt: skip

SHORTEST, LONGEST = timedelta(minutes=5), timedelta(hours=24)
SLOW_SECONDS = 20.0
CLOCK_SECONDS = 600.0
# After an outage of our own every source is asked again in the next round.
OFFLINE_PAUSE = timedelta(minutes=1)
# Below three hosts it cannot be told whether they or we are cut off.
OUTAGE_HOSTS = 3
_STATUS_OF = {
    ex.GONE: "gone", ex.ROBOTS: "blocked by robots", ex.GUARD: "blocked", ex.TIMEOUT: "slow",
    ex.UNREACHABLE: "unreachable", "not-a-feed": "not a feed", "empty": "empty", ex.THROTTLED: "blocked",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Verdict:
    """Status, reason and what follows for the next poll."""

    status: str
    reason: str
    failures: float
    interval: timedelta


def is_due(row: Mapping[str, Any] | None, now: datetime) -> bool:
    """Tell whether a source's next poll has come; a source never met is due."""
    next_poll = moment(row["next_poll"]) if row else None
    return next_poll is None or next_poll <= now


def own_outage(polls: Sequence[Poll]) -> bool:
    """Tell whether nobody at all was reached: then the fault is ours, and no source is marked."""
    hosts = {host_of(poll.url) for poll in polls}
    silent = all(poll.outcome in {ex.UNREACHABLE, ex.TIMEOUT} for poll in polls)
    own = any(poll.exchange is not None and poll.exchange.own_network for poll in polls)
    return bool(polls) and silent and (len(hosts) >= OUTAGE_HOSTS or own)


def update_health(
    store: Store, sources: Sequence[Source], polls: Sequence[Poll], pages: Mapping[str, Counter[str]], now: datetime
) -> None:
    """Write status, reason and next poll of every source that was polled; an outage of our own is logged in one line."""
    if own_outage(polls):
        _write_outage(store, polls, now)
        return
    by_source: dict[str, list[Poll]] = {}
    for poll in polls:
        by_source.setdefault(poll.source.id, []).append(poll)
    for source in sources:
        mine = by_source.get(source.id, [])
        if not mine:
            continue
        with store.begin() as conn:
            before = feeds.source_state(conn, source.id)
            new = sum(poll.new for poll in mine)
            failed = sum(poll.outcome not in ANSWERED for poll in mine)
            feeds.add_failures(conn, source.id, now, failed)
            trend = feeds.trend(conn, source.id, now)
            verdict = assess(source, mine, pages.get(source.id, Counter()), before, trend, now)
            row: dict[str, Any] = {
                "status": verdict.status, "reason": verdict.reason, "failures": verdict.failures,
                "last_attempt": stamp(now), "next_poll": stamp(now + verdict.interval),
                "interval": int(verdict.interval.total_seconds()),
            }  # fmt: skip
            if any(poll.outcome in ANSWERED for poll in mine):
                row["last_success"] = stamp(now)
            if new:
                row["last_item"] = stamp(now)
            feeds.save_source(conn, source.id, **row)


def _write_outage(store: Store, polls: Sequence[Poll], now: datetime) -> None:
    """Say of every source that it was asked and that the fault is ours; its failures and its rhythm stay as they were."""
    why = Counter(poll.reason for poll in polls if poll.reason).most_common(1)
    reason = "mạng của ta không tới được nguồn nào" + (f": {why[0][0]}" if why else "")
    with store.begin() as conn:
        for name in dict.fromkeys(poll.source.id for poll in polls):
            feeds.save_source(
                conn, name, status=OFFLINE, reason=reason, last_attempt=stamp(now), next_poll=stamp(now + OFFLINE_PAUSE)
            )
    logging.getLogger(__name__).warning("%s; kiểm tra mạng và máy chủ tên miền (DNS) của máy này", reason)


def assess(
    source: Source,
    polls: Sequence[Poll],
    pages: Counter[str],
    before: Mapping[str, Any] | None,
    trend: Sequence[int],
    now: datetime,
) -> Verdict:
    """Judge one source by its polls, its pages, its failures so far and its trend (items per day, today last)."""
    bad = [poll for poll in polls if poll.outcome not in ANSWERED]
    weight = max((ex.WEIGHT.get(poll.outcome, 0.5) for poll in bad), default=0.0)
    kept = float(before["failures"]) if before else 0.0
    failures = kept + weight if len(bad) == len(polls) else weight / 2 if bad else 0.0
    status, reason = _status(source, polls, bad, pages, before, trend, now)
    wait = max((poll.exchange.retry_after or 0.0 for poll in bad if poll.exchange), default=0.0)
    return Verdict(status, reason, failures, _interval(source, before, trend, failures, wait))


def _status(
    source: Source,
    polls: Sequence[Poll],
    bad: Sequence[Poll],
    pages: Counter[str],
    before: Mapping[str, Any] | None,
    trend: Sequence[int],
    now: datetime,
) -> tuple[str, str]:
    if bad:
        worst = max(bad, key=lambda poll: ex.WEIGHT.get(poll.outcome, 0.5))
        status = _STATUS_OF.get(worst.outcome, "failing")
        if worst.exchange is not None and worst.exchange.status in {401, 403, 429, 451}:
            status = "blocked"
        part = f"{len(bad)}/{len(polls)} địa chỉ lỗi; " if len(polls) > 1 else ""
        return status, f"{part}{worst.url}: {worst.reason}"
    for outcome, status in (("lied", "lying"), ("moved", "moved"), ("empty", "empty")):
        found = next((poll for poll in polls if poll.outcome == outcome), None)
        if found is not None:
            return status, f"{found.url}: {found.reason}"
    lying = next((poll for poll in polls if poll.distrusted()), None)
    refused = pages[ex.ROBOTS]
    if refused and refused == sum(pages.values()):
        return "blocked by robots", f"robots.txt không cho tải {refused} bài mà feed nêu"
    failed = sum(number for name, number in pages.items() if name in {ex.HTTP_ERROR, ex.TIMEOUT, ex.UNREACHABLE})
    if failed and failed == sum(pages.values()) and failed >= 3:
        return "failing", f"feed vẫn đáp nhưng cả {failed} bài đều không tải được"
    slow = max((poll.exchange.seconds for poll in polls if poll.exchange), default=0.0)
    if slow > SLOW_SECONDS:
        return "slow", f"máy chủ đáp sau {slow:.0f} giây"
    skews = [poll.exchange.skew for poll in polls if poll.exchange and poll.exchange.skew is not None]
    if skews and min(abs(skew) for skew in skews) > CLOCK_SECONDS:
        return "clock wrong", f"đồng hồ máy chủ lệch {skews[0] / 60:+.0f} phút"
    volume = _volume(before, trend, now)
    if volume:
        return volume
    if lying is not None:
        return OK, "tốt; máy chủ từng trả 304 sai nên luôn tải đầy đủ"
    return OK, f"{sum(poll.items for poll in polls)} mục, {sum(poll.new for poll in polls)} mục mới"


def _volume(before: Mapping[str, Any] | None, trend: Sequence[int], now: datetime) -> tuple[str, str] | None:
    """Compare yesterday with the four weeks before: mean − 1.5 σ and + 2 σ (issue 4); none before a week is known."""
    days = list(trend[:-2])
    while days and days[0] == 0:
        days.pop(0)
    last = moment(before["last_item"]) if before and before["last_item"] else None
    if len(days) < 7:
        return None
    mean = sum(days) / len(days)
    sigma = (sum((day - mean) ** 2 for day in days) / len(days)) ** 0.5
    yesterday = trend[-2]
    if mean >= 1 and yesterday < mean - 1.5 * sigma and yesterday < mean / 2:
        since = f", tin cuối {last:%d/%m}" if last else ""
        return "drying", f"hôm qua {yesterday} tin, bình thường {mean:.0f} tin một ngày{since}"
    if yesterday > mean + 2 * sigma and yesterday > 2 * mean + 5:
        return "flooding", f"hôm qua {yesterday} tin, bình thường {mean:.0f} tin một ngày"
    return None


def _interval(
    source: Source, before: Mapping[str, Any] | None, trend: Sequence[int], failures: float, wait: float
) -> timedelta:
    """Poll about twice per expected item, 5 minutes to 24 hours; failures and Retry-After make it longer."""
    known = [day for day in trend[:-1] if day] or ([trend[-1]] if before and trend[-1] else [])
    interval = timedelta(minutes=source.rhythm)
    if known:
        per_day = sum(known) / len(known)
        interval = timedelta(days=1) / max(2 * per_day, 1.0)
        interval = min(max(interval, timedelta(minutes=source.rhythm) / 4), timedelta(minutes=source.rhythm) * 4)
    interval *= 2 ** min(failures, 6.0) if failures else 1
    interval = max(interval, timedelta(seconds=wait))
    return min(max(interval, SHORTEST), LONGEST)
