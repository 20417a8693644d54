"""`cotmoc assess URL`: one page through the guarded, polite way, read, judged, explained; nothing stored."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
import yaml
from typer.testing import CliRunner, Result

from classifiers.assessor import Assessor
from flows.commands.assess import assess
from tests import claimcases
from tests.loopback import Answer, Site, serve

WRONG = "Hòa ước San Francisco năm 1951 trao quần đảo Hoàng Sa cho Trung Quốc."
REST = "Đoàn công tác kiểm tra việc phòng chống thiên tai tại các xã ven biển của tỉnh. " * 8
PAGE = f"<html lang=vi><head><title>Chuyện cũ ven biển</title><meta property='og:type' content='article'><meta property='article:published_time' content='2025-09-10T08:00:00+07:00'></head><body><article><h1>Chuyện cũ ven biển</h1><p>{WRONG} {REST}</p><p>{REST}</p></article></body></html>"


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A declared source on loopback with one article."""
    with serve() as running:
        running.routes["/bai"] = Answer(PAGE, headers={"Content-Type": "text/html; charset=utf-8"})
        declared = {"id": "mau", "name": "Báo Mẫu", "home": running.url, "owner_class": "portal", "feeds": [running.url + "/rss"], "delay": 0, "allow_private": True}
        (tmp_path / "sources").mkdir()
        (tmp_path / "sources" / "mau.yaml").write_text(yaml.safe_dump(declared, allow_unicode=True), encoding="utf-8")
        monkeypatch.setenv("COTMOC_SOURCES", str(tmp_path / "sources"))
        monkeypatch.setenv("COTMOC_DATA", str(tmp_path / "data"))
        trained = claimcases.assessor()
        monkeypatch.setattr(Assessor, "load", lambda *_: trained)
        yield running


def run(*arguments: str) -> Result:
    app = typer.Typer()
    app.command()(assess)
    return CliRunner().invoke(app, list(arguments))


def test_the_page_is_fetched_read_and_the_chain_is_printed(site: Site, tmp_path: Path) -> None:
    done = run(site.url + "/bai", "--date", "2025-09-10")
    assert done.exit_code == 0, done.output
    assert "San Francisco" in done.stdout and "SFT-" in done.stdout
    assert site.seen == ["/robots.txt", "/bai"]
    assert not list((tmp_path / "data").rglob("*.sqlite3"))


def test_json_names_the_address_and_the_tier(site: Site) -> None:
    done = run(site.url + "/bai", "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert (told["tier"], told["id"]) == ("flag", site.url + "/bai")


@pytest.mark.parametrize(
    ("path", "answer", "reason"),
    [
        ("/khong-co", Answer(status=404), "không lấy được trang"),
        ("/hong", Answer("<html><title>x</title></html>", headers={"Content-Type": "text/html"}), "không phải bài viết"),
        ("/anh.png", Answer(b"\x89PNG\r\n\x1a\n" + b"\x00" * 400, headers={"Content-Type": "image/png"}), "không phải bài viết"),
    ],
)
def test_what_is_no_article_ends_in_one_line(site: Site, path: str, answer: Answer, reason: str) -> None:
    site.routes[path] = answer
    done = run(site.url + path)
    assert done.exit_code != 0
    assert reason in str(done.exception) and "\n" not in str(done.exception)


def test_robots_are_obeyed(site: Site) -> None:
    site.routes["/robots.txt"] = Answer("User-agent: *\nDisallow: /\n", headers={"Content-Type": "text/plain"})
    done = run(site.url + "/bai")
    assert "không lấy được trang" in str(done.exception) and "/bai" not in site.seen


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/bai", "http://169.254.169.254/latest", "http://[::1]/"])
def test_addresses_of_the_own_network_are_refused(site: Site, url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "sources" / "mau.yaml").write_text(
        yaml.safe_dump({"id": "mau", "name": "Báo Mẫu", "home": "https://bao.example", "owner_class": "portal", "feeds": ["https://bao.example/rss"]}), encoding="utf-8"
    )
    done = run(url)
    assert "không lấy được trang: địa chỉ " in str(done.exception)
