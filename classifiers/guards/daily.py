"""Daily life at the border: goods that are sold are no land ("ghé Thổ Châu (Phú Quốc) bán dầu"), and who is kept from crossing moves no line."""

from __future__ import annotations

import re

from classifiers.document import Sentence
from classifiers.measures import UNIT_VI, numbers_of

_SELL = re.compile(r"(?<= )ban(?= )|(?<= )(?:sells?|sold|selling)(?= )")
_GOODS = re.compile(
    r" (?:buon |le |lai |chay |het |duoc |cho khach |so |may |them |toan )*(?:dau|xang|nhien lieu|ca|tom|muc|cua|ghe|hai san|thuy san|nong san|hang|hang hoa|ve|tour|gao|rau|hoa qua|trai cay|nuoc mam|do|do an|thuc pham|thuoc|quan ao|luu niem|dien|than|go|banh|sim|so phan)(?= )"
    r"| (?:the |their |its |some |off )*(?:fuel|oil|diesel|fish|seafood|shrimp|squid|goods|tickets|tours|rice|fruit|food|souvenirs|power|electricity)(?= )"
)
# With any of these more changes hands than goods.
_OTHERS = ("GIVE", "RECOG", "LEASE", "SECRETDOC", "TREATYNOUN", "CHANGEBORDER", "FOREIGNADMIN", "BECOMEPROVINCE", "LTR", "OWN", "BELONG", "NAMES", "MOVE", "OCCUPY")
_HANDED = re.compile(r" (?:nhuong|dang|cat|hien|giao|trao|mat|ceded|handed|surrendered)(?= )|[割让]")


def sells_goods(sentence: Sentence) -> bool:
    """Whether all that is sold in the sentence are goods, and nothing else is given away."""
    sales = [m.end() for m in _SELL.finditer(sentence.canon)]
    return bool(sales) and all(_GOODS.match(sentence.canon, end) for end in sales) and not sentence.has(*_OTHERS) and _HANDED.search(sentence.canon) is None


_POLICING = re.compile(
    r" (?:nhap canh|xuat canh|xuat nhap canh|vuot bien|buon lau|gian lan thuong mai|chong dich|dich benh|ma tuy|buon nguoi|mua ban nguoi|illegal (?:entry|entries|crossings?|immigration|immigrants)|smuggling|smugglers|trafficking)(?= )"
    r"|非法(?:出入境|入境|越境)|走私|偷渡"
)
_CHANGED = ("MOVE", "CEDE", "CEDE2", "SOLD", "GIVE", "LEASE", "CHANGEBORDER", "FOREIGNADMIN", "SECRETDOC", "RECOG", "VOID", "PROMISE", "OCCUPY", "INTRUDE", "INTRUDE2", "TROOPS", "MILBUILD", "ANNEX", "SHOOT")


def polices_crossings(sentence: Sentence) -> bool:
    """Whether the sentence is about who and what crosses unlawfully, measures nothing and changes no line."""
    return _POLICING.search(sentence.canon) is not None and not sentence.has(*_CHANGED) and not any(q.unit in UNIT_VI for q in numbers_of(sentence))
