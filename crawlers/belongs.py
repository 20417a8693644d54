"""Whether an address lies where an outlet is at home: its declared hosts, and those its articles have long come from."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from sqlalchemy import Connection

from crawlers.feeds import FeedItem
from crawlers.registry import Source
from pipelines.store import frontier
from pipelines.urls import site

# Fewer new items elsewhere may be what an editor recommends.
FEWEST_ELSEWHERE = 3


def own_sites(source: Source) -> set[str]:
    """Return the registered domains that the declaration of `source` names."""
    ways = (source.home, *source.feeds, *source.sitemaps, *source.archives, *(page.url for page in source.lists))
    return {site(url) for url in ways} | {site(f"https://{host}/") for host in source.hosts}


def sent_off(source: Source, url: str, final_url: str) -> bool:
    """Tell whether an article of the outlet's own site came from a site that is not declared."""
    sites = own_sites(source)
    return site(final_url) not in sites and site(url) in sites


def gone_elsewhere(conn: Connection, source: Source, items: Sequence[FeedItem]) -> tuple[list[FeedItem], str]:
    """Return the items to take, and why the others are left; a feed that was sold or moved names stories of somebody else.

    Only when every new item lies elsewhere: a feed that also names its own is alive, and may recommend.
    """
    if source.is_channel:
        return list(items), ""
    sites = own_sites(source)
    if all(site(item.url) in sites for item in items):
        return list(items), ""
    sites |= {site(f"https://{host}/") for host in frontier.hosts_read(conn, source.id)}
    fresh = frontier.unknown(conn, [item.url for item in items])
    strange = [item for item in items if item.url in fresh and site(item.url) not in sites]
    if not strange or len(strange) < len(fresh):
        return list(items), ""
    left = {item.url for item in strange}
    hosts = sorted({urlsplit(item.url).hostname or "" for item in strange})
    why = ""
    if len(strange) >= FEWEST_ELSEWHERE:
        why = (
            f"cả {len(strange)} mục mới dẫn tới máy chủ khác, chưa khai báo ({', '.join(hosts[:3])}); chưa lấy mục nào: "
            "đúng là báo này thì ghi vào hosts của tệp nguồn"
        )
    return [item for item in items if item.url not in left], why
