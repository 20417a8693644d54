"""Bench of the assessor: scores and speed beside a keyword list and TF-IDF with logistic regression.

Run: SHARED_DATA=… python -m tests.bench.claims [labelled.jsonl]. The baselines are trained on our own training sentences.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

KEYWORDS = (
    "bán đảo cho", "nhượng", "công hàm 1958", "phụ lục mật", "mật ước", "thua kiện", "thắng kiện", "thuộc về trung quốc", "cắt đất", "99 năm", "đường lưỡi bò",
    "thẻ đỏ", "ceded", "secret", "recognised", "awarded", "承认", "归还中国", "ຍົກໃຫ້",
)


def keyword_list() -> Callable[[dict[str, Any]], str]:
    """Flag every text that has one of the words."""
    return lambda row: "flag" if any(word in f"{row['title']} {row['text']}".lower() for word in KEYWORDS) else "none"


def tfidf() -> Callable[[dict[str, Any]], str]:
    """TF-IDF over words and characters with logistic regression, sentences of our training set as texts."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline, make_union

    from classifiers.training import group, rows
    from pipelines.records import Verdict

    texts, labels = [], []
    for row in rows():
        texts.append(" ".join(row.get(part, "") for part in ("title", "before", "sentence", "after")))
        kind = group(Verdict(row["verdict"]))
        own = row["role"] in ("ASSERT", "ENDORSE")
        labels.append("flag" if own and kind == "FLAG" else "watch" if own and kind in ("POSITION", "IMAGE", "UNVERIFIED") else "none")
    model = make_pipeline(make_union(TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True), TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True)), LogisticRegression(C=10, max_iter=300))
    model.fit(texts, labels)
    return lambda row: str(model.predict([f"{row['title']} {row['text']}"])[0])


# Everything from an empty interpreter to the first verdict, then a whole file: what an office's process really takes.
ALONE = """
import resource, sys, time
from pathlib import Path
wall, cpu = time.perf_counter(), time.process_time()
from classifiers.assessor import Assessor
from classifiers.evaluation import read_labelled
lines = [line for line, _ in read_labelled(Path(sys.argv[2]))[0]]
assessor = Assessor.load(Path(sys.argv[1]))
assessor.assess(lines[0])
print(time.perf_counter() - wall, time.process_time() - cpu)
for line in lines:
    assessor.assess(line)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def fresh(data: Path, file: Path) -> dict[str, float]:
    """Return load time (with all imports and the first verdict) and peak memory of a process that only assesses."""
    told = subprocess.run([sys.executable, "-c", ALONE, str(data), str(file)], capture_output=True, text=True, check=True).stdout.split()
    return {"load_seconds": round(float(told[0]), 2), "load_cpu_seconds": round(float(told[1]), 2), "peak_mb": round(float(told[2]))}


def main() -> None:
    """Print the table and write build/bench/claims.json."""
    from classifiers.assessor import Assessor
    from classifiers.evaluation import Scores, compare, prf, read_labelled, report
    from pipelines.settings import load_settings

    path = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(os.environ["SHARED_DATA"]) / "claims_dev.jsonl"
    data = load_settings().model_home
    assessor = Assessor.load(data)
    alone = fresh(data, path)
    lines, _ = read_labelled(path)
    for line, _labels in lines[:10]:
        assessor.assess(line)
    scores = Scores()
    began = time.process_time()
    results = [assessor.assess(line) for line, _labels in lines]
    spent = time.process_time() - began
    for (line, labels), result in zip(lines, results, strict=True):
        compare(scores, line, labels, result)
    topical = sum(assessor.on_topic(f"{line.title}\n{line.text}") for line, _ in lines)
    texts = [f"{line.title}\n{line.text}" for line, _ in lines] * 50
    began = time.process_time()
    for text in texts:
        assessor.on_topic(text)
    gate = len(texts) / (time.process_time() - began)
    table: dict[str, Any] = {"cotmoc": report(scores)}
    for name, make in (("keyword list", keyword_list), ("tf-idf + logistic regression", tfidf)):
        predict = make()
        pairs = Counter((labels["tier"], predict(labels)) for _, labels in lines)
        table[name] = {"flag": prf(pairs, {"flag"}), "alert": prf(pairs, {"flag", "watch"})}
    print(f"{'':32}{'flag P':>8}{'flag R':>8}{'flag F1':>9}{'alert F1':>10}")
    for name, figures in table.items():
        flag = figures["flag"]
        print(f"{name:32}{flag['precision']:8.3f}{flag['recall']:8.3f}{flag['f1']:9.3f}{figures['alert']['f1']:10.3f}")
    speed = {
        "on_topic_articles_per_second": round(topical / spent, 1), "gate_texts_per_second": round(gate), **alone,
    }
    for name, value in speed.items():
        print(f"{name:32}{value:>10}")
    print(f"{'role macro F1':32}{table['cotmoc']['role_macro_f1']:>10.3f}\n{'ECE':32}{table['cotmoc']['ece']:>10.3f}")
    target = Path("build/bench/claims.json")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps({"scores": table, "speed": speed}, ensure_ascii=False, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
