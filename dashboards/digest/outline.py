"""The issue as sections, entries and lines: the one order and wording that HTML, DOCX, PDF and e-mail all render."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from dashboards.digest.records import Checked, Cited, Correction, Digest, Item
from dashboards.shown import lang_vi, number, role_vi, safe_url, tier_vi, time_vi, verdict_vi, visible

NOTHING = "Không có"


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
    entries: tuple[tuple[Line, ...], ...]


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
    rows += [(f"– {name}", number(count)) for name, count in digest.by_class]
    rows += [(f"– {name}", number(count)) for name, count in digest.by_lang]
    rows.append(("Nội dung cần chú ý", number(digest.attention)))
    return rows


def outline(digest: Digest) -> list[Section]:
    """Return the sections after the box, in the order of DUTIES 6.2."""
    sections = [
        ("Tin nổi bật về địa phương", _pair(digest.domestic, digest.foreign, digest.desk)),
        ("Biên giới, biển, đảo", _pair(digest.sea_domestic, digest.sea_foreign, digest.desk)),
        ("Nội dung có dữ kiện cần đối chiếu", (Part("", tuple(_checked(one) for one in digest.claims)),)),
        ("Dự kiến theo dõi", (Part("", tuple(_follow(one) for one in digest.follow)),)),
        ("Đính chính các số trước", (Part("", tuple(_corrected(one) for one in digest.corrections)),)),
        ("Ghi chú phương pháp", (Part("", tuple((line(text, Style.NOTE),) for text in _method(digest))),)),
    ]
    roman = ("I", "II", "III", "IV", "V", "VI")
    return [Section(f"{roman[i]}. {title}", parts) for i, (title, parts) in enumerate(sections)]


def _pair(inside: Iterable[Item], outside: Iterable[Item], desk: str) -> tuple[Part, ...]:
    return (
        Part("1. Báo, kênh trong nước", _themed(inside, desk)),
        Part("2. Báo, kênh nước ngoài", _themed(outside, desk)),
    )


def _themed(items: Iterable[Item], desk: str) -> tuple[tuple[Line, ...], ...]:
    """Group items by theme: themes in the order of their first item, items in their own; each theme named once."""
    groups: dict[str, list[Item]] = {}
    for item in items:
        groups.setdefault(item.theme, []).append(item)
    return tuple(
        (*([line(theme, Style.THEME)] if place == 0 else []), *_item(item, desk)) for theme, group in groups.items() for place, item in enumerate(group)
    )


def _item(item: Item, desk: str) -> tuple[Line, ...]:
    lines = [line(item.title, Style.TITLE, item.url)]
    if item.lang != "vi":
        said = f"Bản dịch máy, chưa ai duyệt: {item.translation}" if item.translation else "Bản dịch: (chưa có)"
        lines.append(line(f"Đầu đề gốc bằng {lang_vi(item.lang)}. {said}", Style.NOTE))
    meta = f"{item.outlet}, {time_vi(item.published)}"
    if item.copies:
        meta += f"; đăng lại: {', '.join(item.copies)}"
    lines.append(line(meta, Style.META))
    if item.disputed:
        lines.append(line("Bài có câu cần đối chiếu, xem mục III.", Style.NOTE))
    if item.summary:
        lines.append(line(item.summary))
    lines.append(line(safe_url(item.url) or "địa chỉ gốc không mở được", Style.NOTE, item.url))
    kept = f"{desk}/articles/{item.article}/archived" if desk and item.article else None
    lines.append(line(f"Bản lưu {item.archived[:12]}" if item.archived else "Chưa có bản lưu", Style.NOTE, kept if item.archived else None))
    return tuple(lines)


def _checked(one: Checked) -> tuple[Line, ...]:
    lines = [
        line(f"“{one.sentence}”", Style.QUOTE),
        line(f"{tier_vi(one.tier)}. {one.title}", Style.TITLE, one.url),
        line(f"{one.outlet}, {time_vi(one.published)}. Cách nêu: {role_vi(one.role)}. Nhận định của máy: {verdict_vi(one.verdict)}.", Style.META),
    ]
    for ref in one.refs:
        lines += _cited(ref)
    lines += [line(f"Tư liệu {id}: không còn trong cơ sở tư liệu hiện dùng.", Style.NOTE) for id in one.missing_refs]
    if one.differs:
        lines.append(line(f"Chỗ khác: {one.differs}"))
    if one.why:
        lines.append(line(f"Lý do: {one.why}"))
    people = ", ".join(one.reviewers) if one.reviewers else "chưa có người xem"
    lines.append(line(f"Tình trạng: {one.status}; người xem: {people}.", Style.NOTE))
    return tuple(lines)


def _cited(ref: Cited) -> list[Line]:
    found = [line(f"Tư liệu {ref.id}: {ref.statement} ({ref.source})", Style.TEXT, ref.url)]
    if ref.contested:
        sides = "; ".join(f"{party}: {position}" for party, position in ref.sides) or ref.note
        found.append(line(f"Mục này còn tranh luận. {sides}", Style.NOTE))
    return found


def _follow(one: Checked) -> tuple[Line, ...]:
    return (
        line(one.title, Style.TITLE, one.url),
        line(f"{one.outlet}, {time_vi(one.published)}. {verdict_vi(one.verdict)}; tình trạng: {one.status}.", Style.META),
        line(f"“{one.sentence}”", Style.QUOTE),
    )


def _corrected(one: Correction) -> tuple[Line, ...]:
    return (
        line(f"{one.title} ({one.outlet})", Style.TITLE),
        line(f"“{one.sentence}”", Style.QUOTE),
        line(f"Đã nêu {time_vi(one.raised)}; ngày {time_vi(one.decided)} kết luận lại: {one.outcome}. Lý do: {one.reason}"),
        *([line(f"Đã in trong: {'; '.join(one.carried)}.", Style.NOTE)] if one.carried else []),
    )


def _method(digest: Digest) -> list[str]:
    notes = list(digest.method)
    if digest.left_out:
        notes.append(f"Còn {number(digest.left_out)} tin khác trong kỳ không in ở đây cho gọn; xem ở bàn làm việc.")
    return notes
