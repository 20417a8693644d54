"""Questions that state what they seem to deny or ask: "chẳng phải … rồi sao?", "didn't the court …?", 难道不是…吗？"""

from __future__ import annotations

import re

from classifiers.document import Sentence

_END = r"(?: nhi| cac bac| moi nguoi)?"
# "… sao", "… chứ còn gì" close such a question with or without its mark; "ạ", "à", "ư", "hả" only with it ("Không phải bán đâu ạ." denies).
_RHETORICAL = re.compile(
    rf" (?:chang phai|cha phai|khong phai|dau phai)(?= )[^?]* (?:(?:(?<! vi )(?<! tai )(?<! ra )(?<! lam )sao|con gi|chac){_END}(?: ?[?]|(?: [?!.])* $)|(?:a|u|ha){_END} ?[?]|(?:roi|day|do|that) (?:a|u|ha){_END}(?: [?!.])* $)"
    rf"| chang (?!phai )[^?]* (?:do|hay|roi) (?:sao|a){_END} ?(?:[?]|(?: ?[?!.])* $)"
    r"|(?:^|[,;:.]) ?(?:but |so |and )?(?:isn|aren|wasn|weren|didn|doesn|don|hasn|haven|hadn) t [^?]*[?]"
    r"|难道(?!真的?是)[^？?]*(?:[？?]|吗)|不(?:就)?是[^，。？?]*吗"
)


def rhetorical(sentence: Sentence) -> bool:
    """Whether the sentence is a negative question that expects a yes."""
    return _RHETORICAL.search(sentence.canon) is not None


# "Chẳng lẽ … sao?" doubts what it says, and denies none of it.
_DOUBTING = re.compile(r" (?:chang le|khong le|le nao)(?= )")


def no_negation(sentence: Sentence) -> bool:
    """Whether the negations of the sentence are those of its question, and deny nothing: it expects a yes, or cannot believe it."""
    return rhetorical(sentence) or _DOUBTING.search(sentence.canon) is not None
