"""The optional plug-in of matching: a local encoder, tried with a tiny random one; off by default, broken in one line."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from classifiers.assessor import Assessor
from classifiers.models import Models
from classifiers.plugin import MANIFEST, Plugin, load_plugin
from classifiers.referencebase import load_references
from pipelines.errors import UsageError
from pipelines.records import TextLine, Tier
from pipelines.settings import Settings
from tests import claimcases

WRONG = "Hòa ước San Francisco năm 1951 trao quần đảo Hoàng Sa cho Trung Quốc."
WIDTH = 8


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A random encoder: one embedding a word, averaged; as small as a model can be."""
    onnx = pytest.importorskip("onnx")
    tokenizers = pytest.importorskip("tokenizers")
    pytest.importorskip("onnxruntime")
    from onnx import TensorProto, helper, numpy_helper

    made = tmp_path_factory.mktemp("matcher")
    words = sorted({word for entry in load_references() for word in entry.statement_vi.lower().split()})
    vocabulary = {"[UNK]": 0, "[PAD]": 1, **{word: at for at, word in enumerate(words, 2)}}
    tokens = tokenizers.Tokenizer(tokenizers.models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokens.normalizer = tokenizers.normalizers.Lowercase()
    tokens.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    tokens.save(str(made / "tokenizer.json"))
    table = np.random.default_rng(7).normal(size=(len(vocabulary), WIDTH)).astype(np.float32)
    graph = helper.make_graph(
        [helper.make_node("Gather", ["table", "input_ids"], ["hidden"], axis=0)], "tiny",
        [helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["texts", "tokens"])],
        [helper.make_tensor_value_info("hidden", TensorProto.FLOAT, ["texts", "tokens", WIDTH])],
        [numpy_helper.from_array(table, "table")],
    )  # fmt: skip
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=10), str(made / "model.onnx"))
    (made / MANIFEST).write_text(json.dumps({"format": 1, "name": "tí hon ngẫu nhiên", "weight": 0.2}), encoding="utf-8")
    return made


def with_plugin(plugin: Plugin | None) -> Assessor:
    trained = claimcases.assessor().model
    assert trained is not None
    return Assessor(load_references(), Models(trained._data, plugin))


def test_it_is_off_by_default() -> None:
    assert Settings().matcher_plugin is None
    assert load_plugin(None, load_references()) is None
    assert "+p-" not in claimcases.assessor().model_version


def test_a_local_encoder_is_opened_and_gives_unit_vectors(folder: Path) -> None:
    plugin = load_plugin(folder, load_references())
    assert plugin is not None
    vectors = plugin._encoder.encode([WRONG, "biên giới"])
    assert vectors.shape == (2, WIDTH)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)


def test_the_statement_of_an_entry_is_nearest_to_itself(folder: Path) -> None:
    plugin = load_plugin(folder, load_references())
    assert plugin is not None
    near = plugin.nearness(load_references().get("VC-03").statement_vi)
    assert near["VC-03"] == pytest.approx(1.0, abs=1e-4)
    assert len(near) == len(load_references())


def test_the_assessor_runs_with_it_says_so_in_its_version_and_still_decides_by_evidence(folder: Path) -> None:
    assessor = with_plugin(load_plugin(folder, load_references()))
    assert "+p-" in assessor.model_version and len(f"{assessor.model_version}/{assessor.reference_version}") <= 80
    line = TextLine.model_validate({"id": "t", "text": WRONG, "published": "2025-09-10"})
    found = assessor.assess(line)
    assert found.tier is Tier.FLAG and found.claims[0].refs[0].startswith("SFT")
    assert assessor.assess(TextLine(id="t", text="Trời hôm nay đẹp, bà con ra đồng.")).tier is Tier.NONE


def test_what_the_encoder_finds_near_comes_first() -> None:
    """An encoder of our own, as the protocol allows: it holds one entry for near, and all others for far."""
    from classifiers.document import build

    document = build(TextLine(id="t", text=WRONG))
    plain = with_plugin(None)
    reading = plain.read(document, document.sentences)[0].reading
    assert plain.model is not None and reading is not None
    before = plain.model.nearest(reading, count=24)
    other = next(n.refs[0] for n in reversed(before) if n.refs and n.refs[0] != before[0].refs[0])
    known = load_references().get(other).statement_vi

    class Only:
        def encode(self, texts: Sequence[str]) -> Any:
            return np.array([[1.0, 0.0] if text in (known, WRONG) else [0.0, 1.0] for text in texts])

    helped = with_plugin(Plugin(load_references(), Only(), "một mục", 1.0))
    assert helped.model is not None
    first = helped.model.nearest(replace(reading, text=WRONG), count=24)[0]
    assert other in first.refs and other not in before[0].refs[:1]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        (MANIFEST, None, "cotmoc-matcher.json"),
        (MANIFEST, b"{", "không phải JSON"),
        (MANIFEST, b'{"format": 2, "name": "x"}', "trường format"),
        (MANIFEST, b'{"format": 1, "name": "x", "weight": 7}', "trường weight"),
        ("model.onnx", None, "model.onnx"),
        ("model.onnx", b"not a model", "không mở được mô hình"),
        ("tokenizer.json", None, "tokenizer.json"),
        ("tokenizer.json", b"{}", "không mở được mô hình"),
        ("tokenizer.json", b"\xff\xfe", "không mở được mô hình"),
    ],
)
def test_a_missing_or_broken_part_is_said_in_one_line(folder: Path, tmp_path: Path, name: str, content: bytes | None, reason: str) -> None:
    for part in folder.iterdir():
        if part.name != name:
            (tmp_path / part.name).write_bytes(part.read_bytes())
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(UsageError, match=reason) as caught:
        load_plugin(tmp_path, load_references())
    assert "\n" not in str(caught.value) and str(tmp_path) in str(caught.value)


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="không đọc được"):
        load_plugin(tmp_path / "không có", load_references())


def test_without_its_packages_the_extra_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(UsageError, match=r"\[transformer\]"):
        load_plugin(folder, load_references())
