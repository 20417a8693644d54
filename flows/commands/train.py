"""`cotmoc train`: the learnt models from our own sentences, and analysts' decisions when asked."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows.options import DataOption, JsonOption

if TYPE_CHECKING:
    from classifiers.referencebase import ReferenceBase
    from classifiers.training import Trained
    from pipelines.settings import Settings


def train(
    with_decisions: Annotated[bool, typer.Option("--with-decisions", help="Học thêm từ quyết định của người trực.")] = False,
    without_decisions: Annotated[bool, typer.Option("--without-decisions", help="Bỏ các quyết định đã học, về lại câu mẫu đi kèm.")] = False,
    on: Annotated[Path | None, typer.Option("--on", metavar="FILE", help="Với --with-decisions: so trước và sau trên tệp có nhãn này.")] = None,
    allow_worse: Annotated[bool, typer.Option("--allow-worse", help="Vẫn dùng mô hình mới khi điểm giảm hay dưới sàn.")] = False,
    if_absent: Annotated[bool, typer.Option("--if-absent", help="Không làm gì khi đã có mô hình đúng nội dung.")] = False,
    card: Annotated[bool, typer.Option("--card", help="Chỉ in thẻ của mô hình đang dùng.")] = False,
    as_json: JsonOption = False,
    data: DataOption = None,
) -> None:
    """Huấn luyện lại mô hình (dưới 90 giây, cùng dữ liệu thì cùng kết quả) và in thẻ mô hình."""
    from classifiers.examples import stored_rows
    from classifiers.models import decisions_of, folder_of, model_key
    from classifiers.referencebase import load_references
    from flows.context import settings
    from pipelines.errors import UsageError

    if with_decisions and without_decisions:
        raise UsageError("train: chọn một trong hai: --with-decisions hay --without-decisions")
    config, base = settings(data), load_references()
    home = config.model_home
    if without_decisions:
        decisions_of(home).unlink(missing_ok=True)
    path = folder_of(home) / f"{model_key(base, home)}.skops"
    if card:
        _print(path, _card(path), as_json, base)
    elif with_decisions:
        _learn(config, base, on, allow_worse, as_json)
    elif not (if_absent and path.exists()):
        _print(path, _fit(base, path, stored_rows(decisions_of(home))).card, as_json)


def _fit(base: ReferenceBase, path: Path, extra: list[dict[str, Any]]) -> Trained:
    """Train, show progress, ship."""
    from classifiers.training import train as fit_models
    from flows.progress import step

    with step("huấn luyện mô hình") as advance:
        return fit_models(base, path, extra, advance)


def _learn(config: Settings, base: ReferenceBase, on: Path | None, allow_worse: bool, as_json: bool) -> None:
    """Train with the decisions of the store beside the model in use; it takes over only when nothing was lost."""
    from classifiers.examples import decided_rows, stored_rows
    from classifiers.models import decisions_of, folder_of, model_key
    from classifiers.shipping import changes, objections
    from classifiers.training import fit_all, ship
    from flows.context import open_store
    from flows.decided import decisions
    from flows.learning import agreement, keep, labelled_scores
    from flows.progress import step
    from pipelines.errors import UserError

    store = open_store(config)
    rows = decided_rows(decisions(store))
    store.close()
    if not rows:
        raise UserError("train: chưa có quyết định nào dùng được (“cần phản hồi”, “theo dõi”, “không sai lệch”); hãy quyết định vài mục ở bàn trực rồi chạy lại")
    home = config.model_home
    old_path = folder_of(home) / f"{model_key(base, home)}.skops"
    if not old_path.with_suffix(".json").exists():
        _fit(base, old_path, stored_rows(decisions_of(home)))
    before, old = _card(old_path), _open(old_path)
    with step("huấn luyện với quyết định của người trực") as advance:
        made = fit_all(base, rows, advance=advance)
    told: dict[str, Any] = {
        "decisions": len(rows), "overruled": sum(row["verdict"] in ("CONSISTENT", "OUT_OF_SCOPE") for row in rows),
        "scores": {name: {"before": a, "after": b} for name, a, b in changes(before, made.card)},
        "agree": {"before": agreement(base, old, rows), "after": agreement(base, made.models, rows)},
    }  # fmt: skip
    if on is not None:
        told["on"] = {"file": str(on), "before": labelled_scores(base, old, on), "after": labelled_scores(base, made.models, on)}
    told["objections"] = objections(made.card, before)
    told["shipped"] = not told["objections"] or allow_worse
    if told["shipped"]:
        keep(rows, decisions_of(home))
        made.data["key"] = made.card["key"] = model_key(base, home)
        path = folder_of(home) / f"{made.data['key']}.skops"
        ship(made, path)
        told["model"] = str(path)
    _tell(told, as_json)
    if not told["shipped"]:
        raise typer.Exit(1)


def _tell(told: dict[str, Any], as_json: bool) -> None:
    import json

    if as_json:
        typer.echo(json.dumps(told, ensure_ascii=False))
        return
    typer.echo(f"quyết định dùng được: {told['decisions']}, trong đó {told['overruled']} điều nêu ra bị bác (thành câu phản ví dụ)")
    typer.echo("điểm kiểm định chéo trên câu mẫu, trước → sau:")
    for name, pair in told["scores"].items():
        typer.echo(f"  {name}: {pair['before']:.3f} → {pair['after']:.3f}")
    typer.echo(f"mức trùng với quyết định: {told['agree']['before']} → {told['agree']['after']} trên {told['decisions']} (sau khi đã học chính các câu ấy)")
    if "on" in told:
        typer.echo(f"trên {told['on']['file']}, trước → sau:")
        for name, value in told["on"]["before"].items():
            typer.echo(f"  {name}: {value:.3f} → {told['on']['after'][name]:.3f}")
    for line in told["objections"]:
        typer.echo(f"kém đi: {line}", err=True)
    typer.echo(f"đã đưa vào dùng: {told['model']}" if told["shipped"] else "chưa đưa vào dùng; mô hình cũ vẫn chạy (thêm --allow-worse để vẫn dùng)")


def _card(path: Path) -> dict[str, Any]:
    import json

    from pipelines.errors import UserError

    try:
        found = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise UserError(f"{path.with_suffix('.json')}: chưa có thẻ mô hình cho nội dung hiện tại; hãy chạy cotmoc train") from None
    return dict(found)


def _open(path: Path) -> Any:
    from classifiers.modelfile import read
    from classifiers.models import Models

    return Models(read(path, path.stem))


def _print(path: Path, card: dict[str, Any], as_json: bool, base: ReferenceBase | None = None) -> None:
    """Print a card; with `base`, first in which points it is not that of the model in use."""
    import json

    from classifiers.card import mismatches, readable

    wrong = mismatches(card, path, base) if base is not None else []
    if as_json:
        typer.echo(json.dumps({"model": str(path), **card, **({"mismatches": wrong} if base is not None else {})}, ensure_ascii=False))
        return
    typer.echo(f"mô hình: {path}")
    if wrong:
        typer.echo(f"thẻ không khớp mô hình đang dùng: {'; '.join(wrong)}; hãy chạy cotmoc train", err=True)
    for line in readable(card):
        typer.echo(line)
