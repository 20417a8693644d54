"""Shape of one entry of the reference base, as declared in `classifiers/references/*.yaml`.

Only texts, laws, measurements, events and names can be entered: there is no kind for a political opinion.
"""

from __future__ import annotations

import hashlib
import json
from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from pipelines.records import Verdict

Day = date
Lang = Literal["vi", "en", "zh", "lo"]
Kind = Literal["treaty", "law", "measurement", "event", "name"]
Perspective = Literal[
    "multilateral",
    "international_award",
    "bilateral_CN",
    "bilateral_LA",
    "bilateral_KH",
    "vn_law",
    "vn_law_or_fact",
    "state_declaration",
    "state_submission",
    "fact",
]
ReferenceId = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9]{1,4}-\d{2}$")]
TypeId = Annotated[str, Field(pattern=r"^D(0[1-9]|1[0-8])$")]

PREDICATES = {
    "adopted": "được thông qua, ký, có hiệu lực vào ngày nêu",
    "awards_territory": "trao, công nhận lãnh thổ cho một bên",
    "binds": "ràng buộc một bên",
    "changes_border": "làm thay đổi đường biên giới",
    "contains_clause": "văn bản có điều khoản hoặc tên gọi nêu ra",
    "covers_zone": "định bề rộng hoặc quy chế của một vùng biển",
    "decides": "kết luận về một vấn đề",
    "declares": "một nước tuyên bố, nộp hồ sơ, công bố bản đồ",
    "delimited": "đã phân định, phân giới",
    "exists": "văn kiện có trong sổ đăng ký công khai",
    "happened": "sự kiện diễn ra vào lúc và ở nơi nêu",
    "has_count": "có số lượng nêu",
    "has_length": "dài bao nhiêu",
    "has_share": "phần diện tích của mỗi bên",
    "has_status": "đang ở tình trạng nêu",
    "holds": "đang giữ, đã chiếm",
    "is_in_force": "đang có hiệu lực",
    "is_named": "tên gọi tương ứng",
    "is_unit_of": "là đơn vị hành chính thuộc nơi nêu",
    "lies_at": "nằm ở nơi nêu",
    "official_source": "việc phải được cơ quan chức năng xác nhận",
}


class Validity(StrEnum):
    """How a value stands today: in force, an older official one, or a rounding in use."""

    CURRENT = "current"
    LEGACY = "legacy"
    ROUNDING = "rounding"


class Confidence(StrEnum):
    """How far a curator has come: seen in stored public pages, partly so, or not yet."""

    VERIFIED = "verified"
    PARTLY = "verified in part"
    KNOWLEDGE = "from knowledge, to verify"


class Entry(BaseModel):
    """Base of the parts: immutable, unknown fields are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Value(Entry):
    """A number or ISO date with its unit, what it measures, for whom, and since when; tolerance is relative."""

    value: float | str
    unit: str
    what: str
    party: str | None = None
    validity: Validity = Validity.CURRENT
    valid_from: date | None = Field(default=None, alias="from")
    valid_to: date | None = Field(default=None, alias="to")
    tolerance: float | None = Field(default=None, ge=0, le=0.2)


# Why a source names no article: it has none (news, a speech, a list), or it has and a curator has still to find which.
ArticleState = Literal["", "none", "to_find"]
# What stands at the address: the text as its issuer keeps it, a copy of the text, somebody's account of it, or a portal to search.
Page = Literal["", "original", "copy", "report", "portal"]


class Source(Entry):
    """The instrument or page that bears the entry out; `opened` is the day when a curator last opened the address."""

    title: str = Field(min_length=3)
    number: str = ""
    date: str = ""
    article: str = ""
    article_state: ArticleState = ""
    url: str = Field(default="", pattern=r"^(https?://\S+)?$")
    page: Page = ""
    opened: Day | None = None

    @property
    def secondary(self) -> bool:
        """Whether the address leads to an account of the source and not to its text."""
        return self.page == "report"


class Side(Entry):
    """What one side holds on a contested entry."""

    party: str
    position_vi: str


class Counter(Entry):
    """A typical wrong form of the statement, invented by us, and what the base says of it."""

    lang: Lang
    text: str = Field(min_length=8)
    verdict: Verdict = Verdict.CONTRADICTED
    type: TypeId | None = None


class Approval(Entry):
    """That one of the office's approvers stands by the entry as it read at `version` (name or initials and role, as the office writes it)."""

    by: str = Field(min_length=1, max_length=80)
    on: date
    version: str = Field(pattern=r"^[0-9a-f]{12}$")


class Reference(Entry):
    """One entry: a statement that can be checked, its values, source, other side, and typical wrong forms."""

    id: ReferenceId
    area: str
    type: Kind
    predicate: str
    holds: bool = True
    statement_vi: str
    statement_en: str
    statement_zh: str = ""
    values: tuple[Value, ...] = ()
    source: Source
    perspective: Perspective
    contested: bool
    sides: tuple[Side, ...] = ()
    in_dispute: str = ""
    settled: str = ""
    confidence: Confidence
    confidence_note: str = ""
    as_of: date
    review_by: date
    note: str = ""
    counter: tuple[Counter, ...] = ()
    aliases: tuple[str, ...] = ()
    claim_types: tuple[TypeId, ...] = ()
    approvals: tuple[Approval, ...] = ()

    @model_validator(mode="after")
    def _known_predicate(self) -> Reference:
        if self.predicate not in PREDICATES:
            raise ValueError(f"predicate “{self.predicate}” is not one of {', '.join(sorted(PREDICATES))}")
        return self

    @property
    def version(self) -> str:
        """Hash of all that the entry says (12 hex digits); who approved it is no part of that, nor is when its address was opened."""
        said = self.model_dump(mode="json", exclude={"approvals": True, "source": {"opened"}})
        # Left empty, what the shape gained later (2026-11-21) changes no version: approvals given before still stand.
        for part, names in ((said, ("in_dispute", "settled")), (said["source"], ("article_state", "page"))):
            for name in names:
                if not part[name]:
                    del part[name]
        return _hash(said)[:12]

    @property
    def approvers(self) -> tuple[str, ...]:
        """Those who approved the entry as it reads now; an approval of an earlier wording no longer counts."""
        now = self.version
        return tuple(dict.fromkeys(approval.by for approval in self.approvals if approval.version == now))

    @property
    def awaits_approval(self) -> bool:
        """Whether fewer than two approvers stand by the entry as it reads now."""
        return len(self.approvers) < 2

    def due(self, today: date) -> bool:
        """Whether a curator has to look at the entry again."""
        return today >= self.review_by


def _hash(value: object) -> str:
    return hashlib.sha256(json.dumps(value, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
