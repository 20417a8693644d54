"""The records that travel through the house, declared once; storage rows and JSON are views of them.

Ids are hashes of content, so that every step can be killed and run again with one effect.
No record has a field for a person: no author, handle, avatar or follower (tests/test_never_people.py).
"""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


def content_id(*parts: str | bytes) -> str:
    """Return the 32-hex id of `parts` (SHA-256, length-prefixed so that no two lists collide)."""
    digest = hashlib.sha256()
    for part in parts:
        raw = part.encode() if isinstance(part, str) else part
        digest.update(len(raw).to_bytes(8, "big"))
        digest.update(raw)
    return digest.hexdigest()[:32]


class Record(BaseModel):
    """Base of all records: immutable, and an unknown field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Tier(StrEnum):
    """What one text amounts to (CODEBOOK); ordered none < watch < flag by `TIER_RANK`."""

    FLAG = "flag"
    WATCH = "watch"
    NONE = "none"


TIER_RANK = {Tier.NONE: 0, Tier.WATCH: 1, Tier.FLAG: 2}


class Role(StrEnum):
    """Who says a claim, and how (CODEBOOK, speech role)."""

    ASSERT = "ASSERT"
    ENDORSE = "ENDORSE"
    ATTRIB = "ATTRIB"
    REBUT = "REBUT"
    REPORT_ACTION = "REPORT_ACTION"
    ACADEMIC = "ACADEMIC"
    QUESTION = "QUESTION"
    SATIRE_FICTION = "SATIRE_FICTION"
    OPINION = "OPINION"
    INCIDENTAL = "INCIDENTAL"
    LEGAL_TEXT = "LEGAL_TEXT"


ASSERTIVE_ROLES = frozenset({Role.ASSERT, Role.ENDORSE})


class Verdict(StrEnum):
    """What the reference base says of the statement itself (CODEBOOK, verdict)."""

    CONTRADICTED = "CONTRADICTED"
    UNSUPPORTED = "UNSUPPORTED"
    POSITION_CLAIM = "POSITION_CLAIM"
    NEEDS_IMAGE_REVIEW = "NEEDS_IMAGE_REVIEW"
    UNVERIFIED = "UNVERIFIED"
    CONTESTED = "CONTESTED"
    TIME_SENSITIVE = "TIME_SENSITIVE"
    LEGACY_VALUE = "LEGACY_VALUE"
    ROUNDING = "ROUNDING"
    CONSISTENT = "CONSISTENT"
    OUT_OF_SCOPE = "OUT_OF_SCOPE"


VERDICT_VI = {
    Verdict.CONTRADICTED: "Mâu thuẫn với tư liệu",
    Verdict.UNSUPPORTED: "Chưa thấy căn cứ",
    Verdict.POSITION_CLAIM: "Yêu sách của một bên",
    Verdict.NEEDS_IMAGE_REVIEW: "Cần người xem ảnh",
    Verdict.UNVERIFIED: "Chưa kiểm chứng được",
    Verdict.CONTESTED: "Còn tranh luận",
    Verdict.TIME_SENSITIVE: "Tùy thời điểm",
    Verdict.LEGACY_VALUE: "Số liệu cũ",
    Verdict.ROUNDING: "Làm tròn",
    Verdict.CONSISTENT: "Phù hợp tư liệu",
    Verdict.OUT_OF_SCOPE: "Ngoài phạm vi",
}

FLAG_VERDICTS = frozenset({Verdict.CONTRADICTED, Verdict.UNSUPPORTED})
WATCH_VERDICTS = frozenset({Verdict.POSITION_CLAIM, Verdict.NEEDS_IMAGE_REVIEW, Verdict.UNVERIFIED})


class DateOrigin(StrEnum):
    """Where a publication date was read."""

    FEED = "feed"
    META = "meta"
    JSON_LD = "json-ld"
    URL = "url"
    TEXT = "text"
    SITEMAP = "sitemap"
    NONE = "none"


class Capture(Record):
    """One HTTP exchange as it came, already written to a WARC; `id` hashes URL and body."""

    id: str
    url: str
    final_url: str
    source: str
    fetched: datetime
    status: int
    content_type: str = ""
    body_sha256: str
    size: int
    warc_file: str
    warc_offset: int
    warc_length: int
    etag: str | None = None
    last_modified: str | None = None


class Image(Record):
    """An image of an article: absolute URL, alternative text, caption."""

    url: str
    alt: str = ""
    caption: str = ""


class Article(Record):
    """One revision of one article; `id` hashes the canonical URL, `text_hash` the title, sapô and body."""

    id: str
    url: str
    canonical: str
    source: str
    outlet: str
    kind: str = "press"
    lang: str = "vi"
    title: str
    sapo: str = ""
    body: str
    captions: tuple[str, ...] = ()
    images: tuple[Image, ...] = ()
    published: datetime | None = None
    date_origin: DateOrigin = DateOrigin.NONE
    date_confidence: float = 0.0
    modified: datetime | None = None
    section: str = ""
    parser: str = ""
    capture: str | None = None
    revision: int = 1
    text_hash: str = ""
    first_seen: datetime | None = None

    @model_validator(mode="after")
    def _hash_text(self) -> Self:
        if not self.text_hash:
            object.__setattr__(self, "text_hash", content_id(self.title, self.sapo, self.body, *self.captions))
        return self


class Mention(Record):
    """A place name found in a text: offsets into `title + "\\n" + sapo + "\\n" + body`, unit then and now."""

    start: int
    end: int
    as_written: str
    unit: str
    unit_now: str
    confidence: float


class Places(Record):
    """Which province profiles a text is about, which it only mentions, and the mark `national`."""

    about: tuple[str, ...] = ()
    mentioned: tuple[str, ...] = ()
    national: bool = False
    spam: bool = False
    mentions: tuple[Mention, ...] = ()


class Ground(Record):
    """One thing that speaks for or against a decision: a code of classifiers/grounds.py with what fills its sentence."""

    side: Literal["for", "against"]
    code: str
    values: tuple[tuple[str, str], ...] = ()


class Claim(Record):
    """One checkable statement with its assessment. A verdict within scope cannot exist without a reference."""

    sentence: str
    start: int
    end: int
    field: str = "body"
    type: str
    role: Role
    verdict: Verdict
    refs: tuple[str, ...] = ()
    confidence: Annotated[float, Field(ge=0.0, le=1.0)] = 0.5
    differs: str = ""
    why: str = ""
    leans_yes: bool = False
    grounds: tuple[Ground, ...] = ()

    @model_validator(mode="after")
    def _no_reference_no_verdict(self) -> Self:
        if self.verdict is not Verdict.OUT_OF_SCOPE and not self.refs:
            raise ValueError("no reference, no verdict: a claim within scope needs at least one reference id")
        return self

    @property
    def tier(self) -> Tier:
        """Tier of this claim alone, by the tables of CODEBOOK.md."""
        if self.role in ASSERTIVE_ROLES:
            if self.verdict in FLAG_VERDICTS:
                return Tier.FLAG
            if self.verdict in WATCH_VERDICTS:
                return Tier.WATCH
        if self.role is Role.QUESTION and self.leans_yes and self.verdict in FLAG_VERDICTS | WATCH_VERDICTS:
            return Tier.WATCH
        return Tier.NONE


class Abstention(Record):
    """Why one sentence is not raised: a code of classifiers/abstention.py, in words, how sure and how sure it had to be (0..1)."""

    code: str
    why: str
    sentence: str = ""
    field: str = "body"
    start: int = 0
    end: int = 0
    sure: float | None = None
    least: float | None = None


class Assessment(Record):
    """What the classifiers say of one revision; replayable, because it names model and reference base."""

    article: str
    revision: int
    tier: Tier
    provinces: tuple[str, ...] = ()
    national: bool = False
    claims: tuple[Claim, ...] = ()
    model_version: str
    reference_version: str
    reason: str = ""
    # Made with the assessment and printed; what is kept of it is `reason`.
    abstained: tuple[Abstention, ...] = ()


class Story(Record):
    """Copies of one text in several outlets, named after the first that published it."""

    id: str
    first_article: str
    first_outlet: str
    articles: tuple[str, ...]


class Alert(Record):
    """A `flag` or `watch`, raised once per story; `id` hashes story and claim."""

    id: str
    story: str
    article: str
    revision: int
    tier: Tier
    claim: Claim
    provinces: tuple[str, ...] = ()
    national: bool = False
    title: str
    outlet: str
    url: str
    published: datetime | None = None
    raised: datetime
    status: str = "mới"


class Decision(Record):
    """What a member of the office's staff decided on an alert, and why."""

    id: str
    alert: str
    outcome: str
    reason: str
    note: str = ""
    analyst: str
    decided: datetime


class OutboxMessage(Record):
    """A delivery that is owed: written in the transaction of its cause, kept until it has arrived."""

    seq: int
    topic: str
    key: str
    version: int
    payload: str
    attempts: int = 0


class StepCount(Record):
    """How many items entered a step and in which named outcome each ended; the sum equals `entered`."""

    step: str
    entered: int
    outcomes: dict[str, int]

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        if sum(self.outcomes.values()) != self.entered:
            raise ValueError(f"step {self.step}: outcomes add up to {sum(self.outcomes.values())}, not {self.entered}")
        return self


class TextLine(BaseModel):
    """One line of input as CONTRACT.md describes it; unknown fields are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str
    title: str = ""
    text: str
    published: datetime | date | None = None
    url: str | None = None
    outlet: str | None = None
    lang: str | None = None
    kind: str | None = None
    sapo: str = ""
    captions: tuple[str, ...] = ()
