"""One address as a text line: fetched under the source's rules, read by its selectors, nothing stored."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from pipelines.records import TextLine

if TYPE_CHECKING:
    from crawlers.registry import Registry
    from pipelines.settings import Settings


def line_of_url(settings: Settings, registry: Registry, url: str, given: date | None = None) -> TextLine:
    """Return the article at `url` (dated `given` when named); UserError when it does not come or is no article."""
    from crawlers.single import fetch_page
    from pipelines.clock import local, now
    from pipelines.errors import UserError
    from pipelines.extract import NotArticle, extract, version_on

    answer = fetch_page(settings, registry, url)
    source = registry.owner_of(answer.final_url or url)
    today = local(now()).date()
    found = extract(
        answer.body, answer.final_url or url, content_type=answer.header("content-type"), now=now(), captured=today,
        selectors=version_on(source.selectors, today) if source else None, zone=source.clock if source else None,
    )  # fmt: skip
    if isinstance(found, NotArticle):
        raise UserError(f"{url[:200]}: không phải bài viết ({found.kind}): {found.reason}")
    return TextLine(
        id=found.canonical or url, title=found.title, sapo=found.sapo, text=found.body, captions=found.captions,
        published=given or found.published or today, url=found.canonical or url, outlet=source.name if source else None,
        lang=found.lang or None, kind=source.kind if source else None,
    )  # fmt: skip
