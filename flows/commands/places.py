"""`cotmoc places`: which province a text is about, with the reason, or a whole file of texts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.slips import Asking

COMMAND = Asking


def places(
    text: Annotated[str | None, typer.Argument(help="Văn bản cần xem, đặt trong dấu ngoặc kép.")] = None,
    input: Annotated[
        Path | None, typer.Option("--input", help="Tệp JSON lines: id, title, text, published …")
    ] = None,
    output: Annotated[Path | None, typer.Option("--output", help="Tệp kết quả, mỗi dòng một bài.")] = None,
    title: Annotated[str, typer.Option("--title", help="Tít, nếu có.")] = "",
    date: Annotated[str, typer.Option("--date", help="Ngày của văn bản, YYYY-MM-DD; mặc định hôm nay.")] = "",
) -> None:
    """Nói văn bản thuộc tỉnh nào, vì sao; hoặc đọc cả tệp."""
    from pipelines.errors import UsageError

    if (text is None) == (input is None):
        raise UsageError(
            "places: cần đúng một trong hai: văn bản trong ngoặc kép, hoặc --input TỆP --output TỆP"
        )
    if text is not None:
        _one(text, title, date)
    elif input is not None and output is not None:
        _many(input, output)
    else:
        raise UsageError("places: thiếu --output TỆP để ghi kết quả")


def _one(text: str, title: str, date: str) -> None:
    from pipelines.clock import local, now
    from pipelines.errors import UsageError
    from pipelines.language import detect
    from pipelines.places import Matcher
    from pipelines.places.explain import explain

    if date:
        from datetime import date as day

        try:
            day.fromisoformat(date)
        except ValueError:
            raise UsageError(f"places: --date “{date}” không phải ngày dạng YYYY-MM-DD") from None
    when = date or local(now()).date().isoformat()
    reading = Matcher.load().read(title, "", text, when, lang=detect(f"{title}\n{text}"))
    for line in explain(reading, 0 if title else 2):
        typer.echo(line)


def _many(source: Path, target: Path) -> None:
    import gc
    from collections import Counter
    from itertools import chain

    from flows.outfile import whole
    from pipelines.errors import UsageError
    from pipelines.places import Matcher
    from pipelines.places.lines import answer, read_lines

    counts: Counter[str] = Counter()

    def bad(number: int, why: str) -> None:
        typer.echo(f"{source}, dòng {number}: bỏ qua, {why}", err=True)

    matcher = Matcher.load()
    gc.freeze()  # names that live as long as the run are left out of the collections of memory
    try:
        lines = read_lines(source, counts, bad)
        first = next(lines, None)  # no output where the input cannot be opened
        with whole(target, source, "places") as out:
            for line in chain(() if first is None else (first,), lines):
                out.write(answer(matcher, line, counts) + "\n")
    except OSError as error:
        raise UsageError(f"places: {error.filename or target}: không ghi được ({error.strerror}); hãy kiểm tra đường dẫn, chỗ trống của đĩa") from error
    total = sum(counts.values())
    typer.echo(
        "outcomes: "
        + ", ".join(f"{name} {count}" for name, count in counts.most_common())
        + f" (tổng {total})",
        err=True,
    )
    if counts["hỏng"]:
        raise typer.Exit(1)
