"""`cotmoc references`: list, show, validate, what is due for review, add, approve, seal, and what a change affects."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from pipelines.clock import today

app = typer.Typer(help="Cơ sở tư liệu: liệt kê, xem, kiểm tra, việc cần xem lại, thêm mục.", no_args_is_help=True)

ARTICLE_VI = {"": "", "none": "văn bản, tin không chia điều", "to_find": "điều khoản: cần tra"}
PAGE_VI = {"": "chưa ghi", "original": "bản gốc của nơi ban hành", "copy": "bản chép toàn văn", "report": "nguồn thuật lại", "portal": "cổng tra cứu, tìm theo số hiệu"}

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
    awaiting: Annotated[bool, typer.Option("--awaiting", help="Chỉ mục còn chờ người duyệt.")] = False,
    folder: FolderOption = None,
    as_json: JsonOption = False,
) -> None:
    """Liệt kê các mục tư liệu: mã, loại, độ tin cậy, câu."""
    base = _base(folder)
    shown = [
        entry
        for entry in base
        if (area is None or entry.area == area) and (type_id is None or type_id in entry.claim_types) and (entry.awaits_approval or not awaiting)
    ]
    for entry in shown:
        if as_json:
            _line({"id": entry.id, "area": entry.area, "type": entry.type, "statement_vi": entry.statement_vi, "approvals": len(entry.approvers)})
        else:
            state = f"chờ duyệt {len(entry.approvers)}/2" if entry.awaits_approval else "đã duyệt"
            mark = " [còn tranh luận]" if entry.contested else ""
            typer.echo(f"{entry.id:8} {entry.type:11} {state:13} {entry.statement_vi}{mark}")
    waiting = sum(entry.awaits_approval for entry in shown)
    typer.echo(f"{len(shown)} mục, {waiting} mục chờ đủ hai người duyệt, phiên bản {base.version}", err=True)


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
    parts = (source.title, source.number, source.date, source.article or ARTICLE_VI[source.article_state], source.url)
    typer.echo("  Nguồn: " + "; ".join(part for part in parts if part))
    if source.url:
        opened = f"đã mở ngày {source.opened:%d/%m/%Y}" if source.opened else "chưa ghi ngày cán bộ mở xem"
        typer.echo(f"  Ở địa chỉ: {PAGE_VI[source.page]}; {opened}")
    if entry.contested:
        typer.echo(f"  Còn tranh luận: {entry.in_dispute}\n  Không tranh luận: {entry.settled}")
    for side in entry.sides:
        typer.echo(f"  Lập trường ({side.party}): {side.position_vi}")
    typer.echo(f"  Lập ngày {entry.as_of:%d/%m/%Y}, xem lại trước {entry.review_by:%d/%m/%Y}")
    approved = ", ".join(f"{a.by} ({a.on:%d/%m/%Y})" for a in entry.approvals if a.version == entry.version)
    waits = f"chờ đủ hai người duyệt{', đã có ' + approved if approved else ''}" if entry.awaits_approval else approved
    typer.echo(f"  Duyệt: {waits}")
    if entry.note:
        typer.echo(f"  Ghi chú: {entry.note}")
    for counter in entry.counter:
        typer.echo(f"  ✗ [{counter.lang}, {counter.verdict}] {counter.text}")


@app.command("validate")
def validate_base(folder: FolderOption = None) -> None:
    """Kiểm tra toàn bộ cơ sở tư liệu và độ phủ câu sai mẫu; thoát 1 khi có lỗi, kể rõ tệp và mã."""
    from classifiers.reference_checks import coverage, overdue, validate
    from classifiers.referencebase import FOLDER, read_history

    base = _base(folder)
    problems = [str(problem) for problem in validate(base)]
    if base.version not in read_history(folder or FOLDER):
        problems.append("versions.json: chưa ghi phiên bản hiện tại; hãy chạy: cotmoc references seal")
    for problem in problems:
        typer.echo(problem, err=True)
    late = overdue(base, today())
    if late:
        typer.echo(f"cảnh báo: {len(late)} mục đến hạn xem lại; xem: cotmoc references due", err=True)
    for row in coverage(base):
        missing = f"; nên có thêm ở {', '.join(row.missing)}" if row.missing else ""
        typer.echo(f"câu sai mẫu {row.lang}: {row.counters} câu ở {row.entries}/{len(base)} mục{missing}")
    waiting = sum(entry.awaits_approval for entry in base)
    if waiting:
        typer.echo(f"cảnh báo: {waiting} mục chờ đủ hai người duyệt; xem: cotmoc references list --awaiting", err=True)
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
    day = on.date() if on else today()
    entries = _base(folder).due(day)
    for entry in entries:
        if as_json:
            _line({"id": entry.id, "area": entry.area, "review_by": entry.review_by})
        else:
            typer.echo(f"{entry.review_by:%d/%m/%Y}  {entry.id:8} {entry.statement_vi}")
    typer.echo(f"{len(entries)} mục đến hạn tính đến {day:%d/%m/%Y}", err=True)


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
    entry = add_reference(folder or FOLDER, raw, area, tuple(approver), today())
    load_references.cache_clear()
    typer.echo(f"đã thêm {entry.id} vào {area}.yaml")


@app.command()
def approve(
    ids: Annotated[list[str], typer.Argument(metavar="MÃ…", help="Mã các mục được duyệt, thí dụ VC-03.")],
    approver: Annotated[list[str], typer.Option("--approver", help="Người duyệt: tên hoặc chữ tắt và chức vụ; nêu lại cho người thứ hai.")],
    folder: FolderOption = None,
) -> None:
    """Ghi người duyệt vào mục, theo đúng nội dung hiện tại; mục sửa sau đó lại chờ duyệt."""
    from classifiers.reference_editing import approve as note
    from classifiers.referencebase import FOLDER, load_references

    for id in ids:
        entry = note(folder or FOLDER, id.upper(), tuple(approver), today())
        typer.echo(f"{entry.id}: {'đã đủ hai người duyệt' if not entry.awaits_approval else f'đã duyệt {len(entry.approvers)}/2'}")
    load_references.cache_clear()


@app.command()
def seal(folder: FolderOption = None) -> None:
    """Ghi phiên bản hiện tại vào versions.json sau khi sửa tay; từ chối khi CHANGELOG.md chưa có dòng nào về mục đã đổi."""
    from classifiers.reference_editing import seal as record
    from classifiers.referencebase import FOLDER

    typer.echo(record(folder or FOLDER))


@app.command()
def changed(
    version: Annotated[str, typer.Argument(help="Phiên bản cũ, như ghi trong một kết luận đã lưu.")],
    folder: FolderOption = None,
) -> None:
    """Các mục đã đổi từ một phiên bản; kết luận dựa vào chúng phải đánh giá lại."""
    from classifiers.referencebase import FOLDER, read_history
    from pipelines.errors import UsageError

    base, history = _base(folder), read_history(folder or FOLDER)
    if version != base.version and version not in history:
        raise UsageError(f"phiên bản “{version}” chưa từng được ghi trong versions.json; chép lại mã ở kết luận (16 chữ số thập lục phân), hoặc dùng: cotmoc references affected")
    for id in sorted(base.changed_since(version, history)):
        typer.echo(id)


@app.command()
def affected(
    mark_all: Annotated[bool, typer.Option("--mark-all", help="Đánh dấu mọi bài đúng chủ đề để đánh giá lại, kể cả bài chưa dùng mục ấy.")] = False,
    data: Annotated[Path | None, typer.Option("--data", help="Thư mục dữ liệu.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Các bài có kết luận dựa vào mục tư liệu đã đổi từ khi kết luận; lượt chạy sau sẽ đánh giá lại đúng các bài này."""
    from classifiers.referencebase import load_references
    from flows.context import open_store, settings
    from flows.reassess import affected_by, mark_topical

    base, store = load_references(), open_store(settings(data))
    if mark_all:
        typer.echo(f"{mark_topical(store)} bài được đánh dấu đánh giá lại", err=True)
        return
    count = 0
    for article, revision, refs in affected_by(store, base):
        count += 1
        if as_json:
            _line({"article": article, "revision": revision, "refs": refs})
        else:
            typer.echo(f"{article} (bản {revision}): {', '.join(refs)}")
    typer.echo(f"{count} kết luận cần đánh giá lại", err=True)
