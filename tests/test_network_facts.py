"""What the network told of a capture: address, resolver, TLS, certificate, clock; in the WARC and in the store, of nobody."""

from __future__ import annotations

import json
from pathlib import Path

import httpcore
import pytest
from warcio.archiveiterator import ArchiveIterator

from crawlers.collect import collect
from crawlers.network import HIDDEN, Network, certificate_row
from crawlers.registry import Registry
from pipelines.settings import Settings
from pipelines.store import Store, captures
from tests.faults.certificates import Authority, client_context, server_context
from tests.faults.world import serve, start
from tests.loopback import office, source
from tests.loopback import serve as serve_site


def test_a_page_over_tls_keeps_its_certificate_and_its_clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    authority = Authority(tmp_path)
    monkeypatch.setattr(httpcore, "default_ssl_context", lambda: client_context(authority.root))
    world = start()
    outlet = world.add("bao", scheme="https")
    settings = Settings(data=tmp_path / "data", delay=0)
    store = Store.open(settings.store_url)
    with serve(world, server_context(authority.issue(outlet.host))) as port:
        outlet.port = port
        story = outlet.stories()[-1]
        collect(settings, store, Registry((outlet.source(),)), urls=[outlet.base + story.path], resolver=world.resolver)
    with store.read() as conn:
        capture = captures.unread(conn)[0]
        facts = captures.network_facts(conn, capture.id)
        assert captures.network_facts(conn, "0" * 32) is None
    assert facts is not None and facts["address"] == "127.0.0.1" and facts["resolver_ms"] >= 0
    assert facts["tls_version"].startswith("TLSv1.") and facts["cipher"]
    assert facts["server_date"] and abs(facts["clock_offset"]) <= 3
    shown = facts["certificate"]
    assert shown["subject"] == "bao.example" and shown["organisation"] == "Tòa soạn thử" and len(shown["sha256"]) == 64
    assert shown["issuer"] == "Cột Mốc thử, Nơi cấp thử" and shown["valid_from"] < shown["valid_to"]
    assert "Người Nào" not in json.dumps(facts, ensure_ascii=False) and "@" not in json.dumps(facts)
    with (settings.data / capture.warc_file).open("rb") as stream:
        records = [(r.rec_type, dict(r.rec_headers.headers), r.raw_stream.read().decode()) for r in ArchiveIterator(stream)]
    kinds = [kind for kind, _, _ in records]
    assert kinds == ["warcinfo", "metadata", "request", "response"], "the request right before its response"
    metadata, request, response = (head for _, head, _ in records[1:])
    assert response["WARC-IP-Address"] == "127.0.0.1"
    assert metadata["WARC-Concurrent-To"] == request["WARC-Concurrent-To"] == response["WARC-Record-ID"]
    assert f"certificate-sha256: {shown['sha256']}" in records[1][2] and "tls-version: TLSv1." in records[1][2]


def test_a_page_over_plain_http_says_so(tmp_path: Path) -> None:
    with serve_site() as site:
        site.page("/a", "Bài")
        site.feed("/rss", ["/a"])
        desk = office(tmp_path, source(site))
        desk.collect()
    with desk.store.read() as conn:
        facts = captures.network_facts(conn, captures.unread(conn)[0].id)
    assert facts is not None and facts["address"] == "127.0.0.1"
    assert facts["tls_version"] == "" and facts["certificate"] is None


def test_a_certificate_made_out_to_a_person_keeps_no_name(tmp_path: Path) -> None:
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    made = x509.load_pem_x509_certificate(Authority(tmp_path).issue("Nguyen Van Ai").read_bytes())
    row = certificate_row(Network(certificate=made.public_bytes(Encoding.DER)))
    assert row is not None and row["subject"] == HIDDEN and row["organisation"] == ""
    assert certificate_row(Network(certificate=b"khong phai")) is not None, "an unreadable one is still known by its hash"
    assert certificate_row(None) is None and certificate_row(Network()) is None
