"""The issue as sections, entries and lines: the one order and wording that HTML, DOCX, PDF and e-mail all render.

`brief` is what leaders read on paper, one to three pages (DUTIES 6.2); in full it is the HTML file beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlsplit

from dashboards.digest.records import Checked, Cited, Correction, Digest, Item
from dashboards.digest.summary import shortened
from dashboards.reports.records import Chart
from dashboards.shown import (
    lang_vi,
    number,
    one_line,
    role_vi,
    safe_url,
    tier_vi,
    time_vi,
    verdict_vi,
    visible,
)

NOTHING = "Không có"
# How many entries paper holds in sections I and II (home and abroad), III and IV, step by step until the issue fits; what is more
# is counted and stands in the HTML. The last step leaves the charts to the HTML too.
STEPS = (((4, 2), (3, 2), 5, 3), ((3, 2), (2, 2), 4, 2), ((3, 1), (2, 1), 3, 2), ((2, 1), (2, 1), 3, 1), ((1, 1), (1, 1), 2, 1), ((1, 1), (1, 1), 2, 1))
# More corrections than these are printed in two lines each; none is ever left out.
LONG_CORRECTIONS = 3
# Two lines of print of a summary and of a reference; a sentence as it is worded, cut only where it is none.
SHORT, SENTENCE, STATEMENT, SOURCE = 165, 400, 200, 70
Entry = tuple["Line", ...]
T = TypeVar("T")


class Style(StrEnum):
    """How a line looks."""

    TITLE = "title"
    META = "meta"
    TEXT = "text"
    QUOTE = "quote"
    NOTE = "note"
    THEME = "theme"


@dataclass(frozen=True)
class Line:
    """A line of harmless text; `url` is a safe address or None."""

    text: str
    style: Style = Style.TEXT
    url: str | None = None


@dataclass(frozen=True)
class Part:
    """A section's part: an optional heading and its entries; no entry at all reads “Không có”."""

    heading: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Section:
    """A numbered section."""

    heading: str
    parts: tuple[Part, ...]


def line(text: str, style: Style = Style.TEXT, url: str | None = None) -> Line:
    """Return a line with blanks made single and everything harmless."""
    return Line(" ".join(visible(text).split()), style, safe_url(url))


def box(digest: Digest) -> list[tuple[str, str]]:
    """Return the box of counts as label and value."""
    rows = [("Tổng số bài trong kỳ về địa phương và biên giới, biển, đảo", number(digest.total))]
    for counts in (digest.by_class, digest.by_lang):
        if any(count for _name, count in counts):
            rows.append((f"– {' / '.join(name for name, _count in counts)}", " / ".join(number(count) for _name, count in counts)))
    rows.append(("Nội dung cần chú ý", number(digest.attention)))
    return rows


def outline(digest: Digest, *, brief: bool = False) -> list[Section]:
    """Return the sections after the box, in the order of DUTIES 6.2; `brief` is the issue as it is printed."""
    local, sea, claims, follow = STEPS[digest.squeeze] if brief else (None, None, None, None)
    corrected = _corrected_brief if brief and len(digest.corrections) > LONG_CORRECTIONS else _corrected
    sections = [
        ("Tin nổi bật về địa phương", _pair(digest.domestic, digest.foreign, digest.desk, local)),
        ("Biên giới, biển, đảo", _pair(digest.sea_domestic, digest.sea_foreign, digest.desk, sea)),
        ("Nội dung có dữ kiện cần đối chiếu", (Part("", _some(digest.claims, claims, _checked_brief if brief else _checked, digest.desk)),)),
        ("Dự kiến theo dõi", (Part("", _some(digest.follow, follow, _follow_brief if brief else _follow, digest.desk)),)),
        ("Đính chính các số trước", (Part("", tuple(corrected(one) for one in digest.corrections)),)),
        ("Ghi chú phương pháp", (Part("", tuple((line(text, Style.NOTE),) for text in (_method_brief if brief else _method)(digest))),)),
    ]
    roman = ("I", "II", "III", "IV", "V", "VI")
    return [Section(f"{roman[i]}. {title}", parts) for i, (title, parts) in enumerate(sections)]


def kept(entry: Entry, place: int) -> bool:
    """Tell whether a line of an entry stays with the next one: theme, title and source are not parted by the end of a page."""
    return place < min(len(entry) - 1, 3 if entry[0].style is Style.THEME else 2)


def paper_charts(digest: Digest) -> tuple[Chart, ...]:
    """Return the charts that paper holds."""
    return digest.charts if digest.squeeze < len(STEPS) - 1 else ()


def _some(found: Sequence[T], most: int | None, entry: Callable[[T, str], Entry], desk: str) -> tuple[Entry, ...]:
    """Return the entries of the first `most`, and a line that counts the others."""
    shown = [entry(one, desk) for one in found[:most]]
    return (*shown, *([_others(len(found) - most)] if most is not None and len(found) > most else []))


def _others(count: int) -> Entry:
    return (line(f"và {number(count)} mục khác, xem bản HTML của số này.", Style.NOTE),)


def _pair(inside: Sequence[Item], outside: Sequence[Item], desk: str, most: tuple[int, int] | None) -> tuple[Part, ...]:
    return (
        Part("1. Báo, kênh trong nước", _themed(inside, desk, most[0] if most else None)),
        Part("2. Báo, kênh nước ngoài", _themed(outside, desk, most[1] if most else None)),
    )


def _themed(items: Sequence[Item], desk: str, most: int | None) -> tuple[Entry, ...]:
    """Group items by theme: themes in the order of their first item, items in their own; each theme named once."""
    groups: dict[str, list[Item]] = {}
    for item in items[:most]:
        groups.setdefault(item.theme, []).append(item)
    shown = [
        (*([line(theme, Style.THEME)] if place == 0 else []), *(_item(item, desk) if most is None else _item_brief(item, desk)))
        for theme, group in groups.items()
        for place, item in enumerate(group)
    ]
    return (*shown, *([_others(len(items) - most)] if most is not None and len(items) > most else []))


def _original(item: Item) -> Entry:
    if item.lang == "vi":
        return ()
    said = f"Bản dịch máy, chưa ai duyệt: {item.translation}" if item.translation else "Bản dịch: (chưa có)"
    return (line(f"Đầu đề gốc bằng {lang_vi(item.lang)}. {said}", Style.NOTE),)


def _archived(one: Item | Checked, desk: str) -> Line:
    return line(f"Bản lưu {one.archived[:12]}" if one.archived else "Chưa có bản lưu", Style.NOTE, _kept(one, desk))


def _kept(item: Item | Checked, desk: str) -> str | None:
    return f"{desk}/articles/{item.article}/archived" if desk and item.article and item.archived else None


def _item(item: Item, desk: str) -> Entry:
    lines = [line(item.title, Style.TITLE, item.url), *_original(item)]
    meta = f"{item.outlet}, {time_vi(item.published)}"
    if item.copies:
        meta += f"; đăng lại: {', '.join(item.copies)}"
    lines.append(line(meta, Style.META))
    if item.disputed:
        lines.append(line("Bài có câu cần đối chiếu, xem mục III.", Style.NOTE))
    if item.summary:
        lines.append(line(item.summary))
    lines.append(line(safe_url(item.url) or "địa chỉ gốc không mở được", Style.NOTE, item.url))
    lines.append(_archived(item, desk))
    return tuple(lines)


def _item_brief(item: Item, desk: str) -> Entry:
    meta = f"{one_line(item.outlet, 40)}, {time_vi(item.published)}"
    if item.copies:
        meta += f"; đăng lại: {', '.join(one_line(name, 30) for name in item.copies[:2])}"
        meta += f" và {len(item.copies) - 2} nơi khác" if len(item.copies) > 2 else ""
    meta += f"; {address(item.url)}; {_shelf(item)}"
    lines = [line(one_line(item.title, 160), Style.TITLE, item.url), line(meta, Style.META, _kept(item, desk) or item.url)]
    notes = [one.text for one in _original(item)] + (["Bài có câu cần đối chiếu, xem mục III."] if item.disputed else [])
    lines += [line(" ".join(notes), Style.NOTE)] if notes else []
    if item.summary:
        lines.append(line(item.summary if item.rewritten else shortened(item.summary, SHORT, item.lang)))
    return tuple(lines)


def _shelf(one: Item | Checked) -> str:
    return f"lưu {one.archived[:8]}" if one.archived else "chưa có bản lưu"


def address(url: str) -> str:
    """Return an address as paper shows it: host and the beginning of the path, without what a reader cannot type."""
    if not safe_url(url):
        return "địa chỉ gốc không mở được"
    parts = urlsplit(url)
    return one_line(f"{parts.netloc.removeprefix('www.')}{parts.path.rstrip('/')}" + ("?…" if parts.query else ""), 40)


def _checked(one: Checked, desk: str) -> Entry:
    lines = [
        line(f"“{one.sentence}”", Style.QUOTE),
        line(f"{tier_vi(one.tier)}. {one.title}", Style.TITLE, one.url),
        line(f"{one.outlet}, {time_vi(one.published)}. Cách nêu: {role_vi(one.role)}. Nhận định của máy: {verdict_vi(one.verdict)}.", Style.META),
        line(safe_url(one.url) or "địa chỉ gốc không mở được", Style.NOTE, one.url),
        _archived(one, desk),
    ]
    for ref in one.refs:
        lines += _cited(ref)
    lines += _lost(one)
    if one.differs:
        lines.append(line(f"Chỗ khác: {one.differs}"))
    if one.why:
        lines.append(line(f"Lý do: {one.why}"))
    lines.append(line(f"Tình trạng: {one.status}; người xem: {_people(one)}.", Style.NOTE))
    return tuple(lines)


def _checked_brief(one: Checked, desk: str) -> Entry:
    refs = [f"{shortened(ref.statement, STATEMENT)} ({shortened(ref.source, SOURCE)}; {ref.id})" for ref in one.refs[:1]]
    refs += [f"thêm {', '.join(ref.id for ref in one.refs[1:])}"] if one.refs[1:] else []
    lines = [
        line(f"“{one_line(one.sentence, SENTENCE)}”", Style.QUOTE, one.url),
        line(f"{one_line(one.outlet, 40)}, {time_vi(one.published)}; {address(one.url)}; {_shelf(one)}. {role_vi(one.role)}; nhận định của máy: "
             f"{verdict_vi(one.verdict)}; {one.status}; người xem: {_people(one)}.", Style.META, _kept(one, desk) or one.url),
    ]  # fmt: skip
    if refs:
        lines.append(line(f"Đối chiếu: {'; '.join(refs)}", Style.TEXT, one.refs[0].url))
    lines += [line(f"{ref.id}: {_sides(ref)}", Style.NOTE) for ref in one.refs if ref.contested]
    lines += [line(f"{ref.id}: {ref.stale}.", Style.NOTE) for ref in one.refs if ref.stale]
    return (*lines, *_lost(one))


def _people(one: Checked) -> str:
    return ", ".join(one.reviewers) if one.reviewers else "chưa có"


def _lost(one: Checked) -> list[Line]:
    return [line(f"Tư liệu {id}: không còn trong cơ sở tư liệu hiện dùng.", Style.NOTE) for id in one.missing_refs]


def _sides(ref: Cited) -> str:
    sides = "; ".join(f"{party}: {position}" for party, position in ref.sides) or ref.note
    return f"Mục này còn tranh luận. {sides.rstrip('.')}."


def _cited(ref: Cited) -> list[Line]:
    found = [line(f"Tư liệu {ref.id}: {ref.statement} ({ref.source})", Style.TEXT, ref.url)]
    found += [line(_sides(ref), Style.NOTE)] if ref.contested else []
    return found + ([line(f"{ref.id}: {ref.stale}.", Style.NOTE)] if ref.stale else [])


def _follow(one: Checked, desk: str) -> Entry:
    return (
        line(one.title, Style.TITLE, one.url),
        line(f"{one.outlet}, {time_vi(one.published)}. {verdict_vi(one.verdict)}; tình trạng: {one.status}.", Style.META),
        line(f"“{one.sentence}”", Style.QUOTE),
        _archived(one, desk),
    )


def _follow_brief(one: Checked, desk: str) -> Entry:
    return (
        line(one_line(one.title, 120), Style.TITLE, one.url),
        line(f"{one_line(one.outlet, 40)}, {time_vi(one.published)}; {address(one.url)}; {_shelf(one)}. Tình trạng: {one.status}.", Style.META, _kept(one, desk) or one.url),
    )


def _corrected(one: Correction) -> Entry:
    return (
        line(f"{one.title} ({one.outlet})", Style.TITLE),
        line(f"“{one.sentence}”", Style.QUOTE),
        line(f"Đã nêu {time_vi(one.raised)}; ngày {time_vi(one.decided)} kết luận lại: {one.outcome}. Lý do: {one.reason}"),
        *([line(f"Đã nêu trong: {'; '.join(one.carried)}.", Style.NOTE)] if one.carried else []),
    )


def _corrected_brief(one: Correction) -> Entry:
    carried = f" Đã nêu trong: {one_line('; '.join(one.carried), 160)}." if one.carried else ""
    said = f"“{one_line(one.sentence, 160)}” ({one_line(one.outlet, 40)}): ngày {time_vi(one.decided)} kết luận lại: {one.outcome}."
    return (line(f"{said} Lý do: {one_line(one.reason, 120)}{'' if one.reason.endswith('.') else '.'}{carried}", Style.NOTE),)


def _method(digest: Digest) -> list[str]:
    notes = [*digest.method, *([digest.edits] if digest.edits else [])]
    if digest.left_out:
        notes.append(f"Còn {number(digest.left_out)} tin khác trong kỳ không in ở đây cho gọn; xem ở bàn làm việc.")
    return notes


def _method_brief(digest: Digest) -> list[str]:
    note = (
        "Nguồn: báo chí và kênh công khai của tổ chức trong danh mục; tóm tắt trích nguyên câu. Nhận định do máy đối chiếu với tư liệu có dẫn nguồn, "
        "cần người xem xét; “yêu sách của một bên” không phải là sai hay đúng. Đủ các mục, lý do, phiên bản: tệp HTML của số này."
    )
    note += f" Còn {number(digest.left_out)} tin khác ở bàn làm việc." if digest.left_out else ""
    return [f"{note} {digest.edits}".strip()]
