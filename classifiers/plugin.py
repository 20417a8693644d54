"""The optional plug-in of matching: a local sentence encoder (ONNX) that says which entry a sentence is nearest to.

Off by default, nothing is ever downloaded. A folder with `cotmoc-matcher.json`, `model.onnx` and `tokenizer.json`
(docs/claims-plugin.md); needs the extra `[transformer]`. It only reorders what is compared: no verdict is the plug-in's.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from classifiers.referencebase import ReferenceBase
from pipelines.errors import UsageError

MANIFEST = "cotmoc-matcher.json"
BATCH = 32


class Encoder(Protocol):
    """What a plug-in gives: one vector of unit length per text, shape (texts, width)."""

    def encode(self, texts: Sequence[str]) -> Any:
        """Return the vectors of `texts` in order."""


class Manifest(BaseModel):
    """`cotmoc-matcher.json`: how the encoder is fed and read, and how much its likeness counts (0 to 1)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1]
    name: Annotated[str, Field(min_length=1, max_length=80)]
    pooling: Literal["mean", "first", "given"] = "mean"
    weight: Annotated[float, Field(ge=0, le=1)] = 0.3
    max_tokens: Annotated[int, Field(ge=8, le=1024)] = 128
    prefix: str = ""


class OnnxEncoder:
    """A transformer exported to ONNX with its tokenizer; inputs by name: input_ids, attention_mask, token_type_ids."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        try:
            import onnxruntime
            from tokenizers import Tokenizer
        except ImportError as error:
            raise UsageError(f"matcher_plugin {folder}: thiếu gói {error.name}; cài thêm phần [transformer] (docs/claims-plugin.md)") from error
        self._manifest = manifest
        # onnxruntime raises its own bare kinds of error for a damaged file.
        faults: tuple[type[Exception], ...] = (OSError, ValueError, RuntimeError, *_bare_errors())
        try:
            self._tokens = Tokenizer.from_str(_tokenizer_text(folder / "tokenizer.json"))
            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = options.inter_op_num_threads = 1
            options.log_severity_level = 4
            self._session = onnxruntime.InferenceSession(str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"])
        except faults as error:
            raise UsageError(f"matcher_plugin {folder}: không mở được mô hình ({' '.join(str(error).split())[:120]}); hãy chép lại thư mục") from error
        self._tokens.enable_truncation(manifest.max_tokens)
        self._tokens.enable_padding()
        self._wanted = [given.name for given in self._session.get_inputs()]

    def encode(self, texts: Sequence[str]) -> Any:
        """Return the vectors of `texts`, pooled as the manifest says, of unit length."""
        import numpy as np

        found = []
        for start in range(0, len(texts), BATCH):
            part = self._tokens.encode_batch([self._manifest.prefix + text for text in texts[start : start + BATCH]])
            mask = np.array([one.attention_mask for one in part], dtype=np.int64)
            fed = {"input_ids": np.array([one.ids for one in part], dtype=np.int64), "attention_mask": mask, "token_type_ids": np.array([one.type_ids for one in part], dtype=np.int64)}
            out = np.asarray(self._session.run(None, {name: fed[name] for name in self._wanted})[0], dtype=np.float32)
            found.append(self._pooled(out, mask))
        vectors = np.concatenate(found)
        return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)

    def _pooled(self, out: Any, mask: Any) -> Any:
        if self._manifest.pooling == "given" or out.ndim == 2:
            return out
        if self._manifest.pooling == "first":
            return out[:, 0]
        weights = mask[:, :, None].astype(out.dtype)
        return (out * weights).sum(axis=1) / weights.sum(axis=1).clip(min=1)


def _tokenizer_text(path: Path) -> str:
    """Return the tokenizer's JSON; ValueError when it cannot be one (the library itself raises a bare Exception)."""
    text = path.read_text(encoding="utf-8")
    found = json.loads(text)
    model = found.get("model") if isinstance(found, dict) else None
    if not isinstance(model, dict) or not model.get("vocab"):
        raise ValueError("tokenizer.json: không có model.vocab")
    return text


def _bare_errors() -> tuple[type[Exception], ...]:
    """Return the kinds of error of onnxruntime that derive from nothing better than Exception."""
    from onnxruntime.capi import onnxruntime_pybind11_state as state

    names = ("Fail", "InvalidGraph", "InvalidProtobuf", "NoSuchFile", "InvalidArgument", "NotImplemented", "RuntimeException", "ModelLoadCanceled")
    return tuple(getattr(state, name) for name in names if hasattr(state, name))


class Plugin:
    """An encoder with the statements of the reference base, asked how near each entry is to a text."""

    def __init__(self, base: ReferenceBase, encoder: Encoder, name: str, weight: float = 0.3) -> None:
        self.version = "p-" + hashlib.sha256(f"{name} {weight}".encode()).hexdigest()[:8]
        self.weight = weight
        self._base, self._encoder = base, encoder

    @cached_property
    def _entries(self) -> tuple[list[str], Any]:
        texts = [(e.id, text) for e in self._base for text in (e.statement_vi, e.statement_en, e.statement_zh) if text]
        return [id for id, _ in texts], self._encoder.encode([text for _, text in texts])

    def nearness(self, text: str) -> dict[str, float]:
        """Return how near each entry's nearest statement is to `text`, 0 to 1."""
        ids, vectors = self._entries
        found: dict[str, float] = {}
        for id, score in zip(ids, vectors @ self._encoder.encode([text])[0], strict=True):
            found[id] = max(found.get(id, 0.0), float(score))
        return found


def load_plugin(folder: Path | None, base: ReferenceBase) -> Plugin | None:
    """Return the plug-in of a folder, None without one; UsageError in one line when it is missing or broken."""
    if folder is None:
        return None
    try:
        manifest = Manifest.model_validate(json.loads((folder / MANIFEST).read_text(encoding="utf-8")))
        content = hashlib.sha256((folder / "model.onnx").read_bytes() + (folder / "tokenizer.json").read_bytes()).hexdigest()
    except OSError as error:
        raise UsageError(f"matcher_plugin {folder}: không đọc được {Path(str(error.filename)).name} ({error.strerror}); cần {MANIFEST}, model.onnx, tokenizer.json") from error
    except ValidationError as error:
        first = error.errors()[0]
        raise UsageError(f"matcher_plugin {folder}: {MANIFEST}: trường {'.'.join(map(str, first['loc']))}: {first['msg']}") from error
    except ValueError as error:
        raise UsageError(f"matcher_plugin {folder}: {MANIFEST} không phải JSON ({error})") from error
    return Plugin(base, OnnxEncoder(folder, manifest), f"{manifest.model_dump_json()} {content}", manifest.weight)
