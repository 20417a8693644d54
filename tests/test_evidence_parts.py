"""What a pack tells of the network, the clock and the pictures of a page; a part that is missing makes it incomplete."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import resource
import shutil
import subprocess
import sys
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image as Picture
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from dashboards.evidence import Pack, chromium, standalone, verify_pack
from dashboards.evidence import build_pack as build_with_pictures
from dashboards.evidence.manifest import pack_id, readable
from dashboards.evidence.standalone import check
from pipelines.errors import UserError
from pipelines.records import content_id
from pipelines.store import Store
from pipelines.store.papers import list_papers
from pipelines.store.rows import stamp
from pipelines.store.schema import article_images, articles, captures, network_facts
from tests.desk import NOON, Desk, make_desk, pack_without_browser

build_pack = pack_without_browser
PNG_URL = "https://bao-mau.example/ban-do.png"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return make_desk(tmp_path / "data")


def build(desk: Desk, tmp_path: Path, **more: Any) -> Pack:
    return build_pack(desk.store, desk.settings, desk.ids["story"], tmp_path / "out", **more)


def reasons(items: tuple[dict[str, str], ...], part: str) -> str:
    return " ".join(item["reason"] for item in items if item["part"] == part)


def show_picture(desk: Desk, url: str = PNG_URL) -> None:
    """Let the article with the claim show a picture that nobody has fetched yet."""
    with desk.store.begin() as conn:
        where = articles.c.id == desk.ids["first"]
        conn.execute(articles.update().where(where).values(images=[{"url": url, "caption": "Bản đồ mẫu"}]))


def keep_picture(desk: Desk, body: bytes, url: str = PNG_URL) -> None:
    """Put a picture into the WARC and note it, as the collector does."""
    raw = BytesIO()
    head = StatusAndHeaders("200 OK", [("Content-Type", "image/png")], protocol="HTTP/1.1")
    writer = WARCWriter(raw, gzip=True)
    writer.write_record(writer.create_warc_record(url, "response", payload=BytesIO(body), http_headers=head))
    path = desk.settings.data / "warc" / "mau.warc.gz"
    offset = path.stat().st_size
    with path.open("ab") as out:
        out.write(raw.getvalue())
    id = content_id(url, body)
    with desk.store.begin() as conn:
        conn.execute(captures.insert().values(
            id=id, url=url, final_url=url, source="bao-mau", fetched=stamp(NOON), status=200, content_type="image/png",
            body_sha256=hashlib.sha256(body).hexdigest(), size=len(body), warc_file="mau.warc.gz", warc_offset=offset,
            warc_length=len(raw.getvalue()), read_outcome="image",
        ))  # fmt: skip
        conn.execute(article_images.insert().values(article=desk.ids["first"], url=url, capture=id, outcome="new", attempts=1))


def png() -> bytes:
    out = BytesIO()
    Picture.new("RGB", (4, 4), "red").save(out, "PNG")
    return out.getvalue()


# --- network and clock -----------------------------------------------------------------------------------------


def test_address_tls_certificate_and_clock_are_in_the_pack_and_on_its_cover(desk: Desk, tmp_path: Path) -> None:
    pack = build(desk, tmp_path)
    assert pack.complete and verify_pack(pack.path) == []
    one = json.loads((pack.path / "thu-thap.json").read_text(encoding="utf-8"))[0]
    assert one["server_address"] == "192.0.2.7" and one["resolver_ms"] == 3.0 and one["clock_offset_seconds"] == 0.0
    assert one["tls"]["version"] == "TLSv1.3" and one["tls"]["certificate"]["issuer"] == "Nơi cấp mẫu"
    words = printed(pack.path / "bia-ho-so.pdf")
    for said in ("192.0.2.7", "TLSv1.3", "+0 giây", "phục vụ trả lời, cải chính", "DỰ THẢO", "GT-02", "không phải vi bằng", "đủ các phần bắt buộc"):
        assert said in words, said


def test_without_these_facts_the_pack_is_incomplete_and_names_each(desk: Desk, tmp_path: Path) -> None:
    with desk.store.begin() as conn:
        conn.execute(network_facts.delete())
    pack = build(desk, tmp_path)
    assert not pack.complete and pack.path.name.endswith("_chua-du")
    said = reasons(pack.missing, "exchange")
    assert "địa chỉ máy chủ" in said and "TLS" in said and "lệch đồng hồ" in said
    assert "CHƯA ĐỦ" in printed(pack.path / "bia-ho-so.pdf")
    assert any("lệch đồng hồ" in problem for problem in verify_pack(pack.path))


def test_a_page_over_plain_http_needs_no_certificate(desk: Desk, tmp_path: Path) -> None:
    with desk.store.begin() as conn:
        conn.execute(captures.update().values(final_url="http://bao-mau.example/vinh-bac-bo"))
        conn.execute(network_facts.update().values(tls_version="", cipher="", certificate=None))
    pack = build(desk, tmp_path)
    assert pack.complete
    assert json.loads((pack.path / "thu-thap.json").read_text(encoding="utf-8"))[0]["tls"] == {"used": False, "note": "http, không mã hóa"}


def test_the_stored_page_of_a_cited_instrument_is_named_by_its_hash(desk: Desk, tmp_path: Path) -> None:
    from classifiers.referencebase import load_references

    before = build(desk, tmp_path)
    assert "GT-02" in reasons(before.absent, "references")
    url = load_references().get("GT-02").source.url
    with desk.store.begin() as conn:
        conn.execute(captures.insert().values(
            id="e" * 32, url=url, final_url=url, source="", fetched=stamp(NOON), status=200, content_type="text/html", body_sha256="d" * 64,
            size=9, warc_file="x.warc.gz", warc_offset=0, warc_length=9,
        ))  # fmt: skip
    pack = build(desk, tmp_path)
    entry = json.loads((pack.path / "tu-lieu.json").read_text(encoding="utf-8"))["entries"][0]
    assert entry["archived"]["body_sha256"] == "d" * 64 and "GT-02" not in reasons(pack.absent, "references")


# --- pictures of the page --------------------------------------------------------------------------------------


def test_a_kept_picture_is_in_the_pack_with_its_hash(desk: Desk, tmp_path: Path) -> None:
    show_picture(desk)
    keep_picture(desk, png())
    pack = build(desk, tmp_path)
    assert pack.complete and (pack.path / "bai/01/anh/01.png").read_bytes() == png()
    listed = {file["path"]: file["sha256"] for file in json.loads((pack.path / "manifest.json").read_text())["files"]}
    assert listed["bai/01/anh/01.png"] == hashlib.sha256(png()).hexdigest()


def test_a_picture_that_is_still_owed_makes_the_pack_incomplete(desk: Desk, tmp_path: Path) -> None:
    show_picture(desk)
    pack = build(desk, tmp_path)
    assert not pack.complete and "còn chờ thu" in reasons(pack.missing, "image")


def test_a_picture_refused_for_good_is_named_and_holds_nothing_up(desk: Desk, tmp_path: Path) -> None:
    show_picture(desk)
    with desk.store.begin() as conn:
        conn.execute(article_images.insert().values(
            article=desk.ids["first"], url=PNG_URL, capture=None, outcome="gone", reason="máy chủ trả lời 404", attempts=1
        ))  # fmt: skip
    pack = build(desk, tmp_path)
    assert pack.complete and "404" in reasons(pack.absent, "image")


def test_a_picture_lost_from_the_archive_or_altered_there_is_missing(desk: Desk, tmp_path: Path) -> None:
    show_picture(desk)
    keep_picture(desk, png())
    with desk.store.begin() as conn:
        conn.execute(captures.update().where(captures.c.url == PNG_URL).values(body_sha256="0" * 64))
    assert "không khớp" in reasons(build(desk, tmp_path).missing, "image")
    with desk.store.begin() as conn:
        conn.execute(captures.update().where(captures.c.url == PNG_URL).values(warc_file="mat.warc.gz"))
    assert "mất khỏi WARC" in reasons(build(desk, tmp_path).missing, "image")


# --- the browser ------------------------------------------------------------------------------------------------


def test_without_a_browser_the_picture_is_absent_and_the_pack_complete(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    pack = build_with_pictures(desk.store, desk.settings, desk.ids["story"], tmp_path / "out")
    assert pack.complete and "không có Chromium" in reasons(pack.absent, "screenshot")


@pytest.mark.parametrize("program", ["#!/bin/sh\nexit 7\n", "#!/bin/sh\n/bin/sleep 60\n"], ids=["fails", "hangs"])
def test_a_browser_that_fails_makes_the_pack_incomplete(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    fake = tmp_path / "chromium"
    fake.write_text(program)
    fake.chmod(0o755)
    tmp_path.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(chromium, "SECONDS", 1)
    pack = build_with_pictures(desk.store, desk.settings, desk.ids["story"], tmp_path / "out")
    assert not pack.complete and "Chromium không chụp được" in reasons(pack.missing, "screenshot")
    assert [path.name for path in (tmp_path / "out").iterdir() if not path.name.endswith((".zip", "_chua-du"))] == []


def test_where_a_browser_is_a_pack_without_pictures_is_incomplete_and_says_so(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chromium, "find", lambda: "/usr/bin/chromium")
    pack = build_with_pictures(desk.store, desk.settings, desk.ids["story"], tmp_path / "out", pictures=False)
    assert not pack.complete and pack.path.name.endswith("_chua-du") and "--no-pictures" in reasons(pack.missing, "screenshot")


def test_an_office_that_asks_for_copies_of_instruments_has_no_complete_pack_without_them(desk: Desk, tmp_path: Path) -> None:
    from pypdf import PdfReader

    strict = desk.settings.model_copy(update={"reference_copies": True})
    pack = build_pack(desk.store, strict, desk.ids["story"], tmp_path / "out")
    assert not pack.complete and "GT-02" in reasons(pack.missing, "references")
    said = " ".join("".join(one.extract_text() for one in PdfReader(build(desk, tmp_path).path / "bia-ho-so.pdf").pages).split())
    assert "CHƯA LƯU trang gốc của tư liệu GT-02" in said, "the cover says it even where the pack counts as complete"


def test_a_tall_picture_loses_only_what_is_blank_at_its_foot() -> None:
    tall = Picture.new("RGB", (100, 3000), "white")
    tall.putpixel((50, 1200), (0, 0, 0))
    out = BytesIO()
    tall.save(out, "PNG")
    with Picture.open(BytesIO(chromium.cropped(out.getvalue()))) as found:
        assert found.size == (100, 1241)


# --- every field of the manifest ----------------------------------------------------------------------------------


def leaves(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the way to every leaf of a JSON value; empty lists and dicts are leaves too."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found = [way for name, one in items for way in leaves(one, (*at, name))]
    return found or [at]


def changed(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    if isinstance(value, str):
        return value + "x"
    return ["x"] if isinstance(value, list) else {"x": 1} if isinstance(value, dict) else "x"


def test_every_field_of_the_manifest_is_sealed_for_both_verifiers(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pack = build(desk, tmp_path)
    # Both verifiers ask the same of each signature; the answer, the same for the same bytes, is worked out once.
    monkeypatch.setattr(standalone, "ed25519", cache(standalone.ed25519))
    name = pack.path / "manifest.json"
    true = name.read_bytes()
    ways = leaves(json.loads(true))
    assert len(ways) > 80
    for way in ways:
        manifest = json.loads(true)
        inside = manifest
        for step in way[:-1]:
            inside = inside[step]
        inside[way[-1]] = changed(inside[way[-1]])
        # The forger mends the pack's own id and the sum beside it, as anybody can; the signature remains.
        if way != ("pack",):
            with contextlib.suppress(KeyError, TypeError):
                manifest["pack"] = pack_id(manifest)
        name.write_bytes(readable(manifest))
        (pack.path / "manifest.sha256").write_text(f"{hashlib.sha256(name.read_bytes()).hexdigest()}  manifest.json\n")
        assert verify_pack(pack.path), way
        assert check(pack.path)[0], way


# --- a disk that is full, for real ----------------------------------------------------------------------------------

FULL = """
import resource, signal, sys
from pathlib import Path
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
from dashboards.evidence import build_pack, chromium
from dashboards.evidence.keys import office_key
from pipelines.errors import UserError
from pipelines.settings import Settings
from pipelines.store import Store
data, story, output, limit = Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]), int(sys.argv[4])
settings = Settings(data=data)
store = Store.open(settings.store_url)
office_key(data)
if limit:
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
try:
    chromium.find = lambda: None
    print(build_pack(store, settings, story, output, pictures=False).path.name)
except UserError as error:
    print("UserError", error)
"""


def seal(desk: Desk, output: Path, limit: int) -> str:
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(desk.settings.data), desk.ids["story"], str(output), str(limit)],
        capture_output=True, text=True, check=False, cwd=Path(__file__).parent.parent,
    )  # fmt: skip
    assert "Traceback" not in done.stderr, done.stderr
    return done.stdout.strip()


def test_a_file_that_the_system_refuses_to_take_leaves_nothing_and_later_all_is_well(desk: Desk, tmp_path: Path) -> None:
    assert hasattr(resource, "RLIMIT_FSIZE")
    desk.store.close()
    output = tmp_path / "out"
    said = seal(desk, output, 20_000)
    assert said.startswith("UserError") and "giải phóng chỗ" in said
    assert list(output.iterdir()) == []
    store = Store.open(desk.settings.store_url)
    name = build_pack(store, desk.settings, desk.ids["story"], output).path.name
    store.close()
    assert verify_pack(output / name) == [] and sorted(path.name for path in output.iterdir()) == [name, f"{name}.zip"]


@pytest.mark.skipif(shutil.which("mount") is None, reason="no mount")
def test_a_disk_that_is_really_full_leaves_nothing_under_a_final_name(desk: Desk, tmp_path: Path) -> None:
    output = tmp_path / "dia"
    output.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=128k", "tmpfs", str(output)], capture_output=True, check=False).returncode:
        pytest.skip("only root may mount a small disk; the test above takes the other way")
    try:
        with pytest.raises(UserError, match="No space left"):
            build_pack(desk.store, desk.settings, desk.ids["story"], output)
        assert list(output.iterdir()) == []
        with desk.store.read() as conn:
            assert list_papers(conn, "evidence") == []
    finally:
        subprocess.run(["umount", str(output)], check=False)
    pack = build(desk, tmp_path)
    assert verify_pack(pack.path) == []


def printed(path: Path) -> str:
    """The words of a PDF on one line."""
    if shutil.which("pdftotext") is None and os.environ.get("CI") != "true":
        pytest.skip("no pdftotext (apt-get install poppler-utils)")
    done = subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, text=True, check=True)
    return " ".join(done.stdout.split())


