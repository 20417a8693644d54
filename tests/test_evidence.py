"""Evidence packs: complete or honestly incomplete, and every tampering found."""

from __future__ import annotations

import hashlib
import json
import shutil
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from unittest import mock

import pytest
from docx import Document
from typer.testing import CliRunner
from warcio.archiveiterator import ArchiveIterator

from dashboards.evidence import Pack, verify_pack
from dashboards.evidence import build_pack as build_with_pictures
from dashboards.evidence.chromium import harmless
from dashboards.evidence.keys import office_key
from dashboards.evidence.manifest import pack_id, readable
from pipelines.errors import UserError
from pipelines.store import alerts as alert_store
from pipelines.store import audit
from pipelines.store.papers import list_papers
from pipelines.store.schema import audit as audit_table
from tests.desk import HOSTILE, NOON, WRONG, Desk, copied, make_desk, pack_without_browser


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return make_desk(tmp_path / "data")


# A browser for each of these packs would take minutes; one test of the browser suite takes the pictures.
build_pack = pack_without_browser


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    folder = tmp_path_factory.mktemp("built")
    made = make_desk(folder / "data")
    return build_pack(made.store, made.settings, made.ids["story"], folder / "out")


@pytest.fixture
def pack(built: Pack, tmp_path: Path) -> Pack:
    """A copy of one pack: building each anew would take half a second a test."""
    return copied(built, tmp_path / "copy")


@pytest.fixture
def own(desk: Desk, tmp_path: Path) -> Pack:
    """The pack of this test's own desk, where its audit log is looked at."""
    return build_pack(desk.store, desk.settings, desk.ids["story"], tmp_path / "out")


def manifest(pack: Pack) -> dict[str, object]:
    found: dict[str, object] = json.loads((pack.path / "manifest.json").read_text(encoding="utf-8"))
    return found


def test_a_pack_holds_all_that_a_reply_rests_on(pack: Pack) -> None:
    names = sorted(p.relative_to(pack.path).as_posix() for p in pack.path.rglob("*") if p.is_file())
    assert names == sorted([
        "DOC-TRUOC.txt", "bia-ho-so.pdf", "chu-ky.json", "kiem-tra.py", "luu-tru.wacz", "nhat-ky.json", "thu-thap.json", "bai/01/ban-chup.warc.gz", "bai/01/cac-ban.json", "bai/01/than-trang.raw", "bai/01/van-ban.txt",
        "bai/02/cac-ban.json", "bai/02/van-ban.txt", "cau.json", "cong-van-du-thao.docx", "manifest.json", "manifest.sha256",
        "quyet-dinh.json", "tu-lieu.json",
    ])  # fmt: skip
    claim = json.loads((pack.path / "cau.json").read_text(encoding="utf-8"))[0]
    assert claim["claim"]["sentence"] == WRONG and claim["claim"]["role"] == "ASSERT"
    text = json.loads((pack.path / "bai/01/cac-ban.json").read_text(encoding="utf-8"))[0]["body"]
    assert text[claim["place"]["start"] : claim["place"]["end"]] == WRONG
    entry = json.loads((pack.path / "tu-lieu.json").read_text(encoding="utf-8"))["entries"][0]
    assert entry["id"] == "GT-02" and entry["source"]["title"] and entry["version"]


def test_a_whole_pack_verifies_as_folder_and_as_zip(pack: Pack) -> None:
    assert pack.complete and verify_pack(pack.path) == [] and verify_pack(pack.zip) == []


def test_the_warc_slice_opens_and_holds_the_body(pack: Pack) -> None:
    with (pack.path / "bai/01/ban-chup.warc.gz").open("rb") as stream:
        record = next(iter(ArchiveIterator(stream)))
        assert record.rec_headers.get_header("WARC-Target-URI") == "https://bao-mau.example/vinh-bac-bo"
        assert record.content_stream().read() == (pack.path / "bai/01/than-trang.raw").read_bytes()


def test_the_manifest_names_purpose_hashes_and_optional_absences(pack: Pack) -> None:
    found = manifest(pack)
    assert found["purpose"] == "phục vụ trả lời, cải chính" and found["status"] == "complete"
    assert {item["part"] for item in found["absent_optional"]} >= {"screenshot", "print"}  # type: ignore[union-attr, index]
    for item in found["files"]:  # type: ignore[attr-defined]
        assert hashlib.sha256((pack.path / item["path"]).read_bytes()).hexdigest() == item["sha256"]
    first = found["articles"][0]  # type: ignore[index]
    assert first["first_publisher"] and first["capture"]["status"] == 200


def test_the_pack_is_chained_into_the_audit_log(desk: Desk, own: Pack) -> None:
    with desk.store.read() as conn:
        assert audit.verify(conn) == (1, None)
        row = conn.execute(audit_table.select()).one()
        assert (row.action, row.details["manifest"]) == ("evidence.seal", own.manifest_sha256)
        assert list_papers(conn, "evidence")[0]["sha256"] == hashlib.sha256(own.zip.read_bytes()).hexdigest()


def test_building_again_gives_the_same_pack_and_no_second_entry(desk: Desk, own: Pack, tmp_path: Path) -> None:
    before = own.zip.read_bytes()
    again = build_pack(desk.store, desk.settings, desk.ids["story"], tmp_path / "out")
    assert again.path == own.path and again.zip.read_bytes() == before
    with desk.store.read() as conn:
        assert audit.verify(conn) == (1, None)


def test_a_double_click_makes_one_whole_pack(desk: Desk, tmp_path: Path) -> None:
    with ThreadPoolExecutor(3) as pool, mock.patch("dashboards.evidence.chromium.find", return_value=None):
        made = list(pool.map(lambda _n: build_with_pictures(desk.store, desk.settings, desk.ids["story"], tmp_path / "out"), range(3)))
    assert {one.path for one in made} == {made[0].path} and verify_pack(made[0].path) == verify_pack(made[0].zip) == []
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [made[0].path.name, made[0].zip.name]
    with desk.store.read() as conn:
        assert audit.verify(conn) == (1, None) and len(list_papers(conn, "evidence")) == 1


def test_a_new_decision_gives_a_new_pack_and_leaves_the_old_one(desk: Desk, own: Pack, tmp_path: Path) -> None:
    with desk.store.begin() as conn:
        alert_store.decide(conn, desk.ids["flag"], outcome="cần phản hồi", reason="sai", analyst="Bàn 1", version=1, now=NOON)
    again = build_pack(desk.store, desk.settings, desk.ids["story"], tmp_path / "out")
    assert again.path != own.path and verify_pack(own.path) == [] and verify_pack(again.path) == []
    assert json.loads((again.path / "quyet-dinh.json").read_text(encoding="utf-8"))[0]["analyst"] == "Bàn 1"


def test_the_letter_is_a_marked_draft_about_the_text(pack: Pack) -> None:
    document = Document(str(pack.path / "cong-van-du-thao.docx"))
    text = "\n".join(p.text for p in document.paragraphs)
    assert WRONG in text and "GT-02" in text and "Kính gửi: Báo Mẫu" in text and "./." in text
    section = document.sections[0]
    assert "phục vụ trả lời, cải chính" in section.first_page_footer.paragraphs[0].text
    assert section.first_page_header.paragraphs[0].text == "DỰ THẢO"


# --- incomplete ----------------------------------------------------------------------------------------------


def test_a_story_without_capture_is_incomplete_and_says_so(desk: Desk, tmp_path: Path) -> None:
    pack = build_pack(desk.store, desk.settings, desk.ids["bad"], tmp_path)
    assert not pack.complete and pack.path.name.endswith("_chua-du")
    assert {item["part"] for item in pack.missing} == {"warc", "body"}
    assert "chưa đủ" in verify_pack(pack.path)[0] and "warc" in verify_pack(pack.zip)[0]
    with desk.store.read() as conn:
        assert conn.execute(audit_table.select()).one().action == "evidence.incomplete"


def _unlink(path: Path) -> None:
    path.unlink()


def _shorten(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:40])


def _spoil(path: Path) -> None:
    path.write_bytes(b"\x00" * path.stat().st_size)


@pytest.mark.parametrize("harm", [_unlink, _shorten, _spoil])
def test_a_lost_or_damaged_warc_makes_the_pack_incomplete_never_a_crash(desk: Desk, tmp_path: Path, harm: Callable[[Path], None]) -> None:
    harm(desk.settings.data / "warc" / "mau.warc.gz")
    pack = build_pack(desk.store, desk.settings, desk.ids["story"], tmp_path / "out")
    assert not pack.complete and {item["part"] for item in pack.missing} == {"warc", "body"}


def test_a_body_that_differs_from_the_capture_is_not_taken(desk: Desk, tmp_path: Path) -> None:
    from pipelines.store.schema import captures

    with desk.store.begin() as conn:
        conn.execute(captures.update().values(body_sha256="0" * 64))
    pack = build_pack(desk.store, desk.settings, desk.ids["story"], tmp_path)
    assert [item["part"] for item in pack.missing] == ["body"] and not pack.complete


def test_a_story_without_alerts_has_no_pack(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="không có cảnh báo"):
        build_pack(desk.store, desk.settings, desk.ids["news"], tmp_path)


def test_hostile_text_travels_as_data(desk: Desk, tmp_path: Path) -> None:
    pack = build_pack(desk.store, desk.settings, desk.ids["bad"], tmp_path)
    assert not list(pack.path.rglob("*.html")) and not list(pack.path.rglob("*.svg"))
    text = "\n".join(p.text for p in Document(str(pack.path / "cong-van-du-thao.docx")).paragraphs)
    assert HOSTILE in text


def test_a_full_disk_leaves_nothing_under_the_final_name(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    office_key(desk.settings.data)
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(UserError, match="không ghi được"):
        build_pack(desk.store, desk.settings, desk.ids["story"], tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []
    with desk.store.read() as conn:
        assert audit.verify(conn) == (0, None)


# --- pictures ------------------------------------------------------------------------------------------------


@pytest.mark.browser
def test_where_chromium_is_the_pack_has_picture_and_print(desk: Desk, tmp_path: Path) -> None:
    pack = build_with_pictures(desk.store, desk.settings, desk.ids["story"], tmp_path)
    assert (pack.path / "bai/01/anh-chup.png").read_bytes().startswith(b"\x89PNG")
    assert (pack.path / "bai/01/ban-in.pdf").read_bytes().startswith(b"%PDF")
    assert verify_pack(pack.path) == [] and verify_pack(pack.zip) == []
    assert build_with_pictures(desk.store, desk.settings, desk.ids["story"], tmp_path).manifest_sha256 == pack.manifest_sha256
    assert not list(tmp_path.glob(".*"))


def test_a_page_is_pictured_without_scripts_frames_refreshes_and_with_its_letters() -> None:
    page = (
        '<html><head><meta http-equiv="refresh" content="0;url=file:///etc/passwd"><base href="https://x.example/">'
        "<script>alert(1)</script></head><body onload=alert(1)><iframe src=file:///etc/passwd></iframe><p>Vịnh Bắc Bộ</p></body>"
    ).encode("cp1258", "xmlcharrefreplace")
    text = harmless(page, "text/html; charset=windows-1258").decode()
    assert "Vịnh Bắc Bộ" in text.replace("&#7883;", "ị").replace("&#7855;", "ắ").replace("&#7897;", "ộ")
    assert not [word for word in ("<script", "<iframe", "refresh", "<base") if word in text]
    assert "default-src 'none'" in text


# --- tampering -----------------------------------------------------------------------------------------------

FILES = ["DOC-TRUOC.txt", "bai/01/ban-chup.warc.gz", "bai/01/cac-ban.json", "bai/01/than-trang.raw", "bai/01/van-ban.txt",
         "cau.json", "cong-van-du-thao.docx", "quyet-dinh.json", "tu-lieu.json", "luu-tru.wacz", "thu-thap.json",
         "kiem-tra.py", "chu-ky.json", "nhat-ky.json", "manifest.json", "manifest.sha256"]  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_one_changed_byte_in_any_file_is_found_and_named(pack: Pack, name: str) -> None:
    path = pack.path / name
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(bytes(raw))
    problems = verify_pack(pack.path)
    assert problems and any(name.split("/")[-1].split(".")[0] in problem for problem in problems)


@pytest.mark.parametrize("name", FILES)
def test_a_lost_file_is_found_and_named(pack: Pack, name: str) -> None:
    (pack.path / name).unlink()
    assert any(name in problem for problem in verify_pack(pack.path))


def test_an_added_file_and_a_link_are_found(pack: Pack) -> None:
    (pack.path / "bai" / "them.txt").write_text("x")
    assert verify_pack(pack.path) == ["bai/them.txt: thừa, không có trong manifest.json"]
    (pack.path / "bai" / "them.txt").unlink()
    (pack.path / "lien-ket").symlink_to("/etc/hostname")
    assert "liên kết" in verify_pack(pack.path)[0]


def _reseal(pack: Pack, change: Callable[[dict[str, object]], None]) -> None:
    """Rewrite the manifest with every hash put right again, as a careful forger would."""
    found = manifest(pack)
    change(found)
    for item in found["files"]:  # type: ignore[attr-defined]
        raw = (pack.path / item["path"]).read_bytes()
        item |= {"size": len(raw), "sha256": hashlib.sha256(raw).hexdigest()}
    found["pack"] = pack_id(found)  # type: ignore[arg-type]
    raw = readable(found)
    (pack.path / "manifest.json").write_bytes(raw)
    (pack.path / "manifest.sha256").write_text(f"{hashlib.sha256(raw).hexdigest()}  manifest.json\n")


def test_a_body_exchanged_with_all_hashes_mended_disagrees_with_the_warc(pack: Pack) -> None:
    (pack.path / "bai/01/than-trang.raw").write_bytes(b"<html>khac</html>")
    _reseal(pack, lambda found: None)
    assert any("WARC" in problem for problem in verify_pack(pack.path))


def test_a_sentence_exchanged_with_all_hashes_mended_disagrees_with_the_text(pack: Pack) -> None:
    path = pack.path / "cau.json"
    path.write_text(path.read_text(encoding="utf-8").replace("53 % diện tích", "63 % diện tích"), encoding="utf-8")
    _reseal(pack, lambda found: None)
    assert any("không nằm ở vị trí" in problem for problem in verify_pack(pack.path))


def test_a_text_exchanged_with_all_hashes_mended_disagrees_with_its_own_hash(pack: Pack) -> None:
    path = pack.path / "bai/01/cac-ban.json"
    path.write_text(path.read_text(encoding="utf-8").replace("Nhiều bạn đọc", "Ít bạn đọc"), encoding="utf-8")
    _reseal(pack, lambda found: None)
    assert any("văn bản không khớp" in problem for problem in verify_pack(pack.path))


def test_a_part_taken_out_of_the_manifest_is_missed(pack: Pack) -> None:
    (pack.path / "bai/01/ban-chup.warc.gz").unlink()
    _reseal(pack, lambda found: found.update(files=[f for f in found["files"] if f["role"] != "warc"]))  # type: ignore[attr-defined, index]
    assert any("ghi là đủ nhưng thiếu warc" in problem for problem in verify_pack(pack.path))


def test_an_incomplete_pack_renamed_complete_is_found(desk: Desk, tmp_path: Path) -> None:
    pack = build_pack(desk.store, desk.settings, desk.ids["bad"], tmp_path)
    _reseal(pack, lambda found: found.update(status="complete", missing=[]))
    assert any("ghi là đủ" in problem for problem in verify_pack(pack.path))


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"\xff\xfe", b"[" * 100_000, b'{"format": "cotmoc-evidence/1"}'])
def test_a_senseless_manifest_is_one_problem_and_no_crash(pack: Pack, content: bytes) -> None:
    (pack.path / "manifest.json").write_bytes(content)
    assert len(verify_pack(pack.path)) == 1


def test_bad_zips_are_refused(pack: Pack, tmp_path: Path) -> None:
    broken = tmp_path / "a.zip"
    broken.write_bytes(pack.zip.read_bytes()[:-200])
    assert "ZIP hỏng" in verify_pack(broken)[0]
    for name in ("../evil", "/evil", "goc/../../evil", "hai-goc/x"):
        shutil.copy(pack.zip, broken)
        with zipfile.ZipFile(broken, "a") as target:
            target.writestr(name, "x")
        assert verify_pack(broken) != []
    assert "không có tệp" in verify_pack(tmp_path / "nope")[0]


# --- command line --------------------------------------------------------------------------------------------


def run(*words: str) -> tuple[int, str]:
    import typer

    from flows.commands.evidence import evidence

    app = typer.Typer()
    app.command()(evidence)
    with mock.patch("dashboards.evidence.chromium.find", return_value=None):
        result = CliRunner().invoke(app, list(words))
    return result.exit_code, result.output


def test_the_command_builds_by_story_prefix_or_alert_and_verifies(desk: Desk, tmp_path: Path) -> None:
    data = ["--data", str(desk.settings.data)]
    code, said = run(desk.ids["story"][:8], "--output", str(tmp_path / "out"), *data)
    assert code == 0 and "ho-so_" in said
    built = next((tmp_path / "out").glob("*.zip"))
    assert run("verify", str(built), *data)[0] == 0
    assert run("verify", str(built), "--data", str(tmp_path / "other-machine"))[0] == 0
    assert run(desk.ids["hostile"], "--output", str(tmp_path / "out"), *data)[0] == 1
    incomplete = next((tmp_path / "out").glob("*_chua-du.zip"))
    code, said = run("verify", str(incomplete), *data)
    assert code == 1 and "warc" in said


def test_a_pack_forged_as_a_whole_disagrees_with_the_audit_log(desk: Desk, own: Pack) -> None:
    (own.path / "DOC-TRUOC.txt").write_text("lời khác", encoding="utf-8")
    _reseal(own, lambda found: None)
    assert verify_pack(own.path) == ["manifest.json: chữ ký không đúng (chu-ky.json)", "nhat-ky.json: mục nhật ký thuộc hồ sơ khác"]
    code, said = run("verify", str(own.path), "--data", str(desk.settings.data))
    assert code == 1 and "nhật ký" in said
