"""The commands around the desk: serve, alerts, digest."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.request import urlopen

import pytest
import typer
from typer.testing import CliRunner, Result

from pipelines.errors import UsageError, UserError
from tests.desk import WRONG, Desk, make_desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return make_desk(tmp_path / "data")


def run(function: Callable[..., None], *words: str) -> Result:
    app = typer.Typer()
    app.command()(function)
    return CliRunner().invoke(app, list(words))


def test_a_taken_port_is_one_line(desk: Desk) -> None:
    from flows.commands.serve import serve

    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(UserError, match="đang có chương trình khác dùng"):
        serve(data=desk.settings.data, host="127.0.0.1", port=taken.getsockname()[1])


def test_serve_prints_its_address_answers_and_ends_on_ctrl_c(desk: Desk) -> None:
    from flows.commands.users import add
    from flows.lock import running

    desk.store.close()
    script = f"from pathlib import Path; from flows.commands.serve import serve; serve(data=Path({str(desk.settings.data)!r}), port=0)"
    child = subprocess.Popen(
        [sys.executable, "-u", "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}, start_new_session=True,
    )  # fmt: skip
    try:
        assert child.stdout and child.stderr
        line = child.stdout.readline().strip()
        assert line.startswith("dashboard: http://127.0.0.1:")
        assert f"{line.removeprefix('dashboard: ')}setup?code=" in child.stderr.readline()
        until = time.monotonic() + 30
        while True:
            try:
                with urlopen(line.removeprefix("dashboard: ") + "healthz", timeout=5) as answer:
                    assert json.load(answer) == {"status": "ok"}
                break
            except OSError:
                assert time.monotonic() < until
                time.sleep(0.1)
        # A link made on the command line leads to the desk that runs, whatever port the settings name.
        link = run(add, "Hoa", "--data", str(desk.settings.data)).stdout
        assert link.startswith(line.removeprefix("dashboard: ")), link
    finally:
        child.send_signal(signal.SIGINT)
        child.communicate(timeout=30)
    assert running(desk.settings.data) is None
    assert run(add, "Nam", "--data", str(desk.settings.data)).stdout.startswith("http://127.0.0.1:8710/")


def test_alerts_as_json_lines_carry_claim_reference_and_reason(desk: Desk) -> None:
    from flows.commands.alerts import alerts

    result = run(alerts, "--data", str(desk.settings.data), "--since", "all", "--tier", "flag", "--json")
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 0 and [line["tier"] for line in lines] == ["flag", "flag"]
    found = next(line for line in lines if line["id"] == desk.ids["flag"])
    assert found["claim"]["sentence"] == WRONG and found["claim"]["why"] and found["references"][0]["id"] == "GT-02"
    assert "67.203" in found["references"][0]["statement"]


def test_alerts_for_people_name_what_to_do_next(desk: Desk) -> None:
    from flows.commands.alerts import alerts

    said = run(alerts, "--data", str(desk.settings.data), "--since", "2026-01-01").output
    assert WRONG in said and "Mâu thuẫn với tư liệu" in said and f"cotmoc evidence {desk.ids['story']}" in said
    assert run(alerts, "--data", str(desk.settings.data), "--since", "all", "--province", "lao-cai").stdout == ""


@pytest.mark.parametrize("words", [("--tier", "none"), ("--since", "hôm qua"), ("--since", "7w")])
def test_wrong_use_of_alerts_is_exit_2(desk: Desk, words: tuple[str, str]) -> None:
    from flows.commands.alerts import alerts

    error = run(alerts, "--data", str(desk.settings.data), *words).exception
    assert isinstance(error, UsageError) and error.code == 2


def test_digest_prints_four_paths(desk: Desk, tmp_path: Path) -> None:
    from flows.commands.digest import digest

    words = ("--data", str(desk.settings.data), "--profile", "ninh-binh", "--date", "2026-11-20", "--output", str(tmp_path / "o"))
    paths = [Path(line) for line in run(digest, *words).stdout.splitlines()]
    assert [path.suffix for path in paths] == [".html", ".docx", ".pdf", ".eml"] and all(path.exists() for path in paths)
    error = run(digest, "--data", str(desk.settings.data), "--date", "20/11/2026").exception
    assert isinstance(error, UsageError)


def test_every_state_that_the_crawlers_write_has_a_label() -> None:
    from crawlers.health import STATUSES
    from dashboards.labels import SOURCE_VI

    assert set(STATUSES) <= set(SOURCE_VI)
