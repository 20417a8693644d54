"""One status for one source: what its addresses answered, what its newest articles came as, how much it gives."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from sqlalchemy import Connection

from crawlers import exchange as ex
from crawlers.alike import nowhere_named
from crawlers.canary import declares, selector_trouble
from crawlers.gaps import missed_of
from crawlers.line import OUTAGE_HOSTS
from crawlers.polling import Poll
from crawlers.registry import Registry, Source
from crawlers.urls import host_of
from crawlers.volume import alarm
from pipelines.store import articles, captures, frontier, page_marks
from pipelines.store.page_marks import Shown
from pipelines.store.rows import moment

SLOW_SECONDS = 20.0
CLOCK_SECONDS = 600.0
AGREE_SECONDS = 120.0
# So many of the newest articles in a row are no chance; of the newest dozen, half.
IN_A_ROW, DOZEN = 3, 12
# So long after a lie is found it is the news about a source; the full requests go on for a week.
LIE_SHOWN = timedelta(hours=24)
# How the parser of an article says that the declared selectors found nothing (pipelines/extract/engine.py).
MISSED = "(selectors missed)"
CANARY_WINDOW = timedelta(days=1)
WAITED = timedelta(days=1)
ZONE_SLIP = timedelta(hours=6, minutes=50)
SHARED_DAYS = timedelta(days=3)
_SEEN = {"new", "same", ex.UNCHANGED}
_THIN = "thin"
_STATUS_OF = {
    ex.GONE: "gone", ex.ROBOTS: "blocked by robots", ex.GUARD: "blocked", ex.TIMEOUT: "slow",
    ex.UNREACHABLE: "unreachable", ex.CERTIFICATE: "certificate", "not-a-feed": "not a feed", "empty": "empty",
    ex.THROTTLED: "blocked",
}  # fmt: skip
_PAGE_STATUS = {
    ex.ROBOTS: "blocked by robots", ex.GUARD: "blocked", ex.TIMEOUT: "slow", ex.UNREACHABLE: "unreachable",
    ex.CERTIFICATE: "certificate", ex.THROTTLED: "blocked", ex.WRONG_PAGE: "wrong page",
}  # fmt: skip
_REFUSALS = ("401", "402", "403", "451")


@dataclass(frozen=True, slots=True)
class Known:
    """What the store knows of a source: when its items were found, how its newest pages ended, which parser read them.

    `shown`: what its newest pages came as. `shared`: pages of three days that declare the address of another article.
    `youngest`: the least age, by its date, at which one of its newest stories was found.
    `ahead`: seconds by which the clocks of all servers are ahead of ours together (`own_clock`).
    `waiting`: addresses named more than a day ago and never asked for. `trouble`: why its declared selectors are thought to match no more (`canary.selector_trouble`), or empty.
    """

    found: Sequence[datetime] = ()
    pages: Sequence[tuple[str, str]] = ()
    parsers: Sequence[str] = ()
    trouble: str = ""
    waiting: int = 0
    shown: Sequence[Shown] = ()
    shared: int = 0
    youngest: timedelta | None = None
    ahead: float = 0.0


def known_of(conn: Connection, source: Source, now: datetime) -> Known:
    """Read what the verdict needs."""
    id = source.id
    trouble = selector_trouble(conn, Registry((source,)), now, now - CANARY_WINDOW).get(id, "")
    return Known(
        frontier.found_at(conn, id, now), frontier.lately(conn, id, now, DOZEN), articles.parsers(conn, id, now), trouble,
        frontier.waiting(conn, id, now - WAITED), page_marks.newest(conn, id, now, DOZEN),
        captures.counted(conn, id, captures.SHARED_CANONICAL, now - SHARED_DAYS),
        frontier.youngest(conn, id, now, DOZEN),
    )


def own_clock(polls: Sequence[Poll]) -> float:
    """Return the seconds by which the servers are ahead of us, where so many agree that it is our clock that is wrong; else 0."""
    by_host = {host_of(poll.url): skew for poll in polls if poll.exchange and (skew := poll.exchange.skew) is not None}
    middle = median(by_host.values()) if len(by_host) >= OUTAGE_HOSTS else 0.0
    agree = sum(abs(skew - middle) <= AGREE_SECONDS for skew in by_host.values())
    return middle if abs(middle) > CLOCK_SECONDS and 3 * agree >= 2 * len(by_host) else 0.0


def status_of(polls: Sequence[Poll], bad: Sequence[Poll], known: Known, now: datetime) -> tuple[str, str]:
    """Return status and reason: the gravest first, `ok` only when nothing at all speaks against it."""
    if bad:
        return _failed(polls, bad)
    for outcome, status in (("lied", "lying"), ("empty", "empty")):
        found = next((poll for poll in polls if poll.outcome == outcome), None)
        if found is not None:
            return status, f"{found.url}: {found.reason}"
    odd = next((poll for poll in polls if poll.odd[0]), None)
    if odd is not None:
        return odd.odd[0], f"{odd.url}: {odd.odd[1]}"
    pages = _pages(known.pages) or _together(known)
    if pages:
        return pages
    missed = missed_of(polls, now)
    if missed:
        return "slow", missed
    slow = max((poll.exchange.seconds for poll in polls if poll.exchange), default=0.0)
    if slow > SLOW_SECONDS:
        return "slow", f"máy chủ đáp sau {slow:.0f} giây"
    skews = [skew - known.ahead for poll in polls if poll.exchange and (skew := poll.exchange.skew) is not None]
    if skews and min(abs(skew) for skew in skews) > CLOCK_SECONDS:
        return "clock wrong", f"đồng hồ máy chủ lệch {skews[0] / 60:+.0f} phút"
    volume = alarm(known.found, now)
    if volume:
        return volume
    if known.waiting:
        return "slow", f"{known.waiting} bài được nêu đã quá một ngày mà chưa đến lượt tải: máy chủ buộc nghỉ lâu, hoặc mỗi lượt quá ngắn"
    still = next((poll for poll in polls if poll.still[0]), None)
    if still is not None:
        part = f"{sum(bool(poll.still[0]) for poll in polls)}/{len(polls)} địa chỉ; " if len(polls) > 1 else ""
        return still.still[0], f"{part}{still.url}: {still.still[1]}"
    return _selectors(polls[0].source, known, now) or _noted(polls, known, now)


def _selectors(source: Source, known: Known, now: datetime) -> tuple[str, str] | None:
    """Judge whether the declared selectors still match: none of the newest few, or less than half of the last days.

    Selectors that are only assumed (never seen on a page of this outlet) say nothing when they miss.
    """
    if not declares(source, now):
        return None
    missed = [parser.endswith(MISSED) for parser in known.parsers]
    if len(missed) >= IN_A_ROW and all(missed):
        why = f"bộ chọn không còn khớp ở {len(missed)} bài mới nhất"
    elif known.trouble and any(missed[:IN_A_ROW]):
        # Three matching articles in a row, and the declaration has been mended.
        why = known.trouble
    else:
        return None
    return "selectors", f"{why}; bài vẫn đọc được bằng cách chung, hãy sửa tệp nguồn"


def _noted(polls: Sequence[Poll], known: Known, now: datetime) -> tuple[str, str]:
    """Return what remains to be said of a source whose items all came."""
    moved = next((poll for poll in polls if poll.outcome == "moved"), None)
    if moved is not None:
        return "moved", f"{moved.url}: {moved.reason}"
    note = next((note for poll in polls if (note := poll.robots_note())), "")
    if note:
        return "failing", note
    lying = next((poll for poll in polls if poll.distrusted()), None)
    if lying is not None:
        caught = moment(lying.state.get("full_probe"))
        if caught is not None and now - caught < LIE_SHOWN:
            return "lying", "máy chủ trả 304 dù đã có tin mới; tin không mất vì được tải đầy đủ"
        return "ok", "tốt; máy chủ từng trả 304 sai nên luôn tải đầy đủ"
    # The seven hours between Hà Nội and Greenwich; asked seldom, stories are that old by themselves.
    early = known.youngest is not None and ZONE_SLIP <= known.youngest <= ZONE_SLIP + timedelta(hours=2)
    note = "; mọi tin gần đây đều ghi giờ sớm hơn lúc thấy khoảng 7 giờ: có thể nguồn ghi sai múi giờ (xem zone)" if early else ""
    return "ok", f"{sum(poll.items for poll in polls)} mục, {sum(poll.new for poll in polls)} mục mới{note}"


def _failed(polls: Sequence[Poll], bad: Sequence[Poll]) -> tuple[str, str]:
    worst = max(bad, key=lambda poll: ex.WEIGHT.get(poll.outcome, 0.5))
    status = _STATUS_OF.get(worst.outcome, "failing")
    code = worst.exchange.status if worst.exchange is not None else 0
    if code in {401, 402, 403, 429, 451}:
        status = "blocked"
    elif code >= 500 and worst.outcome == ex.THROTTLED:
        status = "failing"
    elif worst.outcome == ex.HTTP_ERROR and "robots.txt" in worst.reason:
        status = "blocked by robots"
    part = f"{len(bad)}/{len(polls)} địa chỉ lỗi; " if len(polls) > 1 else ""
    return status, f"{part}{worst.url}: {worst.reason}"


def _pages(ended: Sequence[tuple[str, str]]) -> tuple[str, str] | None:
    """Judge how the newest pages ended: the newest few in a row, or half of the newest dozen."""
    if len(ended) < IN_A_ROW:
        return None
    for part, share in ((ended[:IN_A_ROW], 1.0), (ended, 0.5)):
        failed = [page for page in part if page[0] not in _SEEN and page[0] not in {_THIN, "not-a-page"}]
        if len(failed) >= max(IN_A_ROW, share * len(part)):
            outcome, reason = Counter(failed).most_common(1)[0][0]
            refused = outcome == ex.HTTP_ERROR and any(code in reason for code in _REFUSALS)
            status = "blocked" if refused else _PAGE_STATUS.get(outcome, "failing")
            return status, f"feed vẫn đáp, nhưng {len(failed)}/{len(part)} bài mới nhất không tải được: {reason}"
        thin = [page for page in part if page[0] == _THIN]
        if len(thin) >= max(IN_A_ROW, share * len(part)):
            return "unreadable", f"{len(thin)}/{len(part)} bài mới nhất không có chữ để đọc: {thin[0][1]}"
    return None


def _together(known: Known) -> tuple[str, str] | None:
    """Judge what only several pages together tell."""
    shown = known.shown
    if nowhere_named(shown):
        return "wrong page", f"không trang nào trong {len(shown)} trang mới nhất mang nhan đề mà nguồn đã nêu: có thể là trang khác thay cho bài"
    if known.shared >= IN_A_ROW:
        return "unstable", f"{known.shared} trang trong ba ngày khai cùng một địa chỉ chuẩn (rel=canonical) với bài khác; đã giữ riêng theo địa chỉ thật"
    return None
