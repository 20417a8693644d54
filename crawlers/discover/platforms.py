"""Which addresses may become a source at all: never a person's page, a platform's channel only for an organisation."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from crawlers.registry import CHANNEL_SHAPES
from crawlers.urls import clean_url

# Closed to us by the house's rules: no login, no scraping of people.
_CLOSED = (
    "facebook.com", "fb.com", "fb.watch", "instagram.com", "threads.net", "threads.com", "tiktok.com", "douyin.com", "zalo.me",
    "twitter.com", "x.com", "linkedin.com", "vk.com", "weibo.com", "weibo.cn", "wechat.com", "weixin.qq.com", "discord.com",
    "discord.gg", "patreon.com", "snapchat.com", "line.me", "whatsapp.com", "pinterest.com", "locket.camera", "xiaohongshu.com",
)  # fmt: skip
# Where organisations have public channels, and people too: only a person who adds it can tell them apart.
_CHANNELS = ("youtube.com", "youtu.be", "reddit.com", "bsky.app", "t.me", "telegram.me", "mastodon.social")
_PUBLISHING = (
    "blogspot.com", "wordpress.com", "medium.com", "substack.com", "tumblr.com", "livejournal.com", "spiderum.com", "wixsite.com",
    "weebly.com", "ghost.io", "github.io", "notion.site", "blogger.com", "zhihu.com", "quora.com",
)  # fmt: skip
_PERSON_PATH = re.compile(r"(?i)^/(?:u|user|users|profile|people|author|authors|tac-gia|nguoi-dung)/")


def _is_on(host: str, names: tuple[str, ...]) -> bool:
    return any(host == name or host.endswith("." + name) for name in names)


def refusal(url: str, organisation: bool) -> str:
    """Return why `url` may not become a source, or an empty string; `organisation` is the word of the one who adds it."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    if _is_on(host, _CLOSED):
        return f"{host} không được thu: nền tảng của cá nhân hoặc phải đăng nhập"
    if _is_on(host, ("reddit.com",)) and re.match(r"(?i)^/(?:u|user)/", parts.path):
        return "trang của một người dùng Reddit không được thu"
    if _PERSON_PATH.match(parts.path):
        return "địa chỉ có dáng trang của một người; chỉ thu nguồn của tổ chức"
    if (_is_on(host, _CHANNELS) or _is_on(host, _PUBLISHING) or re.match(r"^/@\w", parts.path)) and not organisation:
        return "kênh hay blog trên nền tảng: chỉ thu kênh của tổ chức; nếu đúng là của tổ chức, thêm --organisation"
    return ""


def channel_of(url: str) -> tuple[str, str] | None:
    """Return (protocol, address of the public feed) when `url` is a channel on a platform, else None."""
    parts = urlsplit(url)
    host, path = (parts.hostname or "").lower().removeprefix("www."), parts.path.rstrip("/")
    guess: tuple[str, str] | None = None
    if host == "youtube.com":
        found = re.search(r"channel(?:_id=|/)(UC[\w-]+)", url)
        guess = ("youtube", f"https://www.youtube.com/feeds/videos.xml?channel_id={found[1]}") if found else None
    elif host in {"reddit.com", "old.reddit.com"}:
        found = re.match(r"/r/(\w+)", path)
        guess = ("reddit", f"https://www.reddit.com/r/{found[1]}/.rss") if found else None
    elif host == "bsky.app":
        found = re.match(r"/profile/([\w.:-]+)", path)
        guess = ("bluesky", f"https://bsky.app/profile/{found[1]}/rss") if found else None
    elif host in {"t.me", "telegram.me"}:
        found = re.match(r"/(?:s/)?(\w+)", path)
        guess = ("telegram", f"https://t.me/s/{found[1]}") if found else None
    elif re.fullmatch(r"/(?:@\w+|tags/\w+)(?:\.rss)?", path):
        guess = ("mastodon", f"https://{parts.netloc}{path.removesuffix('.rss')}.rss")
    return guess if guess and re.fullmatch(CHANNEL_SHAPES[guess[0]], guess[1]) else None


def is_platform(url: str) -> bool:
    """Tell whether `url` lies on a platform of channels, whose pages are never asked for."""
    host = (urlsplit(url).hostname or "").lower()
    return _is_on(host, _CHANNELS) or _is_on(host, _CLOSED)


def id_of(url: str, taken: set[str]) -> str:
    """Return a free id for the outlet at `url`: its host without www and endings such as .com.vn."""
    parts = urlsplit(clean_url(url) or url)
    host = re.sub(r"^(www\d?|m)\.", "", (parts.hostname or "nguon").lower())
    if not re.fullmatch(r"[\d.:]+", host):
        host = re.sub(r"(?:\.(?:com|org|gov|net|edu|co|ac|go|or|info))?\.[a-z]{2,}$", "", host)
    base = re.sub(r"[^a-z0-9]+", "-", host + (f"-{parts.port}" if parts.port else "")).strip("-")[:50]
    base = base if len(base) >= 2 else f"nguon-{base}".strip("-")
    name, number = base, 2
    while name in taken:
        name, number = f"{base}-{number}", number + 1
    return name
