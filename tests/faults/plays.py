"""The faults: what each outlet does while it is broken, and the status by which the house must name it."""

from __future__ import annotations

import gzip
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from tests.faults.world import DRIP, HANG, RESET, Outlet, Play, Reply

HTML = {"Content-Type": "text/html; charset=utf-8"}
XML = {"Content-Type": "application/rss+xml"}
BROKEN_AT = timedelta(hours=1)


@dataclass(frozen=True)
class Fault:
    """One fault: the outlet's shape, its play, and the statuses that name it truly."""

    name: str
    what: str
    expected: tuple[str, ...]
    play: Play | None = None
    outlet: dict[str, Any] = field(default_factory=dict)
    before: Callable[[Outlet], None] | None = None
    after: Callable[[Outlet], None] | None = None


def feed(reply: Callable[[Outlet, dict[str, str]], Reply] | Reply) -> Play:
    """Play `reply` for the feed alone."""
    return lambda outlet, path, headers: (
        (reply if isinstance(reply, Reply) else reply(outlet, headers)) if path.startswith(("/rss", "/moi", "/news")) else None
    )


def pages(reply: Callable[[Outlet, str], Reply] | Reply) -> Play:
    """Play `reply` for the articles alone."""
    return lambda outlet, path, headers: (
        (reply if isinstance(reply, Reply) else reply(outlet, path)) if path.startswith("/tin/") else None
    )


def everything(reply: Reply) -> Play:
    """Play `reply` for whatever is asked."""
    return lambda outlet, path, headers: Reply(reply.body, reply.status, dict(reply.headers), reply.how)


def html(title: str, text: str, status: int = 200) -> Reply:
    """Return a web page of few words."""
    return Reply(f"<!doctype html><html><head><title>{title}</title></head><body><p>{text}</p></body></html>", status, dict(HTML))


def _frozen(outlet: Outlet, headers: dict[str, str]) -> Reply:
    return Reply(outlet.feed(stories=outlet.stories(outlet.world.now - _since(outlet))), headers=dict(XML))


def _since(outlet: Outlet) -> timedelta:
    return outlet.world.now - (outlet.world.born + timedelta(days=29))


def _begun(outlet: Outlet, story: Any) -> bool:
    return bool(story.at > outlet.world.born + timedelta(days=29))


def _dated(change: Callable[[Outlet, Any], Any]) -> Play:
    def reply(outlet: Outlet, headers: dict[str, str]) -> Reply:
        return Reply(outlet.feed(when=lambda s: change(outlet, s) if _begun(outlet, s) else s.at), headers=dict(XML))

    return feed(reply)


def _changing(outlet: Outlet, headers: dict[str, str]) -> Reply:
    number = random.Random(str(outlet.world.now)).randrange(10**9)
    return Reply(outlet.feed(link=lambda s: f"{outlet.base}{s.path}?sid={number}"), headers=dict(XML))


def _lying(outlet: Outlet, headers: dict[str, str]) -> Reply:
    if "if-none-match" in headers or "if-modified-since" in headers:
        return Reply(status=304, headers={"ETag": headers.get("if-none-match", "")})
    return Reply(outlet.feed(), headers={**XML, "ETag": '"cu"'})


def _lost_letters(outlet: Outlet, headers: dict[str, str]) -> Reply:
    return Reply(outlet.feed(title=lambda s: s.title.encode("ascii", "replace").decode()), headers=dict(XML))


def _cut(outlet: Outlet, headers: dict[str, str]) -> Reply:
    text = outlet.feed().encode()
    return Reply(text[: len(text) * 2 // 3], headers=dict(XML))


def _cut_gz(outlet: Outlet, headers: dict[str, str]) -> Reply:
    packed = outlet.sitemap()
    return Reply(packed[: len(packed) * 2 // 3], headers={"Content-Type": "application/gzip"})


def _moved(outlet: Outlet, path: str, headers: dict[str, str]) -> Reply | None:
    return Reply(status=301, headers={"Location": outlet.base + "/rss-moi"}) if path == "/rss" else None


def _one_of_two(outlet: Outlet, path: str, headers: dict[str, str]) -> Reply | None:
    return Reply("", 404) if path == "/rss2" else None


def _only(path: str, reply: Callable[[Outlet], Reply]) -> Play:
    """Play `reply` at one address alone."""
    return lambda outlet, asked, headers: reply(outlet) if asked == path else None


def _old_map(outlet: Outlet, headers: dict[str, str]) -> Reply:
    return Reply(outlet.sitemap(outlet.stories(outlet.world.now - _since(outlet))), headers={"Content-Type": "application/gzip"})


def _old_links(outlet: Outlet) -> Reply:
    """The list page as a cache keeps it: the links of the day before the fault, for ever."""
    old = outlet.stories(outlet.world.now - _since(outlet))
    return Reply("".join(f'<h3 class=tin><a href="{s.path}">{s.title}</a></h3>' for s in reversed(old[-40:])), headers=dict(HTML))


def _other_links(outlet: Outlet) -> Reply:
    """The list page after a redesign: the links are there, in another markup than the declared one."""
    links = "".join(f'<div class="card"><a href="{s.path}">{s.title}</a></div>' for s in reversed(outlet.stories()[-40:]))
    return Reply(f"<!doctype html><html><title>Mới</title>{links}</html>", headers=dict(HTML))


def _no_links(outlet: Outlet, headers: dict[str, str]) -> Reply:
    return Reply(outlet.feed(link=lambda s: ""), headers=dict(XML))


def _half_map(outlet: Outlet) -> Reply:
    packed = outlet.sitemap()
    return Reply(packed[: len(packed) * 2 // 3], headers={"Content-Type": "application/gzip"})


def _consent(outlet: Outlet, path: str, headers: dict[str, str]) -> Reply | None:
    if path.startswith("/tin/"):
        return Reply(status=302, headers={"Location": f"{outlet.base}/consent?ve={path}"})
    return html("Before you continue", "Chúng tôi dùng cookie. " * 200) if path.startswith("/consent") else None


def _paywall(outlet: Outlet, path: str) -> Reply:
    title = next(s.title for s in outlet.stories() if s.path == path)
    return html(title, f"{title}. Vui lòng đăng ký tài khoản để đọc tiếp bài này.")


def _shell(outlet: Outlet, path: str) -> Reply:
    title = next(s.title for s in outlet.stories() if s.path == path)
    return Reply(f"<html><title>{title}</title><body><div id=app></div><script src=/app.js></script></body></html>", headers=dict(HTML))


def _bare(outlet: Outlet, path: str) -> Reply:
    title = next(s.title for s in outlet.stories() if s.path == path)
    return html(title, title)


def _clock(outlet: Outlet, path: str, headers: dict[str, str]) -> Reply | None:
    from datetime import UTC, datetime
    from email.utils import format_datetime

    reply = outlet.healthy(path, headers)
    reply.headers["Date"] = format_datetime(datetime.now(UTC) + timedelta(hours=7), usegmt=True)
    return reply


def _robots(reply: Reply) -> Play:
    return lambda outlet, path, headers: reply if path == "/robots.txt" else None


def _no_name(outlet: Outlet) -> None:
    outlet.world.dead_names.add(outlet.host)


def _name_again(outlet: Outlet) -> None:
    outlet.world.dead_names.discard(outlet.host)


def _drop(outlet: Outlet) -> None:
    outlet._known.clear()
    outlet.silent = (outlet.world.now, outlet.world.now + timedelta(hours=23))


def _spike(outlet: Outlet) -> None:
    outlet._known.clear()
    # Below what the feed holds, so that the flood can be followed.
    outlet.extra = [outlet.world.now + timedelta(minutes=20 * n) for n in range(1, 72, 2)]


# Twenty-five paragraphs of something else: menus, other stories, what stands on a long page that is not the article.
_LONG = "".join(f"<p>Thư viện tỉnh mở cửa trở lại với hàng nghìn đầu sách mới, bạn đọc đến từ sáng sớm để làm thẻ, đoạn {n}.</p>" for n in range(25))


def _long(title: str, heading: str) -> Reply:
    return Reply(f"<!doctype html><html lang=vi><title>{title}</title><h1>{heading}</h1>{_LONG}</html>", headers=dict(HTML))


def _elsewhere(outlet: Outlet, path: str, headers: dict[str, str]) -> Reply | None:
    """Send every article to one page (of the same server, under another path)."""
    if path.startswith("/tin/"):
        return Reply(status=302, headers={"Location": outlet.base + "/trung-thuong.html"})
    return _long("Trúng thưởng", "Khuyến mãi lớn") if path.startswith("/trung-thuong") else None


def _taken_over(outlet: Outlet, headers: dict[str, str]) -> Reply:
    """The feed of a domain that was sold: what is new leads to a site of somebody else."""
    elsewhere = "http://nguoi-khac.example:" + str(outlet.world.port)
    return Reply(outlet.feed(link=lambda s: (elsewhere if _begun(outlet, s) else outlet.base) + s.path), headers=dict(XML))


_BOMB = gzip.compress(b"a" * 20_000_000)

FAULTS: tuple[Fault, ...] = (
    Fault("feed-404", "feed trả 404", ("gone",), feed(Reply("", 404))),
    Fault("feed-410", "feed trả 410", ("gone",), feed(Reply("", 410))),
    Fault("feed-403", "feed trả 403", ("blocked",), feed(Reply("", 403))),
    Fault("feed-401", "feed trả 401", ("blocked",), feed(Reply("", 401))),
    Fault("feed-429-after", "429, xin nghỉ hai giờ", ("blocked",), feed(Reply("", 429, {"Retry-After": "7200"}))),
    Fault("feed-429", "429, không nói nghỉ bao lâu", ("blocked",), feed(Reply("", 429))),
    Fault("feed-500", "feed trả 500", ("failing",), feed(Reply("", 500))),
    Fault("site-503", "cả trang trả 503", ("failing", "blocked by robots"), everything(Reply("", 503))),
    Fault("drip", "máy chủ nhỏ giọt từng byte", ("slow",), feed(Reply("x" * 1000, how=DRIP)), {"every": 24.0, "dead": True}),
    Fault("hang", "máy chủ không đáp", ("slow",), feed(Reply(how=HANG)), {"every": 24.0, "dead": True}),
    Fault("reset", "máy chủ ngắt kết nối", ("unreachable",), everything(Reply(how=RESET))),
    Fault("dns", "tên miền không còn", ("unreachable",), before=_no_name, after=_name_again),
    Fault("tls-expired", "chứng chỉ hết hạn", ("certificate",), outlet={"scheme": "https"}),
    Fault("tls-own", "chứng chỉ tự ký", ("certificate",), outlet={"scheme": "https"}),
    Fault("feed-to-home", "feed chuyển hướng về trang chủ", ("not a feed",), feed(Reply(status=302, headers={"Location": "/"}))),
    Fault("loop", "chuyển hướng vòng quanh", ("failing",), feed(Reply(status=302, headers={"Location": "/rss?again"}))),
    Fault("moved", "feed chuyển hẳn chỗ", ("moved",), _moved),
    Fault("feed-html", "trả HTML thay cho feed", ("not a feed",), feed(html("Báo", "Trang chủ mới"))),
    Fault("feed-cut", "feed bị cắt giữa chừng", ("damaged",), feed(_cut)),
    Fault("feed-empty", "feed rỗng, 200", ("empty",), feed(lambda o, h: Reply(o.feed(stories=[]), headers=dict(XML)))),
    Fault("frozen", "feed đứng yên, tin mới không vào", ("drying",), feed(_frozen)),
    Fault("dates-still", "tin mới mang ngày cũ", ("dates wrong",), _dated(lambda o, s: o.world.born + timedelta(days=29))),
    Fault("dates-future", "ngày nhảy sang tương lai", ("dates wrong",), _dated(lambda o, s: s.at + timedelta(days=800))),
    Fault("dates-1970", "ngày về trước 1990", ("dates wrong",), _dated(lambda o, s: s.at - timedelta(days=20_000))),
    Fault("ids-change", "mỗi lần hỏi một địa chỉ khác", ("unstable",), feed(_changing)),
    Fault("lying-304", "trả 304 dù có tin mới", ("lying",), feed(_lying)),
    Fault("charset", "nhan đề mất dấu vì sai bảng mã", ("garbled",), feed(_lost_letters)),
    Fault("bomb", "bom nén gzip", ("failing",), feed(Reply(_BOMB, headers={**XML, "Content-Encoding": "gzip"}))),
    Fault("huge", "feed 30 MB", ("failing",), feed(Reply(b"<rss>" + b" " * 30_000_000, headers=dict(XML)))),
    Fault("robots-no", "robots.txt bỗng cấm hết", ("blocked by robots",), _robots(Reply("User-agent: *\nDisallow: /\n"))),
    Fault("robots-500", "robots.txt trả 500", ("failing", "blocked by robots"), _robots(Reply("", 500))),
    Fault("soft-404", "bài trả 200 với trang “không tìm thấy”", ("wrong page",), pages(html("Không tìm thấy", "Trang bạn tìm không tồn tại hoặc đã bị xóa."))),
    Fault("login", "bài đổi thành trang đăng nhập", ("wrong page",), pages(html("Đăng nhập", "Vui lòng đăng nhập để xem nội dung."))),
    Fault("captcha", "bài đổi thành captcha", ("wrong page",), pages(html("Just a moment...", "Checking your browser before accessing."))),
    Fault("consent", "bài chuyển sang trang xin đồng ý cookie", ("wrong page",), _consent),
    Fault("paywall", "bài bị cắt sau tường phí", ("unreadable",), pages(_paywall)),
    Fault("parked", "tên miền bị rao bán", ("not a feed",), everything(html("example", "This domain is for sale. Buy this domain."))),
    Fault("drop", "số tin tụt hẳn", ("drying",), outlet={"every": 1.0}, before=_drop),
    Fault("spike", "số tin tăng vọt", ("flooding",), before=_spike),
    Fault("clock", "đồng hồ máy chủ lệch 7 giờ", ("clock wrong",), _clock),
    Fault("sitemap-cut", "sitemap gz bị cắt", ("damaged",), feed(_cut_gz), {"kind": "sitemap"}),
    Fault("sitemap-broken", "sitemap gz hỏng từ đầu", ("not a feed",), feed(Reply(b"\x1f\x8b\x08hong", headers={"Content-Type": "application/gzip"})), {"kind": "sitemap"}),
    Fault("list-redesign", "trang danh mục đổi giao diện", ("empty",), feed(html("Mới", "<div class=moi>Bố cục mới</div>")), {"kind": "list"}),
    Fault("list-markup", "trang danh mục đổi bộ chọn, liên kết vẫn còn", ("empty",), _only("/moi", _other_links), {"kind": "list"}),
    Fault("list-cached", "trang danh mục đứng yên trong bộ nhớ đệm", ("drying",), _only("/moi", _old_links), {"kind": "list"}),
    Fault("sitemap-frozen", "sitemap không dài thêm", ("drying",), feed(_old_map), {"kind": "sitemap"}),
    Fault("index-part", "một sitemap con trả 404", ("failing",), _only("/news-2.xml.gz", lambda o: Reply("", 404)), {"kind": "index"}),
    Fault("index-part-cut", "một sitemap con bị cắt", ("damaged",), _only("/news-2.xml.gz", _half_map), {"kind": "index"}),
    Fault("no-links", "mục của feed không còn địa chỉ bài", ("unstable", "failing"), feed(_no_links)),
    Fault("half-dead", "một trong hai feed không còn", ("gone",), _one_of_two, {"kind": "two feeds"}),
    Fault("redesign", "bài đổi giao diện, trang chỉ còn nhan đề", ("unreadable",), pages(_bare)),
    Fault("script-only", "bài chỉ hiện bằng JavaScript", ("unreadable",), pages(_shell)),
    Fault("short-feed", "giữa hai lần hỏi ra nhiều tin hơn feed giữ", ("slow",), feed(lambda o, h: Reply(o.feed(stories=o.stories()[-2:]), headers=dict(XML))), {"every": 1.0, "kind": "spare list"}),
    Fault("pages-500", "feed tốt, mọi bài trả 500", ("failing",), pages(Reply("", 500))),
    Fault("pages-403", "feed tốt, mọi bài trả 403", ("blocked",), pages(Reply("", 403))),
    Fault("pages-home", "mọi bài chuyển về trang chủ", ("failing",), pages(Reply(status=302, headers={"Location": "/"}))),
    Fault("pages-404", "mọi bài trả 404", ("failing",), pages(Reply("", 404))),
    Fault("captcha-long", "captcha kèm thực đơn dài", ("wrong page",), pages(_long("Just a moment...", "Xác minh bạn là con người"))),
    Fault("login-long", "trang đăng nhập kèm tin khác", ("wrong page",), pages(_long("Đăng nhập", "Vui lòng đăng nhập để đọc tiếp"))),
    Fault("soft-other", "“chưa sẵn sàng” kèm tin khác", ("wrong page",), pages(_long("Báo Mẫu", "Rất tiếc, nội dung bạn tìm hiện chưa sẵn sàng"))),
    Fault("one-cached", "một trang trong bộ nhớ đệm cho mọi bài", ("wrong page",), pages(_long("Thư viện tỉnh mở cửa", "Thư viện tỉnh mở cửa"))),
    Fault("one-redirect", "mọi bài chuyển hướng về một trang", ("wrong page",), _elsewhere),
    Fault("taken-over", "feed dẫn sang tờ khác", ("moved",), feed(_taken_over)),
    Fault("links-home", "mọi mục của feed dẫn về trang chủ", ("failing",), feed(lambda o, h: Reply(o.feed(link=lambda s: o.base + "/"), headers=dict(XML)))),
)  # fmt: skip


def _new_tag(outlet: Outlet, headers: dict[str, str]) -> Reply:
    return Reply(outlet.feed(), headers={**XML, "ETag": f'"{random.random()}"'})


# Odd, and no fault: nothing is lost, and an alarm would be a false one.
QUIRKS: tuple[Fault, ...] = (
    Fault("etag-changes", "ETag đổi mà nội dung không đổi", ("ok",), feed(_new_tag)),
    Fault("guid-changes", "guid đổi mỗi lần hỏi", ("ok",), feed(lambda o, h: Reply(o.feed(guid=random.random()), headers=dict(XML)))),
    Fault("robots-html", "robots.txt là một trang HTML", ("ok",), _robots(html("404", "Disallow: /"))),
    Fault("charset-said", "UTF-8 mà khai báo Latin-1", ("ok",), feed(lambda o, h: Reply(o.feed(), headers={"Content-Type": "text/xml; charset=iso-8859-1"}))),
    Fault("healthy", "không có gì", ("ok",)),
)  # fmt: skip
