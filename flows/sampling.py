"""The sample newsroom between two runs of the demo: same addresses, same dates, same state, so that nothing repeats."""

from __future__ import annotations

import json
import socket
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from pipelines.clock import local, now

# Dates in the newsroom are relative to its first run; after this long the digest of "today" would be empty.
FRESH = timedelta(hours=16)
OUTLETS = 9


class Sample(NamedTuple):
    """When the newsroom was dated, its first port, and whether its second day has begun."""

    dated: datetime
    base_port: int
    advanced: bool

    def save(self, data: Path) -> None:
        """Write the state beside the data it belongs to."""
        data.mkdir(parents=True, exist_ok=True)
        state = {"dated": self.dated.isoformat(), "base_port": self.base_port, "advanced": self.advanced}
        (data / "newsroom.json").write_text(json.dumps(state))


def sample_of(data: Path) -> tuple[Sample, Path | None]:
    """Return the newsroom's state for `data`, and where older sample data were moved to (None: nothing was).

    Sample data dated more than 16 hours ago are moved aside, never deleted.
    """
    path = data / "newsroom.json"
    moved = None
    if path.exists():
        state = json.loads(path.read_text())
        known = Sample(datetime.fromisoformat(state["dated"]), int(state["base_port"]), bool(state["advanced"]))
        if now() - known.dated < FRESH and _free(known.base_port):
            return known, None
        moved = data.with_name(f"{data.name}-{local(known.dated):%Y%m%d-%H%M%S}")
        data.rename(moved)
    return Sample(now().replace(second=0, microsecond=0), _ports(), False), moved


def _ports() -> int:
    """Return the first of nine ports in a row that are free."""
    return next(port for port in range(18710, 28710, 10) if _free(port))


def _free(base: int) -> bool:
    for port in range(base, base + OUTLETS):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                return False
    return True
