"""How an office calls itself on paper: names with dates of validity, who receives which paper, who signs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    from pipelines.settings import Profile

# What stands in the place of the signer until the office fills it in.
SIGNER = "QUYỀN HẠN, CHỨC VỤ CỦA NGƯỜI KÝ"


class AgencyName(BaseModel):
    """A name in force from `valid_from` until the day before `valid_until` (none: still)."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    valid_from: date
    valid_until: date | None = None
    agency: str
    agency_parent: str = ""
    locality: str = ""


class Office(BaseModel):
    """What an office sets for its own papers over the shipped profile (docs/settings.md).

    `recipients_of` maps a paper (`diem-bao`, `bao-cao`, `cong-van`) to its own “Nơi nhận”; `recipients` is for all others.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    names: tuple[AgencyName, ...] = ()
    recipients: tuple[str, ...] = ()
    recipients_of: dict[str, tuple[str, ...]] = {}
    signer: str = ""


def office_on(profile: Profile, offices: Mapping[str, Office], day: date, paper: str) -> Profile:
    """Return `profile` as it names itself on a `paper` of `day`: the office's own settings over the profile's."""
    own = offices.get(profile.name, Office())
    changes: dict[str, object] = {}
    names = own.names or profile.names
    fitting = [name for name in names if name.valid_from <= day and (name.valid_until is None or day < name.valid_until)]
    if fitting:
        name = max(fitting, key=lambda one: one.valid_from)
        changes |= {"agency": name.agency, "agency_parent": name.agency_parent, "locality": name.locality or profile.locality}
    recipients = own.recipients_of.get(paper) or own.recipients
    if recipients:
        changes["recipients"] = recipients
    if own.signer:
        changes["signer"] = own.signer
    return profile.model_copy(update=changes)
