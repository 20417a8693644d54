"""The store: the truth about articles, alerts, decisions, deliveries and audit, on SQLite or PostgreSQL."""

from pipelines.store.engine import Store

__all__ = ["Store"]
