"""Fact cards from the reference base: short texts for radio, SMS and web that two persons have approved."""

from dashboards.factcards.card import FORMATS, approve, approved, draft, faults

__all__ = ["FORMATS", "approve", "approved", "draft", "faults"]
