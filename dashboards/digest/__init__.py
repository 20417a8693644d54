"""The daily digest (điểm báo): one content object, four forms."""

from dashboards.digest.content import build_digest
from dashboards.digest.records import Digest
from dashboards.digest.write import write_digest

__all__ = ["Digest", "build_digest", "write_digest"]
