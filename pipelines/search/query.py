"""The language of questions: words, "phrases", fields, AND OR NOT, brackets, near/5, prefix*. See docs/search.md.

`parse` gives a tree (tree.py); a mistake raises QueryError, which points at the character, in Vietnamese.
"""

from __future__ import annotations

from datetime import datetime
from functools import cache

from lark import Lark, Token, UnexpectedCharacters, UnexpectedInput, UnexpectedToken, v_args
from lark.exceptions import VisitError
from lark.visitors import Transformer_NonRecursive

from pipelines.clock import now as clock_now
from pipelines.search.analysis import tokens
from pipelines.search.document import tag
from pipelines.search.query_errors import LONGEST, MAX_DEPTH, MAX_PARTS, QueryError, explain, fail
from pipelines.search.query_fields import FIELD_NAMES, field_node
from pipelines.search.tree import And, Everything, Near, Node, Not, Or, Tag, Text

# A word processor makes other dashes of the one that was typed.
DASHES = ("-", "\u2010", "\u2011", "\u2012", "\u2013", "\u2014", "\u2212", "\ufe63", "\uff0d")
GRAMMAR = r"""
?start: either
?either: both (OR both)*
?both: one (AND? one)*
?one: NOT one -> negation
    | near
    | "(" either ")"
    | FIELD value -> in_field
?near: text (NEAR text)*
text: WORD | PHRASE
value: WORD | PHRASE

AND.4: /AND(?![^\s()])/
OR.4: /OR(?![^\s()])/
NOT.4: /NOT(?![^\s()])/
NEAR.4: /near\/\d{1,4}(?![^\s()])/i
FIELD.3: /[^\W\d_]+:/
PHRASE.3: /"[^"]*"|“[^“”"]*”/
WORD: /[^\s()"“”]+/
%ignore /\s+/
"""


@cache
def _parser() -> Lark:
    return Lark(GRAMMAR, parser="lalr", lexer="basic")


def parse(query: str, now: datetime | None = None) -> Node:
    """Return the tree of `query`; `now` is what `since:7d` counts from. Blank finds everything. Raises QueryError."""
    if len(query) > LONGEST:
        raise fail(query, LONGEST, f"câu tìm dài quá {LONGEST} ký tự")
    if not query.strip():
        return Everything()
    _check_brackets(query)
    try:
        tree = _parser().parse(query)
        node = _Build(query, now or clock_now()).transform(tree)
    except UnexpectedInput as error:
        if isinstance(error, UnexpectedToken | UnexpectedCharacters):
            raise explain(query, error) from error
        raise
    except VisitError as error:
        if isinstance(error.orig_exc, QueryError):
            raise error.orig_exc from error
        raise
    if node is None:
        raise fail(query, 0, "không có từ nào để tìm")
    if _size(node) > MAX_PARTS:
        raise fail(query, 0, f"câu tìm có quá {MAX_PARTS} vế")
    if _depth(node) > MAX_DEPTH:
        raise fail(query, 0, f"ngoặc và NOT lồng quá {MAX_DEPTH} lớp")
    return node


def values(query: str, field: str) -> tuple[str, ...]:
    """Return the values that a readable question asks of `field`, as keys (analysis.key), each once."""
    start, found = tag(field, ""), dict[str, None]()
    stack = [parse(query)]
    while stack:
        node = stack.pop()
        if isinstance(node, Tag) and node.value.startswith(start):
            found[node.value.removeprefix(start)] = None
        stack.extend(reversed(_children(node)))
    return tuple(found)


def asks_words(query: str) -> bool:
    """Tell whether a readable question asks for compound words (`word:`), which only `index_words` writes into the index."""
    return bool(values(query, "word"))


def small_connectives(query: str) -> tuple[str, ...]:
    """Return each “and”, “or”, “not” that stands in a readable question as a word because it is not written in capitals."""
    words = (str(token) for token in _parser().lex(query) if token.type == "WORD")
    return tuple(dict.fromkeys(word for word in words if word.lower() in ("and", "or", "not")))


def _check_brackets(query: str) -> None:
    """Brackets and quotation marks that have no partner: named before the grammar sees them."""
    opened: list[int] = []
    quote = -1
    for at, char in enumerate(query):
        if quote >= 0:
            if (query[quote] == '"' and char == '"') or (query[quote] == "“" and char == "”"):
                quote = -1
        elif char in '"“':
            quote = at
        elif char == "(":
            opened.append(at)
            if len(opened) > 2 * MAX_DEPTH:
                raise fail(query, at, f"ngoặc lồng quá {MAX_DEPTH} lớp")
        elif char == ")":
            if not opened:
                raise fail(query, at, "ngoặc đóng “)” không có ngoặc mở")
            opened.pop()
        elif char == "”":
            raise fail(query, at, "ngoặc kép đóng “”” không có ngoặc mở")
    if quote >= 0:
        raise fail(query, quote, "ngoặc kép mở mà không đóng")
    if opened:
        raise fail(query, opened[-1], "ngoặc mở “(” không có ngoặc đóng")


def _children(node: Node) -> tuple[Node, ...]:
    if isinstance(node, And | Or):
        return node.parts
    return (node.part,) if isinstance(node, Not) else ()


def _size(node: Node) -> int:
    """Number of words and fields."""
    below = _children(node)
    if below:
        return sum(map(_size, below))
    if isinstance(node, Near):
        return len(node.left.words) + len(node.right.words)
    return len(node.words) if isinstance(node, Text) else 1


def _depth(node: Node) -> int:
    return 1 + max(map(_depth, _children(node)), default=0)


@v_args(inline=True)
class _Build(Transformer_NonRecursive):
    """From parse tree to our tree. None stands for a text without a word in it ("—"), which asks for nothing."""

    def __init__(self, query: str, now: datetime) -> None:
        super().__init__()
        self.query, self.now = query, now

    def text(self, token: Token) -> Text | None:
        at = token.start_pos or 0
        if token.type == "PHRASE":
            if "*" in token:
                raise fail(self.query, at + token.index("*"), "trong ngoặc kép không dùng được dấu *; viết ngoài ngoặc, như “chủ AND quy*”")
            words = tuple(tokens(str(token)[1:-1]))
            return Text(words) if words else None
        prefix = str(token).endswith("*")
        # Elsewhere "-" means NOT; taken as a word it would find the very articles that were to be left out.
        after = self.query[at + 1 : at + 2]
        if token.startswith(DASHES) and (after.isalnum() or after in ('"', "“", "(")) and after:
            dash = token[0]
            raise fail(self.query, at, f"dấu “{dash}” không có nghĩa loại trừ; viết NOT trước điều cần loại (tìm đúng chữ đó thì đặt trong ngoặc kép)")
        if "*" in token[:-1] and tokens(str(token)):
            raise fail(self.query, at + token.index("*"), "dấu * chỉ đứng cuối một từ, như “biê*”")
        words = tuple(tokens(str(token)))
        if prefix and len(words) != 1:
            raise fail(self.query, at, "dấu * phải đứng ngay sau một từ, như “biê*”")
        if prefix and len(words[0]) < 2:
            raise fail(self.query, at, "trước dấu * cần ít nhất hai chữ cái")
        return Text(words, prefix) if words else None

    def value(self, token: Token) -> Token:
        return token

    def in_field(self, name: Token, value: Token) -> Node:
        at = name.start_pos or 0
        if str(name)[:-1].lower() not in FIELD_NAMES:
            raise fail(
                self.query, at,
                f"không có trường “{name}”; có: {', '.join(FIELD_NAMES)} (tìm đúng chữ đó thì đặt trong ngoặc kép)",
            )  # fmt: skip
        raw = str(value)[1:-1] if value.type == "PHRASE" else str(value)
        return field_node(self.query, value.start_pos or 0, str(name)[:-1].lower(), raw, self.now)

    def near(self, *items: Token | Text | None) -> Node | None:
        pairs: list[Node] = []
        for at in range(1, len(items), 2):
            left, mark, right = items[at - 1], items[at], items[at + 1]
            assert isinstance(mark, Token)
            distance = int(str(mark)[5:])
            if not 1 <= distance <= 100:
                raise fail(self.query, mark.start_pos or 0, "near/ cần một số từ 1 đến 100, như near/5")
            if not isinstance(left, Text) or not isinstance(right, Text):
                raise fail(self.query, mark.start_pos or 0, f"“{mark}” cần một từ hoặc cụm từ ở mỗi bên")
            if left.prefix or right.prefix:
                raise fail(self.query, mark.start_pos or 0, f"“{mark}” không đi cùng dấu *")
            if left.words == right.words:
                raise fail(self.query, mark.start_pos or 0, f"hai bên của “{mark}” phải khác nhau")
            pairs.append(Near(left, right, distance))
        return pairs[0] if len(pairs) == 1 else And(tuple(pairs))

    def both(self, *items: Node | Token | None) -> Node | None:
        return self._join(And, items)

    def either(self, *items: Node | Token | None) -> Node | None:
        return self._join(Or, items)

    def negation(self, _mark: Token, part: Node | None) -> Node | None:
        if isinstance(part, Not):  # NOT NOT: also what keeps the tree shallow
            return part.part
        return None if part is None else Not(part)

    def _join(self, kind: type[And] | type[Or], items: tuple[Node | Token | None, ...]) -> Node | None:
        parts = tuple(item for item in items if item is not None and not isinstance(item, Token))
        if len(parts) > 1:
            return kind(parts)
        return parts[0] if parts else None
