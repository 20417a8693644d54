"""`cotmoc evaluate`: scores of the assessor against a labelled file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from flows.options import DataOption, JsonOption


def evaluate(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Dòng JSON có nhãn: tier, claims.")],
    as_json: JsonOption = False,
    data: DataOption = None,
) -> None:
    """Chấm điểm trên tệp có nhãn: mức, vai phát ngôn, kết luận, loại, tư liệu, bảng nhầm lẫn, danh sách lỗi."""
    import json

    from classifiers.assessor import Assessor
    from classifiers.evaluation import Scores, compare, read_labelled, report
    from flows.commands.assess import _places
    from flows.context import settings
    from pipelines.errors import UserError
    from pipelines.places import Matcher

    good, bad = read_labelled(file)
    for number, reason in bad:
        typer.echo(f"{file}, dòng {number}: bỏ qua, {reason}", err=True)
    if not good:
        raise UserError(f"{file}: không có dòng nào có nhãn; xem docs/claims.md")
    assessor, matcher = Assessor.load(settings(data).model_home), Matcher.load()
    scores = Scores(bad=len(bad))
    for line, labels in good:
        compare(scores, line, labels, assessor.assess(line, _places(matcher, line)))
    figures = report(scores)
    if as_json:
        typer.echo(json.dumps(figures, ensure_ascii=False))
    else:
        _show(figures)
    if bad:
        raise typer.Exit(1)


def _show(figures: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console()
    table = Table(title=f"{figures['texts']} văn bản, {figures['claims']} câu có nhãn")
    for name in ("", "đúng", "đủ", "F1"):
        table.add_column(name, justify="left" if not name else "right")
    rows = [("flag", figures["flag"]), ("flag hoặc watch", figures["alert"]), *figures["roles"].items()]
    for name, score in rows:
        table.add_row(name, *(f"{score[key]:.3f}" for key in ("precision", "recall", "f1")))
    console.print(table)
    for name, key in (
        ("vai phát ngôn, F1 trung bình", "role_macro_f1"), ("câu tìm thấy", "claims_found"), ("kết luận đúng", "verdict_accuracy"),
        ("loại đúng", "type_accuracy"), ("tư liệu trúng", "reference_hit"), ("sai số độ chắc (ECE)", "ece"), ("tỉnh đúng hoàn toàn", "provinces_exact"),
    ):
        console.print(f"{name}: {figures[key]:.3f}")
    confusion = Table(title="Nhãn (hàng) và dự đoán (cột)")
    for name in ("", "flag", "watch", "none"):
        confusion.add_column(name, justify="right")
    for gold, said in figures["confusion"].items():
        confusion.add_row(gold, *(str(said[name]) for name in ("flag", "watch", "none")))
    console.print(confusion)
    for error in figures["errors"]:
        console.print(f"sai: {error['id']} nhãn {error['gold']}, dự đoán {error['predicted']}  {error['stratum']}", markup=False)
        for claim in error["claims"]:
            console.print(f"     dự đoán: {claim['role']} {claim['verdict']} {','.join(claim['refs'])}: {claim['sentence'][:160]}", markup=False)
        for sentence in error["expected"]:
            console.print(f"     nhãn: {sentence[:160]}", markup=False)
