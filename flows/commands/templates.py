"""`cotmoc templates`: the office's own DOCX templates: list, export to edit, check."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.options import DataOption

if TYPE_CHECKING:
    from dashboards.office.forms import Form

app = typer.Typer(help="Mẫu văn bản DOCX của cơ quan: liệt kê, chép ra để sửa, kiểm tra.", no_args_is_help=True)


def _forms() -> dict[str, Form]:
    from dashboards.digest.form import FORM as DIGEST
    from dashboards.evidence.letter_form import FORM as LETTER
    from dashboards.reports.docx import FORM as REPORT

    return {form.name: form for form in (REPORT, DIGEST, LETTER)}


def _chosen(names: list[str] | None) -> list[Form]:
    from pipelines.errors import UsageError

    known = _forms()
    for name in names or ():
        if name not in known:
            raise UsageError(f"mẫu “{name}” không có; chọn một trong: {', '.join(known)}")
    return [known[name] for name in names or known]


@app.command("list")
def list_templates(data: DataOption = None) -> None:
    """Liệt kê các mẫu và mẫu nào đang là của cơ quan."""
    from dashboards.office.forms import folder_of, own_template
    from flows.context import settings

    folder = settings(data).data
    for form in _forms().values():
        mine = own_template(folder, form.name) is not None
        typer.echo(f"{form.name:<10} {form.title}: " + (str(folder_of(folder) / f"{form.name}.docx") if mine else "mẫu kèm theo"))


@app.command("export")
def export(
    names: Annotated[list[str] | None, typer.Argument(metavar="MẪU…", help="bao-cao, diem-bao, cong-van (mặc định: tất cả).")] = None,
    output: Annotated[Path | None, typer.Option("--output", help="Thư mục ghi (mặc định: DATA/templates).")] = None,
    data: DataOption = None,
) -> None:
    """Chép mẫu kèm theo ra để sửa; không ghi đè tệp đã có."""
    from dashboards.office.files import write_whole
    from dashboards.office.forms import folder_of
    from flows.context import settings
    from pipelines.errors import UserError

    folder = output or folder_of(settings(data).data)
    for form in _chosen(names):
        path = folder / f"{form.name}.docx"
        if path.exists():
            raise UserError(f"{path}: đã có; chuyển đi nơi khác rồi chạy lại")
        write_whole({path: form.default()})
        typer.echo(str(path))


@app.command("check")
def check(
    names: Annotated[list[str] | None, typer.Argument(metavar="MẪU…", help="bao-cao, diem-bao, cong-van (mặc định: tất cả).")] = None,
    data: DataOption = None,
) -> None:
    """Kiểm tra mẫu của cơ quan: thẻ lạ, thẻ thiếu, thẻ viết sai."""
    from dashboards.office.forms import check as problems_of
    from dashboards.office.forms import own_template
    from flows.context import settings

    folder, wrong = settings(data).data, 0
    for form in _chosen(names):
        own = own_template(folder, form.name)
        problems = problems_of(form, own or form.default())
        wrong += len(problems)
        for problem in problems:
            typer.echo(f"{form.name}.docx: {problem}")
        if not problems:
            typer.echo(f"{form.name}: đúng" + ("" if own else " (mẫu kèm theo)"))
    if wrong:
        raise typer.Exit(1)
