"""Fact cards: given out only as two persons approved them, within their limits, and true to the reference entry."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from classifiers.referencebase import load_references
from dashboards.factcards import FORMATS, approve, approved, draft, faults
from dashboards.factcards.card import Sms, named, parts_of_sms, seconds_of, sms_of, syllables, unmarked
from pipelines.errors import UserError
from pipelines.store import Store, audit
from pipelines.store.papers import list_papers

ENTRY = load_references().get("GT-02").model_copy(update={"contested": False, "sides": (), "review_by": date(2030, 1, 1)})
TODAY = date(2026, 11, 21)
NOW = datetime(2026, 11, 21, tzinfo=UTC)


def give(store: Store, text: str, form: str = "sms160", lang: str = "vi", first: str = "Bàn 1", second: str = "Bàn 2") -> None:
    with store.begin() as conn:
        approve(conn, ENTRY, form, lang, text, first, second, NOW, TODAY)


def test_nothing_is_given_out_before_two_persons_approved_it(store: Store) -> None:
    with store.read() as conn, pytest.raises(UserError, match="chưa có hai người duyệt"):
        approved(conn, ENTRY, "sms160", "vi", TODAY)
    for first, second in (("Bàn 1", ""), ("", "Bàn 2"), ("Bàn 1", "bàn  1")):
        with pytest.raises(UserError, match="hai người"):
            give(store, "Việt Nam 53,23 %.", first=first, second=second)
    give(store, "Theo hiệp định, Việt Nam được 53,23 % diện tích Vịnh.")
    with store.read() as conn:
        card = approved(conn, ENTRY, "sms160", "vi", TODAY)
        assert (card["text"], card["by"], card["second"]) == ("Theo hiệp định, Việt Nam được 53,23 % diện tích Vịnh.", "Bàn 1", "Bàn 2")
        assert audit.verify(conn) == (1, None)


def test_an_approval_holds_for_one_language_one_form_and_one_version(store: Store) -> None:
    give(store, "Việt Nam được 53,23 % (theo hiệp định).")
    changed = ENTRY.model_copy(update={"statement_vi": ENTRY.statement_vi + " Sửa."})
    stale = ENTRY.model_copy(update={"review_by": date(2026, 1, 1)})
    with store.read() as conn:
        for form, lang in (("sms160", "en"), ("radio", "vi")):
            with pytest.raises(UserError, match="chưa có hai người"):
                approved(conn, ENTRY, form, lang, TODAY)
        with pytest.raises(UserError, match="đã thay đổi"):
            approved(conn, changed, "sms160", "vi", TODAY)
        with pytest.raises(UserError):
            approved(conn, stale, "sms160", "vi", TODAY)


def test_the_last_approval_counts(store: Store) -> None:
    give(store, "Việt Nam được 53,23 % (theo hiệp định).")
    give(store, "Theo hiệp định, Việt Nam được 53,23 % Vịnh.")
    with store.read() as conn:
        assert approved(conn, ENTRY, "sms160", "vi", TODAY)["text"] == "Theo hiệp định, Việt Nam được 53,23 % Vịnh."


def test_a_text_that_is_too_long_is_refused_and_never_cut(store: Store) -> None:
    for form, text in (("sms160", "a" * 161), ("sms500", "a" * 501), ("radio", "a " * 171)):
        with pytest.raises(UserError, match="dài 1|dài 5"):
            give(store, text, form)
    assert faults(ENTRY, "sms160", "a" * 154 + " theo ", TODAY) == []
    assert faults(ENTRY, "sms160", "a" * 150, TODAY) == ["chưa nêu nguồn: ghi “Nguồn: …”, “theo …” hoặc số hiệu văn bản"]


def test_a_number_that_the_entry_does_not_hold_is_refused() -> None:
    assert faults(ENTRY, "web", "Việt Nam được 63,23 %.", TODAY) == ["số không có trong tư liệu: 63,23"]
    assert faults(ENTRY, "web", "Việt Nam được 53.23 %.", TODAY) == []


def test_contested_entries_name_all_sides_or_make_no_card() -> None:
    entry = next(e for e in load_references() if e.contested and e.sides).model_copy(update={"review_by": date(2030, 1, 1)})
    assert any("tranh luận" in fault for fault in faults(entry, "sms160", "x", TODAY))
    assert any("một bên" in fault for fault in faults(entry, "web", "x", TODAY))
    assert not [fault for fault in faults(entry, "web", draft(entry, "web"), TODAY) if "tranh luận" in fault]


def test_drafts_of_the_whole_base_are_true_to_their_numbers() -> None:
    for entry in load_references():
        for form in FORMATS:
            wrong = [fault for fault in faults(entry, form, draft(entry, form), TODAY) if "số không có" in fault]
            assert wrong == [], entry.id


def test_messages_are_counted_as_the_networks_do() -> None:
    assert [parts_of_sms(text) for text in ("a" * 160, "a" * 161, "ệ" * 70, "ệ" * 71, "ệ" * 160)] == [1, 2, 1, 2, 3]


@pytest.mark.parametrize(
    ("text", "coding", "places", "messages"),
    [
        ("Vinh Bac Bo", "GSM-7", 11, 1), ("à è é ì ò ù É", "GSM-7", 13, 1), ("Vịnh", "UCS-2", 4, 1), ("đ", "UCS-2", 1, 1), ("Á", "UCS-2", 1, 1),
        ("{}", "GSM-7", 4, 1), ("€" * 80, "GSM-7", 160, 1), ("€" * 81, "GSM-7", 162, 2), ("a" * 306, "GSM-7", 306, 2), ("a" * 307, "GSM-7", 307, 3),
        ("a" * 152 + "€" + "a" * 152, "GSM-7", 306, 3), ("`", "UCS-2", 1, 1), ("ệ" * 500, "UCS-2", 500, 8), ("😀" * 35, "UCS-2", 70, 1), ("", "GSM-7", 0, 1),
    ],
)  # fmt: skip
def test_the_coding_and_the_places_of_a_message_are_told(text: str, coding: str, places: int, messages: int) -> None:
    assert sms_of(text) == Sms(coding, places, messages)


def test_the_pace_of_reading_is_stated() -> None:
    assert (FORMATS["radio"].least, FORMATS["radio"].syllables) == (140, 160) and seconds_of("một " * 160) == 60 and seconds_of("một") == 1


@pytest.mark.parametrize(("text", "count"), [("Vịnh Bắc Bộ", 3), ("53,23 %", 7), ("năm 2000", 8), ("30/4/1982", 13), ("UNCLOS", 2), ("Lạng Sơn – Quảng Tây", 4), ("", 0)])
def test_numbers_are_counted_as_they_are_spoken(text: str, count: int) -> None:
    assert syllables(text) == count


def test_a_radio_script_lasts_a_minute_and_says_its_fact_and_source() -> None:
    scripts = {entry.id: draft(entry, "radio") for entry in load_references()}
    lasting = [id for id, text in scripts.items() if 140 <= syllables(text) <= 160]
    assert len(lasting) >= 0.95 * len(scripts)
    for entry in load_references():
        assert named(entry).strip() in scripts[entry.id] and entry.source.title in scripts[entry.id]
    assert all("Vịnh." not in text for text in scripts.values()) and "diện tích Vịnh Bắc Bộ" in scripts["GT-02"]
    assert any("ngắn" in fault for fault in faults(ENTRY, "radio", "Theo hiệp định, vịnh được phân định.", TODAY))


def test_a_web_card_says_until_when_its_facts_hold() -> None:
    assert f"Tư liệu tính đến ngày {ENTRY.as_of:%d/%m/%Y}" in draft(ENTRY, "web")


def test_a_draft_without_marks_fits_one_message() -> None:
    plain = unmarked("Đường phân định Vịnh Bắc Bộ dài khoảng 500 km")
    assert plain == "Duong phan dinh Vinh Bac Bo dai khoang 500 km" and sms_of(plain).coding == "GSM-7"


def test_no_reference_keeps_a_letter_that_makes_a_plain_message_dear() -> None:
    # Those that name an island in Chinese letters cannot be had in plain ones.
    assert {one.id for one in load_references() if sms_of(unmarked(one.statement_vi)).coding != "GSM-7"} == {
        one.id for one in load_references() if set(one.statement_vi) & set("西沙南")
    }


def test_square_kilometres_are_no_strange_number() -> None:
    plain = unmarked(draft(ENTRY, "sms160"))
    assert "km2" in plain and "km²" not in plain and faults(ENTRY, "sms160", plain, TODAY) == []
    assert "số không có trong tư liệu: 2" in faults(ENTRY, "sms160", f"{plain} 2 lan", TODAY)


def test_the_command_drafts_approves_gives_and_writes(tmp_path: Path) -> None:
    import typer

    from flows.commands.factcard import factcard

    app = typer.Typer()
    app.command()(factcard)

    def run(*words: str) -> tuple[int, str]:
        result = CliRunner().invoke(app, [*words, "--data", str(tmp_path / "data")])
        return result.exit_code, result.output + str(result.exception or "")

    entry = next(e for e in load_references() if not e.contested and not e.due(TODAY) and len(e.statement_vi) <= 160)
    assert entry.statement_vi in run("draft", entry.id, "--format", "sms160")[1]
    plain = unmarked(entry.statement_vi)
    assert plain in run("draft", entry.id, "--format", "sms160", "--no-marks")[1]
    assert run("approve", entry.id, "--format", "sms500", "--no-marks", "--by", "A", "--second", "B")[0] == 0
    assert plain in run(entry.id, "--format", "sms500")[1], "what was drafted without marks is approved without marks"
    assert "chưa có hai người" in run(entry.id, "--format", "sms160")[1]
    assert run("approve", entry.id, "--format", "sms160", "--by", "A", "--second", "B")[0] == 0
    assert entry.statement_vi in run(entry.id, "--format", "sms160")[1]
    assert run("approve", entry.id, "--by", "A", "--second", "B")[0] == 0
    code, said = run(entry.id, "--output", str(tmp_path / "out"))
    assert code == 0 and "<article" in Path(said.strip()).read_text(encoding="utf-8")
    store = Store.open(f"sqlite:///{tmp_path / 'data' / 'cotmoc.sqlite3'}")
    with store.read() as conn:
        assert [row["kind"] for row in list_papers(conn)] == ["factcard"]
    assert "dùng:" in run(entry.id, "--format", "tờ rơi")[1] and "không có" in run("ZZ-99")[1]
