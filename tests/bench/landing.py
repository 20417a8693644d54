"""Landing given pages as captures, as the collecting would, without a network."""

from __future__ import annotations

import hashlib
from pathlib import Path
from urllib.parse import urlsplit

from crawlers.exchange import Exchange
from crawlers.registry import Registry, Source
from crawlers.warc import WarcFile
from flows.chain import Chain
from pipelines.clock import now
from pipelines.records import Capture, content_id
from pipelines.store import captures


def land(chain: Chain, pages: list[tuple[str, bytes]]) -> Registry:
    """Write `pages` (url, HTML) into one WARC with its rows; return the registry of their hosts."""
    hosts = sorted({urlsplit(url).hostname or "" for url, _html in pages})
    sources = tuple(
        Source(
            id=host.replace(".", "-"), name=host, home=f"http://{host}/", owner_class="central press",
            feeds=(f"http://{host}/rss",),
        )
        for host in hosts
    )  # fmt: skip
    headers = (("Content-Type", "text/html; charset=utf-8"),)
    with WarcFile(Path(chain.settings.data), now(), chain.settings.user_agent) as warc, chain.store.begin() as conn:
        rows = []
        for url, html in pages:
            exchange = Exchange(url, url, "ok", status=200, phrase="OK", headers=headers, body=html, raw=html, fetched=now())
            name, offset, length = warc.write(exchange)
            rows.append(
                Capture(
                    id=content_id(url, html), url=url, final_url=url, source=(urlsplit(url).hostname or "").replace(".", "-"),
                    fetched=now(), status=200, content_type="text/html; charset=utf-8",
                    body_sha256=hashlib.sha256(html).hexdigest(), size=len(html), warc_file=name, warc_offset=offset,
                    warc_length=length,
                )
            )  # fmt: skip
        warc.commit()
        captures.add(conn, rows)
    return Registry(sources)
