"""Telling people: flags at once, everything else in summaries, one message per story and channel."""

from pipelines.notify.run import notify

__all__ = ["notify"]
