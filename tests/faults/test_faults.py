"""Every fault is named within the day, nothing broken is called well, and no story is lost once it is mended."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpcore
import pytest

from crawlers.health import STATUSES
from tests.faults.certificates import Authority, client_context, server_context
from tests.faults.day import DAY, STEP, Desk, Row, live
from tests.faults.plays import FAULTS, QUIRKS, Fault
from tests.faults.world import Outlet, serve, start

BUILD = Path(__file__).parents[2] / "build"
ALL = (*FAULTS, *QUIRKS)


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Row]]:
    """Play all faults side by side: two rounds of health, a day of fault, three days after the repair."""
    folder = tmp_path_factory.mktemp("faults")
    authority = Authority(folder)
    with ExitStack() as stack, pytest.MonkeyPatch.context() as patch:
        patch.setattr(httpcore, "default_ssl_context", lambda: client_context(authority.root))
        world = start()
        world.port = stack.enter_context(serve(world))
        outlets, rows, contexts = [], [], {}
        for fault in ALL:
            outlet = world.add(fault.name, **fault.outlet)
            if outlet.scheme == "https":
                contexts[fault.name] = server_context(authority.issue(outlet.host))
                outlet.port = stack.enter_context(serve(world, contexts[fault.name]))
            outlets.append(outlet)
            rows.append(Row(fault))
        broken = world.now
        world.now = broken - 2 * STEP
        desk = Desk.open(world, folder / "data", outlets)
        desk.seed()
        live(desk, broken, STEP)
        before = {outlet.name: desk.status(outlet)[0] for outlet in outlets}
        assert set(before.values()) == {"ok"}, before
        pairs = list(zip(rows, outlets, strict=True))
        for row, outlet in pairs:
            _break(row.fault, outlet)
        for name, context in contexts.items():
            expired = name == "tls-expired"
            context.load_cert_chain(authority.issue(f"{name}.example", -1 if expired else 30, own=not expired))
        live(desk, broken + DAY, STEP, pairs, broken)
        for row, outlet in pairs:
            outlet.play = None
            if row.fault.after:
                row.fault.after(outlet)
        for name, context in contexts.items():
            context.load_cert_chain(authority.issue(f"{name}.example"))
        mended = broken + DAY
        live(desk, mended + 3 * DAY, 1.5 * DAY)
        for row, outlet in pairs:
            row.lost, row.stories = desk.lost(outlet, broken, mended + 2 * DAY)
            row.after = desk.status(outlet)[0]
        _write(rows)
        desk.store.close()
        yield {row.fault.name: row for row in rows}


def _break(fault: Fault, outlet: Outlet) -> None:
    outlet.play = fault.play
    if fault.before:
        fault.before(outlet)


def _write(rows: list[Row]) -> None:
    """Leave the table where the bench and a reader find it."""
    BUILD.mkdir(exist_ok=True)
    lines = ["| lỗi | được gọi là | sau | mất |", "|---|---|---|---|"]
    for row in rows:
        hours = "–" if row.named is None else f"{row.named:.0f} giờ"
        lines.append(f"| {row.fault.what} | `{row.status}` | {hours} | {row.lost}/{row.stories} |")
    (BUILD / "faults.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    data = [
        {"fault": row.fault.name, "expected": row.fault.expected, "status": row.status, "reason": row.reason,
         "named_after_hours": row.named, "false_ok": row.false_ok, "lost": row.lost, "stories": row.stories, "after": row.after}
        for row in rows
    ]  # fmt: skip
    (BUILD / "faults.json").write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def test_there_are_enough_faults_and_each_is_of_the_closed_list() -> None:
    assert len(FAULTS) >= 32 and len({fault.name for fault in ALL}) == len(ALL)
    assert {status for fault in ALL for status in fault.expected} <= set(STATUSES)


@pytest.mark.parametrize("name", [fault.name for fault in FAULTS])
def test_the_fault_is_named_within_the_day_with_a_reason(played: dict[str, Row], name: str) -> None:
    row = played[name]
    assert row.named is not None and row.named <= 24, row.statuses
    assert row.reason and row.reason.isprintable()


@pytest.mark.parametrize("name", [fault.name for fault in FAULTS])
def test_nothing_broken_is_called_well(played: dict[str, Row], name: str) -> None:
    assert not played[name].false_ok, played[name].statuses


@pytest.mark.parametrize("name", [fault.name for fault in ALL])
def test_no_story_is_lost(played: dict[str, Row], name: str) -> None:
    row = played[name]
    assert row.stories and row.lost == 0, f"{row.lost} of {row.stories} lost; {row.statuses}"


@pytest.mark.parametrize("name", [fault.name for fault in QUIRKS])
def test_what_is_only_odd_raises_no_alarm(played: dict[str, Row], name: str) -> None:
    assert {status for _, status, _ in played[name].statuses} == {"ok"}, played[name].statuses


@pytest.mark.parametrize("name", [fault.name for fault in ALL])
def test_what_is_mended_is_well_again(played: dict[str, Row], name: str) -> None:
    assert played[name].after == "ok", played[name].after


def test_the_whole_reaches_its_mark(played: dict[str, Row]) -> None:
    """Issue 4: at least 95 % reported within the day, no false ok, no story lost."""
    faults = [played[fault.name] for fault in FAULTS]
    reported = sum(row.named is not None and row.named <= 24 for row in faults)
    assert reported >= 0.95 * len(faults)
    assert sum(row.false_ok for row in faults) == 0
    assert sum(row.lost for row in faults) == 0
