"""Writing a report: DOCX, PDF and CSV are made first, then put under their names, then noted in the store."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

from dashboards.office.files import sha256, write_whole
from dashboards.reports.content import build_report
from dashboards.reports.docx import NAME, render_docx
from dashboards.reports.pdf import render_pdf
from dashboards.reports.records import Report
from dashboards.shown import visible
from pipelines.clock import local, now
from pipelines.office import office_on
from pipelines.settings import Settings
from pipelines.store import Store, audit
from pipelines.store.papers import save_paper


def write_report(
    store: Store, settings: Settings, province: str, kind: str, start: date, end: date, output: Path, *,
    owners: Mapping[str, str] | None = None, actor: str = "cotmoc",
) -> dict[str, Path]:  # fmt: skip
    """Write a report into `output`; returns {"docx", "pdf", "csv"}. Errors as `build_report`; UserError for a bad template."""
    report = build_report(store, province, kind, start, end, owners)
    # A report is a paper of the day it is written on; the names are those in force then, not those of its period.
    report = replace(report, office=office_on(report.office, settings.office, local(now()).date(), NAME))
    stem = f"bao-cao_{kind}_{province.replace('/', '_')}_{start.isoformat()}_{end.isoformat()}"
    files = {"docx": render_docx(report, settings.data), "pdf": render_pdf(report), "csv": render_csv(report)}
    paths = {form: output.resolve() / f"{stem}.{form}" for form in files}
    write_whole({paths[form]: content for form, content in files.items()})
    moment = now()
    with store.begin() as conn:
        save_paper(
            conn, kind="report", province=province, day=end.isoformat(), story=None, path=str(paths["docx"]),
            sha256=sha256(files["docx"]), now=moment,
        )  # fmt: skip
        sums = {form: sha256(content) for form, content in files.items()}
        audit.append(conn, actor=actor, action="report.write", thing=f"{province} {kind} {start} {end}", details=sums, now=moment)
    return paths


def render_csv(report: Report) -> bytes:
    """Return all tables as one CSV (UTF-8 with mark, semicolons, as Excel in Viet Nam reads it): table, row, column, value.

    A cell that a sheet would run as a formula gets an apostrophe.
    """
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(("bảng", "chỉ tiêu", "cột", "giá trị"))
    writer.writerow(("kỳ báo cáo", report.office.title, "từ", report.start.isoformat()))
    writer.writerow(("kỳ báo cáo", report.office.title, "đến", report.end.isoformat()))
    if report.until:
        writer.writerow(("kỳ báo cáo", report.office.title, "tạm tính đến", report.until.isoformat()))
    for section in report.sections:
        for table in section.tables:
            for row in table.rows:
                for head, value in zip(table.head[1:], row[1:], strict=True):
                    writer.writerow([_safe(cell) for cell in (table.caption, row[0], head, value)])
    for label, found, claims in report.numbers.trend:
        writer.writerow(("theo thời gian", label, "bài", found))
        writer.writerow(("theo thời gian", label, "nội dung cần đối chiếu", claims))
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _safe(cell: str) -> str:
    flat = " ".join(visible(cell).split())
    return f"'{flat}" if flat[:1] in ("=", "+", "-", "@") else flat
