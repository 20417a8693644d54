"""Text lines into the store, in small transactions."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from flows.chain import BATCH, Advance, Chain
from flows.outcomes import counted
from pipelines.clock import now
from pipelines.records import StepCount, TextLine
from pipelines.textlines import read_text_lines


def ingest_files(chain: Chain, files: Sequence[Path], advance: Advance) -> StepCount:
    """Store the text lines of `files` as articles; bad lines are named on standard error and counted."""
    from pipelines.read import read_line

    outcomes: Counter[str] = Counter()
    done = 0

    def land(batch: list[TextLine]) -> None:
        with chain.store.begin() as conn:
            for line in batch:
                outcomes[read_line(conn, line, now())] += 1

    for path in files:
        batch: list[TextLine] = []
        for number, line in read_text_lines(path):
            if isinstance(line, str):
                sys.stderr.write(f"{path}:{number}: bỏ qua, {line}\n")
                outcomes["bad-line"] += 1
                continue
            batch.append(line)
            if len(batch) == BATCH:
                land(batch)
                done += len(batch)
                batch = []
                advance(done, None)
        land(batch)
        done += len(batch)
    advance(done, done)
    return counted("lines", outcomes)
