"""What proves a pack elsewhere: WACZ, the office's signature, the log's entry, time stamps, and the single-file verifier."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from warcio.archiveiterator import ArchiveIterator

from dashboards.evidence import Pack, standalone, verify_pack
from dashboards.evidence.exchange import facts, request_record
from dashboards.evidence.keys import (
    known_public,
    office_key,
    path_of,
    public_hex,
    retired,
    rotate,
    succession,
)
from dashboards.evidence.manifest import pack_id, readable
from dashboards.evidence.seals import add_sealed, signatures
from dashboards.evidence.stamps import TOPIC, roots, stamp_due, verified
from dashboards.evidence.wacz import surt
from pipelines.errors import UserError
from pipelines.store import audit, outbox
from pipelines.store.papers import list_papers
from pipelines.store.schema import outbox as table
from tests.desk import Desk, make_desk, pack_without_browser
from tests.tsa import make_authority, serving

build_pack = pack_without_browser
LATER = datetime(2030, 1, 1, tzinfo=UTC)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return make_desk(tmp_path / "data")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Pack, Path]:
    """One pack with a time stamp, and the roots of its authority; copied for each test that harms it."""
    folder = tmp_path_factory.mktemp("sealed")
    desk = make_desk(folder / "data")
    ca = make_authority(folder / "tsa")
    with serving(folder / "tsa") as url:
        config = desk.settings.model_copy(update={"tsa_urls": (url,), "tsa_ca": ca})
        pack = build_pack(desk.store, config, desk.ids["story"], folder / "out")
        assert stamp_due(desk.store, config, LATER) == {"stamped": 1}
    desk.store.close()
    return pack, ca


@pytest.fixture
def pack(made: tuple[Pack, Path], tmp_path: Path) -> Path:
    return Path(shutil.copytree(made[0].path, tmp_path / made[0].path.name))


def alone(path: Path, *words: str) -> tuple[int, str]:
    """Run the pack's own verifier as another machine would: no environment, no site packages, another folder."""
    program = Path(standalone.__file__)
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(program), str(path), *words], capture_output=True, cwd="/", env={}, check=False
    )
    return done.returncode, done.stdout.decode() + done.stderr.decode()


# --- WACZ ----------------------------------------------------------------------------------------------------


def test_the_wacz_holds_what_version_1_1_1_asks_for(pack: Path) -> None:
    with zipfile.ZipFile(pack / "luu-tru.wacz") as wacz:
        assert all(info.compress_type == zipfile.ZIP_STORED for info in wacz.infolist())
        files = {name: wacz.read(name) for name in wacz.namelist()}
    package = json.loads(files["datapackage.json"])
    assert package["profile"] == "data-package" and package["wacz_version"] == "1.1.1"
    assert json.loads(files["datapackage-digest.json"])["hash"] == f"sha256:{hashlib.sha256(files['datapackage.json']).hexdigest()}"
    listed = {item["path"]: item for item in package["resources"]}
    assert set(listed) == set(files) - {"datapackage.json", "datapackage-digest.json"} == {"archive/data.warc.gz", "indexes/index.cdx", "pages/pages.jsonl"}
    for name, item in listed.items():
        assert item["hash"] == f"sha256:{hashlib.sha256(files[name]).hexdigest()}" and item["bytes"] == len(files[name])
    head, page = [json.loads(line) for line in files["pages/pages.jsonl"].splitlines()]
    assert head["format"] == "json-pages-1.0" and page["url"] == "https://bao-mau.example/vinh-bac-bo" == package["mainPageUrl"]
    assert page["ts"] == "2026-11-19T05:00:00Z"


def test_every_line_of_its_index_leads_to_the_record(pack: Path) -> None:
    with zipfile.ZipFile(pack / "luu-tru.wacz") as wacz:
        lines, archive = wacz.read("indexes/index.cdx").decode().splitlines(), wacz.read("archive/data.warc.gz")
    key, moment, rest = lines[0].split(" ", 2)
    fields = json.loads(rest)
    assert (key, moment, fields["status"], fields["mime"]) == ("example,bao-mau)/vinh-bac-bo", "20261119050000", "200", "text/html")
    start = int(fields["offset"])
    record = next(iter(ArchiveIterator(io.BytesIO(archive[start : start + int(fields["length"])]))))
    assert record.rec_headers.get_header("WARC-Target-URI") == fields["url"]
    assert record.content_stream().read() == (pack / "bai/01/than-trang.raw").read_bytes()


@pytest.mark.parametrize(
    ("url", "key"),
    [("https://www.a.example/B?z=1&a=2", "example,a)/b?a=2&z=1"), ("http://a.example:8080", "example,a:8080)/"), ("https://a.example:443/x", "example,a)/x")],
)  # fmt: skip
def test_addresses_are_sorted_as_replay_tools_do(url: str, key: str) -> None:
    assert surt(url) == key


# --- what was recorded of the exchange -----------------------------------------------------------------------


def test_the_request_that_was_sent_is_found_in_the_crawlers_warc_and_the_clock_is_compared(tmp_path: Path) -> None:
    from crawlers.exchange import Exchange
    from crawlers.warc import WarcFile

    at = datetime(2026, 11, 20, 1, 0, 0, tzinfo=UTC)
    capture = {"id": "c", "url": "https://a.example/1", "final_url": "https://a.example/1", "fetched": at.isoformat()}
    with WarcFile(tmp_path, at, "test") as warc:
        for number in (0, 1):
            url = f"https://a.example/{number}"
            headers = (("Date", "Fri, 20 Nov 2026 01:00:03 GMT"), ("Set-Cookie", "secret=1"))
            place = warc.write(Exchange(url, url, "ok", status=200, phrase="OK", headers=headers, body=b"x", raw=b"x", fetched=at, request=(("User-Agent", "CotMoc"),)))
        warc.commit()
    capture |= dict(zip(("warc_file", "warc_offset", "warc_length"), place, strict=True))
    raw = request_record(tmp_path, capture)
    assert b"GET /1 HTTP/1.1" in gzip.decompress(raw)
    with (tmp_path / place[0]).open("rb") as stream:
        stream.seek(place[1])
        found = facts(capture, stream.read(place[2]), raw)
    assert found["request"]["line"].startswith("GET /1") and found["clock_offset_seconds"] == 3.0
    assert found["not_recorded"] == ["địa chỉ máy chủ (DNS)", "TLS và chứng chỉ"] and "secret" not in json.dumps(found)


def test_what_was_not_recorded_is_named(pack: Path) -> None:
    absent = json.loads((pack / "manifest.json").read_text(encoding="utf-8"))["absent_optional"]
    assert any(item["part"] == "exchange" and "yêu cầu" in item["reason"] for item in absent)


# --- signature -----------------------------------------------------------------------------------------------


def test_after_a_change_of_key_old_packs_still_verify_and_still_take_their_stamps(desk: Desk, tmp_path: Path) -> None:
    old = build_pack(desk.store, desk.settings.model_copy(update={"tsa_urls": ("http://127.0.0.1:9/",)}), desk.ids["story"], tmp_path / "out")
    before, after = rotate(desk.settings.data, LATER)
    known = known_public(desk.settings.data)
    assert known == f"{after},{before}" and public_hex(office_key(desk.settings.data)) == after
    assert verify_pack(old.path, known) == [] and alone(old.path, "--khoa", known)[0] == 0
    assert any("không phải chữ ký của cơ quan" in problem for problem in verify_pack(old.path, after))
    ca = make_authority(tmp_path / "tsa")
    with serving(tmp_path / "tsa") as url:
        with desk.store.begin() as conn:
            row = conn.execute(select(table).where(table.c.topic == TOPIC)).mappings().one()
            payload = {**json.loads(row["payload"]), "url": url}
            conn.execute(table.update().where(table.c.seq == row["seq"]).values(payload=json.dumps(payload)))
        assert stamp_due(desk.store, desk.settings.model_copy(update={"tsa_urls": (url,), "tsa_ca": ca}), LATER) == {"stamped": 1}
    assert verify_pack(old.path, known) == []
    new = build_pack(desk.store, desk.settings, desk.ids["story"], tmp_path / "out")
    assert new.path != old.path and verify_pack(new.path, after) == [] and verify_pack(old.path, known) == []


def test_each_retired_key_names_and_signs_its_successor(tmp_path: Path) -> None:
    first, second = rotate(tmp_path, LATER)
    assert rotate(tmp_path, LATER + timedelta(days=1))[0] == second
    entries = retired(tmp_path)
    assert [entry["public_key"] for entry in entries] == [first, second]
    for entry in entries:
        text = succession(entry["public_key"], entry["successor"], entry["until"])
        assert standalone.ed25519(bytes.fromhex(entry["public_key"]), text, bytes.fromhex(entry["signature"]))
    for name in ("office-ed25519.pem", f"retired/{first}.pem", f"retired/{second}.pem"):
        assert (tmp_path / "keys" / name).stat().st_mode & 0o077 == 0


def test_a_lost_retired_key_is_named_when_something_should_be_added(desk: Desk, tmp_path: Path) -> None:
    pack = build_pack(desk.store, desk.settings, desk.ids["story"], tmp_path / "out")
    before, _after = rotate(desk.settings.data, LATER)
    (desk.settings.data / "keys" / "retired" / f"{before}.pem").unlink()
    with pytest.raises(UserError, match="không còn"):
        add_sealed(pack.path, desk.settings.data, {"dau-thoi-gian/01.tsr": b"x"})
    assert verify_pack(pack.path, known_public(desk.settings.data)) == []



def test_the_key_is_made_once_with_mode_0600(tmp_path: Path) -> None:
    assert known_public(tmp_path) == ""
    first, again = office_key(tmp_path), office_key(tmp_path)
    assert first.private_bytes_raw() == again.private_bytes_raw() and len(known_public(tmp_path)) == 64
    assert path_of(tmp_path).stat().st_mode & 0o777 == 0o600 and path_of(tmp_path).parent.stat().st_mode & 0o777 == 0o700
    path_of(tmp_path).write_text("hỏng")
    with pytest.raises(UserError, match="sao lưu"):
        office_key(tmp_path)


@settings(max_examples=15, deadline=None)
@given(st.binary(max_size=80), st.integers(0, 511))
def test_the_pure_verifier_agrees_with_cryptography_and_sees_one_flipped_bit(text: bytes, bit: int) -> None:
    key = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(text).digest())
    public, signature = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw), key.sign(text)
    assert standalone.ed25519(public, text, signature)
    wrong = bytearray(signature)
    wrong[bit // 8] ^= 1 << bit % 8
    assert not standalone.ed25519(public, text, bytes(wrong))
    assert not standalone.ed25519(public, text + b"x", signature) and not standalone.ed25519(public[:31], text, signature)


def test_the_first_vector_of_rfc_8032_is_accepted() -> None:
    public = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
    signature = bytes.fromhex("e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b")
    assert standalone.ed25519(public, b"", signature)


def test_a_pack_forged_whole_with_another_key_is_not_the_offices(made: tuple[Pack, Path], pack: Path) -> None:
    real = json.loads((pack / "chu-ky.json").read_text())["public_key"]
    forger = Ed25519PrivateKey.generate()
    shutil.rmtree(pack / "dau-thoi-gian")
    (pack / "DOC-TRUOC.txt").write_text("lời khác", encoding="utf-8")
    found = json.loads((pack / "manifest.json").read_text(encoding="utf-8"))
    for item in found["files"]:
        raw = (pack / item["path"]).read_bytes()
        item |= {"size": len(raw), "sha256": hashlib.sha256(raw).hexdigest()}
    found["signer"] = forger.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()
    found["pack"] = pack_id(found)
    manifest = readable(found)
    log = json.loads((pack / "nhat-ky.json").read_text(encoding="utf-8"))
    log["details"]["manifest"] = hashlib.sha256(manifest).hexdigest()
    body = [log["previous"], log["at"], log["actor"], log["action"], log["object"], log["details"]]
    log["hash"] = hashlib.sha256(json.dumps(body, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
    files = {"manifest.json": manifest, "nhat-ky.json": readable(log)}
    for name, raw in {**files, "chu-ky.json": signatures(forger, files)}.items():
        (pack / name).write_bytes(raw)
    (pack / "manifest.sha256").write_text(f"{hashlib.sha256(manifest).hexdigest()}  manifest.json\n")
    assert verify_pack(pack) == [] and alone(pack)[0] == 0
    assert any("không phải chữ ký của cơ quan" in problem for problem in verify_pack(pack, real))
    code, said = alone(pack, "--khoa", real)
    assert code == 1 and "không phải chữ ký của cơ quan" in said


# --- time stamps ---------------------------------------------------------------------------------------------


def test_a_stamp_is_of_the_manifest_and_leads_to_the_trusted_root(made: tuple[Pack, Path], pack: Path) -> None:
    from cryptography import x509

    stamp = (pack / "dau-thoi-gian/01.tsr").read_bytes()
    trusted = x509.load_pem_x509_certificates(made[1].read_bytes())
    content = (pack / "manifest.json").read_bytes()
    assert standalone.imprint(stamp) == hashlib.sha256(content).digest()
    assert datetime.fromisoformat(verified(stamp, content, trusted)).tzinfo
    assert verify_pack(pack, trusted=trusted) == [] and verify_pack(made[0].zip, trusted=trusted) == []
    with pytest.raises(UserError, match="không kiểm được"):
        verified(stamp, content + b" ", trusted)


def test_a_stamp_of_an_untrusted_authority_is_not_believed(made: tuple[Pack, Path], pack: Path, tmp_path: Path) -> None:
    from cryptography import x509

    other = x509.load_pem_x509_certificates(make_authority(tmp_path / "other").read_bytes())
    assert any("01.tsr" in problem for problem in verify_pack(pack, trusted=other))


def test_without_an_authority_in_reach_the_stamp_waits_and_comes_later(desk: Desk, tmp_path: Path) -> None:
    ca = make_authority(tmp_path / "tsa")
    down = desk.settings.model_copy(update={"tsa_urls": ("http://127.0.0.1:9/tsr",), "tsa_ca": ca})
    pack = build_pack(desk.store, down, desk.ids["story"], tmp_path / "out")
    now = datetime.now(UTC)
    assert stamp_due(desk.store, down, now) == {"stamp-waiting": 1} and stamp_due(desk.store, down, now) == {}
    assert pack.complete and verify_pack(pack.path) == []
    with desk.store.begin() as conn:
        assert outbox.owed(conn, TOPIC) == 1
        message = outbox.pending(conn, TOPIC, 5, now + timedelta(days=1))[0]
        before = list_papers(conn, "evidence")[0]["sha256"]
    with serving(tmp_path / "tsa") as url:
        with desk.store.begin() as conn:
            conn.execute(table.update().values(payload=message.payload.replace("http://127.0.0.1:9/tsr", url)))
        assert stamp_due(desk.store, down, LATER) == {"stamped": 1}
    assert verify_pack(pack.zip, trusted=roots(down)) == []
    with desk.store.read() as conn:
        after = list_papers(conn, "evidence")
        assert [row["sha256"] for row in after] == [hashlib.sha256(pack.zip.read_bytes()).hexdigest()] != [before]
        assert audit.verify(conn) == (2, None) and outbox.owed(conn, TOPIC) == 0
    again = build_pack(desk.store, down, desk.ids["story"], tmp_path / "out")
    assert (again.path / "dau-thoi-gian/01.tsr").exists() and verify_pack(again.zip) == []


def test_a_stamp_without_a_trusted_root_is_never_taken(desk: Desk, tmp_path: Path) -> None:
    make_authority(tmp_path / "tsa")
    with serving(tmp_path / "tsa") as url:
        config = desk.settings.model_copy(update={"tsa_urls": (url,)})
        build_pack(desk.store, config, desk.ids["story"], tmp_path / "out")
        assert stamp_due(desk.store, config, LATER) == {"stamp-waiting": 1}


def test_an_incomplete_pack_is_not_stamped(desk: Desk, tmp_path: Path) -> None:
    config = desk.settings.model_copy(update={"tsa_urls": ("http://127.0.0.1:9/tsr",)})
    build_pack(desk.store, config, desk.ids["bad"], tmp_path / "out")
    with desk.store.read() as conn:
        assert outbox.owed(conn, TOPIC) == 0


# --- the single file on another machine ----------------------------------------------------------------------


def test_the_packs_own_program_needs_nothing_but_python(made: tuple[Pack, Path], pack: Path) -> None:
    assert (pack / "kiem-tra.py").read_bytes() == Path(standalone.__file__).read_bytes()
    public = json.loads((pack / "chu-ky.json").read_text())["public_key"]
    for path in (pack, made[0].zip):
        code, said = alone(path, "--khoa", public)
        assert code == 0 and "đủ và nguyên vẹn" in said and "1 dấu thời gian" in said
    done = subprocess.run([sys.executable, "-I", "-S", str(pack / "kiem-tra.py")], capture_output=True, cwd="/", env={}, check=False)
    assert done.returncode == 0 and "hỏi cơ quan" in done.stdout.decode()


def _flip(path: Path) -> None:
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(bytes(raw))


def test_both_verifiers_find_one_changed_byte_and_a_lost_file_wherever_it_is(made: tuple[Pack, Path], tmp_path: Path) -> None:
    names = sorted(p.relative_to(made[0].path).as_posix() for p in made[0].path.rglob("*") if p.is_file())
    assert len(names) >= 19 and "dau-thoi-gian/01.tsr" in names
    harms: tuple[Callable[[Path], None], ...] = (_flip, Path.unlink)
    for number, (name, harm) in enumerate((name, harm) for name in names for harm in harms):
        folder = Path(shutil.copytree(made[0].path, tmp_path / str(number)))
        harm(folder / name)
        problems, _notes = standalone.check(folder)
        assert problems, (name, harm)
        assert verify_pack(folder), (name, harm)


def test_the_program_finds_an_exchanged_body_an_added_file_and_an_incomplete_pack(pack: Path, desk: Desk, tmp_path: Path) -> None:
    (pack / "dau-thoi-gian" / "02.tsr").write_bytes((pack / "dau-thoi-gian/01.tsr").read_bytes())
    assert standalone.check(pack)[0] == ["dau-thoi-gian/02.tsr: thừa, không có trong manifest.json"]
    incomplete = build_pack(desk.store, desk.settings, desk.ids["bad"], tmp_path / "out")
    code, said = alone(incomplete.path)
    assert code == 1 and "chưa đủ" in said and "warc" in said
    assert alone(tmp_path / "nope")[0] == 1


# --- from the desk -------------------------------------------------------------------------------------------


def test_the_desk_makes_and_hands_out_a_pack_and_both_are_audited(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    import re

    from dashboards.evidence import chromium
    from pipelines.store.schema import audit as audit_table
    from tests.test_dashboard import enter, token

    monkeypatch.setattr(chromium, "find", lambda: None)
    client = enter(desk, "Bàn 2")
    address = f"/alerts/{desk.ids['flag']}"
    assert client.post(f"{address}/pack", data={"token": "x"}).status_code == 403
    answer = client.post(f"{address}/pack", data={"token": token(client.get(address).text)}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/packs")
    link = re.search(r'href="(/packs/\w+)"', client.get("/packs").text)
    assert link
    body = client.get(link[1])
    assert body.headers["content-type"] == "application/zip" and body.content[:2] == b"PK"
    with desk.store.read() as conn:
        rows = conn.execute(audit_table.select().order_by(audit_table.c.seq)).all()
        assert [(row.actor, row.action) for row in rows if row.action != "evidence.read"] == [("Bàn 2", "evidence.seal"), ("Bàn 2", "evidence.export")]
        path = Path(list_papers(conn, "evidence")[0]["path"])
    path.write_bytes(b"PK")
    assert client.get(link[1]).status_code == 410 and client.get("/packs/" + "0" * 32).status_code == 404
