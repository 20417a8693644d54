"""Every text of the real news through the assessor: how many are flagged, which, and how much passes each gate.

Run: SHARED_DATA=… python -m tests.bench.news [--least 0.5]. None of these texts is known to distort: each flag is to be read.
"""

from __future__ import annotations

import gzip
import json
import lzma
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from classifiers.assessor import Assessor
from pipelines.records import TextLine, Tier
from pipelines.settings import load_settings

TARGET = 1.0


def texts(folder: Path) -> Iterator[TextLine]:
    """Yield all texts of the three files."""
    with lzma.open(folder / "headlines_2025-08_2026-04.jsonl.xz", "rt", encoding="utf-8") as handle:
        for row in map(json.loads, handle):
            yield TextLine(id=row["id"], title=row["title"] or "", text=row["summary"] or "", published=date.fromisoformat((row.get("published_fixed") or "2026-01-01")[:10]))
    with gzip.open(folder / "dantri_2021.jsonl.gz", "rt", encoding="utf-8") as handle:
        for number, row in enumerate(map(json.loads, handle)):
            yield TextLine(id=f"dantri-{number}", title=row["sentences"][0], text="\n".join(row["sentences"][1:]), published=date(2021, 6, 1))
    with gzip.open(folder / "press_2016.jsonl.gz", "rt", encoding="utf-8") as handle:
        for number, row in enumerate(map(json.loads, handle)):
            yield TextLine(id=f"press-{number}", title=row["title"], text=row["text"], published=date(2016, 9, 1))


def main() -> None:
    """Print every raised claim above `--least` and the share of flags."""
    least = float(sys.argv[sys.argv.index("--least") + 1]) if "--least" in sys.argv else 0.0
    assessor = Assessor.load(load_settings().model_home)
    counts: Counter[str] = Counter()
    began = time.process_time()
    for line in texts(Path(os.environ["SHARED_DATA"]) / "news"):
        counts["texts"] += 1
        if not assessor.on_topic("\n".join((line.title, line.text))):
            continue
        counts["on topic"] += 1
        result = assessor.assess(line)
        counts[result.tier.value] += 1
        for claim in result.claims:
            if claim.tier is Tier.FLAG and claim.confidence >= least:
                print(f"{line.id}\t{claim.confidence:.2f}\t{claim.role.value}\t{claim.verdict.value}\t{','.join(claim.refs)}\t{line.title[:60]}\t{claim.sentence[:220]}", flush=True)
    spent = time.process_time() - began
    share = 10_000 * counts["flag"] / counts["texts"]
    print(f"{dict(counts)}; flags per 10,000: {share:.2f} (target ≤ {TARGET:g}); {counts['texts'] / spent:.0f} texts/s of CPU time")
    target = Path("build/bench/news.json")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps({"counts": counts, "flags_per_10000": share}, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
