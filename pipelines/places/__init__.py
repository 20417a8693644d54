"""Which province a text is about: one automaton, then resolution by date, level word, neighbours and majority."""

from pipelines.places.matcher import Matcher, Reading

__all__ = ["Matcher", "Reading"]
