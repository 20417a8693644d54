"""A pack's ZIP holds nothing beside its entries, and a time stamp that is not there is remarked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from dashboards.evidence import standalone, verify_pack
from dashboards.evidence.verify import identity
from tests.desk import Desk, make_desk
from tests.desk import pack_without_browser as build_pack


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return make_desk(tmp_path / "data")


def _before(raw: bytes) -> bytes:
    return b"#!/bin/sh\nrm -rf .\n" + raw


def _behind(raw: bytes) -> bytes:
    return raw + b"more"


def _comment(raw: bytes) -> bytes:
    return raw[:-2] + len(b"said").to_bytes(2, "little") + b"said"


def _between(raw: bytes) -> bytes:
    at = int.from_bytes(raw[-6:-2], "little")
    return raw[:at] + b"hidden" + raw[at:-6] + (at + 6).to_bytes(4, "little") + raw[-2:]


@pytest.mark.parametrize("alter", [_before, _behind, _comment, _between])
def test_a_zip_with_bytes_that_no_list_names_is_refused_by_both_verifiers(desk: Desk, tmp_path: Path, alter: Callable[[bytes], bytes]) -> None:
    pack = build_pack(desk.store, desk.settings, desk.ids["story"], tmp_path / "out")
    assert standalone.check(pack.zip)[0] == [] and verify_pack(pack.zip) == []
    pack.zip.write_bytes(alter(pack.zip.read_bytes()))
    for problems in (standalone.check(pack.zip)[0], verify_pack(pack.zip)):
        assert len(problems) == 1 and ("phần lạ" in problems[0] or "không đọc được" in problems[0])


def test_a_stamp_that_is_configured_and_not_there_is_remarked_and_is_no_fault(desk: Desk, tmp_path: Path) -> None:
    waiting = desk.settings.model_copy(update={"tsa_urls": ("http://127.0.0.1:9/", "http://127.0.0.1:10/")})
    pack = build_pack(desk.store, waiting, desk.ids["story"], tmp_path / "out")
    problems, notes = standalone.check(pack.zip)
    assert problems == [] and any("thiếu 2 dấu thời gian đã cấu hình" in note for note in notes)
    assert any("thiếu 2" in remark for remark in identity(pack.zip).remarks)
