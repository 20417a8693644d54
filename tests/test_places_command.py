"""`cotmoc places`: one text explained, or a file of text lines; faults named in Vietnamese. All sentences are our own."""

from __future__ import annotations

import json
from pathlib import Path

import typer
from typer.testing import CliRunner

from flows.commands.places import places as command
from pipelines.errors import UsageError


def _run(*arguments: str):  # type: ignore[no-untyped-def]
    app = typer.Typer()
    app.command()(command)
    return CliRunner().invoke(app, arguments)


def test_the_command_reads_a_file_counts_and_skips_bad_lines(tmp_path: Path) -> None:
    source, target = tmp_path / "in.jsonl", tmp_path / "ra" / "out.jsonl"
    good = {"id": "a1", "title": "Sa Pa rét", "text": "Băng phủ ở Sa Pa.", "published": "2026-01-05", "thừa": 1}
    source.write_text(json.dumps(good, ensure_ascii=False) + '\n{hỏng\n{"id": "a2"}\n[1]\n', encoding="utf-8")
    result = _run("--input", str(source), "--output", str(target))
    assert result.exit_code == 1
    assert "dòng 2" in result.stderr and "dòng 3" in result.stderr and "dòng 4" in result.stderr
    assert "nói về 1" in result.stderr and "hỏng 3" in result.stderr
    (row,) = map(json.loads, target.read_text(encoding="utf-8").splitlines())
    assert row["id"] == "a1" and row["about"] == ["lao-cai"] and row["national"] is False
    assert set(row["mentions"][0]) == {"start", "end", "as_written", "unit", "unit_now", "confidence"}


def test_the_command_reads_a_line_as_the_other_commands_do_and_says_what_is_wrong_in_vietnamese(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text('{"id": 5, "title": null, "text": "Sa Pa", "published": ""}\n{"id": "6", "text": "x", "published": "12/3/2026"}\n{"id": "7"}\n', encoding="utf-8")
    result = _run("--input", str(source), "--output", str(tmp_path / "out.jsonl"))
    assert json.loads((tmp_path / "out.jsonl").read_text(encoding="utf-8"))["about"] == ["lao-cai"]
    assert "dòng 2: bỏ qua, trường published: không phải ngày giờ" in result.stderr and "dòng 3: bỏ qua, trường text: thiếu" in result.stderr
    assert "Input should" not in result.stderr


def test_the_command_explains_one_text_and_refuses_wrong_use(tmp_path: Path) -> None:
    result = _run("Lũ lên ở Lệ Thủy, Quảng Trị", "--date", "2025-10-30")
    assert result.exit_code == 0 and "→ Quảng Trị: nói về" in result.stdout
    for wrong in ((), ("x", "--date", "hôm qua"), ("--input", str(tmp_path / "không-có"), "--output", str(tmp_path / "o"))):
        assert isinstance(_run(*wrong).exception, UsageError)
