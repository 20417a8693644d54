"""Whether our own line to the network is up: told by hosts that fall silent together, and by others that are knocked at."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from crawlers import exchange as ex
from crawlers.exchange import Exchange
from crawlers.urls import host_of

if TYPE_CHECKING:
    from crawlers.polling import Poll
    from crawlers.registry import Source

# Below three hosts it cannot be told whether they or we are cut off.
OUTAGE_HOSTS = 3
# So long nothing is asked on a line that is down; then one request tries.
TRIAL_SECONDS = 60.0
DOWN = "mạng của ta mất giữa chừng: nhiều máy chủ vừa đáp nay cùng im; để lượt sau"
_SILENT = {ex.UNREACHABLE, ex.TIMEOUT}


class Line:
    """Follows one run: down as soon as three hosts that had answered fall silent with no answer from anybody in between.

    Names that our resolver cannot answer, and networks out of reach, count for hosts that had not answered before, too.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._alive: set[str] = set()
        self._silent: dict[str, datetime] = {}
        self._next_trial = 0.0
        self._spells: list[tuple[datetime, datetime | None]] = []

    def open(self) -> bool:
        """Tell whether a request may be made now."""
        return not self.down or self._clock() >= self._next_trial

    @property
    def down(self) -> bool:
        """Whether nobody has answered since three hosts fell silent."""
        return bool(self._spells) and self._spells[-1][1] is None

    def heard(self, host: str, at: datetime) -> None:
        """Note an answer of any kind, to a request of the moment `at`."""
        self._alive.add(host)
        self._silent.clear()
        if self.down:
            self._spells[-1] = (self._spells[-1][0], at)

    def missed(self, host: str, at: datetime, own: bool) -> None:
        """Note silence; `own`: the fault looks like our own."""
        if own or host in self._alive:
            self._silent.setdefault(host, at)
        if len(self._silent) >= OUTAGE_HOSTS and not self.down:
            self._spells.append((min(self._silent.values()), None))
        self._next_trial = self._clock() + TRIAL_SECONDS

    def excuse(self, answer: Exchange) -> Exchange:
        """Return what a request came to that was made while the line was down: it was put off, and is nobody's fault."""
        if answer.outcome not in _SILENT or not self._covers(answer.fetched):
            return answer
        return replace(answer, outcome=ex.DEFERRED, reason=DOWN, own_network=True)

    def _covers(self, at: datetime | None) -> bool:
        return at is not None and any(begin <= at and (end is None or at < end) for begin, end in self._spells)


def excuse(line: Line, polls: Sequence[Poll]) -> None:
    """Take back the failures of polls that fell silent with the line, the first ones included, by which it was told."""
    for poll in polls:
        if poll.exchange is not None and poll.outcome in _SILENT:
            poll.exchange = line.excuse(poll.exchange)
            poll.outcome, poll.reason = poll.exchange.outcome, poll.exchange.reason


def silent(polls: Sequence[Poll]) -> bool:
    """Tell whether no poll was answered at all; those put off because the line was down by then count among them."""
    return any(poll.outcome in _SILENT for poll in polls) and all(
        poll.outcome in _SILENT or (poll.exchange is not None and poll.exchange.own_network) for poll in polls
    )


async def nobody_answers(
    sources: Sequence[Source], rows: Mapping[str, Mapping[str, Any]], asked: set[str], knock: Callable[[Source], Awaitable[bool | None]]
) -> bool:
    """Tell whether the hosts that were `asked` are silent because all are: others are knocked at, those that answered last first.

    True when so many keep silent that it is our line, and not one of them answers (`knock`: None for one at rest).
    """
    alive = {source.id: row["last_success"] for source in sources if (row := rows.get(source.id)) and row["last_success"]}
    gone = set(asked)
    for source in sorted((source for source in sources if source.id in alive), key=lambda source: alive[source.id], reverse=True):
        host = host_of(source.home)
        if host in gone or len(gone) >= OUTAGE_HOSTS:
            continue
        answers = await knock(source)
        if answers:
            return False
        if answers is False:
            gone.add(host)
    return len(gone) >= OUTAGE_HOSTS
