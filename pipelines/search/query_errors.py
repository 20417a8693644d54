"""Mistakes in a question, pointed at with the number of the character, in Vietnamese."""

from __future__ import annotations

from lark import Token, UnexpectedCharacters, UnexpectedToken

from pipelines.errors import UsageError

LONGEST = 2000
# Elasticsearch takes 30 nested bools and SQLite's FTS5 a tree of 256; nobody writes more than these by hand.
MAX_DEPTH = 12
MAX_PARTS = 200


class QueryError(UsageError):
    """A question that cannot be read: `position` (from 1) is the character, `reason` what is wrong there."""

    def __init__(self, query: str, at: int, reason: str) -> None:
        self.query, self.position, self.reason = query, at + 1, reason
        shown = query[max(0, at - 20) : at] + "⟦" + query[at : at + 1] + "⟧" + query[at + 1 : at + 20]
        super().__init__(f"câu tìm, ký tự {at + 1}: {reason}; ở chỗ ⟦ ⟧: {' '.join(shown.split())}")


def fail(query: str, at: int, reason: str) -> QueryError:
    """Return the error for the character at offset `at`."""
    return QueryError(query, at, reason)


def explain(query: str, error: UnexpectedToken | UnexpectedCharacters) -> QueryError:
    """Return what the grammar's complaint means to an analyst."""
    if isinstance(error, UnexpectedCharacters):
        return fail(query, error.pos_in_stream or 0, "ký tự không dùng được ở đây")
    token: Token = error.token
    if token.type == "$END":
        return _ended(query)
    at = token.start_pos or 0
    word = str(token)
    before = query[:at].rstrip()
    if before.endswith(":"):
        return fail(query, at, "sau dấu hai chấm của trường phải là một giá trị")
    if token.type in ("AND", "OR"):
        return fail(query, at, f"“{word}” cần một vế ở mỗi bên")
    if token.type == "NEAR":
        return fail(query, at, f"“{word}” chỉ nối từ hoặc cụm từ, mỗi bên một")
    if token.type == "RPAR":
        if before.endswith("("):
            return fail(query, at, "trong ngoặc chưa có gì")
        return fail(query, at, "trước ngoặc đóng còn thiếu một vế")
    last = before.split()[-1].lower() if before.split() else ""
    if last.startswith("near/"):
        return fail(query, at, f"sau “{last}” phải là một từ hoặc cụm từ")
    return fail(query, at, f"“{word}” không đứng được ở đây")


def _ended(query: str) -> QueryError:
    """Return the error for a question that stops too early, pointing at what it stops with."""
    text = query.rstrip()
    last = text.split()[-1]
    at = len(text) - len(last)
    if last.endswith(":"):
        return fail(query, at, f"trường “{last}” thiếu giá trị")
    return fail(query, at, f"sau “{last}” còn thiếu một vế")
