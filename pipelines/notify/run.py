"""One round of notices: plan what is owed, send what is due, keep what could not be sent."""

from __future__ import annotations

import json
import logging
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

from pipelines.deliver import backoff
from pipelines.errors import UsageError
from pipelines.notify.away import forget_others, is_away, note_away, note_back
from pipelines.notify.channels import check_names, room_of, send_by_apprise
from pipelines.notify.hours import is_quiet
from pipelines.notify.message import Page, gathered, immediate, news, settled, summary
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
    waiting (behind such a one); quiet (hours of rest); later (its summary or next attempt is still to come); settled
    (people found nothing in it meanwhile); forgotten (nothing of the story, or the channel, is left). At least once: a kill between sending and noting sends again.
    """
    while True:
        with store.begin() as conn:
            if not plan(conn, settings, now):
                break
    with store.begin() as conn:
        forget_others(conn, settings.notify)
        due, owed = outbox.pending(conn, TOPIC, MOST, now), outbox.owed(conn, TOPIC)
    outcomes: Counter[str] = Counter(later=owed - len(due))
    if is_quiet(now, settings.quiet_hours):
        outcomes["quiet"] = len(due)
        return _count(outcomes)
    begun = time.monotonic()
    by_channel: dict[str, list[OutboxMessage]] = {}
    for message in due:
        by_channel.setdefault(message.key.rsplit(":", 1)[0], []).append(message)
    for channel, messages in by_channel.items():
        address = settings.notify.get(channel)
        if address is None:
            _drop(store, messages)
            outcomes["forgotten"] += len(messages)
            continue
        try:
            check_names({channel: address})
        except UsageError as error:
            # Not the channel's failing but the office's: said in every round until it is mended, and nothing is lost.
            log.error("%s; thông báo được giữ lại", error)
            outcomes["retry"] += len(messages)
            continue
        outcomes += _tell(store, settings, messages, now, partial(send, address), channel, room_of(address), begun)
    return _count(outcomes)


def _tell(
    store: Store, settings: Settings, messages: Sequence[OutboxMessage], now: datetime, send: Callable[[str, str], bool], channel: str, room: int, begun: float
) -> Counter[str]:
    """Send one channel's flags one by one, then its summary; after a failure the rest of the channel waits."""
    # First of all: what needs no telling must not use up the flags of the hour.
    over = _settle(store, messages, now)
    outcomes = Counter(settled=len(over))
    messages = [message for message in messages if message not in over]
    flags = [message for message in messages if message.version == AT_ONCE]
    told = {message.key for message in flags}
    older = [message for message in messages if message not in flags and message.key in told]
    lesser = [message for message in messages if message not in flags and message.key not in told]
    _drop(store, older)
    outcomes["superseded"] += len(older)
    alone, together, held = _share(store, settings, flags, now, channel)
    outcomes["held"] += len(held)
    rounds = [([message], "sent") for message in alone] + [(part, name) for part, name in ((together, "gathered"), (lesser, "summarised")) if part]
    with store.read() as conn:
        away = is_away(conn, channel)
    failed = False
    for part, outcome in rounds:
        if failed:
            outcomes["waiting"] += len(part)
            continue
        mine, pages, gone, over = _compose(store, settings, part, now, now + timedelta(seconds=time.monotonic() - begun) + LEASE, room)
        _drop(store, [*gone, *over])
        outcomes += Counter(forgotten=len(gone), settled=len(over), waiting=len(part) - len(mine) - len(gone) - len(over))
        for page in pages:
            if not send(page.title, page.text):
                break
            if away:
                with store.begin() as conn:
                    note_back(conn, channel)
                away = False
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
            if not away:
                # One alarm for an absence, however many notices are owed meanwhile.
                note_away(conn, channel, "không nhận tin; tin được giữ và gửi lại; kiểm tra địa chỉ bằng cotmoc notify --test", now)
                away = True
        outcomes["retry"] += len(mine)
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
    store: Store, settings: Settings, part: Sequence[OutboxMessage], now: datetime, until: datetime, room: int
) -> tuple[list[OutboxMessage], list[Page], list[OutboxMessage], list[OutboxMessage]]:
    """Take the notices of `part` for this process `until` then (a slow channel may take minutes of the round); return them with the messages that tell them in turn, those of which nothing is left, and those settled."""
    with store.begin() as conn:
        mine = [message for message in part if outbox.lease(conn, message.seq, now, until)]
    gone, over, told = [], [], []
    with store.read() as conn:
        for message in mine:
            story, names = _about(message)
            if not names and settled(conn, story):
                over.append(message)
            elif (one := news(conn, story, settings.desk_url)) is None:
                gone.append(message)
            else:
                told.append((message, one, names))
    if not told:
        return [], [], gone, over
    shown = [(one, names) for _message, one, names in told]
    if part[0].version == AT_ONCE:
        pages = [immediate(*shown[0])] if len(shown) == 1 else gathered(shown, room)
    else:
        pages = summary(shown, room)
    return [message for message, *_ in told], pages, gone, over


def _about(message: OutboxMessage) -> tuple[str, list[str]]:
    """Return the story of a notice and the names of the watches that found it."""
    return message.key.rsplit(":", 1)[1], json.loads(message.payload)["watches"]


def _settle(store: Store, messages: Sequence[OutboxMessage], now: datetime) -> list[OutboxMessage]:
    """Drop the notices in which people found nothing meanwhile, and return them; what another process is sending is left to it."""
    with store.read() as conn:
        found = [message for message in messages if not (about := _about(message))[1] and settled(conn, about[0])]
    if not found:
        return []
    with store.begin() as conn:
        over = [message for message in found if outbox.lease(conn, message.seq, now, now + LEASE)]
        outbox.drop(conn, [message.seq for message in over])
    return over


def _drop(store: Store, messages: Sequence[OutboxMessage]) -> None:
    """Owe notices no more without remembering them as told: what comes of their stories later is told."""
    if messages:
        with store.begin() as conn:
            outbox.drop(conn, [message.seq for message in messages])


def _done(store: Store, messages: Sequence[OutboxMessage], now: datetime) -> None:
    if messages:
        with store.begin() as conn:
            outbox.mark_delivered(conn, [message.seq for message in messages], now)


def _count(outcomes: Counter[str]) -> StepCount:
    kept = {name: number for name, number in outcomes.items() if number}
    return StepCount(step="notify", entered=sum(kept.values()), outcomes=kept)
