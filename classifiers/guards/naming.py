"""Lines that name and state nothing: "Tin liên quan: phán quyết Biển Đông năm 2016", key words, tables of contents, talks "about" something."""

from __future__ import annotations

import re

from classifiers.document import Sentence

# Names of instruments, places, parties, and the nouns that such names are made of.
_NAMES = frozenset([
    "SFT", "CAIRO", "POTSDAM", "GENEVA", "PCA", "LAHAYE", "UNCLOS", "DOC", "COC", "VCS", "LTR", "LETTERWORD", "DECL58", "DECLWORD", "LANDTREATY", "PROT2009", "GULFTREATY", "FISHTREATY", "DELIMTREATY",
    "VLTREATY", "VL2016", "VKTREATY", "VK1985", "VK2005", "VK2019", "LBV", "LBG", "LBP", "CONSTITUTION", "CHENGDU", "TREATYNOUN", "COURTTREATY", "HS", "TS", "ISLANDS", "OTHERFEAT", "BABINH", "GACMA", "COLIN",
    "MISCHIEF", "SUBI", "SCARBOROUGH", "SECONDTHOMAS", "VANGUARD", "GULF", "X_TONKIN", "BLV", "BANGIOC", "NAMQUAN", "PHUQUOC", "CONCO", "SCS", "DASH", "BORDER", "NORTHBORDER", "LAOBORDER", "KHBORDER", "MARKER",
    "LAND", "VN", "CN", "LA", "KH", "PH", "TW", "MY", "VC", "P_LAOCAI", "P_THANHHOA", "P_QUANGTRI", "P_QUANGBINH", "P_OTHER", "SEAWORD", "SOURCEDOC", "Y1982", "Y1988", "Y1974", "LAND1999",
])  # fmt: skip
# What stands before a list of names.
_LABEL = re.compile(
    r"^\W*(?:(?:xem|doc|tim hieu|nghe) (?:them|tiep|lai)|(?:tin|bai|chu de|video|anh|noi dung) (?:lien quan|khac|cung chu de|doc nhieu)|lien quan|muc luc|tu khoa|the|tags?|hashtag|chuyen de|chuyen muc|chu de|"
    r"(?:bai|phan|chuong|muc|ky|tap|so|chapter|part|section|lesson) (?:\d+|[ivx]+)|nguon|tham khao|tai lieu(?: tham khao)?|phu luc|see also|related(?: \w+)?|read more|more on|keywords?|contents|further reading|references|"
    r"相关阅读|相关新闻|延伸阅读|关键词|目录|参见|参考资料)(?: [a-z]+){0,2} ?[:：-]? "
)
# Any few words before a colon.
_HEAD = re.compile(r"^ (?:\S+ ){1,3}: ")
# Talks, lessons and books about something state nothing of it.
_ABOUT = re.compile(
    r" (?:trao doi|thao luan|ban|ban thao|tim hieu|gioi thieu|noi chuyen|hoi dam|tham luan|bai giang|sach|cuon sach|phim|bao cao|cap nhat|thong tin|hoi thao|toa dam|gio hoc|de tai|luan van) (?:\w+ ){0,2}?(?:ve|quanh|xung quanh|lien quan den)(?= )"
    r"| (?:talks|discussed?|discussion|lecture|book|seminar|film|report|briefing) (?:on|about|of)(?= )|讨论|交流|介绍"
)
_SMALL = re.compile(r"(?:^|(?<=\s))(?:va|cung|voi|ve|trong|nam|ngay|thang|giua|hai|cac|nhung|mot|theo|lich su|van de|vu|vu kien|and|the|of|on|in|a|an|with|between|peace|sea|question|dispute|(?:19|20)\d\d)(?=\s|$)|[和与及的、年月日]|[^\w\s㐀-鿿]")


def names_only(sentence: Sentence) -> bool:
    """Whether nothing but names is left of a line: after a label ("Từ khóa: …"), or after "trao đổi về …"."""
    label = _LABEL.match(sentence.canon) or _HEAD.match(sentence.canon)
    mark = label or _ABOUT.search(sentence.canon)
    if mark is None or (label is None and mark.start() > 60):
        return False
    chars = list(sentence.canon)
    for tag in sentence.tags:
        if tag.concept in _NAMES:
            chars[tag.start : tag.end] = " " * (tag.end - tag.start)
    rest = _SMALL.sub(" ", "".join(chars[mark.end() :])).split()
    return sum(len(word) if word >= "㐀" else 1 for word in rest) <= (label is not None and label.re is _LABEL)
