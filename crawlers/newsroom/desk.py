"""What each outlet of the sample newsroom answers, with the usual misery."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crawlers.newsroom import dates, feeds, misery, pages
from crawlers.newsroom.cp1258 import encode_cp1258
from crawlers.newsroom.feeds import Item
from crawlers.newsroom.loopback import Reply
from crawlers.newsroom.outlets import Outlet, ascii_slug

if TYPE_CHECKING:
    from crawlers.newsroom.server import Site

SLOW_TRAIT = "slow"
_XML = "application/xml; charset=utf-8"
# a grey pixel
_IMAGE = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b550000000a49444154789c6360000000020001"
    "48afa4710000000049454e44ae426082"
)


class Desk:
    """Answers the requests to one outlet of `site`."""

    def __init__(self, site: Site, outlet: Outlet) -> None:
        self.site, self.outlet = site, outlet

    def __call__(self, target: str) -> Reply:
        path = urlsplit(target).path
        if path == "/__newsroom/advance":
            self.site.advance()
            return Reply(204)
        if path == "/robots.txt":
            return Reply(body=self._robots().encode(), content_type="text/plain; charset=utf-8")
        if path.startswith("/anh/"):
            return Reply(body=_IMAGE, content_type="image/png")
        special = self._misery(path)
        if special is not None:
            return special
        if target in self.outlet.feeds or target in self.outlet.sitemaps or path == "/feeds/asia.atom":
            return self._feed(path)
        if path == "/" or path in self.outlet.lists or path.startswith("/muc/"):
            return self._list(path)
        return self._article(target, path)

    def _robots(self) -> str:
        maps = "".join(f"Sitemap: {self.site.base[self.outlet.id]}{path}\n" for path in self.outlet.sitemaps)
        return self.outlet.robots + maps

    def _misery(self, path: str) -> Reply | None:
        """The pages and addresses that go wrong on purpose; None for all others."""
        kind = self.outlet.id
        if kind == "song-van" and path == "/rss/home.rss":
            text = "<p>Chức năng RSS đang được nâng cấp. Mời bạn đọc quay lại sau.</p>"
            return Reply(body=pages.plain("vi", "RSS", text).encode())
        if kind == "mae-nam" and path == "/rss/old.xml":
            return Reply(410, pages.plain("lo", "410 Gone", "").encode())
        if kind == "meridian" and path == "/feed":
            return Reply(301, headers={"Location": self.site.base[kind] + "/feeds/asia.atom"})
        if kind == "bon-phuong" and path in misery.SPAM_PATHS:
            return Reply(body=pages.plain("vi", *misery.spam(path)).encode())
        if kind == "bon-phuong" and path == misery.HUGE_PATH:
            size = self.site.huge_bytes
            return Reply(stream=lambda: misery.huge(size), modified=self.site.now - timedelta(hours=40))
        return None

    def _items(self) -> list[Item]:
        out = []
        for piece in self.site.out(self.outlet.id):
            version = self.site.current(piece)
            sapo = version.sapo or (version.body[0] if self.outlet.kind in {"video", "channel", "blog"} else "")
            if self.outlet.kind == "video":
                sapo = "\n".join([*version.body, *version.captions])
            when = self.site.published(piece)
            out.append(
                Item(
                    self.site.url(piece), version.title, sapo, piece.section, when,
                    self.site.modified(piece, version), piece.lang, urlsplit(self.site.url(piece)).query[2:],
                )
            )  # fmt: skip
        if self.outlet.id == "bon-phuong":
            home, when = self.site.base["bon-phuong"], self.site.now - timedelta(hours=40)
            for path in (*misery.SPAM_PATHS, misery.HUGE_PATH):
                title = misery.spam(path)[0] if path in misery.SPAM_PATHS else "Toàn văn kỷ yếu (một trang)"
                out.append(Item(home + path, title, "", "Tài liệu", when, when, "vi"))
        return out

    def _feed(self, path: str) -> Reply:
        name, home = self.outlet.name, self.site.base[self.outlet.id]
        items = self._items()
        newest = max((item.modified for item in items), default=self.site.now)
        kind = self.outlet.id
        if path in self.outlet.sitemaps:
            text, media = feeds.news_sitemap(name, items), _XML
        elif kind == "meridian":
            text, media = feeds.atom(name, home, items), "application/atom+xml; charset=utf-8"
        elif kind == "bien-cuong-tv":
            text, media = feeds.video_atom(name, home, items), "text/xml; charset=UTF-8"
        elif kind == "hoi-bien-khoi":
            bodies = {
                self.site.url(piece): "\n".join([*self.site.current(piece).body, *self.site.current(piece).captions])
                for piece in self.site.out(kind)
            }
            text, media = feeds.json_feed(name, home, items, bodies), "application/feed+json; charset=utf-8"
            # this outlet lies: one ETag for ever, 304 although a new post is there
            return Reply(body=text.encode(), content_type=media, etag='"khong-doi-1"', always_same=True)
        else:
            style = {"ben-thanh-chieu": dates.us, "mae-nam": dates.rfc822_short_year}.get(kind, dates.rfc822)
            markup = kind in {"ben-thanh-chieu", "bon-phuong"}
            text, media = feeds.rss(name, home, items, style, markup=markup), "application/rss+xml; charset=utf-8"
        return Reply(body=text.encode(), content_type=media, modified=newest)

    def _list(self, path: str) -> Reply:
        rows = []
        for piece in self.site.out(self.outlet.id):
            old = piece.hours_ago > 36
            wanted = {"/tin-cu": old, "/tin-moi": not old}.get(path, True)
            if path.startswith("/muc/"):
                wanted = ascii_slug(piece.section) == path[5:].strip("/").removesuffix(".htm")
            if wanted:
                version = self.site.current(piece)
                shown = dates.shown(self.outlet.id, self.site.published(piece))
                # relative links, as list pages have them
                rows.append((version.title, self.outlet.path(piece), version.sapo, shown))
        title = {"/tin-moi": "Tin mới", "/tin-cu": "Tin cũ hơn"}.get(path, self.outlet.name)
        return self._encoded(pages.listing(self.outlet, title, rows), self.outlet.charset, self.site.now)

    def _encoded(self, text: str, charset: str, modified: datetime) -> Reply:
        """Encode a page; windows-1258 and GB pages name their charset only inside, as such servers do."""
        if charset == "windows-1258":
            return Reply(body=encode_cp1258(text), content_type="text/html", modified=modified)
        if charset == "gb18030":
            return Reply(body=text.encode("gb18030"), content_type="text/html", modified=modified)
        return Reply(body=text.encode(), modified=modified)

    def _article(self, target: str, path: str) -> Reply:
        out = self.site.out(self.outlet.id)
        found = [piece for piece in out if self.outlet.path(piece) in (path, target.split("&")[0])]
        if not found:
            return Reply(404, pages.plain(self.outlet.lang, "404", "").encode())
        piece = found[0]
        url, home = self.site.url(piece), self.site.base[self.outlet.id]
        self.site.asked[url] += 1
        version = self.site.current(piece)
        if "v=2" in urlsplit(target).query.split("&"):
            version = piece.now
        if piece.trait == SLOW_TRAIT:
            time.sleep(self.site.slow_seconds)
        published, modified = self.site.published(piece), self.site.modified(piece, version)
        place = out.index(piece)
        others = [(self.site.current(item).title, self.outlet.path(item)) for item in out[place + 1 :] + out[:place]]
        text = pages.article(self.outlet, piece, version, url, home, published, modified, others[:12])
        charset = piece.encoding if piece.encoding != "utf-8" else self.outlet.charset
        return self._encoded(text, charset, modified)
