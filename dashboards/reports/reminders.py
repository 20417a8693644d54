"""Reminders of deadlines, pushed by the office's channels of notice: T-30, T-7 and T-1, each once for a duty and channel."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

from dashboards.reports.deadlines import REMIND, Due, upcoming
from pipelines.clock import local
from pipelines.deliver import backoff
from pipelines.notify.channels import send_by_apprise
from pipelines.notify.hours import is_quiet
from pipelines.records import StepCount
from pipelines.settings import Settings, load_profile, profile_names
from pipelines.store import Store, outbox

TOPIC = "remind"
# A reminder whose day found the machine switched off still comes within these days, unless the next one is due by then.
GRACE = 6
LEASE, LONGEST = timedelta(minutes=5), timedelta(hours=1)


def remind(store: Store, settings: Settings, now: datetime, send: Callable[[str, str, str], bool] = send_by_apprise) -> StepCount:
    """Owe what is due and send it. Outcomes: sent; quiet (hours of rest); retry; forgotten (the channel is gone); later."""
    today = local(now).date()
    mine = [load_profile(name) for name in profile_names()]
    mine = [one for one in mine if settings.profile in (one.name, one.parent)]
    with store.begin() as conn:
        for due in upcoming(mine, today, max(REMIND)):
            mark = next((days for days in sorted(REMIND) if 0 <= days - due.left <= GRACE), None) if due.left >= 0 else None
            for channel in settings.notify if mark else ():
                outbox.put(conn, TOPIC, f"{channel}:{_key(due, mark or 0)}", 1, json.dumps(_said(due), ensure_ascii=False))
        owed = outbox.owed(conn, TOPIC)
        messages = outbox.pending(conn, TOPIC, 500, now)
    outcomes: Counter[str] = Counter(later=owed - len(messages))
    for message in messages:
        channel = message.key.partition(":")[0]
        address = settings.notify.get(channel)
        if address is not None and is_quiet(now, settings.quiet_hours):
            outcomes["quiet"] += 1
            continue
        with store.begin() as conn:
            if not outbox.lease(conn, message.seq, now, now + LEASE):
                outcomes["later"] += 1
                continue
        title, text = json.loads(message.payload)
        taken = address is None or send(address, title, text)
        with store.begin() as conn:
            if taken:
                outbox.mark_delivered(conn, [message.seq], now)
            else:
                outbox.mark_failed(conn, message.seq, f"kênh {channel} không nhận", now + backoff(message.attempts, LONGEST))
        outcomes["forgotten" if address is None else "sent" if taken else "retry"] += 1
    kept = {name: count for name, count in outcomes.items() if count}
    return StepCount(step="remind", entered=sum(kept.values()), outcomes=kept)


def _key(due: Due, mark: int) -> str:
    return hashlib.sha256(f"{due.office}|{due.name}|{due.day}|{mark}".encode()).hexdigest()[:32]


def _said(due: Due) -> tuple[str, str]:
    left = f"còn {due.left} ngày" if due.left else "hôm nay là hạn"
    text = f"{due.title}: {due.name}\nTrước ngày {due.day:%d/%m/%Y} ({left}), gửi {due.whither}."
    if due.basis:
        text += f"\nCăn cứ: {due.basis}."
    return f"Nhắc hạn báo cáo: {due.name}, {left}", f"{text}\nLập dự thảo: cotmoc report --profile {due.office} --kind {due.kind}"
