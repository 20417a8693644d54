"""Teencode and short forms written out ("ko dc" → "không được"), with the way back to the original offsets."""

from __future__ import annotations

import re

from pipelines.text import Normalised

# Short forms seen in public posts; only those with one reading. Capitals as written, else small letters.
SHORT = {
    "ko": "không", "k": "không", "hok": "không", "hong": "không", "khum": "không", "hông": "không", "dc": "được", "đc": "được", "đx": "được", "vs": "với",
    "mn": "mọi người", "mng": "mọi người", "ng": "người", "ngta": "người ta", "r": "rồi", "rùi": "rồi", "lun": "luôn", "zậy": "vậy", "dzậy": "vậy", "zô": "vô",
    "bít": "biết", "bik": "biết", "j": "gì", "gj": "gì", "cx": "cũng", "cg": "cũng", "nc": "nước", "qg": "quốc gia", "tq": "Trung Quốc", "TQ": "Trung Quốc",
    "vn": "Việt Nam", "VN": "Việt Nam", "HS-TS": "Hoàng Sa - Trường Sa", "hs-ts": "Hoàng Sa - Trường Sa", "HSTS": "Hoàng Sa Trường Sa", "BĐ": "Biển Đông",
    "lhq": "Liên Hợp Quốc", "LHQ": "Liên Hợp Quốc", "bđbp": "bộ đội biên phòng", "BĐBP": "Bộ đội Biên phòng", "nq": "nghị quyết", "hnay": "hôm nay",
    "t": "tôi", "mk": "mình", "mik": "mình", "ntn": "như thế nào", "vđ": "vấn đề", "trc": "trước", "cn": "còn", "ms": "mới", "thui": "thôi", "nma": "nhưng mà",
}  # fmt: skip
_WORD = re.compile(r"(?<![\w.\-/@])(?:HS-TS|hs-ts|[^\W\d_]{1,5})(?![\w\-/@])")


def written_out(text: str) -> Normalised:
    """Return `text` with short forms written out; `span` leads back to what was typed."""
    out: list[str] = []
    starts: list[int] = []
    origins: list[int] = []
    length = last = 0
    for match in _WORD.finditer(text):
        raw = match.group()
        full = SHORT.get(raw) or (SHORT.get(raw.lower()) if not raw.isupper() else None)
        if full is None:
            continue
        starts.append(length)
        origins.append(last)
        out += [text[last : match.start()], full]
        length += match.start() - last
        for offset in range(len(full)):
            starts.append(length + offset)
            origins.append(match.start() + min(offset, len(raw) - 1))
        length += len(full)
        last = match.end()
    if not out:
        return Normalised(text, text)
    starts.append(length)
    origins.append(last)
    out.append(text[last:])
    return Normalised("".join(out), text, tuple(starts), tuple(origins))
