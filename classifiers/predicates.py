"""Polarity and mood of a predicate: is it denied, demanded, hoped for, or stated?"""

from __future__ import annotations

import re

from classifiers.document import Sentence
from classifiers.lexicon import Tag
from classifiers.rhetoric import no_negation

# A negation reaches this many canonical characters forward (Chinese needs fewer), never over a clause mark.
REACH = 34
REACH_HAN = 12
CLAUSE = frozenset(",;:.!?，。；：！？")


def _between(sentence: Sentence, left: int, right: int) -> str:
    return sentence.canon[left:right]


def _governs(sentence: Sentence, word: Tag, tag: Tag, reach: int) -> bool:
    if word.start < tag.start < word.end <= tag.end:
        return True  # "không có | lãnh hải": the negation shares a word with the predicate
    if word.end > tag.start or tag.start - word.end > reach:
        return False
    gap = _between(sentence, word.end, tag.start)
    return not any(mark in CLAUSE for mark in gap)


# A negated subject denies the whole clause, commas and all: "không thực thể nào ở Trường Sa, kể cả Ba Bình, có …".
NONE = re.compile(
    r" khong (?:co |mot )?(?:thuc the|cau truc|dao|hon dao|da|bai|bai can|dieu khoan|dieu|khoan|cau|chu|dong|doan|trang|van ban) (?:[a-z]+ ){0,2}?nao(?= )"
    r"| none of (?:the |these |those |its )?(?:[a-z]+ ){0,2}?(?:features?|islands?|rocks?|reefs?|articles|provisions)(?= )| nowhere (?=does|in|is)|没有任何(?:岛|礁|地物|条款|一条)|无一(?:岛|礁)"
)


def none_of(sentence: Sentence, before: int | None = None) -> bool:
    """Whether a negated subject stands in the sentence (before a canonical position)."""
    found = NONE.search(sentence.canon)
    return found is not None and (before is None or found.start() < before)


def is_negated(sentence: Sentence, tag: Tag) -> bool:
    """Whether a negation stands before `tag` in its clause (không, chưa, did not, 没有, ບໍ່), pseudo-negations apart."""
    han = "\u3400" <= sentence.canon[tag.start] <= "\u9fff"
    governing = none_of(sentence, tag.start) or any(_governs(sentence, word, tag, REACH_HAN if han else REACH) for word in sentence.of("NEG"))
    return governing and not no_negation(sentence)


def is_modal(sentence: Sentence, tag: Tag) -> bool:
    """Whether the predicate is asked for, hoped for, feared or conditional (yêu cầu … công nhận, nếu, sẽ, should)."""
    return any(_governs(sentence, word, tag, 30) for word in sentence.of("IRREALIS"))
