"""What a digest says, before any form: one object from the store, read once, so that all forms say the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta

from dashboards.digest import gather
from dashboards.digest.figures import charts, week
from dashboards.digest.records import Checked, Digest
from dashboards.shown import lang_vi
from pipelines.clock import HANOI, now
from pipelines.errors import UsageError
from pipelines.settings import load_profile
from pipelines.store import Store

# DUTIES 6.2: the period runs from 6:00 of the day before to 6:00 of the day.
TURN = time(6, 0)


def period_of(day: date) -> tuple[datetime, datetime]:
    """Return the period of the issue of `day`."""
    end = datetime.combine(day, TURN, HANOI)
    return end - timedelta(days=1), end


def build_digest(store: Store, province: str, day: date, owners: Mapping[str, str] | None = None) -> Digest:
    """Build the issue of `day` for profile `province`; UsageError for an unknown profile or a period that has not begun.

    `owners` maps a source to the class of its owner (`central press`, `foreign press` …), where that is known.
    """
    profile = load_profile(province)
    start, end = period_of(day)
    moment = now()
    if moment < start:
        raise UsageError(f"điểm báo ngày {day:%d/%m/%Y}: kỳ báo chưa bắt đầu (từ 6h00 ngày {start:%d/%m/%Y}); chọn ngày khác")
    with store.read() as conn:
        # The store's newest text, not the clock: the same store gives the same issue.
        until = gather.newest(conn, end) or start if moment < end else None
        claims = gather.claims(conn, profile, start, end)
        found = gather.news(conn, profile, start, end, types_of(claims), owners or {})
        follow = gather.following(conn, profile, start)
        corrections = gather.corrections(conn, profile, start, end)
        corrections += gather.recalled(conn, profile, day, {one.alert for one in claims + follow}, {one.alert for one in corrections})
        versions = gather.versions(conn)
        days = week(conn, gather.names_of(profile), gather.ours(profile), end)
    langs: dict[str, int] = {}
    for row in found.rows:
        langs[row["lang"]] = langs.get(row["lang"], 0) + 1
    return Digest(
        office=profile, day=day, start=start, end=end, total=len(found.rows),
        by_class=(("báo, kênh trong nước", len(found.rows) - found.from_abroad), ("báo, kênh nước ngoài", found.from_abroad)),
        by_lang=tuple((lang_vi(lang), count) for lang, count in sorted(langs.items(), key=lambda kv: (-kv[1], kv[0]))),
        attention=len(claims), domestic=found.domestic, foreign=found.foreign, sea_domestic=found.sea_domestic,
        sea_foreign=found.sea_foreign, claims=claims, follow=follow, corrections=corrections,
        method=method_note(versions), left_out=found.left_out, charts=charts(found.themes, days), until=until, rest=found.rest,
    )  # fmt: skip


def types_of(claims: Iterable[Checked]) -> dict[str, set[str]]:
    """Return the types of claims by story."""
    found: dict[str, set[str]] = {}
    for claim in claims:
        found.setdefault(claim.story, set()).add(claim.type)
    return found


def method_note(versions: tuple[str, ...]) -> tuple[str, ...]:
    """Return how the issue was made and what it does not do."""
    return (
        "Nguồn: báo chí và kênh công khai của các tổ chức trong danh mục; không thu thập tài khoản cá nhân. "
        "Các bản đăng lại được gộp theo câu chuyện, nêu báo đăng đầu tiên.",
        "Tóm tắt là trích nguyên câu trong bài, không diễn giải. Tin tiếng nước ngoài giữ đầu đề gốc; ô bản dịch để trống khi cơ quan "
        "chưa đặt máy dịch, và bản dịch máy luôn được ghi rõ là của máy. Chủ đề xếp theo từ ngữ của đầu đề và đoạn mở đầu.",
        "Nhận định do máy đối chiếu với cơ sở tư liệu có dẫn nguồn và cần người xem xét; "
        "phê bình, ý kiến, dẫn lời không bị nêu. “Yêu sách của một bên” không phải là sai hay đúng.",
        f"Phiên bản dùng trong kỳ: {'; '.join(versions) if versions else 'chưa có bài nào được đối chiếu'}.",
    )
