"""`cotmoc evaluate`: scores of the assessor against a labelled file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows.options import DataOption, JsonOption

if TYPE_CHECKING:
    from rich.console import Console

    from classifiers.assessor import Assessor
    from classifiers.evaluation import Scores
    from pipelines.records import TextLine


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
    config = settings(data)
    home = config.model_home
    assessor, matcher = Assessor.load(home, config.matcher_plugin), Matcher.load()
    scores = Scores(bad=len(bad))
    for line, labels in good:
        compare(scores, line, labels, assessor.assess(line, _places(matcher, line)))
        _match(assessor, scores, line, labels)
    figures = {"how": "mô hình đang dùng, trên tệp này", "file": str(file), **report(scores), "cross_validated": _card(home)}
    if as_json:
        typer.echo(json.dumps(figures, ensure_ascii=False))
    else:
        _show(figures)
    if bad:
        raise typer.Exit(1)


def _match(assessor: Assessor, scores: Scores, line: TextLine, labels: dict[str, Any]) -> None:
    """Add which entries matching puts first for each labelled claim of a text."""
    from classifiers.document import build
    from classifiers.evaluation import match_refs

    document = build(line)
    for label in labels.get("claims", []):
        wanted = label.get("refs", [])
        sentence = document.holding(label["sentence"]) if wanted else None
        if wanted:
            match_refs(scores, wanted, assessor.match(document, sentence) if sentence else [])


def _card(home: Path) -> dict[str, Any] | None:
    """Return how the model in use did by cross-validation on the training sentences, None without a card."""
    import json

    from classifiers.models import folder_of, model_key
    from classifiers.referencebase import load_references

    path = folder_of(home) / f"{model_key(load_references(), home)}.json"
    try:
        card = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return {"how": card["how"], **card["cross_validated"], "calibration": card["calibration"]}


def _show(figures: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console()
    table = Table(title=f"Mô hình đang dùng, trên {figures['file']}: {figures['texts']} văn bản, {figures['claims']} câu có nhãn")
    for name in ("", "đúng", "đủ", "F1"):
        table.add_column(name, justify="left" if not name else "right")
    rows = [("flag", figures["flag"]), ("flag hoặc watch", figures["alert"]), *figures["roles"].items()]
    for name, score in rows:
        table.add_row(name, *(f"{score[key]:.3f}" for key in ("precision", "recall", "f1")))
    console.print(table)
    for name, key in (
        ("vai phát ngôn, F1 trung bình", "role_macro_f1"), ("câu tìm thấy", "claims_found"), ("kết luận đúng", "verdict_accuracy"),
        ("loại đúng", "type_accuracy"), ("tư liệu trúng", "reference_hit"), ("tư liệu đúng trong ba mục đầu (recall@3)", "recall_at_3"),
        ("sai số độ chắc (ECE)", "ece"), ("tỉnh đúng hoàn toàn", "provinces_exact"),
    ):
        console.print(f"{name}: {figures[key]:.3f}" if figures[key] is not None else f"{name}: –")
    never = figures["never_flagged"]
    names = (("ý kiến, phê bình", "opinion"), ("bác bỏ", "rebuttal"), ("dẫn lời", "attribution"))
    console.print("gắn cờ nhầm: " + ", ".join(f"{name} {never['flags'][key]}/{never['texts'][key]}" for name, key in names))
    _confusion(console, "Mức: nhãn (hàng) và dự đoán (cột)", figures["confusion"])
    _confusion(console, "Vai phát ngôn", figures["role_confusion"])
    _confusion(console, "Kết luận", figures["verdict_confusion"])
    _reliability(console, figures["calibration"])
    for error in figures["errors"]:
        console.print(f"sai: {error['id']} nhãn {error['gold']}, dự đoán {error['predicted']}  {error['stratum']}", markup=False)
        for claim in error["claims"]:
            console.print(f"     dự đoán: {claim['role']} {claim['verdict']} {','.join(claim['refs'])}: {claim['sentence'][:160]}", markup=False)
        for sentence in error["expected"]:
            console.print(f"     nhãn: {sentence[:160]}", markup=False)
    crossed = figures["cross_validated"]
    if crossed:
        from classifiers.card import reliability_vi, scores_vi

        console.print(f"\nCùng mô hình ấy, {crossed['how']}:", markup=False)
        for line in (*scores_vi(crossed), *reliability_vi(crossed["calibration"])):
            console.print(line, markup=False)


def _confusion(console: Console, title: str, cells: dict[str, dict[str, int]]) -> None:
    """Print gold → predicted counts; labels of the columns are cut so that the table fits a screen."""
    from rich.table import Table

    said = sorted({name for row in cells.values() for name in row})
    table = Table(title=title)
    for name in ("", *said):
        table.add_column(name[:12], justify="right")
    for gold, row in cells.items():
        table.add_row(gold, *(str(row.get(name, 0) or "·") for name in said))
    console.print(table)


def _reliability(console: Console, kinds: dict[str, list[dict[str, float]]]) -> None:
    """Print said confidence beside the share that was right."""
    from rich.table import Table

    from classifiers.card import KINDS_VI

    table = Table(title="Độ chắc nói ra và tỷ lệ đúng")
    for name in ("", "câu", "nói", "đúng"):
        table.add_column(name, justify="left" if not name else "right")
    for kind, rows in kinds.items():
        for row in rows:
            table.add_row(KINDS_VI[kind], str(row["count"]), f"{row['sure']:.0%}", f"{row['right']:.0%}")
    console.print(table)
