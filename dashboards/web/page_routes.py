"""Addresses of the pages around the desk's work, each with the right it takes."""

from __future__ import annotations

from dashboards.web import (
    map_pages,
    overview_pages,
    pages,
    quality_pages,
    reference_pages,
    report_pages,
    source_pages,
    watch_pages,
)
from dashboards.web.rights import At


def page_routes() -> list[At]:
    """Return them in the order in which they are tried."""
    return [
        At("/", overview_pages.overview, "read"),
        At("/health", source_pages.health, "read"),
        At("/references", reference_pages.references, "read"),
        At("/references/{id}", reference_pages.reference, "read"),
        At("/map", map_pages.provinces, "read"),
        At("/quality", quality_pages.quality_page, "read"),
        At("/reports", report_pages.listing, "read"),
        At("/reports", report_pages.make, "export", methods=["POST"]),
        At("/reports/{id}/{form}", report_pages.report_file, "export"),
        At("/watches", watch_pages.listing, "read"),
        At("/watches/preview", watch_pages.preview, "read"),
        At("/watches", watch_pages.add, "decide", methods=["POST"]),
        At("/watches/change", watch_pages.change, "decide", methods=["POST"]),
        At("/about", pages.about, "read"),
        At("/language", pages.language, "open"),
        At("/healthz", pages.healthz, "open"),
    ]
