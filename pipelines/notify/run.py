"""One round of notices: plan what is owed, send what is due, keep what could not be sent."""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

from pipelines.deliver import backoff
from pipelines.errors import UsageError
from pipelines.notify.channels import check_names, room_of, send_by_apprise
from pipelines.notify.hours import is_quiet
from pipelines.notify.message import Page, gathered, immediate, news, summary
from pipelines.notify.plan import AT_ONCE, plan, told_at_once
from pipelines.records import OutboxMessage, StepCount
from pipelines.settings import Settings
from pipelines.store import Store, outbox

TOPIC = "notify"
# A process that was killed while sending is taken to be gone after this long, and the notice is sent by another.
LEASE = timedelta(minutes=5)
LONGEST = timedelta(hours=1)
MOST = 1000
# Beyond the flags of an hour (settings.notify_per_hour) a channel gets one gathered message in this time.
GATHER = timedelta(minutes=10)
# Address of a channel, title, text → whether the channel took it.
Send = Callable[[str, str, str], bool]

log = logging.getLogger("cotmoc.notify")


def notify(store: Store, settings: Settings, now: datetime, send: Send = send_by_apprise) -> StepCount:
    """Tell people what is due and return what became of every notice owed.

    Outcomes: sent (at once); gathered (many flags in one message); held (for the next gathered one); summarised; superseded (told as a flag meanwhile); retry (the channel did not take it);
    waiting (behind such a one); quiet (hours of rest); later (its summary or next attempt is still to come);
    forgotten (nothing of the story, or the channel, is left). At least once: a kill between sending and noting sends again.
    """
    while True:
        with store.begin() as conn:
            if not plan(conn, settings, now):
                break
    with store.read() as conn:
        due, owed = outbox.pending(conn, TOPIC, MOST, now), outbox.owed(conn, TOPIC)
    outcomes: Counter[str] = Counter(later=owed - len(due))
    if is_quiet(now, settings.quiet_hours):
        outcomes["quiet"] = len(due)
        return _count(outcomes)
    by_channel: dict[str, list[OutboxMessage]] = {}
    for message in due:
        by_channel.setdefault(message.key.rsplit(":", 1)[0], []).append(message)
    for channel, messages in by_channel.items():
        address = settings.notify.get(channel)
        if address is None:
            _done(store, messages, now)
            outcomes["forgotten"] += len(messages)
            continue
        try:
            check_names({channel: address})
        except UsageError as error:
            # Not the channel's failing but the office's: said in every round until it is mended, and nothing is lost.
            log.error("%s; thông báo được giữ lại", error)
            outcomes["retry"] += len(messages)
            continue
        outcomes += _tell(store, settings, messages, now, partial(send, address), channel, room_of(address))
    return _count(outcomes)


def _tell(
    store: Store, settings: Settings, messages: Sequence[OutboxMessage], now: datetime, send: Callable[[str, str], bool], channel: str, room: int
) -> Counter[str]:
    """Send one channel's flags one by one, then its summary; after a failure the rest of the channel waits."""
    outcomes: Counter[str] = Counter()
    flags = [message for message in messages if message.version == AT_ONCE]
    told = {message.key for message in flags}
    older = [message for message in messages if message not in flags and message.key in told]
    lesser = [message for message in messages if message not in flags and message.key not in told]
    _done(store, older, now)
    outcomes["superseded"] += len(older)
    alone, together, held = _share(store, settings, flags, now, channel)
    outcomes["held"] += len(held)
    rounds = [([message], "sent") for message in alone] + [(part, name) for part, name in ((together, "gathered"), (lesser, "summarised")) if part]
    failed = False
    for part, outcome in rounds:
        if failed:
            outcomes["waiting"] += len(part)
            continue
        mine, pages, gone = _compose(store, settings, part, now, room)
        _done(store, gone, now)
        outcomes["forgotten"] += len(gone)
        outcomes["waiting"] += len(part) - len(mine) - len(gone)
        for page in pages:
            if not send(page.title, page.text):
                break
            # What one message told is told, whatever becomes of the next.
            _done(store, mine[: page.stories], now)
            outcomes[outcome] += page.stories
            mine = mine[page.stories :]
        if not mine:
            continue
        failed = True
        with store.begin() as conn:
            for message in mine:
                outbox.mark_failed(conn, message.seq, f"kênh {channel} không nhận", now + backoff(message.attempts, LONGEST))
        outcomes["retry"] += len(mine)
        if mine[0].attempts == 0:
            log.error("kênh thông báo “%s” không nhận tin; tin được giữ và gửi lại; kiểm tra địa chỉ bằng cotmoc notify --test", channel)
    return outcomes


def _share(
    store: Store, settings: Settings, flags: list[OutboxMessage], now: datetime, channel: str
) -> tuple[list[OutboxMessage], list[OutboxMessage], list[OutboxMessage]]:
    """Part a channel's flags: told one by one while the hour has room, the rest in one message, or held for the next one."""
    if not flags:
        return [], [], []
    with store.read() as conn:
        count, last = told_at_once(conn, channel, now)
    room = max(settings.notify_per_hour - count, 0)
    alone, rest = flags[:room], flags[room:]
    if not room and last is not None and last > now - GATHER:
        return alone, [], rest
    return alone, rest, []


def _compose(
    store: Store, settings: Settings, part: Sequence[OutboxMessage], now: datetime, room: int
) -> tuple[list[OutboxMessage], list[Page], list[OutboxMessage]]:
    """Take the notices of `part` for this process; return them with the messages that tell them in turn, and those of which nothing is left."""
    with store.begin() as conn:
        mine = [message for message in part if outbox.lease(conn, message.seq, now, now + LEASE)]
    with store.read() as conn:
        found = [(message, news(conn, message.key.rsplit(":", 1)[1], settings.desk_url)) for message in mine]
    gone = [message for message, one in found if one is None]
    told = [(message, one) for message, one in found if one is not None]
    if not told:
        return [], [], gone
    if part[0].version == AT_ONCE:
        pages = [immediate(told[0][1])] if len(told) == 1 else gathered([one for _message, one in told], room)
    else:
        pages = summary([(one, json.loads(message.payload)["watches"]) for message, one in told], room)
    return [message for message, _one in told], pages, gone


def _done(store: Store, messages: Sequence[OutboxMessage], now: datetime) -> None:
    if messages:
        with store.begin() as conn:
            outbox.mark_delivered(conn, [message.seq for message in messages], now)


def _count(outcomes: Counter[str]) -> StepCount:
    kept = {name: number for name, number in outcomes.items() if number}
    return StepCount(step="notify", entered=sum(kept.values()), outcomes=kept)
