"""Declarations of sources: every shipped one is sound and honest, a malformed one is named with file, line and field."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from crawlers.registry import NOT_LIVE, SHIPPED, Source, load_source, load_sources, read_source, schema
from crawlers.trial import try_source
from pipelines.errors import UsageError
from pipelines.settings import Settings
from tests.loopback import Answer, serve, source

GOOD = """id: bao-mau
name: Báo Mẫu
home: https://bao.example/
owner_class: provincial press
feeds:
- https://bao.example/rss
"""


ARTICLE = "<html><body><h1>Sửa lại bến cá đầu xã sau mùa bão</h1><div class='than'>" + "".join(
    f"<p>Đoạn {number}: bà con góp công sửa bến cá, kè lại chân đê và trồng thêm hàng phi lao chắn gió dọc bờ biển.</p>" for number in range(4)
) + "</div></body></html>"


def refused(tmp_path: Path, text: str) -> str:
    path = tmp_path / "bao-mau.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError) as raised:
        load_source(path)
    assert raised.value.code == 2 and "\n" not in str(raised.value)
    return str(raised.value).removeprefix(f"{path}:")


def test_the_shipped_sources_are_sound() -> None:
    registry = load_sources()
    assert len(registry.sources) == 75
    assert all(path.stem in registry.ids() for path in SHIPPED.glob("*.yaml"))
    for found in registry:
        assert found.notes and found.notes_date, f"{found.id}: why it is treated so, and since when"
        assert found.verified == NOT_LIVE or date.fromisoformat(found.verified)
        assert not found.allow_private and found.rules(5.0).delay >= 5


@pytest.mark.shared_data
def test_every_entry_of_the_register_is_declared_or_left_out_with_a_reason(shared_data: Path) -> None:
    register = shared_data.parent / "domain" / "sources.json"
    entries = {entry["id"] for entry in json.loads(register.read_text(encoding="utf-8"))["sources"]}
    readme = (SHIPPED / "README.md").read_text(encoding="utf-8")
    left_out = entries - set(load_sources().ids())
    assert set(load_sources().ids()) <= entries
    assert len(left_out) == 14 and all(name in readme for name in left_out)
    counted = sum(int(line.split("|")[1]) for line in readme.splitlines() if line.startswith("| ") and line.split("|")[1].strip().isdigit())
    assert counted == len(left_out)


def test_the_json_schema_is_the_one_in_the_folder_and_accepts_every_file() -> None:
    written = json.loads((SHIPPED / "source.schema.json").read_text(encoding="utf-8"))
    assert written == schema()
    validator = Draft202012Validator(written)
    for path in SHIPPED.glob("*.yaml"):
        raw = json.loads(json.dumps(yaml.safe_load(path.read_text(encoding="utf-8")), default=str))
        assert not list(validator.iter_errors(raw)), path.name


@pytest.mark.parametrize(
    ("text", "where"),
    [
        (GOOD + "rythm: 30\n", "7: rythm: không có trường"),
        (GOOD.replace("name: Báo Mẫu\n", ""), "1: name: thiếu"),
        (GOOD.replace("provincial press", "ông chủ"), "4: owner_class: phải là một trong"),
        (GOOD.replace("https://bao.example/rss", "ftp://bao.example/rss"), "5: feeds: "),
        (GOOD + "lists:\n- url: https://bao.example/\n  likn: a\n", "9: lists.0.likn: không có trường"),
        (GOOD + "lists:\n- url: https://bao.example/\n  match: '('\n", "9: lists.0.match"),
        (GOOD + "selectors:\n- version: a\n  title: 'h1['\n", "9: selectors.0.title"),
        (GOOD + "delay: 1\n", "7: delay: dưới 5 giây"),
        (GOOD + "selectors:\n- version: 2026-03\n  valid_until: hôm qua\n", "9: selectors.0.valid_until"),
        (GOOD + "verified: chắc rồi\n", "7: verified"),
        (GOOD + "author: Nguyễn Văn A\n", "7: author: không có trường"),
        ("id: [a\nname: b\n", "2: YAML không đúng"),
        ("- a\n", "1: tệp nguồn phải là"),
        (GOOD.replace("feeds:\n- https://bao.example/rss\n", ""), "1: nguồn: "),
    ],
)
def test_a_malformed_file_is_named_with_line_and_field(tmp_path: Path, text: str, where: str) -> None:
    assert refused(tmp_path, text).startswith(where)


def test_every_mistake_is_named_in_vietnamese_in_the_order_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "bao-mau.yaml"
    text = GOOD + (
        "rythm: 3\nrhythm: nhanh\ndelay: 1\nzone: Sao/Hoa\nlists:\n- url: abc\n  likn: a\n  match: '('\n  older: https://a.example/\n"
        "selectors:\n- version: a\n  title: 'h1['\nverified: chắc rồi\nnotes_date: 2026-13-40\nlang: vi\nname: hai lần\n"
    )
    path.write_text(text, encoding="utf-8")
    found = read_source(path)
    assert found[0] is None
    lines = [tuple(line.split(": ", 2)) for line in found[1]]
    assert [(int(line), field) for line, field, _ in lines] == [
        (7, "rythm"), (8, "rhythm"), (10, "zone"), (12, "lists.0.url"), (13, "lists.0.likn"), (14, "lists.0.match"), (15, "lists.0.older"),
        (18, "selectors.0.title"), (19, "verified"), (20, "notes_date"), (21, "lang"), (22, "name"),
    ]  # fmt: skip
    words = " ".join(what for _, _, what in lines).replace("not verified live", "")
    assert not re.search(r"\b(?:should|must|value|input|valid|not|or|error|expected)\b", words), words
    with pytest.raises(UsageError, match="và 11 lỗi nữa"):
        load_source(path)


def test_mistakes_that_need_the_whole_declaration_are_all_named(tmp_path: Path) -> None:
    path = tmp_path / "kenh.yaml"
    text = GOOD.replace("https://bao.example/rss", "https://t.me/aido")
    path.write_text(text + "protocol: telegram\ndelay: 1\narchives: [https://a.example/s.xml]\n", encoding="utf-8")
    assert [line.split(":")[:2] for line in read_source(path)[1]] == [["5", " feeds"], ["7", " protocol"], ["8", " delay"]]


def test_a_missing_folder_and_a_doubled_id(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="không có thư mục"):
        load_sources(tmp_path / "không-có")
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(GOOD, encoding="utf-8")
    with pytest.raises(UsageError, match="trùng mã nguồn"):
        load_sources(tmp_path)


def test_selectors_are_chosen_by_date(tmp_path: Path) -> None:
    versions = [
        {"version": "2026", "title": "h1.moi"},
        {"version": "2024", "valid_until": "2024-12-31", "title": "h1.cu"},
        {"version": "2025", "valid_until": "2025-12-31", "title": "h1.giua"},
    ]
    found = Source(**yaml.safe_load(GOOD), selectors=versions)
    named = {day: found.selectors_on(date.fromisoformat(day)) for day in ("2020-01-01", "2025-06-01", "2026-06-01")}
    assert [each.title for each in named.values() if each] == ["h1.cu", "h1.giua", "h1.moi"]


def test_an_address_finds_its_outlet() -> None:
    registry = load_sources()

    def owner(url: str) -> str | None:
        found = registry.owner_of(url)
        return found.id if found else None

    assert owner("https://vnexpress.net/bai-1.html") == "vnexpress"
    assert owner("https://www.vietnamplus.vn/a.vnp") == "vna-vnp" and owner("https://en.vietnamplus.vn/a.vnp") == "vna-en"
    assert owner("https://m.tuoitre.vn/a.htm") == "tuoitre"
    assert owner("https://baolaocai.net/a") is None, "the unofficial copy of Báo Lào Cai is not Báo Lào Cai"
    assert owner("https://tuoitre.vn.ke-gian.example/a") is None


def test_shards_cover_all_sources_once_and_keep_hosts_together() -> None:
    registry = load_sources()
    parts = [registry.shard(index, 3).ids() for index in range(3)]
    assert sorted(name for part in parts for name in part) == sorted(registry.ids())
    assert all(parts), "no worker is idle"


def test_a_profile_may_choose_its_sources() -> None:
    registry = load_sources()
    assert registry.only(()) is registry
    assert registry.only(["nhandan", "vtv"]).ids() == ["nhandan", "vtv"]
    with pytest.raises(UsageError, match="ai-do"):
        registry.only(["ai-do"])


def test_a_source_is_tried_without_storing_anything() -> None:
    with serve() as site:
        site.feed("/rss", ["/a", "/b"])
        site.routes["/danh-muc"] = Answer("<p>trống</p>", headers={"Content-Type": "text/html"})
        site.routes["/a"] = Answer(ARTICLE, headers={"Content-Type": "text/html; charset=utf-8"})
        (good, fine), (_, bad), (read, sound) = try_source(Settings(delay=0), source(site, ("/rss",), ("/danh-muc",)))
    assert fine and "2 mục, 2 có ngày" in good and not bad
    assert sound and "Sửa lại bến cá" in read


def test_the_command_names_every_bad_file_and_exits_2(tmp_path: Path) -> None:
    bad, same = tmp_path / "bad.yaml", [tmp_path / "a.yaml", tmp_path / "b.yaml"]
    bad.write_text(GOOD + "rythm: 30\nkynd: press\n", encoding="utf-8")
    for path in same:
        path.write_text(GOOD, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "flows.cli", "sources", "check", str(bad), *map(str, same), str(SHIPPED / "vtv.yaml")], capture_output=True, text=True
    )
    assert done.returncode == 2 and f"{bad}:7: rythm" in done.stdout and f"{bad}:8: kynd" in done.stdout and "Traceback" not in done.stderr
    assert f"{same[1]}:1: id: trùng mã nguồn “bao-mau” với a.yaml" in done.stdout and "2 tệp đúng, 2 tệp sai, 3 lỗi" in done.stderr
