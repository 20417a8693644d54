"""Slips in a command's options and arguments: one Vietnamese line instead of the library's English box; and questions that begin with “-”."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from typer.core import TyperCommand
from typer.exceptions import TyperException

# What pydantic, which reads the values, calls the bounds of a number.
_BOUNDS = {"ge": "từ {} trở lên", "gt": "lớn hơn {}", "le": "nhiều nhất {}", "lt": "nhỏ hơn {}"}
_KINDS = {"int": "cần số nguyên", "float": "cần một số", "date": "cần ngày như 2026-11-21", "bool": "cần có hoặc không"}


def told(error: TyperException) -> str:
    """Return the line of a slip (what is wrong, what would be right); empty when the help was shown instead."""
    kind = type(error).__name__
    if kind == "NoArgsIsHelpError":
        return ""
    context = getattr(error, "ctx", None)
    if context is None:
        return _said(error, kind, context)
    # The path begins with the program as it was called: `python -m flows.cli`, `/opt/…/cotmoc`.
    name = "cotmoc" + context.command_path.removeprefix(context.find_root().command_path)
    return f"{name}: {_said(error, kind, context)}; xem {name} --help"


def _said(error: TyperException, kind: str, context: Any) -> str:
    option, message = getattr(error, "option_name", ""), error.message
    if kind == "NoSuchOption":
        return f"không có tùy chọn “{option}”" + _near(sorted(getattr(error, "possibilities", None) or ()))
    if kind == "BadOptionUsage":
        return f"tùy chọn {option} " + ("cần một giá trị đi kèm" if "requires" in message else "không nhận giá trị")
    if kind == "MissingParameter":
        return f"thiếu {_shown(error)}"
    if kind == "BadParameter":
        return f"{_shown(error)}: {_refused(error)}"
    if found := re.match(r"No such command '(.*?)'\.", message, re.DOTALL):
        return f"không có lệnh “{found[1]}”" + _near(get_close_matches(found[1], context.command.list_commands(context), 3))
    if found := re.search(r"unexpected extra argument\S* \((.*)\)", message, re.DOTALL):
        return f"thừa “{found[1]}”; câu có dấu cách thì đặt trong ngoặc kép"
    return "thiếu tên lệnh con" if message == "Missing command." else "gọi lệnh chưa đúng"


def _near(names: Sequence[str]) -> str:
    return f", gần nhất: {', '.join(names)}" if names else ""


def _shown(error: TyperException) -> str:
    parameter = getattr(error, "param", None)
    if parameter is None:
        return "tham số"
    options = [name for name in parameter.opts if name.startswith("-")]
    return " / ".join(options) or str(parameter.metavar or parameter.name).upper()


def _refused(error: TyperException) -> str:
    """Return why a value was not taken: by what pydantic says, when it was pydantic that refused it."""
    errors = getattr(error.__cause__, "errors", None)
    found: Mapping[str, Any] = errors()[0] if errors else {}
    bounds = [_BOUNDS[name].format(value) for name, value in found.get("ctx", {}).items() if name in _BOUNDS]
    kinds = [text for start, text in _KINDS.items() if str(found.get("type", "")).startswith(start)]
    given = f"“{found['input']}” " if "input" in found else ""
    return f"giá trị {given}không dùng được" + (f", cần số {bounds[0]}" if bounds else f", {kinds[0]}" if kinds else "")


class Asking(TyperCommand):
    """A command one of whose arguments is a question: `-thanh` is a question (its language answers it), not options -t -h -a."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read words with one dash that are no option of the command as arguments."""
        return super().parse_args(ctx, questions_last(args, self._valued(), {name for one in self.get_params(ctx) for name in one.opts}))

    def _valued(self) -> set[str]:
        return {name for one in self.params if not getattr(one, "is_flag", False) for name in one.opts}


def questions_last(args: Sequence[str], valued: set[str], known: set[str]) -> list[str]:
    """Put all arguments in their order behind “--”, the end of the options, when one begins with a dash and is no option or value of one (`valued`)."""
    end = args.index("--") if "--" in args else len(args)
    options: list[str] = []
    arguments: list[str] = []
    lifted = False
    words = iter(args[:end])
    for word in words:
        # Of short options only the exact one and, with its value in the same word, -oF are meant as such.
        if word.startswith("--") or (word.startswith("-") and (word in known or word[:2] in valued)):
            options.append(word)
            if word in valued and (value := next(words, None)) is not None:
                options.append(value)
        else:
            lifted |= word.startswith("-") and word != "-"
            arguments.append(word)
    return [*options, "--", *arguments, *args[end + 1 :]] if lifted else list(args)
