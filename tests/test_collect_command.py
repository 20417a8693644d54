"""The commands around collecting: outcome table, exit codes, mistakes in one line, health as JSON."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from typer.testing import CliRunner

from pipelines.errors import UserError
from pipelines.records import StepCount
from tests.loopback import Answer, Site, serve


@pytest.fixture
def site() -> Iterator[Site]:
    with serve() as running:
        running.feed("/rss", ["/bai-1", "/bai-2"])
        for link in ("/bai-1", "/bai-2", "/rieng"):
            text = "Đoàn công tác kiểm tra công tác phòng chống thiên tai tại các xã ven biển. " * 8
            page = f"<html lang=vi><title>Bài {link}</title><body><article><h1>Bài {link}</h1><p>{text}</p><p>{text}</p></article></body></html>"
            running.routes[link] = Answer(page, headers={"Content-Type": "text/html; charset=utf-8"})
        yield running


@pytest.fixture
def office(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder and two declared sources: one well, one gone."""
    folder = tmp_path / "sources"
    folder.mkdir()
    for name, path in (("tot", "/rss"), ("chet", "/chet")):
        declared = {
            "id": name, "name": f"Báo {name}", "home": site.url, "owner_class": "portal", "feeds": [site.url + path],
            "delay": 0, "allow_private": True,
        }  # fmt: skip
        (folder / f"{name}.yaml").write_text(yaml.safe_dump(declared, allow_unicode=True), encoding="utf-8")
    site.routes["/chet"] = Answer(status=410)
    # Judging trains its model in a fresh data folder; that is tested elsewhere, and not what is asked here.
    monkeypatch.setattr("flows.chain.assess", lambda chain, advance: StepCount(step="assess", entered=0, outcomes={}))
    monkeypatch.setenv("COTMOC_SOURCES", str(folder))
    monkeypatch.setenv("COTMOC_DATA", str(tmp_path / "data"))
    return tmp_path


def run(command: str, *arguments: str) -> Any:
    from importlib import import_module

    module = import_module(f"flows.commands.{command}")
    app = getattr(module, "app", None) or typer.Typer()
    if not hasattr(module, "app"):
        app.command()(getattr(module, command))
    return CliRunner().invoke(app, list(arguments))


def steps(output: str) -> dict[str, dict[str, int]]:
    return {step["step"]: step["outcomes"] for step in json.loads(output)["steps"]}


def test_everything_then_health(office: Path) -> None:
    done = run("collect", "--json")
    assert done.exit_code == 0, done.output
    found = steps(done.stdout)
    assert found["feeds"] == {"new": 1, "gone": 1} and found["pages"] == {"new": 2}
    assert sum(found["read"].values()) == 2
    rows = {row["source"]: row for row in json.loads(run("health", "--json").stdout)}
    assert rows["tot"]["status"] == "ok" and rows["chet"]["status"] == "gone" and rows["chet"]["reason"]


def test_a_source_asked_for_by_name_that_fails_is_said_with_exit_1(office: Path) -> None:
    done = run("collect", "--source", "chet")
    assert done.exit_code == 1 and "chet" in done.stderr and "410" in done.stderr
    assert run("collect", "--source", "tot").exit_code == 0


def test_a_single_address(office: Path, site: Site) -> None:
    done = run("collect", site.url + "/rieng", "--json")
    assert done.exit_code == 0 and steps(done.stdout)["pages"] == {"new": 1}
    assert "/rss" not in site.seen, "an address alone polls no feed"
    done = run("collect", site.url + "/khong-co")
    assert done.exit_code == 1 and "/khong-co: gone" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--source", "ai-do"], "“ai-do” không có"),
        (["--since", "hôm qua"], "viết ngày như"),
        (["--warc", "/không/có.warc.gz"], "không có tệp WARC"),
        (["javascript:alert(1)"], "không phải địa chỉ http"),
        (["http://user:pw@bao.vn/a"], "mang tên và mật khẩu"),
    ],
)
def test_mistakes_are_one_line_with_exit_2_and_open_no_run(office: Path, arguments: list[str], said: str) -> None:
    done = run("collect", *arguments)
    assert isinstance(done.exception, UserError) and done.exception.code == 2
    assert said in str(done.exception) and "\n" not in str(done.exception)
    if (office / "data" / "cotmoc.sqlite3").exists():
        rows = sqlite3.connect(office / "data" / "cotmoc.sqlite3").execute("select count(*) from runs").fetchone()
        assert rows == (0,)


def test_a_malformed_source_file_is_named_before_anything_is_done(office: Path) -> None:
    (office / "sources" / "hong.yaml").write_text("id: hong\nname: Hỏng\nhome: https://a.example\nkinh: press\n", encoding="utf-8")
    done = run("collect")
    assert isinstance(done.exception, UserError) and "hong.yaml" in str(done.exception)


def test_sources_are_listed_and_checked(office: Path) -> None:
    listed = json.loads(run("sources", "list", "--json").stdout)
    assert [source["id"] for source in listed] == ["chet", "tot"]
    assert run("sources", "check").exit_code == 0
    live = run("sources", "check", "--live", "tot")
    assert live.exit_code == 0 and "2 mục, 2 có ngày" in live.stdout


def test_a_warc_of_undeclared_outlets_alone_names_them_and_the_ways_out(office: Path) -> None:
    from tests.test_warc import foreign

    path = foreign(office)
    done = run("collect", "--warc", str(path))
    assert done.exit_code == 0
    assert "la.example (1)" in done.stderr and "--all" in done.stderr and "COTMOC_SOURCES" in done.stderr
    taken = run("collect", "--all", "--warc", str(path))
    assert taken.exit_code == 0 and "COTMOC_SOURCES" not in taken.stderr


def test_an_office_without_a_contact_is_told_so_in_one_line(site: Site, office: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COTMOC_CONTACT", raising=False)
    said = run("collect", "--source", "tot").stderr
    assert said.count("chưa đặt địa chỉ liên hệ") == 1 and "COTMOC_CONTACT" in said
    monkeypatch.setenv("COTMOC_CONTACT", "https://coquan.example/gioi-thieu")
    assert "liên hệ" not in run("collect", "--source", "tot").stderr
    assert site.requests[-1]["user-agent"].endswith("(+https://coquan.example/gioi-thieu)")


def test_health_lists_every_source_of_the_profile_and_those_once_asked(office: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pipelines import settings

    def statuses() -> dict[str, str]:
        return {row["source"]: row["status"] for row in json.loads(run("health", "--json").stdout)}

    assert statuses() == {"tot": "new", "chet": "new"}
    plain = settings.load_profile("ninh-binh")
    monkeypatch.setattr("pipelines.settings.load_profile", lambda name: plain.model_copy(update={"sources": ("tot", "vtv")}))
    assert statuses() == {"tot": "new"}
    run("collect", "--source", "chet")
    assert statuses() == {"chet": "gone", "tot": "new"}
