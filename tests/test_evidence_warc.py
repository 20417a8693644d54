"""The WARC records of a pack: those that the crawlers wrote are read with every coding, anything else is an error."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboards.evidence.warc import parse


@pytest.mark.parametrize("raw", [b"", b"x" * 50, b"\x1f\x8b" + b"\x00" * 50, b"WARC/1.1\r\nContent-Length: 5\r\n"])
def test_what_is_no_warc_record_is_a_value_error(raw: bytes) -> None:
    with pytest.raises(ValueError):
        parse(raw)


@pytest.mark.parametrize("coding", ["", "gzip", "deflate", "br", "gzip, br"])
def test_records_that_the_crawlers_wrote_are_read_with_every_coding(tmp_path: Path, coding: str) -> None:
    import gzip
    import zlib
    from datetime import UTC, datetime

    import brotli

    from crawlers.exchange import Exchange
    from crawlers.warc import WarcFile
    from dashboards.evidence.warc import reader_of

    body = raw = ("<p>Vịnh Bắc Bộ</p>" * 50).encode()
    for name in filter(None, coding.split(", ")):
        raw = {"gzip": gzip.compress, "deflate": zlib.compress, "br": brotli.compress}[name](raw)
    headers = (("Content-Type", "text/html"), *((("Content-Encoding", coding),) if coding else ()))
    with WarcFile(tmp_path, datetime(2026, 11, 20, tzinfo=UTC), "test") as warc:
        file, offset, length = warc.write(
            Exchange("https://a.example/1", "https://a.example/1", "ok", status=200, phrase="OK", headers=headers, body=body,
                     raw=raw, fetched=datetime(2026, 11, 20, tzinfo=UTC))
        )  # fmt: skip
        warc.commit()
    found = parse(reader_of(tmp_path)({"warc_file": file, "warc_offset": offset, "warc_length": length}))
    assert found.body == body and found.status == "HTTP/1.1 200 OK"


def test_a_channels_post_is_read_too(tmp_path: Path) -> None:
    from datetime import UTC, datetime

    from crawlers.warc import WarcFile
    from dashboards.evidence.warc import reader_of

    now = datetime(2026, 11, 20, tzinfo=UTC)
    with WarcFile(tmp_path, now, "test") as warc:
        file, offset, length = warc.write_resource("https://a.example/p", "text/html; charset=utf-8", b"<p>x</p>", now)
        warc.commit()
    found = parse(reader_of(tmp_path)({"warc_file": file, "warc_offset": offset, "warc_length": length}))
    assert (found.kind, found.body) == ("resource", b"<p>x</p>")
