"""What a report says: the sections that DUTIES 6.2 asks for, filled with numbers; what only the office knows stays blank."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta

from classifiers.referencebase import load_references
from dashboards.digest import gather as digest_gather
from dashboards.reports.gather import communes_of, false_alarms, names_in, numbers
from dashboards.reports.periods import KINDS, label
from dashboards.reports.records import Chart, Numbers, Report, Section, Table
from dashboards.shown import number, one_line, time_vi
from pipelines.clock import HANOI, local, now, show
from pipelines.errors import UsageError
from pipelines.settings import load_profile
from pipelines.store import Store

# Kinds with the parts of the plans, and every how many years their deadline comes.
YEARLY = {"annual": 1, "five-year": 5}
# Raised before the period and decided in it: not among its false alarms.
BEFORE = "Nêu trước kỳ: "
BLANK = "…… (người soạn điền)"


def build_report(
    store: Store, province: str, kind: str, start: date, end: date, owners: Mapping[str, str] | None = None
) -> Report:
    """Build the report of `kind` for profile `province`; UsageError for an unknown profile or kind, or an odd period."""
    if kind not in KINDS:
        raise UsageError(f"loại báo cáo “{kind}” không có; chọn một trong: {', '.join(KINDS)}")
    if end < start or (end - start).days > 6 * 366:
        raise UsageError(f"kỳ báo cáo {label(start, end)} không hợp lệ; ngày đầu phải trước ngày cuối, nhiều nhất sáu năm")
    profile = load_profile(province)
    moment = now()
    today = local(moment).date()
    if start > today:
        raise UsageError(f"kỳ báo cáo {label(start, end)} chưa bắt đầu; chọn kỳ đã qua hoặc đang chạy")
    first, last = datetime.combine(start, time(), HANOI), datetime.combine(end, time(), HANOI) + timedelta(days=1)
    with store.read() as conn:
        found = numbers(conn, profile, start, end, owners or {})
        communes = tuple((one.title, numbers(conn, one, start, end, owners or {})) for one in communes_of(profile))
        wrong = false_alarms(conn, profile, start, end)
        earlier = [c for c in digest_gather.corrections(conn, profile, first, last, names_in(profile)) if c.raised < first]
        follow = digest_gather.following(conn, profile, last, names_in(profile))
    corrections = Table(
        "Nội dung đã nêu, sau kết luận là không sai lệch", ("Bài, nguồn, lý do", "Ngày kết luận"),
        (*((f"{one_line(a.title)} ({one_line(a.outlet, 80)}). Lý do: {one_line(d.reason, 200)}", time_vi(d.decided)) for a, d in wrong),
         *((f"{BEFORE}{c.title} ({c.outlet}). Lý do: {one_line(c.reason, 200)}", time_vi(c.decided)) for c in earlier)),
    )  # fmt: skip
    open_now = Table("Nội dung còn theo dõi", ("Bài, nguồn", "Tình trạng"), tuple((f"{c.title} ({c.outlet})", c.status) for c in follow))
    results = (_news(found), _checked(found), _replies(found, corrections))
    if kind in YEARLY:
        sections = _yearly(found, results, communes, open_now)
    else:
        names = ("I. XU HƯỚNG VÀ CHỦ ĐỀ", "II. NỘI DUNG ĐÃ ĐỐI CHIẾU", "III. TRẢ LỜI, CẢI CHÍNH VÀ KẾT QUẢ")
        sections = [
            Section(name, part.text, part.tables, part.charts) for name, part in zip(names, results, strict=True)
        ]
        sections.append(Section("IV. DỰ KIẾN THEO DÕI", tables=(open_now, *_communes(communes))))
    sections.append(Section("GHI CHÚ PHƯƠNG PHÁP", text=METHOD, annex=kind in YEARLY))
    due = next((f"{d.name}: trước ngày {d.due[3:]}/{d.due[:2]}, gửi {d.whither}" for d in profile.deadlines if d.every == YEARLY.get(kind)), "")
    abstract = f"{KINDS[kind].format(start=start, end=end)} theo dõi báo chí, đối chiếu thông tin về chủ quyền, biên giới, biển, đảo {label(start, end)}"
    until = moment if end >= today else None
    if until:
        abstract += f"; số liệu tạm tính đến {show(until)}"
    return Report(profile, kind, start, end, "BÁO CÁO", abstract, found, tuple(sections), due, communes, until)


METHOD = (
    "Số liệu đếm từ kho của Cột Mốc: bài trên báo chí và kênh công khai của các tổ chức trong danh mục; không có số liệu về cá nhân.",
    "Bài được tính theo ngày đăng, không rõ thì theo ngày thu. Nội dung cần đối chiếu do máy nêu; kết luận là của người trực.",
    "Tỷ lệ báo động nhầm là phần kết luận “không sai lệch” trong các nội dung đã có kết luận. Việc gửi công văn và trả lời của báo, "
    "kênh do người trực ghi ở trang hồ sơ; công văn tính vào kỳ của ngày gửi.",
)


def _news(n: Numbers) -> Section:
    text = (
        f"Trong kỳ thu được {number(n.collected)} bài; {number(n.ours)} bài viết về địa phương hoặc về biên giới, biển, đảo.",
    )
    tables = (
        _table("Bài theo nhóm nguồn", "Nhóm nguồn", n.by_class), _table("Bài theo ngôn ngữ", "Ngôn ngữ", n.by_lang),
        _table("Bài theo chủ đề", "Chủ đề", n.by_topic), _table("Bài theo địa bàn", "Địa bàn", n.by_place),
    )  # fmt: skip
    chart = Chart(
        "Số bài và số nội dung cần đối chiếu theo thời gian", tuple(row[0] for row in n.trend),
        (("bài", tuple(row[1] for row in n.trend)), ("nội dung cần đối chiếu", tuple(row[2] for row in n.trend))),
    )  # fmt: skip
    return Section("", text, tables, (chart,) if n.ours or n.claims else ())


def _checked(n: Numbers) -> Section:
    base = load_references()
    rows = tuple((id, one_line(base.get(id).statement_vi, 160) if id in base else "(không còn trong cơ sở tư liệu)", number(count)) for id, count in n.references)
    text = (f"Có {number(n.claims)} nội dung cần đối chiếu; {number(n.reviewed)} nội dung đã có người xem.",)
    tables = (
        _table("Nội dung theo loại", "Loại", n.by_type), _table("Nội dung theo nhận định của máy", "Nhận định", n.by_verdict),
        _table("Nội dung theo tình trạng", "Tình trạng", n.by_status),
        Table("Tư liệu bị nêu trái nhiều nhất", ("Tư liệu", "Nội dung", "Số lần"), rows),
    )  # fmt: skip
    charts = (Chart("Nội dung cần đối chiếu theo nhận định", tuple(v for v, _ in n.by_verdict), (("nội dung", tuple(c for _, c in n.by_verdict)),), over_time=False),)
    return Section("", text, tables, charts if n.by_verdict else ())


def _replies(n: Numbers, corrections: Table) -> Section:
    rate = f"{100 * n.false_alarms / n.concluded:.1f} %".replace(".", ",") if n.concluded else "chưa có kết luận nào"
    rows = (
        ("Nội dung hai người thống nhất cần phản hồi", number(n.needs_reply)), ("Hồ sơ chứng cứ đã lập", number(n.packs)),
        ("Công văn đề nghị cải chính đã gửi", number(n.sent)), ("Đã có trả lời", number(n.answered)),
        ("Trong đó đã cải chính", number(n.corrected)), ("Báo, kênh không trả lời", number(n.unanswered)),
        ("Nội dung đã có kết luận", number(n.concluded)), ("Trong đó không sai lệch (báo động nhầm)", number(n.false_alarms)),
        ("Tỷ lệ báo động nhầm", rate),
    )  # fmt: skip
    hours = tuple((name, "chưa có" if value is None else f"{value:.1f} giờ".replace(".", ",")) for name, value in n.hours)
    tables = (
        Table("Phản hồi và chất lượng", ("Chỉ tiêu", "Giá trị"), rows),
        Table("Thời gian xử lý (trung vị)", ("Khâu", "Giá trị"), hours),
        _table("Sản phẩm đã lập", "Sản phẩm", n.products), corrections,
    )  # fmt: skip
    return Section("", (), tables)


def _yearly(n: Numbers, results: tuple[Section, ...], communes: tuple[tuple[str, Numbers], ...], open_now: Table) -> list[Section]:
    text = tuple(line for part in results for line in part.text)
    tables = tuple(table for part in results for table in part.tables)
    charts = tuple(chart for part in results for chart in part.charts)
    return [
        Section("I. TÌNH HÌNH TRIỂN KHAI", (f"Văn bản đã ban hành: {BLANK}", f"Phân công, phối hợp (TTXVN, BĐBP): {BLANK}"), blank=True),
        Section("II. KẾT QUẢ", (*text, f"Phối hợp và kết quả khác: {BLANK}"), (*_years(n), *tables[8:11]), charts),
        Section("III. ĐÁNH GIÁ", (
            f"Ưu điểm: {BLANK}", f"Tồn tại, nguyên nhân: {BLANK}",
            f"Báo động nhầm: {number(n.false_alarms)} trong {number(n.concluded)} nội dung đã có kết luận.",
        ), blank=True),
        Section("IV. PHƯƠNG HƯỚNG, KIẾN NGHỊ", (f"Phương hướng: {BLANK}", f"Kiến nghị: {BLANK}"), (open_now,), blank=True),
        Section("PHỤ LỤC SỐ LIỆU", (), (*tables[:8], tables[11], *_communes(communes)), annex=True),
    ]  # fmt: skip


def _years(n: Numbers) -> tuple[Table, ...]:
    """The years beside one another, where a report covers more than two."""
    rows = tuple((name, *(number(count) for count in counts)) for name, *counts in n.years)
    return (Table("Số liệu từng năm", ("Năm", "Bài", "Cần đối chiếu", "Cần phản hồi", "Không sai lệch"), rows),) if rows else ()


def _communes(communes: Iterable[tuple[str, Numbers]]) -> tuple[Table, ...]:
    rows = tuple((name, number(n.local), number(n.ours - n.local), number(n.local_claims), f"{number(n.reviewed)} / {number(n.concluded)}") for name, n in communes)
    caption = "Số liệu của các xã (đã tính trong số của tỉnh; tin chung của cả nước mọi xã như nhau, không cộng dồn)"
    return (Table(caption, ("Xã", "Bài về xã", "Tin chung", "Cần đối chiếu", "Đã xem / kết luận"), rows),) if rows else ()


def _table(caption: str, head: str, rows: Iterable[tuple[str, int]]) -> Table:
    return Table(caption, (head, "Số lượng"), tuple((name, number(count)) for name, count in rows))
