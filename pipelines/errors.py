"""Errors that a user can cause or mend: printed as one line, without a traceback."""

from __future__ import annotations


class UserError(Exception):
    """What happened, which source or file, and what to do. `code` is the exit code (CONTRACT: 1 or 2)."""

    def __init__(self, message: str, code: int = 1) -> None:
        super().__init__(message)
        self.code = code


class UsageError(UserError):
    """Wrong use or configuration: exit code 2."""

    def __init__(self, message: str) -> None:
        super().__init__(message, code=2)
