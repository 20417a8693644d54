"""Retention (DUTIES 6.5): unflagged press text 90 days, unflagged posts 7 days, metadata for five years' statistics.

The days are settings by data class (docs/upkeep.md). What belongs to a story with an alert is kept without end unless the office says otherwise.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from flows.outcomes import counted
from pipelines.clock import now
from pipelines.records import StepCount

if TYPE_CHECKING:
    from flows.chain import Chain

DELIVERED = timedelta(days=14)
# What `cotmoc upkeep` says beside the counts.
SAID = {
    "metadata-expired": "bài không nêu cảnh báo, quá {articles} ngày: xóa khỏi kho và chỉ mục",
    "month-expired": "tháng của chỉ mục được bỏ nguyên cả tháng",
    "case-expired": "bài của vụ việc đã khép lại, quá {cases} ngày: xóa khỏi kho và chỉ mục",
    "post-text-expired": "bài đăng ở kênh không nêu cảnh báo, quá {posts} ngày: bỏ phần văn bản",
    "press-text-expired": "bài báo không nêu cảnh báo, quá {press} ngày: bỏ phần văn bản",
    "warc-expired": "tệp WARC không giữ chứng cứ nào, quá {press} ngày (bài đăng ở kênh: {posts} ngày): xóa",
    "delivery-forgotten": "thư đã chuyển quá 14 ngày: xóa",
}


def upkeep(chain: Chain) -> StepCount:
    """Forget what is over: texts, metadata after five years, deliveries that arrived long ago; return what was done."""
    from pipelines.closed_cases import forget_cases
    from pipelines.retention import blank_texts, drop_delivered, expired_warcs, forget_articles, forget_warc
    from pipelines.store import audit, frontier

    moment, keep = now(), chain.settings
    with chain.store.begin() as conn:
        gone = forget_articles(conn, moment - timedelta(days=keep.keep_articles), moment)
        cases = keep.keep_closed_cases
        outcomes = {
            "metadata-expired": gone.articles,
            "month-expired": len(gone.parts),
            "case-expired": forget_cases(conn, moment - timedelta(days=cases), moment) if cases else 0,
            "post-text-expired": blank_texts(conn, moment - timedelta(days=keep.keep_post_text), posts=True, now=moment),
            "press-text-expired": blank_texts(conn, moment - timedelta(days=keep.keep_press_text), posts=False, now=moment),
            "delivery-forgotten": drop_delivered(conn, moment - DELIVERED),
        }
        frontier.blank_old_summaries(conn, moment - timedelta(days=keep.keep_press_text))
        files = expired_warcs(conn, moment - timedelta(days=keep.keep_press_text), posts=False)
        files += expired_warcs(conn, moment - timedelta(days=keep.keep_post_text), posts=True)
        forgotten = {name: number for name, number in outcomes.items() if number and name != "delivery-forgotten"}
        if forgotten or files:
            details = {**forgotten, "parts": list(gone.parts), "warc": len(files)}
            audit.append(conn, actor="cotmoc", action="retention.forget", thing="retention", details=details, now=moment)
    for name in files:
        # The file first: a kill in between leaves rows of a file that is gone, and the next night repeats this.
        for path in (chain.settings.data / name, chain.settings.data / f"{name}.sha256"):
            path.unlink(missing_ok=True)
        with chain.store.begin() as conn:
            forget_warc(conn, name)
    outcomes["warc-expired"] = len(files)
    if chain.settings.tsa_urls:
        from dashboards.evidence.stamps import stamp_due

        outcomes |= stamp_due(chain.store, chain.settings, moment)
    return counted("upkeep", outcomes)


def said(chain: Chain, count: StepCount) -> list[str]:
    """Return what went, a line each, in the office's words."""
    keep = chain.settings
    days = {"articles": keep.keep_articles, "cases": keep.keep_closed_cases, "posts": keep.keep_post_text, "press": keep.keep_press_text}
    return [f"{number} {SAID[name].format(**days)}" for name, number in count.outcomes.items() if name in SAID]
