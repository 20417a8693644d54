"""Windows-1258 as Vietnamese pages of about 2000 used it: letters with combining tone marks."""

from __future__ import annotations

import unicodedata

_TONES = "̣̀́̃̉"


def encode_cp1258(text: str) -> bytes:
    """Return `text` in windows-1258; the tone follows its letter, other unknown characters become `&#N;`."""
    out = bytearray()
    for char in unicodedata.normalize("NFC", text):
        try:
            out += char.encode("cp1258")
            continue
        except UnicodeEncodeError:
            parts = unicodedata.normalize("NFD", char)
        tone = "".join(mark for mark in parts if mark in _TONES)
        letter = unicodedata.normalize("NFC", "".join(mark for mark in parts if mark not in _TONES))
        out += (letter + tone).encode("cp1258", "xmlcharrefreplace")
    return bytes(out)
