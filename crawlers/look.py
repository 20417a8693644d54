"""Whether what came for an article is an article's page: login, captcha, consent, soft 404, parked, empty shell.

Only a page that both reads like one of these and does not carry the headline that the feed named is refused, so that
an article about captchas stays an article. What a page alone does not tell, several together do: see `crawlers.alike`.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from itertools import pairwise
from urllib.parse import urlsplit

from crawlers.markup import TAG, without
from crawlers.signs import LOST
from pipelines.charset import decode
from pipelines.text import normalize, one_tone_style
from pipelines.urls import clean

# Fewer letters than this are no article: sapôs alone have 100 to 300 (feeds/trimmed-2026-09).
THIN = 200
# Within so few words a wall is looked for in all of the text; on a longer page (menus, other headlines) in its titles only.
_SHORT = 1500
_READ = 400_000
_LOGIN_PATH = re.compile(r"(?i)/(?:login|signin|sign-in|dang-nhap|auth|sso|account/log|consent|captcha|challenge|cdn-cgi)(?:[/.?]|$)")
_KINDS: tuple[tuple[str, str], ...] = (
    ("captcha", r"captcha|verify (?:that )?you are (?:a )?human|are you a robot|just a moment|checking your browser|xác (?:minh|nhận) (?:bạn|quý vị) (?:là|không phải)|"
     r"không phải (?:là )?(?:người máy|robot)|attention required|ddos protection|unusual traffic|请完成验证|安全验证"),
    ("parked", r"domain (?:name )?(?:is |may be )?(?:for sale|parked)|buy this domain|this domain|sedoparking|hugedomains|"
     r"tên miền (?:này )?(?:đang |được )?(?:rao bán|chuyển nhượng|hết hạn)|parkingcrew|域名出售"),
    ("suspended", r"account (?:has been )?suspended|website (?:đã )?(?:bị )?(?:tạm )?(?:khóa|ngưng|ngừng)|bandwidth limit exceeded|under maintenance|"
     r"đang (?:được )?bảo trì|đang nâng cấp|coming soon|welcome to nginx|apache2 (?:ubuntu|debian) default page|it works!|index of /"),
    ("soft-404", r"không tìm thấy (?:trang|bài|nội dung|đường dẫn)|(?:trang|bài viết|nội dung|đường dẫn)[^.]{0,40} không (?:tồn tại|còn)|page not found|404 not found|"
     r"not found|lỗi 404|error 404|đã bị (?:xóa|gỡ)|页面不存在|找不到|"
     r"(?:trang|bài viết|nội dung|đường dẫn)[^.]{0,40} (?:chưa sẵn sàng|không khả dụng|không truy cập được)"),
    ("consent", r"before you continue|we value your privacy|accept all cookies|đồng ý (?:với )?(?:việc sử dụng )?cookie|cookie consent|manage consent"),
    ("login", r"(?:vui lòng|hãy|cần|phải) đăng nhập|đăng nhập (?:để|vào)|sign in to (?:continue|read)|log ?in to (?:continue|read)|please (?:log|sign) in|请登录|登录后"),
    ("paywall", r"(?:vui lòng |hãy )?(?:đăng ký|mua|trả phí)[^.]{0,30} để đọc (?:tiếp|toàn bộ)|dành (?:riêng )?cho (?:thuê bao|hội viên|độc giả trả phí)|"
     r"subscribe to (?:continue|read)|subscribers? only|to continue reading"),
    ("needs-script", r"(?:enable|requires?|turn on|bật) javascript|javascript (?:is )?(?:required|disabled)|không hỗ trợ javascript"),
)  # fmt: skip
SAID = {
    "captcha": "trang hỏi “có phải người máy”", "parked": "trang rao bán tên miền", "suspended": "trang báo ngừng, bảo trì hoặc trang mặc định của máy chủ",
    "soft-404": "trang báo không tìm thấy, dù máy chủ trả 200", "consent": "trang xin đồng ý cookie", "login": "trang đăng nhập",
    "paywall": "tường phí, bài bị cắt", "needs-script": "khung trang trống, nội dung do JavaScript dựng", "empty": "trang không có chữ",
}  # fmt: skip
# Of these the article itself is there, cut short or empty: kept, and looked at again.
_CUT = {"paywall", "needs-script", "empty"}
# Every pattern here ends at the next "<" or after few letters: a page of nothing but "<script" takes no longer than another.
_HEAD = re.compile(r"(?is)<(?:title|h1)\b[^<>]{0,300}>(.{0,300}?)</(?:title|h1)\s{0,9}>|<meta\s[^<>]{0,2000}>|\"headline\"\s{0,9}:\s{0,9}\"([^\"]{1,300})\"")
_META_TITLE = re.compile(r"(?i)og:title|twitter:title")
_HIDDEN = ("script", "style", "template", "nav", "header", "footer", "svg", "head")
_WORD = re.compile(r"\w{2,}|[\u3400-\u9fff]")
_TITLES = re.compile(r"(?is)<(?:title|h1)\b[^<>]{0,300}>(.{0,300}?)</(?:title|h1)\s{0,9}>")
_LETTERS = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Marks:
    """What a page came as: marks of its title, its text and the other address it was sent to (empty: none), and whether
    it carries the headline (None: nobody named one)."""

    title: str = ""
    text: str = ""
    sent: str = ""
    named: bool | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """`kind` out of a closed list, empty for an ordinary page; `wrong` when no article stands there at all."""

    kind: str = ""
    wrong: bool = False
    marks: Marks | None = None

    @property
    def reason(self) -> str:
        """The kind in plain Vietnamese."""
        return SAID.get(self.kind, "")


_NEXT_SENTENCE = re.compile(r"[.!?…]\s+[^\W\d_]")
# "gia-vang-giam-20260307.htm" where a list names no headline: a file's name says nothing of its page either.
_FILE_NAME = re.compile(r"[!-~]*[-_.][!-~]*$")


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _KINDS)


def look(body: bytes, url: str, final_url: str, content_type: str, headline: str) -> Look:
    """Look at a page that was fetched as the article `headline` (empty when nobody named one). Never raises."""
    text = decode(body[:_READ], content_type).text
    plain = _plain(text)
    found = (match.group(0) for match in _HEAD.finditer(text))
    heads = " ".join(head for head in found if head[:5].lower() != "<meta" or _META_TITLE.search(head))
    # A headline that lost its letters on the way says nothing of the page.
    # Nor does a teaser of whole sentences, which a list may give in its place (dantri.com.vn, 2026-03-07).
    teaser = len(headline) > 100 and _NEXT_SENTENCE.search(headline) is not None
    headline = "" if teaser or LOST.search(headline) or _FILE_NAME.match(headline) else headline
    named = bool(headline) and _carries(headline, heads, plain)
    marks = Marks(*_prints(text, plain), _print(clean(final_url) or "") if clean(final_url) != clean(url) else "", named if headline else None)
    if url != final_url and _LOGIN_PATH.search(urlsplit(final_url).path) and not named:
        return Look("consent" if "consent" in final_url else "login", True, marks)
    short = len(plain) <= _SHORT
    if short or (headline and not named):
        shown = normalize(f"{html.unescape(TAG.sub(' ', heads))} {plain if short else ''}")
        kinds = [kind for kind, pattern in _patterns() if pattern.search(shown)]
        wall = next((kind for kind in kinds if kind not in _CUT), "")
        # Without a headline to look for, only a page of few words is taken for a wall.
        if wall and not named and (headline or len(plain) < 2 * THIN):
            return Look(wall, True, marks)
        cut = next((kind for kind in kinds if kind in _CUT), "")
        if cut and len(plain) < 3 * THIN:
            return Look(cut, marks=marks)
    if len(plain) < THIN:
        return Look("needs-script" if "<script" in text.lower() else "empty", marks=marks)
    return Look(marks=marks)


def _prints(text: str, plain: str) -> tuple[str, str]:
    """Return the marks of a page's title and of its text (without titles and figures); empty where there is too little."""
    titles = [" ".join(html.unescape(TAG.sub(" ", match[1])).split()) for match in _TITLES.finditer(text)]
    rest = plain
    for title in filter(None, titles):
        rest = rest.replace(title, " ")
    letters = "".join(_LETTERS.findall(rest))
    return _print(" ".join(titles[:3])), _print(letters) if len(letters) >= THIN else ""


def _print(text: str) -> str:
    return blake2b(text.encode("utf-8", "replace"), digest_size=8).hexdigest() if text else ""


def _plain(text: str) -> str:
    """Return what a reader sees, roughly: without scripts, navigation and markup."""
    shown = html.unescape(TAG.sub(" ", without(text, _HIDDEN)))
    collapsed = " ".join(shown.split())
    # Of a long page only the length counts, and normalising is half of the work.
    return collapsed if len(collapsed) > 2 * _SHORT else normalize(collapsed)


def _carries(headline: str, heads: str, plain: str) -> bool:
    """Tell whether half of the headline's words stand in the page's titles, or half of its pairs of words in the text.

    Single words of a headline stand in any long Vietnamese text by chance; its pairs do not.
    """
    wanted = words(headline)
    if not wanted:
        return False
    there = set(words(html.unescape(TAG.sub(" ", heads) + heads)))
    if 2 * len(set(wanted) & there) >= len(set(wanted)):
        return True
    told = words(plain)
    if len(wanted) < 2:
        return wanted[0] in told
    pairs = set(pairwise(wanted))
    return 2 * len(pairs & set(pairwise(told))) >= len(pairs)


def words(text: str) -> list[str]:
    """Return the words of two letters and more, in one tone style and lower case; Han characters one by one."""
    return _WORD.findall(one_tone_style(normalize(text)).lower())
