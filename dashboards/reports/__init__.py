"""Periodic reports (DUTIES 1.6, 6.2): one content object from the store, as DOCX, PDF and CSV."""

from dashboards.reports.content import build_report
from dashboards.reports.periods import KINDS, period_of
from dashboards.reports.write import write_report

__all__ = ["KINDS", "build_report", "period_of", "write_report"]
