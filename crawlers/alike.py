"""One page in place of many articles: told by several pages together, where no single one betrays itself.

A cached page for all addresses, a redirect of all of them to one, a wall in words that we do not know.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from crawlers.look import words
from pipelines.store import Store, page_marks
from pipelines.store.page_marks import Shown

# So many addresses with different headlines are no chance.
FEWEST = 3
# Of so many of the newest pages; the same dozen that health judges.
NEWEST = 12
# Of a headline of fewer words none may be left when it is rewritten: its absence says nothing.
TELLING = 4
_SENT = "nhiều bài cùng bị chuyển tới một địa chỉ khác"
_TEXT = "nhiều bài khác nhau cùng trả một trang chữ giống hệt"
_TITLE = "nhiều bài khác nhau cùng trả một trang mang nhan đề khác"
DOUBT = "trang không mang nhan đề mà nguồn đã nêu: xem lại lần nữa rồi mới nhận"


def strangers(pages: Sequence[Shown]) -> dict[str, str]:
    """Return the addresses at which one page stands for three or more articles, each with the reason.

    A page that carries the headline named for it is never among them: copies under one title, and boxes around videos,
    are the outlet's own.
    """
    found: dict[str, str] = {}
    ways: tuple[tuple[str, Callable[[Shown], str]], ...] = (
        (_SENT, lambda page: page.sent),
        # Boxes around videos are one text under many titles: one page has one of each.
        (_TEXT, lambda page: page.text and page.text + page.title),
        # Many outlets title all pages by their name: that says something only of pages without their headline.
        (_TITLE, lambda page: page.title if page.named is False else ""),
    )
    for reason, key in ways:
        groups: dict[str, list[Shown]] = {}
        for page in pages:
            if not page.named and key(page):
                groups.setdefault(key(page), []).append(page)
        for group in groups.values():
            if len({page.headline or page.url for page in group}) >= FEWEST:
                found |= {page.url: reason for page in group if page.url not in found}
    return found


def nowhere_named(pages: Sequence[Shown]) -> bool:
    """Tell whether of three or more pages with a headline none carries it."""
    told = [page.named for page in pages if page.named is not None]
    return len(told) >= FEWEST and not any(told)


def doubtful(page: Shown, before: Shown | None, others: Sequence[Shown]) -> bool:
    """Tell whether a page without the headline that was named for it waits for another look; `before`: its last one.

    Headlines are rewritten, so the second look takes it, unless another article came as the very same page.
    """
    if page.named is not False or len(words(page.headline)) < TELLING:
        return False
    if before is None or before.named is not False:
        return True
    twins = (other for other in others if other.url != page.url and other.headline != page.headline and not other.named)
    return any((page.sent and page.sent == other.sent) or (page.text and (page.text, page.title) == (other.text, other.title)) for other in twins)


class Recent:
    """The newest pages of each source: read from the store once a run, then kept up with what the run fetches.

    Asking for them anew with every batch took a sixth of the time of a long run (6,000 pages a source, 2026-11-21).
    """

    def __init__(self, store: Store, now: datetime) -> None:
        self._store = store
        self._now = now
        self._pages: dict[str, list[Shown]] = {}

    def of(self, source: str) -> list[Shown]:
        """Return them, newest first."""
        if source not in self._pages:
            with self._store.read() as conn:
                self._pages[source] = page_marks.newest(conn, source, self._now, NEWEST)
        return self._pages[source]

    def add(self, stored: Iterable[tuple[str, Shown]]) -> None:
        """Take in pages that are stored now, each with its source."""
        for source, page in stored:
            if source in self._pages:
                self._pages[source] = [page, *(old for old in self._pages[source] if old.url != page.url)][:NEWEST]
