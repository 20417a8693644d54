"""Checks of the reference base that the schema alone cannot make; each problem names file, entry and remedy."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter as Tally
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from classifiers.reference_records import Confidence, Reference, Validity, Value
from classifiers.referencebase import ReferenceBase
from pipelines.records import FLAG_VERDICTS, WATCH_VERDICTS, Verdict

UNITS = frozenset(
    [
        *("km", "km2", "nm", "m", "ha", "percent", "date", "year", "number", "people", "votes"),
        *("markers", "positions", "points", "segments", "features", "dashes", "line", "gates", "parties"),
        *("units", "communes", "provinces", "cities", "chapters", "articles", "parts", "documents", "inspections"),
    ]
)
MINIMUM_COUNTERS_VI = 6
LONGEST_REVIEW = timedelta(days=366)
_DATE = re.compile(r"^\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?$")
_PERSONAL = re.compile(r"^https?://([^/]*\.)?(blogspot|wordpress|blogger|medium|substack|facebook|tiktok|x|twitter)\.", re.IGNORECASE)
_ALL_TYPES = frozenset(f"D{number:02}" for number in range(1, 19))
_COUNTER_VERDICTS = FLAG_VERDICTS | WATCH_VERDICTS | {Verdict.CONTESTED}


@dataclass(frozen=True)
class Problem:
    """One fault: the YAML file, the entry (empty for the whole base), what is wrong and what to do."""

    file: str
    id: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}: {self.id}: {self.message}" if self.id else f"{self.file}: {self.message}"


def validate(base: ReferenceBase) -> list[Problem]:
    """Return every problem of `base`, in its order; an empty list when it may be released."""
    problems = [
        Problem(f"{entry.area}.yaml", entry.id, message) for entry in base for message in _entry_problems(entry)
    ]
    texts = Tally(_plain(counter.text) for entry in base for counter in entry.counter)
    for entry in base:
        for counter in entry.counter:
            if texts[_plain(counter.text)] > 1:
                problems.append(
                    Problem(f"{entry.area}.yaml", entry.id, f"câu sai mẫu lặp lại: “{counter.text}”; hãy viết câu khác")
                )
    covered = {type_id for entry in base for type_id in entry.claim_types}
    for type_id in sorted(_ALL_TYPES - covered):
        problems.append(Problem("references", "", f"loại {type_id} chưa có mục tư liệu nào; hãy thêm một mục"))
    return problems


def _entry_problems(entry: Reference) -> Iterator[str]:
    yield from _text_problems(entry)
    for value in entry.values:
        yield from _value_problems(value)
    if entry.type == "measurement" and not any(value.validity is Validity.CURRENT for value in entry.values):
        yield "số đo chưa có giá trị hiện hành (validity: current)"
    vi = sum(counter.lang == "vi" for counter in entry.counter)
    if vi < MINIMUM_COUNTERS_VI:
        yield f"mới có {vi} câu sai mẫu tiếng Việt; cần ít nhất {MINIMUM_COUNTERS_VI}"
    for counter in entry.counter:
        if counter.verdict not in _COUNTER_VERDICTS:
            yield f"câu sai mẫu “{counter.text}” không thể mang kết luận {counter.verdict}"
    if entry.contested and len(entry.sides) < 2:
        yield "mục còn tranh luận phải ghi lập trường của ít nhất hai bên (sides)"
    if entry.contested and not (entry.in_dispute and entry.settled):
        yield "mục còn tranh luận phải ghi điều gì còn tranh luận (in_dispute) và điều gì không (settled)"
    yield from _source_problems(entry)
    if not entry.claim_types:
        yield "chưa ghi loại (claim_types)"
    yield from _dating_problems(entry)


def _text_problems(entry: Reference) -> Iterator[str]:
    texts = [entry.statement_vi, entry.statement_en, entry.statement_zh, entry.note, *entry.aliases]
    texts += [counter.text for counter in entry.counter]
    for text in texts:
        if unicodedata.normalize("NFC", text) != text:
            yield f"“{text[:40]}” không ở dạng NFC; hãy chuẩn hóa tệp"
    if not entry.aliases:
        yield "chưa có tên gọi để tìm (aliases)"
    statement = {_plain(entry.statement_vi), _plain(entry.statement_en)}
    for counter in entry.counter:
        if _plain(counter.text) in statement:
            yield f"câu sai mẫu trùng với chính câu tư liệu: “{counter.text}”"


def _value_problems(value: Value) -> Iterator[str]:
    if value.unit not in UNITS:
        yield f"đơn vị “{value.unit}” chưa có trong danh sách {', '.join(sorted(UNITS))}"
    if value.unit == "date" and not _DATE.match(str(value.value)):
        yield f"ngày “{value.value}” phải viết YYYY, YYYY-MM hoặc YYYY-MM-DD"
    if value.unit != "date" and not isinstance(value.value, float):
        yield f"giá trị “{value.value}” ({value.what}) phải là số"
    if value.valid_from and value.valid_to and value.valid_from > value.valid_to:
        yield f"giá trị {value.value} ({value.what}) hết hiệu lực trước khi có hiệu lực"


def _source_problems(entry: Reference) -> Iterator[str]:
    source = entry.source
    if bool(source.article) == bool(source.article_state):
        yield "nguồn phải ghi hoặc điều, khoản, trang (article), hoặc vì sao chưa ghi (article_state: none là không chia điều, to_find là còn phải tra)"
    if entry.type == "treaty" and source.article_state == "none":
        yield "điều ước nào cũng chia điều hay điểm: ghi article, hoặc article_state: to_find"
    if bool(source.url) != bool(source.page):
        yield "có địa chỉ thì phải ghi ở đó là gì (page: original, copy, report, portal); không có địa chỉ thì bỏ page"
    if source.opened and not source.url:
        yield "ghi ngày mở (opened) mà không có địa chỉ"
    if _PERSONAL.search(source.url):
        yield "trang cá nhân không phải là nguồn; hãy dẫn văn bản, cơ quan, báo hoặc nghiên cứu"


def _dating_problems(entry: Reference) -> Iterator[str]:
    if entry.review_by <= entry.as_of:
        yield "ngày xem lại (review_by) phải sau ngày lập (as_of)"
    if entry.review_by - entry.as_of > LONGEST_REVIEW:
        yield "ngày xem lại (review_by) phải trong vòng một năm kể từ as_of"
    source = entry.source
    if entry.confidence is Confidence.VERIFIED and entry.type != "name" and not (source.url or source.number):
        yield "mục ghi “verified” phải có số hiệu hoặc địa chỉ của nguồn"


def _plain(text: str) -> str:
    return re.sub(r"\W+", " ", text.casefold()).strip()


# Where wrong forms in a foreign language are likely: English is read everywhere, Chinese and Lao beside their borders and seas.
LIKELY = {
    "en": frozenset(), "lo": frozenset(["border_laos"]),
    "zh": frozenset(["award_2016", "border_china", "dashed_line", "fisheries", "gulf_of_tonkin", "hoang_sa", "law_of_the_sea", "letter_1958", "names", "postwar", "truong_sa"]),
}  # fmt: skip


@dataclass(frozen=True)
class Coverage:
    """Counter-statements in one language: how many, in how many entries, and the entries where some are likely but none stands."""

    lang: str
    counters: int
    entries: int
    missing: tuple[str, ...]


def coverage(base: ReferenceBase) -> list[Coverage]:
    """Return the coverage of counter-statements per language; Vietnamese needs six in every entry."""
    rows = []
    for lang in ("vi", *LIKELY):
        counts = {entry.id: sum(counter.lang == lang for counter in entry.counter) for entry in base}
        least = MINIMUM_COUNTERS_VI if lang == "vi" else 1
        wanted = [entry.id for entry in base if lang == "vi" or not LIKELY[lang] or entry.area in LIKELY[lang]]
        missing = tuple(id for id in wanted if counts[id] < least)
        rows.append(Coverage(lang, sum(counts.values()), sum(count > 0 for count in counts.values()), missing))
    return rows


def overdue(base: ReferenceBase, today: date) -> list[str]:
    """Return one line per entry that a curator has to review by `today`."""
    return [f"{entry.id}: phải xem lại trước {entry.review_by:%d/%m/%Y}" for entry in base.due(today)]
