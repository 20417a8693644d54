"""What a pack's letter may ask: a correction only of what stands against a source, else where a sentence comes from, else nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from classifiers.referencebase import Reference
from pipelines.records import Alert, Verdict
from pipelines.store import alerts as alert_store

# What a person settled is asked about no more.
SETTLED = (alert_store.NOT_DISTORTED, alert_store.DUPLICATE)
# No source stands against these; a picture that nobody has looked at yet is not among them.
OPEN = (Verdict.UNSUPPORTED, Verdict.POSITION_CLAIM, Verdict.CONTESTED, Verdict.UNVERIFIED)


@dataclass(frozen=True)
class Asked:
    """The article to write about, the sentences to name; `inquiry` asks for the source and never for a correction."""

    article: str
    alerts: tuple[Alert, ...]
    inquiry: bool


def asked(alerts: Sequence[Alert]) -> Asked | None:
    """Return what the letter is about, the first article with such a sentence; None when there is nothing to ask."""
    standing = [alert for alert in alerts if alert.status not in SETTLED]
    wrong = [alert for alert in standing if alert.claim.verdict is Verdict.CONTRADICTED]
    found = wrong or [alert for alert in standing if alert.claim.verdict in OPEN]
    if not found:
        return None
    same = tuple(alert for alert in found if alert.article == found[0].article)
    return Asked(found[0].article, same, not wrong)


def difference(alert: Alert, references: Mapping[str, Reference]) -> str:
    """Return what the letter adds on the difference; nothing where it only says sentence and reference once more."""
    said = alert.claim.differs
    entries = [references[id].statement_vi for id in alert.claim.refs if id in references]
    return "" if alert.claim.sentence.rstrip(".") in said and any(text.rstrip(".") in said for text in entries) else said


def why_none(alerts: Iterable[Alert]) -> str:
    """Say why no letter is drafted."""
    if all(alert.status in SETTLED for alert in alerts):
        return "mọi câu đã được kết luận không sai lệch hoặc trùng, nên không lập công văn"
    return "không câu nào trái tư liệu hoặc thiếu căn cứ (câu về ảnh cần người xem trước), nên không lập công văn"
