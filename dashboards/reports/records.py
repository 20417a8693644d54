"""The records of a report: numbers first, then sections of paragraphs, tables and charts, before any form."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from pipelines.settings import Profile

Row = tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A numbered table: caption, head, rows; no row at all reads “Không có”."""

    caption: str
    head: Row
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Chart:
    """A picture with its caption; columns over time when `over_time`, else bars. `series` maps a name to its values."""

    caption: str
    labels: tuple[str, ...]
    series: tuple[tuple[str, tuple[int, ...]], ...]
    over_time: bool = True


@dataclass(frozen=True)
class Section:
    """A section; `blank` marks what the office has to write itself, `annex` what stands behind the signature."""

    heading: str
    text: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    charts: tuple[Chart, ...] = ()
    blank: bool = False
    annex: bool = False


@dataclass(frozen=True)
class Numbers:
    """The statistics of a period, for one office; no number is about a person."""

    collected: int = 0
    ours: int = 0
    # Of these, about the place itself; the others are on borders, sea and islands of the whole country.
    local: int = 0
    by_class: tuple[tuple[str, int], ...] = ()
    by_lang: tuple[tuple[str, int], ...] = ()
    by_topic: tuple[tuple[str, int], ...] = ()
    by_place: tuple[tuple[str, int], ...] = ()
    claims: int = 0
    local_claims: int = 0
    reviewed: int = 0
    by_type: tuple[tuple[str, int], ...] = ()
    by_verdict: tuple[tuple[str, int], ...] = ()
    by_status: tuple[tuple[str, int], ...] = ()
    references: tuple[tuple[str, int], ...] = ()
    hours: tuple[tuple[str, float | None], ...] = ()
    needs_reply: int = 0
    packs: int = 0
    sent: int = 0
    answered: int = 0
    corrected: int = 0
    unanswered: int = 0
    false_alarms: int = 0
    concluded: int = 0
    products: tuple[tuple[str, int], ...] = ()
    trend: tuple[tuple[str, int, int], ...] = ()
    # Year by year, of a period over several: articles, claims, of these in need of a reply and not distorted.
    years: tuple[tuple[str, int, int, int, int], ...] = ()


# The last words above the signature; the decree ends a text with “./.”.
ENDING = "Trên đây là kết quả trong kỳ, trân trọng báo cáo./."


@dataclass(frozen=True)
class Report:
    """One report about `start` ≤ day ≤ `end`."""

    office: Profile
    kind: str
    start: date
    end: date
    title: str
    abstract: str
    numbers: Numbers
    sections: tuple[Section, ...]
    due: str = ""
    communes: tuple[tuple[str, Numbers], ...] = field(default=())
    # While the period is not over: until when the numbers count.
    until: datetime | None = None

    def text_of(self, section: Section) -> tuple[str, ...]:
        """Return the paragraphs of a section; the first annex begins by saying what it belongs to, as the decree asks."""
        annexes = [one for one in self.sections if one.annex]
        if not annexes or section is not annexes[0]:
            return section.text
        return (f"(Kèm theo Báo cáo số ……/BC-…… ngày …… tháng …… năm {self.end.year} của {self.office.agency})", *section.text)
