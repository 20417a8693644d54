"""Public channels of organisations: captured shapes with planted names, of which nothing may be stored.

The shapes are those of YouTube, Reddit, Mastodon, Bluesky and Telegram; the names, handles and counters are planted.
"""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawlers.channels import parse_channel, without_people
from crawlers.registry import CHANNEL_SHAPES, Source
from crawlers.warc import read_body
from pipelines.store import captures
from tests.loopback import Answer, office, serve, source

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
# Every planted mark of a person contains one of these.
PLANTED = ("Gieotên", "gieoten", "GieoTen", "987654", "anh-dai-dien")

YOUTUBE = """<?xml version="1.0" encoding="UTF-8"?><feed xmlns:yt="http://www.youtube.com/xml/schemas/2015"
 xmlns:media="http://search.yahoo.com/mrss/" xmlns="http://www.w3.org/2005/Atom"><title>Kênh Gieotên</title>
<author><name>Gieotên Media</name><uri>https://www.youtube.com/channel/UCgieoten</uri></author>
<entry><id>yt:video:abc</id><yt:videoId>abc</yt:videoId><yt:channelId>UCgieoten</yt:channelId><title>Bản tin biên giới</title>
<link rel="alternate" href="https://www.youtube.com/watch?v=abc"/><author><name>Gieotên Media</name>
<uri>https://www.youtube.com/channel/UCgieoten</uri></author><published>2026-11-20T01:00:00+00:00</published>
<media:group><media:title>Bản tin biên giới</media:title><media:thumbnail url="https://i.ytimg.com/vi/abc/hq.jpg"/>
<media:description>Cột mốc số 92 được tôn tạo. Liên hệ phong.vien@gieoten.vn hay @gieoten_tv, https://www.facebook.com/gieoten</media:description>
<media:community><media:starRating count="987654" average="5.00"/><media:statistics views="987654"/></media:community></media:group>
</entry></feed>"""

REDDIT = """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>r/bien</title><entry>
<author><name>/u/gieoten88</name><uri>https://www.reddit.com/user/gieoten88</uri></author><category term="bien"/>
<content type="html">&lt;p&gt;Bản đồ cũ, cảm ơn u/GieoTen2 đã chỉ.&lt;/p&gt; submitted by &lt;a href="https://www.reddit.com/user/gieoten88"&gt; /u/gieoten88 &lt;/a&gt;
&lt;a href="https://www.reddit.com/r/bien/comments/1abc/ban_do/"&gt;[comments]&lt;/a&gt;</content><id>t3_1abc</id>
<link href="https://www.reddit.com/r/bien/comments/1abc/ban_do_cua_gieoten/"/><updated>2026-11-20T01:00:00+00:00</updated>
<published>2026-11-20T01:00:00+00:00</published><title>Bản đồ biển</title></entry></feed>"""

MASTODON = """<?xml version="1.0"?><rss version="2.0" xmlns:webfeeds="http://webfeeds.org/rss/1.0" xmlns:media="http://search.yahoo.com/mrss/">
<channel><title>Gieotên</title><description>Public posts from @gieoten@bien.example</description><link>https://bien.example/@gieoten</link>
<image><url>https://bien.example/avatars/anh-dai-dien.jpg</url><title>Gieotên</title></image><webfeeds:icon>https://bien.example/anh-dai-dien.jpg</webfeeds:icon>
<item><guid isPermaLink="true">https://bien.example/@gieoten/113500</guid><link>https://bien.example/@gieoten/113500</link>
<pubDate>Fri, 20 Nov 2026 01:00:00 +0000</pubDate>
<description>&lt;p&gt;&lt;span class="h-card"&gt;&lt;a href="https://bien.example/@gieoten2" class="u-url mention"&gt;@&lt;span&gt;gieoten2&lt;/span&gt;&lt;/a&gt;&lt;/span&gt; Hải đăng trên đảo sáng lại. Ảnh: @gieoten3@khac.example &lt;a href="https://bien.example/tags/bien" class="mention hashtag"&gt;#&lt;span&gt;bien&lt;/span&gt;&lt;/a&gt;&lt;/p&gt;</description>
<category>bien</category></item></channel></rss>"""

BLUESKY = """<?xml version="1.0"?><rss version="2.0"><channel><description>Gieotên</description><link>https://bsky.app/profile/to-chuc.example</link>
<title>@to-chuc.example - Gieotên</title><item><link>https://bsky.app/profile/did:plc:abcdef/post/3kxyz</link>
<description>Bản tin biển của viện, cảm ơn @gieoten.bsky.social</description><pubDate>20 Nov 2026 01:00 +0000</pubDate>
<guid isPermaLink="false">at://did:plc:abcdef/app.bsky.feed.post/3kxyz</guid></item></channel></rss>"""

TELEGRAM = """<html><body class="tgme_widget_frame"><div class="tgme_channel_info"><i class="tgme_page_photo_image"><img src="anh-dai-dien.jpg"></i>
<span class="counter_value">987654</span></div>
<div class="tgme_widget_message_wrap"><div class="tgme_widget_message text_not_supported_wrap js-widget_message" data-post="tochuc/41">
<div class="tgme_widget_message_user"><a href="https://t.me/gieoten"><i><img src="anh-dai-dien.jpg"></i></a></div>
<div class="tgme_widget_message_bubble"><div class="tgme_widget_message_author"><a href="https://t.me/tochuc"><span>Tổ chức</span></a>
<span class="tgme_widget_message_from_author">Gieotên</span></div>
<div class="tgme_widget_message_forwarded_from">Forwarded from <a href="https://t.me/gieoten"><span>Gieotên</span></a></div>
<a class="tgme_widget_message_reply" href="https://t.me/tochuc/40"><div class="tgme_widget_message_text js-message_reply_text">Gieotên hỏi</div></a>
<div class="tgme_widget_message_text js-message_text" dir="auto">Tàu cá về bến an toàn. Hỏi <a href="https://t.me/gieoten">@gieoten</a>.<br/>Biển êm.</div>
<div class="tgme_widget_message_footer"><span class="tgme_widget_message_views">987654</span><span class="tgme_widget_message_from_author">Gieotên</span>
<a class="tgme_widget_message_date" href="https://t.me/tochuc/41"><time datetime="2026-11-20T01:00:00+00:00" class="time">08:00</time></a></div>
</div></div></div></body></html>"""

SHAPES = {
    "youtube": (YOUTUBE, "/feeds/videos.xml?channel_id=UCx", "Cột mốc số 92"),
    "reddit": (REDDIT, "/r/bien/.rss", "Bản đồ cũ"),
    "mastodon": (MASTODON, "/@tochuc.rss", "Hải đăng trên đảo"),
    "bluesky": (BLUESKY, "/profile/did:plc:abcdef/rss", "Bản tin biển"),
    "telegram": (TELEGRAM, "/s/tochuc", "Tàu cá về bến an toàn"),
}


@pytest.mark.parametrize("protocol", SHAPES)
def test_the_post_is_read_and_the_person_is_not(protocol: str) -> None:
    body, path, text = SHAPES[protocol]
    found = parse_channel(protocol, body.encode(), "https://nen-tang.example" + path, NOW)
    assert found.outcome == "feed" and len(found.items) == 1
    item = found.items[0]
    assert text in item.sapo and item.title and item.published == datetime(2026, 11, 20, 1, tzinfo=UTC)
    assert not [mark for mark in PLANTED if mark in repr(found)], repr(found)


@pytest.mark.parametrize("protocol", SHAPES)
def test_nothing_of_a_person_reaches_the_disk(protocol: str, tmp_path: Path) -> None:
    """Collected over HTTP: neither store nor WARC holds a planted mark, packed or not."""
    body, path, text = SHAPES[protocol]
    with serve() as site:
        site.routes[path] = Answer(body, headers={"Content-Type": "text/html" if protocol == "telegram" else "text/xml"})
        desk = office(tmp_path, source(site, (path,), protocol=protocol, owner_class="organisation channel", kind="channel"))
        assert desk.collect()["pages"] == {"new": 1}
        with desk.store.read() as conn:
            capture = captures.unread(conn)[0]
        headers, page = read_body(desk.settings, capture)
        assert "/cotmoc-posts-" in capture.warc_file, "kept no longer than the text"
        assert text in page.decode() and headers["content-type"].startswith("text/html")
        assert [asked for asked in site.seen if asked not in {"/robots.txt", path}] == [], "no page of the platform is fetched"
    desk.store.close()
    dump = "\n".join(sqlite3.connect(tmp_path / "cotmoc.sqlite3").iterdump())
    assert not [mark for mark in PLANTED if mark in dump or mark in page.decode()]


def test_handles_are_hidden_inside_a_text_and_other_words_stay() -> None:
    text = "Theo @gieoten.bsky.social và u/gieoten88: giá 5@kg, thư ban.doc@bao.vn, https://t.me/gieoten/5, biên giới"
    assert without_people(text) == "Theo […] và […]: giá 5@kg, thư […], […] biên giới"


def test_only_the_public_shapes_may_be_declared() -> None:
    """The allow-list is fixed: no login pages, groups or other platforms can be declared as a channel."""
    assert set(CHANNEL_SHAPES) == {"youtube", "reddit", "mastodon", "bluesky", "telegram"}
    base = {"id": "kenh", "name": "Kênh", "home": "https://t.me/", "owner_class": "organisation channel", "kind": "channel"}
    Source(**base, protocol="telegram", feeds=("https://t.me/s/tochuc",))
    for protocol, url in (
        ("telegram", "https://t.me/joinchat/x"), ("youtube", "https://www.youtube.com/@ai-do"),
        ("bluesky", "https://khac.example/profile/x/rss"), ("reddit", "https://www.reddit.com/user/ai-do/.rss"),
        ("mastodon", "https://bien.example/api/v1/timelines/home"),
    ):  # fmt: skip
        with pytest.raises(ValueError, match="dạng công khai"):
            Source(**base, protocol=protocol, feeds=(url,))
    for platform in ("facebook", "zalo", "tiktok"):
        with pytest.raises(ValueError):
            Source(**base, protocol=platform, feeds=("https://x.example/",))
