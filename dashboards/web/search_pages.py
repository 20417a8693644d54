"""The search: hits with their passages, what they are spread over, and how a question is written."""

from __future__ import annotations

from contextlib import closing
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from dashboards import found as counted
from dashboards.advice import notes
from dashboards.highlight import cut
from dashboards.labels import TYPE_VI
from dashboards.web.view import PAGE, page, page_number, settings, store
from pipelines.errors import UserError
from pipelines.records import Tier, Verdict
from pipelines.search.query_errors import LONGEST
from pipelines.store import second_looks
from pipelines.store.alerts import NEW, OUTCOMES, WAITING

# Codes of the index → those that our labels know.
CODES = {
    "tier": counted.codes(tier.value for tier in Tier),
    "verdict": counted.codes(verdict.value for verdict in Verdict),
    "type": counted.codes(TYPE_VI),
    "status": counted.codes((NEW, *OUTCOMES, WAITING)),
}
# Questions that the page explains, in the order of its template; what is typed is the same in every language.
EXAMPLES = (
    "bien gioi", '"vịnh Bắc Bộ"', "cột OR mốc, NOT bóng", "mốc near/5 biên", "biê*", "since:7d, before:01/11/2026",
    'about:thanh-hoa, outlet:"Tuổi Trẻ"', "tier:flag, type:D06, ref:PCA-05, lang:zh",
)  # fmt: skip

# Format of an export → its name on the page.
FORMS = {"csv": "CSV", "xlsx": "Excel (XLSX)", "jsonl": "JSON lines", "claimreview": "ClaimReview (JSON-LD)"}


def search_page(request: Request) -> Response:
    """GET /search?q=: through the index, embedded or Elasticsearch, whichever the settings name."""
    query = request.query_params.get("q", "").strip()[: LONGEST + 1]
    number = page_number(request)
    values: dict[str, Any] = {"hits": [], "total": 0, "more": False, "error": "", "groups": {}, "timeline": None, "pages": 1, "words_off": False, "words_late": False, "small": "", "unknown": ()}
    status = 200
    if query:
        from pipelines.search import IndexUnavailable, open_index
        from pipelines.search.query import asks_words

        try:
            with store(request).read() as conn:
                asked = counted.without(query, second_looks.hidden_stories(conn, request.state.session.analyst))
            with closing(open_index(settings(request), store(request))) as index:
                result = index.search(asked, limit=PAGE, offset=(number - 1) * PAGE)
                # Told once, beside the first page.
                counts = index.facets(asked, (*counted.FIELDS, "day"), counted.ASKED) if number == 1 and result.total > 1 else {}
            values["words_off"] = not settings(request).index_words and asks_words(query)
            values["words_late"] = settings(request).index_words and not result.total and asks_words(query)
            values |= notes(query)
            values["hits"] = [(hit, cut(hit.snippet, [(start, end, 0) for start, end in hit.marks])) for hit in result.hits]
            values |= {
                "total": result.total, "more": result.more, "pages": max(1, -(-result.total // PAGE)),
                "groups": counted.groups(query, counts, result.total), "timeline": counted.timeline(counts.get("day", ())),
            }  # fmt: skip
        except UserError as problem:
            values["error"], status = str(problem), 503 if isinstance(problem, IndexUnavailable) else 400
    outlets = counted.codes([*getattr(request.app.state, "outlets", {}).values(), *(hit.outlet for hit, _ in values["hits"])])
    return page(request, "search.html", status, q=query, number=number, forms=FORMS, longest=LONGEST, codes={**CODES, "outlet": outlets}, examples=EXAMPLES, **values)


def export_found(request: Request) -> Response:
    """GET /search/export?q=&format=: all that the question finds, as one file; an entry in the audit log names the analyst."""
    from dashboards.export.served import served
    from pipelines.search import IndexUnavailable, open_index

    query, form = request.query_params.get("q", "").strip()[: LONGEST + 1], request.query_params.get("format", "csv")
    analyst = request.state.session.analyst
    try:
        with store(request).read() as conn:
            asked = counted.without(query, second_looks.hidden_stories(conn, analyst))
        with closing(open_index(settings(request), store(request))) as index:
            return served(store(request), index, settings(request), query, form, actor=analyst, asked=asked)
    except UserError as problem:
        raise HTTPException(503 if isinstance(problem, IndexUnavailable) else 400, str(problem)) from problem
