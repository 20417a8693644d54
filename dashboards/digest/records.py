"""The records of a digest: what one issue says, before any form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from dashboards.digest.themes import OTHER
from dashboards.reports.records import Chart
from pipelines.clock import show
from pipelines.settings import Profile


@dataclass(frozen=True)
class Item:
    """One story in the news: title as published, first outlet, a summary in its own sentences, copies elsewhere."""

    story: str
    title: str
    outlet: str
    published: datetime | None
    url: str
    lang: str
    summary: str
    copies: tuple[str, ...] = ()
    archived: str = ""
    disputed: bool = False
    article: str = ""
    theme: str = OTHER
    translation: str = ""
    # An editor wrote the summary: it is printed as it stands.
    rewritten: bool = False


@dataclass(frozen=True)
class Cited:
    """A reference entry as the digest cites it."""

    id: str
    statement: str
    source: str
    url: str
    contested: bool
    sides: tuple[tuple[str, str], ...] = ()
    note: str = ""
    # The entry's review was due before the day: what it says holds as of this day.
    stale: str = ""


@dataclass(frozen=True)
class Checked:
    """A claim to be checked: the sentence as worded, role, verdict, references, state and who reviewed it."""

    alert: str
    story: str
    tier: str
    sentence: str
    role: str
    verdict: str
    refs: tuple[Cited, ...]
    missing_refs: tuple[str, ...]
    differs: str
    why: str
    title: str
    outlet: str
    published: datetime | None
    url: str
    status: str
    reviewers: tuple[str, ...] = ()
    type: str = ""
    article: str = ""
    archived: str = ""


@dataclass(frozen=True)
class Correction:
    """A claim that an earlier issue, or an earlier edition of this one, carried and that now stands otherwise."""

    title: str
    outlet: str
    sentence: str
    raised: datetime
    decided: datetime
    outcome: str
    reason: str
    carried: tuple[str, ...] = ()
    alert: str = ""


@dataclass(frozen=True)
class Digest:
    """One issue; `start` ≤ t < `end` is its period in Hà Nội time."""

    office: Profile
    day: date
    start: datetime
    end: datetime
    total: int
    by_class: tuple[tuple[str, int], ...]
    by_lang: tuple[tuple[str, int], ...]
    attention: int
    domestic: tuple[Item, ...]
    foreign: tuple[Item, ...]
    sea_domestic: tuple[Item, ...]
    sea_foreign: tuple[Item, ...]
    claims: tuple[Checked, ...]
    follow: tuple[Checked, ...]
    corrections: tuple[Correction, ...]
    method: tuple[str, ...]
    left_out: int = 0
    charts: tuple[Chart, ...] = ()
    # Address of the desk, where archived copies are read; empty: they are only named.
    desk: str = ""
    # Which edition was approved (0: a draft), and until when the numbers count while the period is not over.
    edition: int = 0
    until: datetime | None = None
    edits: str = ""
    # How much paper leaves to the HTML file so that it is at most three pages: a step of `outline.STEPS`.
    squeeze: int = field(default=0, repr=False, compare=False)
    # What an editor may take in, by list; not of the content.
    rest: Mapping[str, tuple[Item, ...]] = field(default_factory=dict, repr=False, compare=False)

    @property
    def mark(self) -> str:
        """What stands at the head of the first page: a draft until it is approved, then the number of its edition."""
        return f"Bản phát hành lần {self.edition}" if self.edition else "DỰ THẢO"

    @property
    def title(self) -> str:
        """The title of the issue."""
        return f"ĐIỂM BÁO NGÀY {self.day.strftime('%d/%m/%Y')}"

    @property
    def period(self) -> str:
        """The period in the words of the form."""
        first, last = self.start.strftime("%d/%m/%Y"), self.end.strftime("%d/%m/%Y")
        words = f"Kỳ: từ 6h00 hôm trước ({first}) đến 6h00 hôm nay ({last})"
        if self.until:
            words += f"; kỳ chưa hết, số liệu tạm tính đến {show(self.until)}"
        return words + (f"; thay bản phát hành lần {self.edition - 1}" if self.edition > 1 else "")
