"""Requests to publish documents: a speech act that is never raised (CODEBOOK, what is never flagged)."""

from __future__ import annotations

import re

from classifiers.document import Sentence

# A verb of asking, then within a clause a verb of publishing; over folded text, and over the characters for Chinese.
_FOLDED = re.compile(
    r"\b(?:yeu cau|de nghi|kien nghi|keu goi|thinh nguyen|hay|doi|mong|xin|can phai|phai|nen)\b[^.;]{0,70}?"
    r"\b(?:cong bo|cong khai|minh bach|giai mat|bach hoa|dua ra cong luan|cho (?:nhan )?dan (?:duoc )?(?:biet|xem))\b"
    r"|\b(?:demand|urge|ask|request|petition|call on|calls on|called on|call for|calls for|called for|should|must)\w*\b[^.;]{0,90}?"
    r"\b(?:publish|publication|releas|disclos|mak\w+ public|declassif|open the archives)",
    re.IGNORECASE,
)
_HAN = re.compile(r"(?:要求|呼吁|請求|请求|敦促|应当|應當|应该|必须)[^。；]{0,30}(?:公布|公开|公開|解密)")


def is_petition(sentence: Sentence) -> bool:
    """Tell whether the sentence asks an authority to publish something."""
    from pipelines.text import fold

    return bool(_FOLDED.search(fold(sentence.text)) or _HAN.search(sentence.text))
