"""Exports: what a question finds as CSV, JSON lines, XLSX or ClaimReview; each is noted in the audit log."""

from dashboards.export.write import FORMATS, Exported, export

__all__ = ["FORMATS", "Exported", "export"]
