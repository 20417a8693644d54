"""The nine invented outlets: what they are called, how their URLs look, what feeds they offer."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

from crawlers.newsroom.articles import Piece


@dataclass(frozen=True)
class Outlet:
    """One outlet. `pattern` forms article paths; `feeds`, `sitemaps`, `lists` are paths that its declaration names."""

    id: str
    name: str
    kind: str
    owner_class: str
    lang: str
    pattern: str
    slogan: str
    feeds: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    link: str = ""
    selectors: dict[str, str] = field(default_factory=dict)
    charset: str = "utf-8"
    robots: str = "User-agent: *\nAllow: /\n"
    sections: tuple[str, ...] = ()
    zone: str = "Asia/Ho_Chi_Minh"

    def path(self, piece: Piece) -> str:
        """Return the path of `piece` on this outlet's host."""
        folder = "archive" if piece.trait == "forbidden" else "news"
        return self.pattern.format(
            section=ascii_slug(piece.section), slug=piece.slug, id=piece.number, folder=folder, vid=video_id(piece)
        )


def ascii_slug(text: str) -> str:
    """Return `text` as ASCII words joined by hyphens (đ → d); Chinese and Lao give `tin`."""
    plain = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    words = re.findall(r"[a-z0-9]+", plain.encode("ascii", "ignore").decode().lower())
    return "-".join(words) or "tin"


def video_id(piece: Piece) -> str:
    """Return an eleven-character id, as video platforms have."""
    alphabet = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789-_"
    value, out = piece.number * 7_919_131_071 + 17, ""
    for _ in range(11):
        value, rest = divmod(value, len(alphabet))
        out += alphabet[rest]
    return out


OUTLETS: tuple[Outlet, ...] = (
    Outlet(
        id="non-song", name="Nhật báo Non Sông", kind="press", owner_class="central press", lang="vi",
        slogan="Cơ quan ngôn luận hư cấu của tòa soạn mẫu", pattern="/{section}/{slug}-post{id}.html",
        feeds=("/rss/home.rss",), sitemaps=("/sitemaps/news.xml",),
        sections=("Thời sự", "Biển đảo", "Thế giới", "Kinh tế", "Văn hóa", "Bạn đọc"),
    ),
    Outlet(
        id="song-van", name="Báo Sông Vân điện tử", kind="press", owner_class="provincial press", lang="vi",
        slogan="Tiếng nói của quê hương bên dòng sông Vân", pattern="/{section}/{slug}-{id}.htm",
        # the feed answers with a page of HTML, as a provincial paper's did after it changed its system
        feeds=("/rss/home.rss",), lists=("/tin-moi", "/tin-cu"), link=r"-\d{6}\.htm$",
        selectors={"title": "h1.tieu-de", "sapo": "p.tom-tat", "body": "div.noi-dung", "captions": "p.chu-thich",
                   "date": "span.ngay-dang"},
        sections=("Thời sự", "Kinh tế", "Văn hóa", "Biên giới - Biển đảo", "Pháp luật", "Thể thao"),
    ),
    Outlet(
        id="ben-thanh-chieu", name="Bến Thành Chiều", kind="press", owner_class="city press", lang="vi",
        slogan="Nhật báo buổi chiều của thành phố", pattern="/{slug}-{id}.htm", feeds=("/rss/tin-moi.rss",),
        sections=("Thời sự", "Thế giới", "Kinh doanh", "Thể thao", "Du lịch", "Đời sống"),
    ),
    Outlet(
        id="meridian", name="Meridian Newswire", kind="press", owner_class="wire", lang="en",
        slogan="Asia, hour by hour", pattern="/{section}/{slug}/", feeds=("/feed",),
        sections=("Asia", "Business", "Explainers", "Travel", "Opinion"),
    ),
    Outlet(
        id="hai-nhac", name="海岳新闻网", kind="press", owner_class="foreign state media", lang="zh",
        slogan="立足海岳 报道天下", zone="Asia/Shanghai", pattern="/guoji/{id}.shtml", feeds=("/rss/guoji.xml",), charset="gb18030",
        selectors={"title": ".rm_txt h1", "sapo": "p.summary", "body": "div.rm_txt_con", "captions": "p.desc",
                   "date": ".col-1-1", "drop": "p.summary, .edit"},
        sections=("国际", "时评", "经济", "旅游"),
    ),
    Outlet(
        id="mae-nam", name="ໜັງສືພິມ ແມ່ນ້ຳ", kind="press", owner_class="foreign press", lang="lo",
        slogan="ຂ່າວສານຈາກສອງຝັ່ງ", pattern="/{folder}/{id}", feeds=("/rss/news.xml", "/rss/old.xml"),
        robots="User-agent: *\nDisallow: /archive/\nCrawl-delay: 0\n",
        selectors={"title": "h1.entry-title", "sapo": "p.excerpt", "body": "div.entry-content",
                   "captions": ".wp-caption-text", "date": ".entry-date", "drop": "p.excerpt"},
        sections=("ຂ່າວພາຍໃນ", "ເສດຖະກິດ", "ຊາຍແດນ"),
    ),
    Outlet(
        id="bien-cuong-tv", name="Kênh Biên Cương Xanh", kind="video", owner_class="organisation channel", lang="vi",
        slogan="Kênh video của một hội thiện nguyện hư cấu", pattern="/watch?v={vid}",
        feeds=("/feeds/videos.xml?channel_id=UCbiencuongxanh0000000000",), sections=("Video",),
    ),
    Outlet(
        id="hoi-bien-khoi", name="Hội Biển Khơi", kind="channel", owner_class="organisation channel", lang="vi",
        slogan="Kênh công khai của hội nghề cá hư cấu", pattern="/bai-dang/{id}", feeds=("/feed.json",),
        selectors={"title": "div.bai h1", "body": "div.chu", "captions": "div.bai figcaption", "date": "div.luc"},
        sections=("Bài đăng",),
    ),
    Outlet(
        id="bon-phuong", name="Góc Bốn Phương", kind="blog", owner_class="portal", lang="vi",
        slogan="Chuyện gì cũng bàn", pattern="/chu-de/{slug}.{id}/", feeds=("/index.php?do=rss",),
        selectors={"title": "div.post-wrap h1", "sapo": "div.post-body > b", "body": "div.post-body",
                   "captions": "div.post-body > i", "date": "div.post-date", "drop": "div.post-body > b"},
        sections=("Tán gẫu", "Lịch sử", "Du lịch", "Thời sự", "Truyện vui"),
    ),
)  # fmt: skip


def outlet(name: str) -> Outlet:
    """Return the outlet of that id; KeyError if there is none."""
    return {item.id: item for item in OUTLETS}[name]
