"""A readable difference of two revisions, word by word."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from pipelines.records import Article

EQUAL, DELETED, INSERTED = "equal", "delete", "insert"
# Beyond this many words per paragraph a word diff takes seconds; such a paragraph is shown as replaced.
_MOST = 4000
_WORD = re.compile(r"[\u3400-\u9fff]|[^\W_]+|\s+|[^\w\s]|_")


def diff_text(old: str, new: str) -> list[tuple[str, str]]:
    """Return (op, text) with op `equal`, `delete` or `insert`; joining all but the inserted gives `old` back.

    Paragraphs are matched first, then words inside of changed ones, so that one changed number shows as one number.
    """
    before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    out: list[tuple[str, str]] = []
    for op, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if op == "equal":
            out.append((EQUAL, "".join(before[a:b])))
        else:
            out.extend(_words("".join(before[a:b]), "".join(after[c:d])))
    return _joined(out)


def diff_articles(old: Article, new: Article) -> dict[str, list[tuple[str, str]]]:
    """Return the differences of title, sapô, body and captions; a part that did not change is left out."""
    parts = {
        "title": (old.title, new.title),
        "sapo": (old.sapo, new.sapo),
        "body": (old.body, new.body),
        "captions": ("\n".join(old.captions), "\n".join(new.captions)),
    }
    return {name: diff_text(before, after) for name, (before, after) in parts.items() if before != after}


def _words(old: str, new: str) -> list[tuple[str, str]]:
    before, after = _WORD.findall(old), _WORD.findall(new)
    if not before or not after or len(before) > _MOST or len(after) > _MOST:
        return [(DELETED, old), (INSERTED, new)]
    out: list[tuple[str, str]] = []
    for op, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if op == "equal":
            out.append((EQUAL, "".join(before[a:b])))
            continue
        out.append((DELETED, "".join(before[a:b])))
        out.append((INSERTED, "".join(after[c:d])))
    return out


def _joined(parts: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Drop empty parts and join neighbours of one kind; a lone blank between two changes belongs to the change."""
    smooth: list[tuple[str, str]] = []
    for index, (op, text) in enumerate(parts):
        between = 0 < index < len(parts) - 1 and parts[index - 1][0] != EQUAL and parts[index + 1][0] != EQUAL
        if op == EQUAL and text and text.isspace() and "\n" not in text and between:
            smooth += [(DELETED, text), (INSERTED, text)]
        elif text:
            smooth.append((op, text))
    out: list[tuple[str, str]] = []
    pending = {DELETED: "", INSERTED: ""}

    def flush() -> None:
        for kind in (DELETED, INSERTED):
            if pending[kind]:
                out.append((kind, pending[kind]))
                pending[kind] = ""

    for op, text in smooth:
        if op == EQUAL:
            flush()
            if out and out[-1][0] == EQUAL:
                out[-1] = (EQUAL, out[-1][1] + text)
            else:
                out.append((EQUAL, text))
        else:
            pending[op] += text
    flush()
    return out
