"""The command line `cotmoc`: one module per command, errors in one line, exit codes of the contract."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any

import typer
from typer.exceptions import TyperException

from flows.slips import told
from pipelines.errors import UserError

app = typer.Typer(
    name="cotmoc",
    help="Cột Mốc: theo dõi báo chí về địa phương, đối chiếu thông tin về chủ quyền, biên giới, biển đảo.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

# Name on the command line → function `name` (or sub-application `app`) of flows/commands/<module>.py.
COMMANDS = (
    ("demo", "demo"), ("start", "start"), ("once", "once"), ("collect", "collect"), ("ingest", "ingest"), ("replay", "replay"),
    ("runs", "runs"), ("alerts", "alerts"), ("digest", "digest"), ("evidence", "evidence"), ("report", "report"), ("deadlines", "deadlines"), ("templates", "templates"), ("corrections", "corrections"), ("factcard", "factcard"), ("search", "search"),
    ("index", "index"), ("health", "health"), ("sources", "sources"), ("references", "references"),
    ("places", "places"), ("assess", "assess"), ("evaluate", "evaluate"), ("train", "train"),
    ("extract", "extract"), ("serve", "serve"), ("audit", "audit"), ("upkeep", "upkeep"), ("doctor", "doctor"),
    ("watches", "watches"), ("notify", "notify"), ("export", "export"), ("clients", "clients"), ("users", "users"),
)  # fmt: skip


# What Typer makes of Ctrl-C.
INTERRUPTED = 130


def register(application: typer.Typer) -> None:
    """Add every command of COMMANDS to `application`."""
    for name, module_name in COMMANDS:
        module = import_module(f"flows.commands.{module_name}")
        group: typer.Typer | None = getattr(module, "app", None)
        if group is not None:
            application.add_typer(group, name=name)
            continue
        function: Callable[..., Any] = getattr(module, module_name)
        application.command(name, cls=getattr(module, "COMMAND", None), context_settings=getattr(module, "CONTEXT", None))(function)


def _utf8(word: str) -> str:
    """Return a word of the command line with a question mark for each byte that was no UTF-8."""
    return word.encode("utf-8", "replace").decode()


def main() -> None:
    """Run `cotmoc`; a user's mistake is one line on standard error, never a traceback."""
    register(app)
    try:
        # Else Typer answers slips itself, with a box in English.
        code = app(standalone_mode=False)
    except TyperException as error:
        if said := told(error):
            typer.echo(f"lỗi: {said}", err=True)
        sys.exit(error.exit_code)
    except typer.Abort:
        typer.echo("đã dừng: không có câu trả lời; chạy lại lệnh để làm tiếp", err=True)
        sys.exit(1)
    except UserError as error:
        typer.echo(f"lỗi: {error}", err=True)
        sys.exit(error.code)
    except UnicodeEncodeError:
        if not (strange := next((word for word in sys.argv if word != _utf8(word)), "")):
            raise
        typer.echo(f"lỗi: “{_utf8(strange)}” không phải chữ UTF-8; gõ lại, hoặc đặt bảng mã của cửa sổ lệnh là UTF-8 (LANG=C.UTF-8)", err=True)
        sys.exit(2)
    except BrokenPipeError:
        # The reader of a pipe (head, less) went away: nothing is wrong, and nothing more can be said.
        sys.stderr.close()
        sys.exit(0)
    except OSError as error:
        # Disk full, no permission, a file that vanished: a fault of the surroundings that the user can mend.
        where = f"{error.filename}: " if error.filename else ""
        typer.echo(f"lỗi: {where}{error.strerror or error}; hãy xử lý rồi chạy lại, việc dở dang không mất", err=True)
        sys.exit(1)
    if code == INTERRUPTED:
        typer.echo("đã dừng theo yêu cầu; chạy lại lệnh để làm tiếp", err=True)
    sys.exit(code if isinstance(code, int) else 0)


if __name__ == "__main__":
    main()
