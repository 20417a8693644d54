"""`cotmoc references`: list, show, validate, what is due for review, add, seal, and what a change affects."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

app = typer.Typer(help="Cơ sở tư liệu: liệt kê, xem, kiểm tra, việc cần xem lại, thêm mục.", no_args_is_help=True)

FolderOption = Annotated[
    Path | None, typer.Option("--folder", help="Thư mục tư liệu khác (mặc định: đi kèm chương trình).")
]
JsonOption = Annotated[bool, typer.Option("--json", help="In JSON, mỗi mục một dòng.")]


def _base(folder: Path | None) -> Any:
    from classifiers.referencebase import load_references, read_references

    return read_references(folder) if folder else load_references()


def _number(value: float | str) -> str:
    """Return a number as it is written in Vietnamese (1.449,566); a date stays as it is."""
    if isinstance(value, str):
        return value
    whole, _, rest = f"{value:,.3f}".partition(".")
    rest = rest.rstrip("0")
    return whole.replace(",", ".") + ("," + rest if rest else "")


def _line(value: object) -> None:
    import json

    typer.echo(json.dumps(value, ensure_ascii=False, default=str))


@app.command("list")
def list_entries(
    area: Annotated[str | None, typer.Option(help="Chỉ một lĩnh vực (tên tệp).")] = None,
    type_id: Annotated[str | None, typer.Option("--type", help="Chỉ mục dùng cho một loại, thí dụ D06.")] = None,
    folder: FolderOption = None,
    as_json: JsonOption = False,
) -> None:
    """Liệt kê các mục tư liệu: mã, loại, độ tin cậy, câu."""
    base = _base(folder)
    shown = [
        entry
        for entry in base
        if (area is None or entry.area == area) and (type_id is None or type_id in entry.claim_types)
    ]
    for entry in shown:
        if as_json:
            _line({"id": entry.id, "area": entry.area, "type": entry.type, "statement_vi": entry.statement_vi})
        else:
            mark = " [còn tranh luận]" if entry.contested else ""
            typer.echo(f"{entry.id:8} {entry.type:11} {entry.statement_vi}{mark}")
    typer.echo(f"{len(shown)} mục, phiên bản {base.version}", err=True)


@app.command()
def show(
    id: Annotated[str, typer.Argument(help="Mã mục, thí dụ VC-03.")],
    folder: FolderOption = None,
    as_json: JsonOption = False,
) -> None:
    """Xem trọn một mục: câu, giá trị, nguồn, lập trường các bên, câu sai thường gặp."""
    entry = _base(folder).get(id.upper())
    if as_json:
        _line(entry.model_dump(mode="json", by_alias=True))
        return
    source = entry.source
    typer.echo(f"{entry.id} ({entry.area}, {entry.type}, {entry.predicate}; {entry.confidence})")
    typer.echo(f"  {entry.statement_vi}\n  {entry.statement_en}")
    if entry.statement_zh:
        typer.echo(f"  {entry.statement_zh}")
    for value in entry.values:
        span = " ".join(f"{word} {day:%d/%m/%Y}" for word, day in (("từ", value.valid_from), ("đến", value.valid_to)) if day)
        typer.echo(f"  = {_number(value.value) if value.unit not in ('year', 'number') else f'{value.value:.0f}'} {value.unit} {value.what} {value.party or ''} [{value.validity}] {span}".rstrip())
    parts = (source.title, source.number, source.date, source.article, source.url)
    typer.echo("  Nguồn: " + "; ".join(part for part in parts if part))
    for side in entry.sides:
        typer.echo(f"  Lập trường ({side.party}): {side.position_vi}")
    typer.echo(f"  Lập ngày {entry.as_of:%d/%m/%Y}, xem lại trước {entry.review_by:%d/%m/%Y}")
    if entry.note:
        typer.echo(f"  Ghi chú: {entry.note}")
    for counter in entry.counter:
        typer.echo(f"  ✗ [{counter.lang}, {counter.verdict}] {counter.text}")


@app.command("validate")
def validate_base(folder: FolderOption = None) -> None:
    """Kiểm tra toàn bộ cơ sở tư liệu; thoát 1 khi có lỗi, kể rõ tệp và mã."""
    from classifiers.reference_checks import overdue, validate
    from classifiers.referencebase import FOLDER, read_history

    base = _base(folder)
    problems = [str(problem) for problem in validate(base)]
    if base.version not in read_history(folder or FOLDER):
        problems.append("versions.json: chưa ghi phiên bản hiện tại; hãy chạy: cotmoc references seal")
    for problem in problems:
        typer.echo(problem, err=True)
    late = overdue(base, date.today())
    if late:
        typer.echo(f"cảnh báo: {len(late)} mục đến hạn xem lại; xem: cotmoc references due", err=True)
    typer.echo(f"{len(base)} mục, phiên bản {base.version}, {len(problems)} lỗi")
    if problems:
        raise typer.Exit(1)


@app.command()
def due(
    on: Annotated[datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help="Tính đến ngày nào.")] = None,
    folder: FolderOption = None,
    as_json: JsonOption = False,
) -> None:
    """Các mục đến hạn xem lại, quá hạn lâu nhất trước."""
    today = on.date() if on else date.today()
    entries = _base(folder).due(today)
    for entry in entries:
        if as_json:
            _line({"id": entry.id, "area": entry.area, "review_by": entry.review_by})
        else:
            typer.echo(f"{entry.review_by:%d/%m/%Y}  {entry.id:8} {entry.statement_vi}")
    typer.echo(f"{len(entries)} mục đến hạn tính đến {today:%d/%m/%Y}", err=True)


@app.command()
def add(
    file: Annotated[Path, typer.Argument(help="Tệp YAML chứa một mục mới.")],
    area: Annotated[str, typer.Option(help="Lĩnh vực (tên tệp trong classifiers/references).")],
    approver: Annotated[list[str], typer.Option("--approver", help="Người duyệt; nêu đúng hai lần.")],
    folder: FolderOption = None,
) -> None:
    """Thêm một mục: cần nguồn và hai người duyệt; ghi vào tệp của lĩnh vực và CHANGELOG.md."""
    import yaml

    from classifiers.reference_editing import add_reference
    from classifiers.referencebase import FOLDER, load_references
    from pipelines.errors import UserError

    try:
        raw = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise UserError(f"{file}: không đọc được ({' '.join(str(error).split())}); hãy sửa tệp", code=2) from error
    if isinstance(raw, list) and len(raw) == 1:
        raw = raw[0]
    entry = add_reference(folder or FOLDER, raw, area, tuple(approver), date.today())
    load_references.cache_clear()
    typer.echo(f"đã thêm {entry.id} vào {area}.yaml")


@app.command()
def seal(folder: FolderOption = None) -> None:
    """Ghi phiên bản hiện tại vào versions.json sau khi sửa một mục (và ghi lý do vào CHANGELOG.md)."""
    from classifiers.reference_editing import record_version
    from classifiers.referencebase import FOLDER

    typer.echo(record_version(folder or FOLDER))


@app.command()
def changed(
    version: Annotated[str, typer.Argument(help="Phiên bản cũ, như ghi trong một kết luận đã lưu.")],
    folder: FolderOption = None,
) -> None:
    """Các mục đã đổi từ một phiên bản; kết luận dựa vào chúng phải đánh giá lại."""
    from classifiers.referencebase import FOLDER, read_history

    for id in sorted(_base(folder).changed_since(version, read_history(folder or FOLDER))):
        typer.echo(id)


@app.command()
def affected(
    data: Annotated[Path | None, typer.Option("--data", help="Thư mục dữ liệu.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Các bài có kết luận dựa vào mục tư liệu đã đổi từ khi kết luận; lượt chạy sau sẽ đánh giá lại chúng."""
    from sqlalchemy import select

    from classifiers.referencebase import load_references
    from flows.context import open_store, settings
    from pipelines.store.schema import assessments

    base = load_references()
    columns = (assessments.c.article, assessments.c.revision, assessments.c.reference_version, assessments.c.claims)
    count = 0
    with open_store(settings(data)).begin() as conn:
        known = conn.execute(select(assessments.c.reference_version).distinct()).scalars()
        changes = {version: base.changed_since(version) for version in known}
        for row in conn.execute(select(*columns).where(assessments.c.reference_version != base.version)):
            refs = sorted({id for claim in row.claims for id in claim["refs"]} & changes[row.reference_version])
            if not refs:
                continue
            count += 1
            if as_json:
                _line({"article": row.article, "revision": row.revision, "refs": refs})
            else:
                typer.echo(f"{row.article} (bản {row.revision}): {', '.join(refs)}")
    typer.echo(f"{count} kết luận cần đánh giá lại", err=True)
