"""What an administrator sees and changes: settings with their origin, the audit log, and users on the command line."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from starlette.applications import Starlette
from typer.testing import CliRunner

from dashboards.app import create_app
from pipelines.clock import now
from pipelines.errors import UserError
from pipelines.store import audit, users
from tests.desk import Desk, make_desk, sign_in
from tests.signing import GOOD, actions, login, post, second_factor, stranger


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return make_desk(tmp_path / "data")


@pytest.fixture
def app(desk: Desk) -> Starlette:
    return create_app(desk.settings, desk.store)


# --- settings and audit ----------------------------------------------------------------------------------------


def test_settings_show_where_each_is_from_and_no_secret(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    (desk.settings.data / "cotmoc.toml").write_text('smtp_url = "smtp://x:bimat@thu.example"\ncontact = "https://coquan.example"\n')
    monkeypatch.setenv("COTMOC_ELASTICSEARCH_PASSWORD", "bimat2")
    from pipelines.settings import load_settings

    config = load_settings(data=desk.settings.data)
    text = sign_in(create_app(config, desk.store), "admin").get("/settings").text
    assert "bimat" not in text and "https://coquan.example" in text
    for name, origin in (("contact", "cotmoc.toml"), ("elasticsearch_password", "biến môi trường"), ("delay", "mặc định"), ("data", "dòng lệnh")):
        row = re.search(rf"<code>{name}</code>.*?</tr>", text, re.S)
        assert row and origin in row[0], name


def test_a_setting_changed_on_the_desk_holds_at_once_survives_a_start_and_is_audited(desk: Desk) -> None:
    app = create_app(desk.settings, desk.store)
    client = sign_in(app, "admin", follow_redirects=False)
    form = {"session_idle_minutes": "30", "session_hours": "8", "roles": "1", "totp_required": "approver", "steps": "1", "step mới": "tiếp nhận"}
    assert post(client, "/settings", **form).status_code == 303
    assert app.state.access.idle == timedelta(minutes=30)
    again = create_app(desk.settings, desk.store).state.settings
    assert (again.session_hours, again.totp_required, again.steps) == (8, ("approver",), {"mới": "tiếp nhận"})
    assert actions(desk.store).count("settings.change") == 4
    assert post(client, "/settings", session_idle_minutes="0").status_code == 400
    assert post(client, "/settings", **form).status_code == 303
    assert actions(desk.store).count("settings.change") == 4, "the same again changes nothing"


def test_a_setting_of_the_file_wins_over_the_desk(desk: Desk) -> None:
    client = sign_in(create_app(desk.settings, desk.store), "admin", follow_redirects=False)
    post(client, "/settings", session_idle_minutes="30")
    (desk.settings.data / "cotmoc.toml").write_text("session_idle_minutes = 90\n")
    from pipelines.settings import load_settings

    app = create_app(load_settings(data=desk.settings.data), desk.store)
    assert app.state.settings.session_idle_minutes == 90
    assert "cotmoc.toml" in sign_in(app, "admin").get("/settings").text
    assert post(sign_in(app, "admin"), "/settings", session_idle_minutes="20").status_code == 400


def test_the_audit_page_filters_pages_and_verifies(app: Starlette, desk: Desk) -> None:
    with desk.store.begin() as conn:
        for number in range(130):
            audit.append(conn, actor="Bàn 2", action="alert.note", thing=f"a{number}", details={"n": number}, now=now())
    client = sign_in(app, "admin")
    assert client.get(f"/alerts/{desk.ids['flag']}").status_code == 200
    assert "a129" in client.get("/audit").text and "Cũ hơn" in client.get("/audit").text
    assert "a0" in client.get("/audit?page=2").text
    read = client.get("/audit?action=evidence.read&actor=B%C3%A0n+1").text
    assert desk.ids["flag"] in read and "a129" not in read
    assert "Không có mục nào" in client.get("/audit?until=2000-01-01").text
    assert client.get("/audit?since=hom-qua&page=x").status_code == 200
    assert "nguyên vẹn" in post(client, "/audit").text
    from pipelines.store.schema import audit as table

    with desk.store.begin() as conn:
        conn.exec_driver_sql("DROP TRIGGER audit_no_update")  # as who owns the database can
        conn.execute(table.update().where(table.c.seq == 3).values(object="khác"))
    assert "mục 3" in post(client, "/audit").text


# --- command line ----------------------------------------------------------------------------------------------


def test_users_on_the_command_line(desk: Desk) -> None:
    from flows.commands.users import app as command

    def run(*words: str) -> str:
        result = CliRunner().invoke(command, [*words, "--data", str(desk.settings.data)])
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.output

    link = run("add", "Hoa", "--role", "admin")
    assert "/reset?code=" in link
    app = create_app(desk.settings, desk.store)
    client = stranger(app)
    given_code = re.search(r"code=([\w-]+)", link)
    assert given_code
    assert post(client, "/reset", code=given_code[1], password=GOOD, again=GOOD).status_code == 303
    user = users.User("", "", "", now())
    with desk.store.read() as conn:
        user = users.by_name(conn, "Hoa") or user
    second_factor(app, user)
    assert '"second_factor": true' in run("list", "--json")
    assert "/reset?code=" in run("reset", "hoa", "--second-factor")
    assert "Hoa  admin  đang dùng  một bước" in run("list")
    run("add", "Nam", "--role", "admin")
    run("disable", "Hoa")
    assert login(stranger(app)).status_code == 403
    run("enable", "Hoa")
    run("role", "Hoa", "viewer")
    with pytest.raises(UserError, match="không có người dùng"):
        run("disable", "Bình")
    with pytest.raises(UserError, match="quản trị"):
        run("disable", "Nam")
    with pytest.raises(UserError, match="vai trò"):
        run("add", "Tư", "--role", "vua")
