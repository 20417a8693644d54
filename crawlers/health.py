"""Health of sources: failures weighed, one status out of a short closed list, the reason in plain Vietnamese."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from crawlers import exchange as ex
from crawlers.gaps import shorter
from crawlers.judging import Known, known_of, own_clock, status_of
from crawlers.line import OUTAGE_HOSTS, silent
from crawlers.polling import Poll
from crawlers.registry import Source
from crawlers.urls import host_of
from pipelines.store import Store, feeds
from pipelines.store.feeds import ANSWERED
from pipelines.store.host_pauses import Pause
from pipelines.store.rows import moment, stamp

OK = "ok"
NEW = "new"
# Asked while our own network reached nobody: no fault of the source, and no answer either.
OFFLINE = "offline"
STATUSES = (
    NEW, OK, OFFLINE, "drying", "flooding", "empty", "moved", "blocked by robots", "blocked", "not a feed", "gone", "slow",
    "clock wrong", "certificate", "unreachable", "lying", "damaged", "garbled", "dates wrong", "unstable", "wrong page",
    "unreadable", "selectors", "failing", "overdue",
)  # fmt: skip
STATUS_VI = {
    NEW: "chưa hỏi lần nào", OK: "tốt", OFFLINE: "mạng của ta hỏng", "drying": "đang cạn tin", "flooding": "tăng đột biến", "empty": "feed rỗng",
    "moved": "đã chuyển chỗ", "blocked by robots": "robots.txt không cho", "blocked": "bị chặn",
    "not a feed": "không còn là feed", "gone": "không còn", "slow": "quá chậm", "clock wrong": "đồng hồ sai",
    "certificate": "chứng chỉ sai", "unreachable": "không kết nối được", "lying": "trả 304 sai sự thật", "damaged": "feed bị cắt",
    "garbled": "sai bảng mã", "dates wrong": "ngày sai", "unstable": "đổi địa chỉ bài", "wrong page": "trang khác thay cho bài",
    "unreadable": "bài không có chữ", "selectors": "bộ chọn không còn khớp", "failing": "đang lỗi",
    "overdue": "không được hỏi nữa",
}  # fmt: skip

SHORTEST, LONGEST = timedelta(minutes=5), timedelta(hours=24)
LEARNT_DAYS = 7
# Longest change of the pause from one poll to the next, as a factor.
STEP = 1.5
# After an outage of our own every source is asked again in the next round.
OFFLINE_PAUSE = timedelta(minutes=1)
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
    own = any(poll.exchange is not None and poll.exchange.own_network for poll in polls)
    return silent(polls) and (len(hosts) >= OUTAGE_HOSTS or own)


def update_health(
    store: Store, sources: Sequence[Source], polls: Sequence[Poll], now: datetime, pauses: Mapping[str, Pause] | None = None,
    offline: bool = False,
) -> None:
    """Write status, reason and next poll of every source that was polled; an outage of our own is logged in one line.

    `pauses`: how long hosts are to be left alone, by a page's refusal too. `offline`: others did not answer either.
    """
    if offline or own_outage(polls):
        _write_outage(store, polls, now)
        return
    ahead = own_clock(polls)
    if ahead:
        logging.getLogger(__name__).warning(
            "đồng hồ của máy này lệch %.0f phút so với các máy chủ; hãy bật đồng bộ giờ (timedatectl set-ntp true)", -ahead / 60
        )
    by_source: dict[str, list[Poll]] = {}
    for poll in polls:
        by_source.setdefault(poll.source.id, []).append(poll)
    for source in sources:
        every = by_source.get(source.id, [])
        if not every:
            continue
        rest = [pause for poll in every if (pause := (pauses or {}).get(host_of(poll.url))) is not None]
        # What was put off was not asked: it says nothing of the source.
        mine = [poll for poll in every if poll.outcome != ex.DEFERRED]
        with store.begin() as conn:
            before = feeds.source_state(conn, source.id)
            if not mine:
                _put_off(conn, source, every, before, rest, now)
                continue
            new = sum(poll.new for poll in mine)
            failed = sum(poll.outcome not in ANSWERED for poll in mine)
            feeds.add_failures(conn, source.id, now, failed)
            trend = feeds.trend(conn, source.id, now)
            verdict = assess(source, mine, replace(known_of(conn, source, now), ahead=ahead), before, trend, now)
            row: dict[str, Any] = {
                "status": verdict.status, "reason": verdict.reason, "failures": verdict.failures,
                "last_attempt": stamp(now), "next_poll": stamp(now + max(verdict.interval, _blocked(rest))),
                "interval": int(verdict.interval.total_seconds()),
            }  # fmt: skip
            if any(poll.outcome in ANSWERED for poll in mine):
                row["last_success"] = stamp(now)
            if new:
                row["last_item"] = stamp(now)
            feeds.save_source(conn, source.id, **row)


def _blocked(rest: Sequence[Pause]) -> timedelta:
    """Return how long the host of a source refuses to be asked."""
    return timedelta(seconds=max((pause.seconds for pause in rest if pause.blocked), default=0.0))


def _put_off(
    conn: Connection, source: Source, polls: Sequence[Poll], before: Mapping[str, Any] | None, rest: Sequence[Pause], now: datetime
) -> None:
    """Plan the next poll of a source that was not asked; a day without an answer is said."""
    row: dict[str, Any] = {"next_poll": stamp(now + max(SHORTEST, timedelta(seconds=max((pause.seconds for pause in rest), default=0.0))))}
    asked = moment(before["last_attempt"]) if before else None
    if asked is not None and now - asked > LONGEST:
        row |= {"status": "slow", "reason": f"{polls[0].url}: hơn một ngày chưa hỏi được: {polls[0].reason}"}
    feeds.save_source(conn, source.id, **row)


def _write_outage(store: Store, polls: Sequence[Poll], now: datetime) -> None:
    """Say of every source that it was asked and that the fault is ours; its failures and its rhythm stay as they were."""
    why = Counter(poll.reason for poll in polls if poll.reason and poll.outcome != ex.DEFERRED).most_common(1)
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
    known: Known,
    before: Mapping[str, Any] | None,
    trend: Sequence[int],
    now: datetime,
) -> Verdict:
    """Judge one source by its polls, by what the store knows of it, its failures so far and its trend (items per day)."""
    bad = [poll for poll in polls if poll.outcome not in ANSWERED]
    weight = max((ex.WEIGHT.get(poll.outcome, 0.5) for poll in bad), default=0.0)
    kept = float(before["failures"]) if before else 0.0
    failures = kept + weight if len(bad) == len(polls) else weight / 2 if bad else 0.0
    status, reason = status_of(polls, bad, known, now)
    wait = max((poll.exchange.retry_after or 0.0 for poll in bad if poll.exchange), default=0.0)
    last = moment(before["last_attempt"]) if before and before.get("last_attempt") else None
    interval = shorter(polls, _interval(source, before, trend, failures, wait), now - last if last else None)
    return Verdict(status, reason, failures, max(interval, SHORTEST, timedelta(seconds=min(wait, LONGEST.total_seconds()))))


def _interval(
    source: Source, before: Mapping[str, Any] | None, trend: Sequence[int], failures: float, wait: float
) -> timedelta:
    """Poll about twice per expected item, 5 minutes to 24 hours, and come there step by step (docs/health.md, the rule).

    Items per day are those of whole days after the first: the first holds what the feed had when it was met. Until
    a week is known the declared rhythm holds the guess within a quarter and four times of itself. One poll changes
    the pause by half of itself at most. Failures and Retry-After make it longer.
    """
    interval = rhythm = timedelta(minutes=source.rhythm)
    first = next((number for number, day in enumerate(trend) if day), len(trend))
    days = trend[first + 1 : -1]
    if days:
        interval = timedelta(days=1) / max(2 * sum(days) / len(days), 1.0)
        if len(days) < LEARNT_DAYS:
            interval = min(max(interval, rhythm / 4), rhythm * 4)
    # The pause after a failure says how long to leave a host alone, and nothing of how often it publishes.
    if before and before.get("interval") and not before["failures"]:
        last = timedelta(seconds=before["interval"])
        interval = min(max(interval, last / STEP), last * STEP)
    interval *= 2 ** min(failures, 6.0) if failures else 1
    interval = max(interval, timedelta(seconds=wait))
    return min(max(interval, SHORTEST), LONGEST)
