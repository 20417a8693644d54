"""The command line: help in Vietnamese, one-line errors, exit codes of the contract."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from flows.cli import COMMANDS


def cotmoc(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run `cotmoc` as a user would, without a terminal."""
    return subprocess.run(
        [sys.executable, "-m", "flows.cli", *arguments], env={**os.environ, **env}, capture_output=True, text=True,
        stdin=subprocess.DEVNULL, check=False, timeout=120,
    )  # fmt: skip


def assert_one_line(done: subprocess.CompletedProcess[str], code: int, *words: str) -> None:
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    lines = [line for line in done.stderr.splitlines() if line.startswith("lỗi: ")]
    assert len(lines) == 1, done.stderr
    for word in words:
        assert word in lines[0]


def test_help_names_every_command() -> None:
    done = cotmoc("--help")
    assert done.returncode == 0
    for name, _module in COMMANDS:
        assert name in done.stdout


def test_a_question_that_begins_with_a_dash_is_answered_as_a_question(tmp_path: Path) -> None:
    """Not by the reader of options, whose box is English and who would take the h of -thanh for a wish for help."""
    assert_one_line(cotmoc("search", "--data", str(tmp_path), "-thanh", "hóa"), 2, "ký tự 1", "NOT")
    assert_one_line(cotmoc("search", "công", "--limt", "5"), 2, "“--limt”", "cotmoc search --help")
    assert "--limit" in cotmoc("search", "-h").stdout


def test_unknown_profile_lists_the_known_ones(tmp_path: Path) -> None:
    assert_one_line(cotmoc("start", "--profile", "ha-noi", "--data", str(tmp_path)), 2, "ha-noi", "ninh-binh/lien-minh")


def test_malformed_source_names_file_line_and_field(tmp_path: Path) -> None:
    folder = tmp_path / "nguon"
    folder.mkdir()
    (folder / "hong.yaml").write_text("id: hong\nname: Báo Hỏng\nhome: ftp://khong\nowner_class: wire\nfeeds: [http://a.example/rss]\n", encoding="utf-8")
    done = cotmoc("once", "--data", str(tmp_path / "d"), COTMOC_SOURCES=str(folder))
    assert_one_line(done, 2, "hong.yaml", "3", "home")


def test_data_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "tep").write_text("")
    assert_one_line(cotmoc("alerts", "--data", str(tmp_path / "tep" / "d")), 2, "không tạo được thư mục dữ liệu", "--data")


def test_configuration_error_names_the_field(tmp_path: Path) -> None:
    (tmp_path / "cotmoc.toml").write_text('port = "tám nghìn"\n', encoding="utf-8")
    assert_one_line(cotmoc("runs", "--data", str(tmp_path)), 2, "port", "cotmoc.toml")


def test_broken_configuration_file_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "cotmoc.toml").write_text("port = \n")
    assert_one_line(cotmoc("runs", "--data", str(tmp_path)), 2, "cotmoc.toml")


def test_no_run_yet_says_what_to_do(tmp_path: Path) -> None:
    assert_one_line(cotmoc("runs", "--data", str(tmp_path)), 1, "make demo")


def test_a_busy_data_folder_names_the_pid(tmp_path: Path) -> None:
    from flows.lock import held

    with held(tmp_path, "chain"):
        done = cotmoc("once", "--data", str(tmp_path))
    assert_one_line(done, 1, str(os.getpid()))


def test_second_start_is_refused_with_the_pid(tmp_path: Path) -> None:
    from flows.lock import held

    with held(tmp_path, "start"):
        done = cotmoc("start", "--data", str(tmp_path))
    assert_one_line(done, 1, str(os.getpid()))


def test_doctor_reports_every_part_as_json(tmp_path: Path) -> None:
    done = cotmoc("doctor", "--json", "--data", str(tmp_path))
    checks = {check["name"]: check for check in json.loads(done.stdout)["checks"]}
    assert {"Python", "SQLite FTS5", "phông chữ", "đồng hồ", "thư mục dữ liệu", "địa chỉ liên hệ", "Elasticsearch", "PostgreSQL", "Prefect", "trình duyệt"} <= set(checks)
    assert done.returncode == 0
    assert all(check["mend"] for check in checks.values() if check["state"] != "ok")


def test_doctor_says_how_to_mend_an_unreachable_server(tmp_path: Path) -> None:
    done = cotmoc("doctor", "--data", str(tmp_path), COTMOC_ELASTICSEARCH_URL="http://127.0.0.1:1", COTMOC_DATABASE_URL="postgresql://x:bimat@127.0.0.1:1/y")
    assert done.returncode == 1
    assert "✗ Elasticsearch" in done.stdout and "✗ PostgreSQL" in done.stdout
    assert "bimat" not in done.stdout and "Traceback" not in done.stderr


@pytest.mark.parametrize("limit", [1])
def test_disk_full_is_one_line_and_the_next_run_goes_on(tmp_path: Path, limit: int) -> None:
    """A file-size limit of the process stands for a full disk: the same errno family, without root."""
    code = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({limit} << 20, {limit} << 20));"
        "sys.argv = ['cotmoc', 'once']; from flows.cli import main; main()"
    )
    from crawlers.newsroom.server import serve_newsroom

    with serve_newsroom(slow_seconds=0.1, huge_bytes=16_000_000, sources=tmp_path / "nguon") as site:
        env = {**os.environ, "COTMOC_SOURCES": str(site.sources), "COTMOC_DATA": str(tmp_path / "d")}
        full = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False, timeout=200)
        assert full.returncode == 1, full.stderr[-1500:]
        assert "Traceback" not in full.stderr
        assert len([line for line in full.stderr.splitlines() if line.startswith("lỗi: ")]) == 1
        again = cotmoc("once", COTMOC_SOURCES=str(site.sources), COTMOC_DATA=str(tmp_path / "d"))
        assert again.returncode == 0, again.stderr[-1500:]
