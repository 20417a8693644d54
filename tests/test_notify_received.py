"""Notices at a real mail server and a real webhook on loopback."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message as SmtpMessage
from typer import Typer
from typer.testing import CliRunner

from flows.cli import register
from pipelines.clock import now, today
from pipelines.notify import notify
from pipelines.settings import Settings, load_settings
from pipelines.store import Store
from tests.notices import NOON, made_office, raise_on

office = pytest.fixture(made_office)


class _Keep(SmtpMessage):
    def __init__(self) -> None:
        super().__init__()
        self.kept: list[bytes] = []

    def handle_message(self, message: object) -> None:
        self.kept.append(bytes(message))  # type: ignore[call-overload]


@pytest.fixture
def smtp() -> Iterator[tuple[_Keep, int]]:
    import socket

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    keep = _Keep()
    server = Controller(keep, hostname="127.0.0.1", port=port)
    server.start()
    yield keep, port
    server.stop()


@pytest.fixture
def receiver() -> Iterator[tuple[list[dict[str, str]], list[int], int]]:
    got: list[dict[str, str]] = []
    answers: list[int] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status = answers.pop(0) if answers else 200
            if status == 200:
                got.append(json.loads(body))
            self.send_response(status)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            return None

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield got, answers, server.server_port
    server.shutdown()
    server.server_close()


def test_a_real_mail_server_gets_a_plain_message(store: Store, office: Settings, smtp: tuple[_Keep, int]) -> None:
    keep, port = smtp
    office.notify["truc-ban"] = f"mailto://127.0.0.1:{port}?from=cotmoc@office.example&to=truc-ban@office.example&mode=insecure&format=text"
    raise_on(store, "một")
    assert notify(store, office, NOON).outcomes == {"sent": 1}
    mail = message_from_bytes(keep.kept[0], policy=policy.default)
    assert mail["Subject"] == "Cảnh báo: Bài một"
    assert "https://desk.example/alerts/" in mail.get_content()


def test_a_real_webhook_that_fails_once_gets_the_notice_later(store: Store, office: Settings, receiver: tuple[list[dict[str, str]], list[int], int]) -> None:
    got, answers, port = receiver
    office.notify["truc-ban"] = f"json://127.0.0.1:{port}/zalo"
    answers.append(503)
    raise_on(store, "một")
    assert notify(store, office, NOON).outcomes == {"retry": 1}
    assert notify(store, office, NOON + timedelta(minutes=1)).outcomes == {"sent": 1}
    assert [body["title"] for body in got] == ["Cảnh báo: Bài một"]


def test_an_alert_of_ingest_is_told_by_the_same_command(tmp_path: Path, receiver: tuple[list[dict[str, str]], list[int], int]) -> None:
    """Whatever command raises an alert, people hear of it: a channel that was away gets it from the next round."""
    got, answers, port = receiver
    data, line = tmp_path / "data", tmp_path / "a.jsonl"
    data.mkdir()
    (data / "cotmoc.toml").write_text(f'quiet_hours = ""\n[notify]\ntruc-ban = "json://127.0.0.1:{port}/x"\n')
    wrong = "Theo hiệp định năm 2000, 53% diện tích Vịnh Bắc Bộ thuộc về Trung Quốc và 47% thuộc về Việt Nam."
    line.write_text(json.dumps({"id": "a", "title": "Chia vịnh", "text": wrong, "published": today().isoformat(), "outlet": "Báo Mẫu"}), encoding="utf-8")
    answers.append(503)
    app = Typer()
    register(app)
    said = CliRunner().invoke(app, ["ingest", str(line), "--data", str(data), "--json"])
    assert said.exit_code == 0
    steps = {step["step"]: step["outcomes"] for step in json.loads(said.stdout)["steps"]}
    assert steps["assess"] == {"flagged": 1} and steps["notify"] == {"retry": 1} and got == []
    store = Store.open(f"sqlite:///{data / 'cotmoc.sqlite3'}")
    assert notify(store, load_settings(data=data), now() + timedelta(minutes=1)).outcomes == {"sent": 1}
    assert [body["title"] for body in got] == ["Cảnh báo: Chia vịnh"]
    store.close()
