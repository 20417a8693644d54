"""The table of counted outcomes: each item of a step ends in exactly one, and the sum equals what came in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from pipelines.records import StepCount

STEP_VI = {
    "feeds": "nguồn tin (feed)",
    "lists": "trang danh mục",
    "sitemaps": "sơ đồ trang",
    "pages": "tải trang",
    "warc": "tệp WARC",
    "lines": "dòng văn bản",
    "read": "đọc bài",
    "assess": "đối chiếu",
    "deliver": "chuyển cảnh báo",
    "notify": "gửi thông báo",
    "digest": "điểm báo",
    "evidence": "hồ sơ chứng cứ",
    "upkeep": "dọn dẹp",
}


def merged(counts: Iterable[StepCount]) -> list[StepCount]:
    """Add up the counts of equal steps, in the order in which the steps first appear."""
    entered: Counter[str] = Counter()
    outcomes: dict[str, Counter[str]] = {}
    for count in counts:
        entered[count.step] += count.entered
        outcomes.setdefault(count.step, Counter()).update(count.outcomes)
    return [StepCount(step=step, entered=entered[step], outcomes=dict(outcomes[step])) for step in outcomes]


def counted(step: str, outcomes: Mapping[str, int]) -> StepCount:
    """Return the count of a step whose items all ended in one of `outcomes`."""
    kept = {name: number for name, number in outcomes.items() if number}
    return StepCount(step=step, entered=sum(kept.values()), outcomes=kept)


def lines(steps: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the table as text lines, one step each: `outcomes: read in=12 new=9 copy=3`."""
    out = []
    for step in steps:
        parts = " ".join(f"{name}={number}" for name, number in sorted(step["outcomes"].items(), key=lambda x: (-x[1], x[0])))
        out.append(f"outcomes: {step['step']:<8} in={step['in']:<6} {parts}".rstrip())
    return out


def print_run(run: Mapping[str, Any]) -> None:
    """Print a run as a table on a terminal, and always as plain `outcomes:` lines on standard output."""
    import sys

    from rich.console import Console
    from rich.table import Table

    if sys.stderr.isatty():
        table = Table(title=f"Kết quả từng bước · {run['command']}", title_justify="left")
        for heading, justify in (("Bước", "left"), ("Vào", "right"), ("Kết quả", "left")):
            table.add_column(heading, justify=justify)  # type: ignore[arg-type]
        for step in run["steps"]:
            parts = ", ".join(f"{name} {number}" for name, number in sorted(step["outcomes"].items(), key=lambda x: (-x[1], x[0])))
            table.add_row(STEP_VI.get(step["step"], step["step"]), str(step["in"]), parts)
        Console(stderr=True).print(table)
    for line in lines(run["steps"]):
        sys.stdout.write(line + "\n")
    sys.stdout.flush()
