"""Rows of an export: what is known about an article, without its text (which stays under the office's retention)."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from dashboards.shown import visible

COLUMNS = (
    "id", "title", "outlet", "source", "kind", "lang", "published", "tier", "verdicts", "types", "refs", "about",
    "mention", "national", "status", "story", "revision", "url",
)  # fmt: skip
# What a spreadsheet takes for the beginning of a formula (OWASP, CSV Injection, read 2026-11-21).
_FORMULA = "=+-@"
# Characters without any width (soft hyphen, zero width space, byte order mark, fillers, variation selectors): a formula hides behind them.
_WIDTHLESS = (
    r"\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200d\u2060-\u2065\u206a-\u206f\u2800\u3164"
    r"\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff"
)
_UNSEEN = re.compile(rf"\A[\s{_WIDTHLESS}]+")
# A program set to another separator begins a cell after it, whatever the quotation marks say (Excel in Vietnamese: ";").
_INNER = re.compile(rf"([;,\t|][\s{_WIDTHLESS}]*[\"']?[\s{_WIDTHLESS}]*)(?=[=+\-@＝＋－＠])")
# Limits of Excel: characters of a cell, rows of a sheet.
LONGEST_CELL = 32_767
SHEET_ROWS = 1_048_576


def row(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the exported fields of a document of the index."""
    return {name: document[name] for name in COLUMNS}


def cell(value: Any) -> str:
    """Return a value as the text of one cell that no spreadsheet runs: harmless characters, an apostrophe before a formula."""
    if isinstance(value, list | tuple):
        value = " ".join(map(str, value))
    text = ("có" if value else "không") if isinstance(value, bool) else "" if value is None else str(value)
    # What is not seen at the beginning would hide the formula behind it, and show nothing of what it hides.
    text = _UNSEEN.sub("", " ".join(visible(text).split()))[: LONGEST_CELL - 1]
    # NFKC: the wide forms ＝ ＋ － ＠ begin a formula as well in some versions of Excel.
    return f"'{text}" if unicodedata.normalize("NFKC", text[:1]).startswith(tuple(_FORMULA)) else text


def write_csv(rows: Iterable[Mapping[str, Any]], out: BinaryIO) -> int:
    """Write CSV (RFC 4180) with the byte order mark by which Excel knows UTF-8; returns the number of rows."""
    text = io.TextIOWrapper(out, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerow(COLUMNS)
    count = 0
    for count, one in enumerate(rows, 1):  # noqa: B007
        # The whole line may be read as one cell and cut at another sign: no part of it begins like a formula.
        writer.writerow([_INNER.sub(r"\1'", cell(one[name])) for name in COLUMNS])
    text.detach()
    return count


def write_jsonl(rows: Iterable[Mapping[str, Any]], out: BinaryIO) -> int:
    """Write one JSON object per line; returns the number of rows."""
    count = 0
    for count, one in enumerate(rows, 1):  # noqa: B007
        out.write(json.dumps(dict(one), ensure_ascii=False).encode() + b"\n")
    return count


def write_xlsx(rows: Iterable[Mapping[str, Any]], out: BinaryIO) -> int:
    """Write a workbook of plain texts, as many sheets as Excel needs; returns the number of rows."""
    from xlsxwriter import Workbook

    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    count = 0
    with Workbook(out, {**options, "tmpdir": str(Path(out.name).parent)}) as book:
        for sheet_rows in _sheets(rows):
            sheet = book.add_worksheet()
            sheet.freeze_panes(1, 0)
            for column, name in enumerate(COLUMNS):
                sheet.write_string(0, column, name)
            for line, one in enumerate(sheet_rows, 1):
                for column, name in enumerate(COLUMNS):
                    sheet.write_string(line, column, cell(one[name]))
                count += 1
    return count


def _sheets(rows: Iterable[Mapping[str, Any]]) -> Iterator[Iterator[Mapping[str, Any]]]:
    """Cut rows into runs that fit a sheet below its heading; at least one, so that an empty export has its heading."""
    source = iter(rows)
    first: Mapping[str, Any] | None = next(source, None)
    while True:
        yield _run(first, source)
        first = next(source, None)
        if first is None:
            return


def _run(first: Mapping[str, Any] | None, source: Iterator[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    if first is not None:
        yield first
    for _ in range(SHEET_ROWS - 2):
        one = next(source, None)
        if one is None:
            return
        yield one
