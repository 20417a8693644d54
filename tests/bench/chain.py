"""`make bench`: pages per second of the whole chain, beside a baseline that spends everything on every page.

Seconds are CPU seconds of this one process, so that a busy machine does not blur the comparison.
Baseline, same pages and same run: trafilatura, underthesea's word_tokenize and TF-IDF for each page, no gates.
The chain: from a WARC capture to an alert and its owed document, collecting excluded (tests/bench/collect.py measures it).
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import tempfile
import time
from collections import Counter
from pathlib import Path

import psutil


def pages(shared: Path, limit: int) -> list[tuple[str, bytes]]:
    """Return (url, HTML) of real article pages and of real texts rendered into a plain outlet's page."""
    found = [
        (f"http://{path.stem.replace('_', '-')}.example/bai.html", path.read_bytes())
        for path in sorted((shared / "html" / "meth04").glob("*_article*.html"))
    ]
    with gzip.open(shared / "news" / "dantri_2021.jsonl.gz", "rt", encoding="utf-8") as handle:
        for number, line in enumerate(handle):
            if len(found) >= limit:
                break
            text = json.loads(line)
            paragraphs = "".join(f"<p>{sentence}</p>" for sentence in text["sentences"][1:])
            html = (
                f'<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>{text["sentences"][0]}</title>'
                f'<meta property="article:published_time" content="{text["date"]}T08:00:00+07:00"></head><body>'
                f'<nav>{"<a href=/>mục</a> " * 40}</nav><main><article><h1>{text["sentences"][0]}</h1>{paragraphs}</article></main>'
                f'<footer>{"tin khác " * 60}</footer></body></html>'
            )
            found.append((f"http://dantri.example/{number}.html", html.encode()))
    return found


def chain_seconds(data: Path, given: list[tuple[str, bytes]]) -> tuple[float, dict[str, int]]:
    """Land `given` as captures, then time read and assess over them; return seconds and outcomes."""
    from flows.chain import Chain, assess, read
    from pipelines.settings import load_settings
    from pipelines.store import Store
    from tests.bench.landing import land

    settings = load_settings(data=data)
    chain = Chain(settings, Store.open(settings.store_url))
    chain.registry = land(chain, given)
    chain.matcher.touches("khởi động")
    chain.assessor.on_topic("khởi động")
    started = time.process_time()
    counts = [read(chain), assess(chain)]
    seconds = time.process_time() - started
    outcomes: Counter[str] = Counter()
    for count in counts:
        outcomes.update({f"{count.step}:{name}": number for name, number in count.outcomes.items()})
    chain.close()
    return seconds, dict(outcomes)


def baseline_seconds(given: list[tuple[str, bytes]]) -> float:
    """Time trafilatura + word_tokenize for each page, then one TF-IDF fit over all of them."""
    import trafilatura
    from sklearn.feature_extraction.text import TfidfVectorizer
    from underthesea import word_tokenize

    word_tokenize("khởi động")
    started = time.process_time()
    texts = []
    for url, html in given:
        text = trafilatura.extract(html, url=url) or ""
        texts.append(" ".join(word_tokenize(text)))
    TfidfVectorizer(ngram_range=(1, 2)).fit_transform(texts)
    return time.process_time() - started


def main() -> None:
    """Print the table and write build/bench/chain.json."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--pages", type=int, default=300)
    arguments = parser.parse_args()
    shared = os.environ.get("SHARED_DATA")
    if not shared:
        raise SystemExit("đặt SHARED_DATA=thư mục dữ liệu phát triển (html/, news/) rồi chạy lại")
    given = pages(Path(shared), arguments.pages)
    with tempfile.TemporaryDirectory() as folder:
        ours, outcomes = chain_seconds(Path(folder), given)
    memory = psutil.Process().memory_info().rss / 1e6
    theirs = baseline_seconds(given)
    rows = {
        "pages": len(given),
        "chain_pages_per_s": round(len(given) / ours, 1),
        "baseline_pages_per_s": round(len(given) / theirs, 1),
        "ratio": round(theirs / ours, 1),
        "chain_rss_mb": round(memory),
        "outcomes": outcomes,
    }
    print("| whole chain, one process | pages per CPU second |\n|---|---|")
    print(f"| Cột Mốc, read + assess | {rows['chain_pages_per_s']} |")
    print(f"| baseline: trafilatura + word_tokenize + TF-IDF | {rows['baseline_pages_per_s']} |")
    print(f"\n{len(given)} pages, {rows['ratio']} times the baseline, {rows['chain_rss_mb']} MB; {outcomes}")
    target = Path("build/bench/chain.json")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(rows, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
