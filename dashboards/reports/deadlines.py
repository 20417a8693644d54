"""The calendar of duties from the profiles: what is due when, reminders at T-30, T-7 and T-1, and an `.ics`."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from icalendar import Alarm, Calendar, Event

from pipelines.clock import HANOI
from pipelines.settings import Profile

REMIND = (30, 7, 1)
# An overdue duty is named for this long.
LATE = 14


@dataclass(frozen=True)
class Due:
    """One duty of one office on one day; `left` counts days, negative when the day has passed."""

    office: str
    title: str
    name: str
    day: date
    to: str
    basis: str
    left: int
    kind: str = "annual"
    via: str = ""

    @property
    def whither(self) -> str:
        """To whom, and through whom where the plan says so."""
        return f"{self.to} (qua {self.via})" if self.via else self.to

    @property
    def reminder(self) -> str:
        """T-30, T-7, T-1 on and after the day of that reminder, “quá hạn” when late, else nothing."""
        if self.left < 0:
            return "quá hạn"
        found = [days for days in REMIND if self.left <= days]
        return f"T-{min(found)}" if found else ""


def upcoming(profiles: Iterable[Profile], today: date, days: int = 400, *, far: bool = False) -> list[Due]:
    """Return what falls due from `LATE` days ago to `days` from now, the nearest first.

    `far`: of a duty of every few years also its next day, however far away it is.
    """
    found = []
    for profile in profiles:
        for one in profile.deadlines:
            month, day = int(one.due[:2]), int(one.due[3:])
            known = False
            for year in range(today.year - 1, today.year + max(days // 365, one.every if far else 0) + 2):
                if (year - one.year) % one.every:
                    continue
                on = date(year, month, day)
                left = (on - today).days
                if -LATE <= left <= days or (far and one.every > 1 and left > days and not known):
                    known = known or left >= 0
                    found.append(Due(profile.name, profile.title, one.name, on, one.to, one.basis, left, "five-year" if one.every == 5 else "annual", one.via))
    return sorted(found, key=lambda due: (due.day, due.office, due.name))


def reminders(profiles: Iterable[Profile], today: date) -> list[Due]:
    """Return what has to be reminded of today exactly: T-30, T-7, T-1."""
    return [due for due in upcoming(profiles, today) if due.left in REMIND]


def calendar(dues: Iterable[Due], today: date) -> bytes:
    """Return an iCalendar file (RFC 5545): one whole-day event per duty with three alarms; equal input, equal bytes."""
    out = Calendar()
    out.add("prodid", "-//cotmoc//deadlines//VI")
    out.add("version", "2.0")
    for due in dues:
        event = Event()
        event.add("uid", hashlib.sha256(f"{due.office}|{due.name}|{due.day}".encode()).hexdigest()[:24] + "@cotmoc.invalid")
        event.add("dtstamp", datetime.combine(today, time(), HANOI))
        event.add("dtstart", due.day)
        event.add("dtend", due.day + timedelta(days=1))
        event.add("summary", f"Hạn: {due.name} ({due.title})")
        event.add("description", f"Trước ngày {due.day:%d/%m/%Y}, gửi {due.whither}. Căn cứ: {due.basis}")
        for days in REMIND:
            alarm = Alarm()
            alarm.add("action", "DISPLAY")
            alarm.add("description", f"Còn {days} ngày: {due.name}")
            alarm.add("trigger", timedelta(days=-days))
            event.add_component(alarm)
        out.add_component(event)
    return bytes(out.to_ical())
