"""The command line: help in Vietnamese, one-line errors, exit codes of the contract."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.exceptions import TyperException

from flows.cli import COMMANDS, register
from flows.slips import questions_last, told
from pipelines.errors import UserError


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


@pytest.fixture(scope="module")
def application() -> typer.Typer:
    made = typer.Typer(context_settings={"help_option_names": ["-h", "--help"]}, no_args_is_help=True)
    register(made)
    return made


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("serch", "cotmoc: không có lệnh “serch”, gần nhất: search, users, serve; xem cotmoc --help"),
        ("index verfy", "cotmoc index: không có lệnh “verfy”, gần nhất: verify; xem cotmoc index --help"),
        ("search", "cotmoc search: thiếu QUERY; xem cotmoc search --help"),
        ("search a --limit ba", "cotmoc search: --limit: giá trị “ba” không dùng được, cần số nguyên; xem cotmoc search --help"),
        ("search a --limit 0", "cotmoc search: --limit: giá trị “0” không dùng được, cần số từ 1 trở lên; xem cotmoc search --help"),
        ("search a --limit", "tùy chọn --limit cần một giá trị đi kèm"),
        ("runs --json=1", "tùy chọn --json không nhận giá trị"),
        ("export a", "cotmoc export: thiếu --output / -o; xem cotmoc export --help"),
        ("export a b -o c", "cotmoc export: thừa “b”; câu có dấu cách thì đặt trong ngoặc kép; xem cotmoc export --help"),
        ("export a -o c --formt csv", "cotmoc export: không có tùy chọn “--formt”, gần nhất: --format; xem cotmoc export --help"),
        ("watches", ""),
    ],
)
def test_a_slip_is_one_vietnamese_line(application: typer.Typer, words: str, said: str) -> None:
    with pytest.raises(TyperException) as slip:
        application(words.split(), standalone_mode=False)
    assert (told(slip.value), slip.value.exit_code) == (said, 2)


@pytest.mark.parametrize(
    ("given", "read"),
    [
        (["- tin", "Thanh Hóa", "--json"], ["--json", "--", "- tin", "Thanh Hóa"]),
        (["name", "-b", "--data", "-d", "-oF", "c", "--", "-e"], ["--data", "-d", "-oF", "--", "name", "-b", "c", "-e"]),
        (["name", "-", "-o", "-x"], ["name", "-", "-o", "-x"]),
    ],
)
def test_arguments_with_a_dash_keep_their_order(given: list[str], read: list[str]) -> None:
    """The library calls arguments by their names (`name`), which a question may hold as well."""
    assert questions_last(given, {"--data", "-o", "name"}, {"--data", "-o", "--json", "name"}) == read


def test_slips_reach_the_shell_without_the_english_box() -> None:
    done = cotmoc("export", "biển", "--formt", "csv")
    assert_one_line(done, 2, "“--formt”, gần nhất: --format")
    assert len(done.stderr.splitlines()) == 1 and not done.stdout


@pytest.mark.parametrize(
    "words",
    [
        ("export", "-hoa", "-o", "x.csv"), ("export", "-o", "x.csv", "-thanh hóa"), ("export", "-o", "x.csv", "--", "-thanh"), ("export", "-5", "-o", "x.csv"),
        ("watches", "add", "tên", "-hoa"), ("watches", "add", "--desk", "-x", "tên", "–hoa"), ("watches", "preview", "-hoa"), ("watches", "preview", "−hoa"),
    ],
)  # fmt: skip
def test_a_question_that_begins_with_a_dash_is_no_option_anywhere(application: typer.Typer, tmp_path: Path, words: tuple[str, ...]) -> None:
    (tmp_path / "cotmoc.sqlite3").touch()
    command = words[:2] if words[0] == "watches" else words[:1]
    with pytest.raises(UserError, match="ký tự 1: dấu “[-–−]” không có nghĩa loại trừ") as refused:
        application([*command, "--data", str(tmp_path), *words[len(command) :]], standalone_mode=False)
    assert refused.value.code == 2 and not Path("x.csv").exists()


def test_a_saved_search_in_the_wrong_folder_makes_no_store_there(application: typer.Typer, tmp_path: Path) -> None:
    for words in (["list"], ["add", "tên", "biển"], ["enable", "tên"]):
        with pytest.raises(UserError, match="không có kho nào ở đây"):
            application(["watches", *words, "--data", str(tmp_path / "nhầm")], standalone_mode=False)
    application(["search", "biển", "--data", str(tmp_path / "nhầm")], standalone_mode=False)
    assert not (tmp_path / "nhầm").exists()


def test_words_that_are_no_utf8_are_one_line(tmp_path: Path) -> None:
    (tmp_path / "cotmoc.sqlite3").touch()
    done = subprocess.run(
        [sys.executable, "-m", "flows.cli", "watches", "add", b"c\xe1", "x", "--data", str(tmp_path)], capture_output=True, text=True, check=False
    )  # fmt: skip
    assert_one_line(done, 2, "“c?” không phải chữ UTF-8")


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
