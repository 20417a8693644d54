"""The assessor as the chain uses it: offsets, odd texts, versions, quality floors on the development set."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import pytest
import typer
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from classifiers.assessor import Assessor
from classifiers.evaluation import Scores, compare, read_labelled, report
from classifiers.frames import concepts_used
from classifiers.instruments import load_register
from classifiers.lexicon import load_lexicon
from classifiers.matching import load_anchors
from classifiers.measures import load_measures
from classifiers.referencebase import load_references
from flows.commands.assess import assess as assess_command
from pipelines.records import Places, TextLine, Tier
from tests.claimcases import assess, assessor

SENTENCE = "Hòa ước San Francisco năm 1951 trao quần đảo Hoàng Sa cho Trung Quốc."


def test_offsets_are_exact_in_every_field() -> None:
    line = TextLine(id="a", title=SENTENCE, sapo=f"Mở đầu. {SENTENCE}", text=f"Câu đầu tiên. {SENTENCE} Câu cuối.", captions=("Không có gì.", SENTENCE))
    fields = {"title": line.title, "sapo": line.sapo, "body": line.text, "caption[1]": line.captions[1]}
    found = assessor().assess(line)
    assert {c.field for c in found.claims} == set(fields)
    for claim in found.claims:
        assert fields[claim.field][claim.start : claim.end] == claim.sentence


def test_decomposed_text_keeps_its_own_characters() -> None:
    text = unicodedata.normalize("NFD", f"Câu đầu tiên. {SENTENCE}")
    found = assess(text)
    assert found.tier is Tier.FLAG
    assert all(text[c.start : c.end] == c.sentence for c in found.claims)


@pytest.mark.parametrize("text", ["hoa uoc san francisco 1951 trao hoang sa cho trung quoc", "Hoà ước San Francisco 1951 trao Hoàng Sa cho TQ r nha mn"])
def test_spelling_does_not_matter(text: str) -> None:
    assert assess(text).tier is Tier.FLAG


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=400), st.sampled_from(["Trường Sa ", "biên giới 1.4", "”“\"", "南沙", "ຊາຍແດນ", "\u0301\u200b"]))
def test_no_text_makes_it_raise(text: str, salt: str) -> None:
    for body in (text, salt + text, text + salt):
        assess(body, title=text[:40])


@pytest.mark.parametrize("body", ["", " ", "\n\n", "Trường Sa " * 20_000, "a" * 300_000, "(" * 5_000 + "Hoàng Sa", "\x00Hoàng Sa\x00"])
def test_hostile_texts_end(body: str) -> None:
    assess(body)


def test_places_are_carried_over_and_an_empty_result_says_why() -> None:
    found = assessor().assess(TextLine(id="a", text="Trời đẹp."), Places(about=("lao-cai",), national=False))
    assert (found.provinces, found.tier, found.claims) == (("lao-cai",), Tier.NONE, ())
    assert found.reason
    assert found.reference_version == load_references().version


def test_a_confirmed_incident_is_no_rumour() -> None:
    text = "Đêm qua nhiều tiếng súng nổ ở cửa khẩu Na Mèo, lính bên kia dàn hàng."
    assert assess(text).tier is Tier.WATCH
    confirmed = f"{text} Đại diện đồn biên phòng cửa khẩu xác nhận hai bên diễn tập chung theo kế hoạch."
    assert assess(confirmed).tier is Tier.NONE


def test_rules_alone_already_work() -> None:
    from classifiers.assessor import Assessor

    rules = Assessor(load_references())
    assert rules.assess(TextLine(id="a", text=SENTENCE)).tier is Tier.FLAG
    assert rules.assess(TextLine(id="a", text="Biên giới Việt - Lào dài 2.337 km.")).tier is Tier.NONE


def test_rules_name_only_words_and_entries_that_exist() -> None:
    names = load_lexicon().names
    base = load_references()
    assert concepts_used() <= names
    for measure in load_measures():
        assert measure.ref in base
        assert measure.no <= names and all(slot <= names for option in measure.options for slot, _ in option)
    for row in load_register():
        assert row.ref in base
        assert row.concepts | row.needs | row.without | row.document <= names
    for options in load_anchors().values():
        assert all(slot <= names for option in options for slot, _ in option)


def test_dates_of_the_register_stand_in_the_reference_base() -> None:
    base = load_references()
    for row in load_register():
        entry = base.get(row.ref)
        said = f"{entry.statement_vi} {entry.statement_en} {entry.note} {entry.source.title} {entry.source.date} {' '.join(str(v.value) for v in entry.values)}"
        for days in row.dates.values():
            assert any(str(day.year) in said for day in days), (row.ref, days)


@pytest.mark.shared_data
def test_floors_on_the_development_set(shared_data: Path) -> None:
    floors = json.loads((Path(__file__).parent / "floors.json").read_text(encoding="utf-8"))["claims"]
    scores = Scores()
    lines, bad = read_labelled(shared_data / "claims_dev.jsonl")
    assert not bad
    wrong_ground = 0
    for line, labels in lines:
        found = assessor().assess(line)
        compare(scores, line, labels, found)
        wrong_ground += found.tier is Tier.FLAG and labels["stratum"] in ("hn_opinion", "hn_rebuttal", "hn_attribution")
    figures = report(scores)
    assert figures["flag"]["precision"] >= floors["flag_precision"]
    assert figures["flag"]["recall"] >= floors["flag_recall"]
    assert figures["alert"]["f1"] >= floors["alert_f1"]
    assert figures["role_macro_f1"] >= floors["role_macro_f1"]
    assert wrong_ground == 0


def test_the_command_names_the_province_that_the_text_is_about(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Assessor, "load", lambda *_: assessor())
    app = typer.Typer()
    app.command()(assess_command)
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    row = {"id": "a", "title": "Lào Cai: chợ phiên vùng biên", "text": "Chợ phiên Mường Khương, tỉnh Lào Cai, đông người hai bên sang bán gừng.", "published": "2025-09-10"}
    source.write_text(json.dumps(row, ensure_ascii=False) + "\n", encoding="utf-8")
    result = CliRunner().invoke(app, ["--input", str(source), "--output", str(target), "--data", str(tmp_path)])
    assert result.exit_code == 0, result.output
    assert json.loads(target.read_text(encoding="utf-8"))["provinces"] == ["lao-cai"]
    # Half of an emoji, as cut posts hold it: that post and those after it are read, and nothing half-written is left.
    source.write_text('{"id": "1", "text": "Chợ phiên \\ud83d đông vui."}\n' + json.dumps(row, ensure_ascii=False) + "\n", encoding="utf-8")
    result = CliRunner().invoke(app, ["--input", str(source), "--output", str(target), "--data", str(tmp_path)])
    assert result.exit_code == 0, result.output
    assert len(target.read_text(encoding="utf-8").splitlines()) == 2 and not list(tmp_path.glob("*.part"))
    missing = CliRunner().invoke(app, ["khong-co.txt", "--data", str(tmp_path)])
    assert "không có tệp này" in str(missing.exception)
