"""Which language a text is in: by script first, then by letters that only Vietnamese has, then py3langid."""

from __future__ import annotations

import re


def _words(text: str, mark: str | None = None) -> frozenset[str]:
    return frozenset(text.split(mark))


SUPPORTED = ("vi", "en", "zh", "lo")

_VI_LETTER = re.compile(r"[ăâđêôơưĂÂĐÊÔƠƯ\u1ea0-\u1ef9]|[aeiouy][\u0300\u0301\u0303\u0309\u0323]")
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
_LAO = re.compile(r"[\u0e80-\u0eff]")
_KANA = re.compile(r"[\u3040-\u30ff]")
_OTHER = {
    "ru": re.compile(r"[\u0400-\u04ff]"),
    "th": re.compile(r"[\u0e00-\u0e7f]"),
    "ko": re.compile(r"[\uac00-\ud7af]"),
    "km": re.compile(r"[\u1780-\u17ff]"),
}
# Below this many letters py3langid guesses ("ok" is Afrikaans, "Hello" Breton to it); only its "vi" is taken.
_LEAST = 20
# A longer Japanese text has kana.
_SHORT_HAN = 40
_WORD = re.compile(r"[a-z]+")
# Common syllables of Vietnamese typed without marks, none an English word (a frequency list of our own reading).
_VI_BARE = _words(
    "khong duoc nguoi nhung cua cung nhu cac mot trong voi nam nay tinh viet thi va cho lai roi da dang se biet "
    "minh nha toi ban anh chi em di lam gi sao nao the hay hon nhieu truoc sau ngay thang nuoc bien dao quan duong "
    "phuong xa huyen thanh pho dan ong ba con may dau day vay nen vi thay noi nghe xem hoi ve len xuong qua ra vao "
    "chu quyen lanh tho bo tren duoi giua den hoc sinh truong trung quoc phap luat moi gia dong gio trieu ty ko dc"
)
_EN = _words(
    "the of and to in is that for it with was on are as at by from this be have not or an has its were they their which about will would but he she we you people said after over new can"
)


def detect(text: str) -> str:
    """Return the code of the language of `text` (`vi`, `en`, `zh`, `lo` or another); "und" for a text without letters, or in Latin letters too short to tell."""
    sample = text[:4000]
    letters = sum(char.isalpha() for char in sample)
    if not letters:
        return "und"
    han, lao = len(_HAN.findall(sample)), len(_LAO.findall(sample))
    if len(_KANA.findall(sample)) * 8 > letters:
        return "ja"
    if han * 4 > letters:
        return "ja" if han < _SHORT_HAN and _only_japanese("".join(_HAN.findall(sample))) else "zh"
    if lao * 4 > letters:
        return "lo"
    for code, pattern in _OTHER.items():
        if len(pattern.findall(sample)) * 3 > letters:
            return code
    vietnamese = len(_VI_LETTER.findall(sample))
    if vietnamese >= 3 and vietnamese * 25 > letters:
        return "vi"
    found = _WORD.findall(sample.lower())
    bare = sum(word in _VI_BARE for word in found)
    english = sum(word in _EN for word in found)
    if found and bare > english and bare * 5 >= len(found):
        return "vi"
    if found and english * 8 >= len(found):
        return "en"
    if vietnamese and vietnamese * 60 > letters:
        return "vi"
    from py3langid import classify  # loads its model on first call (30 MB)

    code, _score = classify(sample)
    return str(code) if letters >= _LEAST or code == "vi" else "und"


def _only_japanese(han: str) -> bool:
    """Tell whether characters are neither all simplified nor all traditional Chinese, but all Japanese ("東京都知事会見")."""
    return not _in(han, "gb2312") and not _in(han, "big5") and _in(han, "shift_jis")


def _in(text: str, charset: str) -> bool:
    try:
        text.encode(charset)
    except UnicodeEncodeError:
        return False
    return True
