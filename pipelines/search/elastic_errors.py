"""Elasticsearch's complaints as one clear line each: what happened and what to do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from elastic_transport import TlsError
from elasticsearch import ApiError, TransportError

from pipelines.search.port import IndexUnavailable, Outcome


@contextmanager
def spoken(where: str) -> Iterator[None]:
    """Turn what the client raises into IndexUnavailable; `where` is the server's address without its password."""
    try:
        yield
    except ApiError as error:
        raise _api(where, error) from error
    except TlsError as error:
        if "WRONG_VERSION_NUMBER" in str(error.message):
            raise IndexUnavailable(f"Elasticsearch {where}: cổng này không dùng TLS; đổi https:// thành http:// trong COTMOC_ELASTICSEARCH_URL, hoặc sửa cổng", "tls") from error
        raise IndexUnavailable(f"Elasticsearch {where}: chứng chỉ không được tin ({_short(error)}); đặt COTMOC_ELASTICSEARCH_CA", "tls") from error
    except TransportError as error:
        raise IndexUnavailable(
            f"Elasticsearch {where}: không kết nối được ({_short(error)}); tin vẫn nằm trong hàng chờ, sẽ chuyển khi máy chủ trở lại",
            "unreachable",
        ) from error


def _short(error: TransportError) -> str:
    return str(error.message).split("\n")[0][:160]


def _api(where: str, error: ApiError) -> IndexUnavailable:
    status, kind = error.status_code, str(error.error)
    known: dict[int, tuple[str, str]] = {
        401: ("sai tên, mật khẩu hoặc khóa API; kiểm tra COTMOC_ELASTICSEARCH_USER, _PASSWORD, _API_KEY", "password"),
        403: ("tài khoản không đủ quyền, hoặc chỉ mục đang bị khóa ghi", "forbidden"),
        429: ("máy chủ đang quá tải (429); sẽ thử lại sau", "busy"),
        503: ("máy chủ chưa sẵn sàng (503); sẽ thử lại sau", "unready"),
    }
    if "cluster_block" in kind:
        return blocked(where)
    text, cause = known.get(status, (f"trả lời {status} {kind[:120]}", f"status-{status}"))
    return IndexUnavailable(f"Elasticsearch {where}: {text}", cause)


def blocked(where: str) -> IndexUnavailable:
    """Return the error for an index that only reads, as the disk watermark makes it."""
    return IndexUnavailable(
        f"Elasticsearch {where}: chỉ mục đang bị khóa ghi (thường vì đĩa đầy); giải phóng đĩa rồi bỏ index.blocks.read_only_allow_delete",
        "read-only",
    )


def no_room(where: str, name: str, reason: str) -> IndexUnavailable:
    """Return the error for a part of the index that the cluster cannot make."""
    return IndexUnavailable(
        f"Elasticsearch {where}: không tạo được phần {name} ({reason}); giải phóng đĩa, thêm nút hoặc nâng cluster.max_shards_per_node", "no-room"
    )


def outcome_of(item: Mapping[str, Any]) -> tuple[Outcome, str]:
    """Return the outcome and reason of one item of a bulk answer."""
    status = int(item.get("status", 0))
    error = item.get("error") or {}
    if status in (200, 201) or (status == 404 and not error):
        return Outcome.DELIVERED, ""
    kind, reason = str(error.get("type", "")), str(error.get("reason", ""))[:300]
    if kind == "version_conflict_engine_exception":
        return Outcome.STALE, "đã có phiên bản mới hơn"
    if status == 429 or status >= 500 or kind in ("index_not_found_exception", "cluster_block_exception"):
        return Outcome.RETRY, f"{kind}: {reason}"
    if kind in ("strict_dynamic_mapping_exception", "document_parsing_exception", "illegal_argument_exception", "mapper_parsing_exception"):
        return Outcome.REJECTED, f"không hợp ánh xạ của chỉ mục ({kind}: {reason})"
    return Outcome.REJECTED, f"{kind}: {reason}"
