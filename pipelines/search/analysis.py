"""Text analysed once, in Python, into ready tokens: both engines store them and every question goes the same way.

Tokens are syllables, because a Vietnamese phrase is then a plain phrase of the engine. Scripts without blanks
(Han, kana, Thai, Lao, Khmer, Burmese) give one token per character, so that a phrase finds a substring.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from pipelines.text import fold, normalize, one_tone_style

# Change this whenever the same text would give other tokens: an index of another version must be rebuilt.
ANALYSIS_VERSION = 2
# Elasticsearch's whitespace analyzer cuts tokens at 255 characters; ours are cut first, and alike for both.
LONGEST = 100
# Stands between title, sapô, body and captions, so that no phrase runs across. Never the token of a question.
BREAK = "¶"

_UNSPACED = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
# Letters that SQLite's unicode61 folds although they are lower-case (found by asking it for all of Unicode, 2026-11-21):
# folded before either engine sees them.
_VARIANTS = str.maketrans({char: char.casefold() for char in "µſςϐϑϕϖϰϱϵẛ"})
_HAS_UNSPACED = re.compile(f"[{_UNSPACED}]")
_WORD = re.compile(r"[^\W_]+")
_WORD_OR_CHARACTER = re.compile(rf"[{_UNSPACED}]|(?:(?![{_UNSPACED}])[^\W_])+")
_NOT_KEY = re.compile(r"[\W_]+")
# Syllables without a mark that are complete Vietnamese as they stand (level tone): nam, thanh, cho; but not bien, bac.
_LEVEL = re.compile(
    r"(?:b|c|ch|d|g|gh|gi|h|k|kh|l|m|n|ng|ngh|nh|p|ph|q|qu|r|s|t|th|tr|v|x)?"
    r"(?:a[imnouy]?|an[gh]|e[mno]?|eng|i[amnu]?|inh|o[aeimn]?|ong|oa[imny]|oan[gh]|oe[no]|oong|u[aimny]?|ung|uyn|uynh|y)"
)


def _lower(text: str) -> str:
    """Return clean NFC text in lower case at the offsets of `normalize(text)`."""
    clean = unicodedata.normalize("NFC", normalize(text))
    low = clean.lower()
    return low if len(low) == len(clean) else "".join(char.lower()[0] for char in clean)


def plain(text: str) -> str:
    """Return `text` clean (NFC, one placement of tone marks) and lower-case; offsets are those of `normalize(text)`."""
    return one_tone_style(_lower(text))


@lru_cache(maxsize=200_000)
def _written(token: str) -> str:
    return one_tone_style(token).translate(_VARIANTS)[:LONGEST]


def tokens(text: str) -> list[str]:
    """Return the exact tokens of `text`: lower-case, NFC, with their marks."""
    low = _lower(text)
    pattern = _WORD_OR_CHARACTER if _HAS_UNSPACED.search(low) else _WORD
    return list(map(_written, pattern.findall(low)))


@lru_cache(maxsize=200_000)
def folded(token: str) -> str:
    """Return a token without marks, đ as d."""
    return fold(token)


def has_marks(token: str) -> bool:
    """Tell whether the person who typed `token` typed a mark."""
    return folded(token) != token


def is_complete(token: str) -> bool:
    """Tell whether an unmarked token may stand as typed in a marked phrase ("Thanh Hóa"), or lacks its marks ("bien giới")."""
    return token.isdigit() or _LEVEL.fullmatch(token) is not None


def joined(parts: Iterable[str]) -> list[str]:
    """Return the exact tokens of several texts with BREAK between them."""
    out: list[str] = []
    for part in parts:
        found = tokens(part)
        if found and out:
            out.append(BREAK)
        out.extend(found)
    return out


@lru_cache(maxsize=20_000)
def key(value: str) -> str:
    """Return the form in which field values are compared: "Tuổi Trẻ" and "tuoi-tre" are one outlet."""
    return _NOT_KEY.sub("-", fold(plain(value))).strip("-")[:LONGEST]
