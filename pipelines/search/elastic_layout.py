"""The indices of Elasticsearch behind one alias: versions, and in each version parts by data class and month.

`{prefix}-articles` is the alias that answers. Behind it stand the parts of one version: `…-v000001-alert` (articles of stories
that raised an alert) and `…-v000001-article-2026-11` (the others, by the month first seen), so that a month that is over goes
as one index. Each index has an alias `…-write` of its own and is written through it with `require_alias`: a late bulk
cannot bring a dropped index back to life.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from pipelines.errors import UserError
from pipelines.search import mapping
from pipelines.search.document import ALERT

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

_VERSION = re.compile(r"^(.*-v(\d{6}))(?:-.*)?$")


class Layout:
    """Makes, finds, switches and drops the indices of one prefix."""

    def __init__(self, client: Elasticsearch, prefix: str) -> None:
        self.client, self.prefix = client, prefix
        self.alias = mapping.alias(prefix)
        self.building_alias = f"{self.alias}-building"
        self.shards = 1
        self.replicas: int | None = None

    def setup(self) -> None:
        """Put the template, and make the first version unless the alias is there."""
        self.client.indices.put_index_template(name=self.alias, **mapping.template(self.prefix, self.shards, self.replicas))
        if not self.client.indices.exists_alias(name=self.alias):
            self._create(f"{self.alias}-v000001-{ALERT}", self.alias)

    def behind(self, alias: str) -> list[str]:
        """Return the indices behind an alias, none when there is no such alias."""
        found = self.client.options(ignore_status=404).indices.get_alias(name=alias)
        return sorted(found.body) if found.meta.status == 200 else []

    def current(self) -> str:
        """Return the version that answers, such as `cotmoc-articles-v000001`; empty when there is none."""
        return newest(self.behind(self.alias))

    def building(self) -> str:
        """Return the version that is being built; empty when there is none."""
        found = newest(self.behind(self.building_alias))
        if found and found == self.current():  # killed in the middle of a switch
            self._settle(found)
            return ""
        return found

    def ensure(self, version: str, alias: str, parts: Iterable[str]) -> None:
        """Make those of the parts that `version` (which is behind `alias`) does not have yet."""
        there = set(self.behind(alias))
        missing = [name for name in sorted({f"{version}-{part}" for part in parts}) if name not in there]
        for name in missing:
            self._create(name, alias)
        if missing:
            # Somebody may have switched just now: then what we made belongs behind the other alias, or nowhere.
            current = self.current()
            if current != version and alias == self.alias:
                self._delete(missing)
            elif current == version:
                self._settle(version)

    def start(self) -> str:
        """Make an empty new version behind the alias `…-building`, and drop one that was never finished."""
        self.setup()
        self._delete(self.behind(self.building_alias))
        known = self.client.indices.get(index=f"{self.alias}-v*", features="aliases")
        number = max(int(found[2]) for name in known.body if (found := _VERSION.match(name))) + 1
        version = f"{self.alias}-v{number:06d}"
        self._create(f"{version}-{ALERT}", self.building_alias)
        return version

    def switch(self) -> None:
        """Answer from the new version in one step, and drop the old one."""
        new, old = self.behind(self.building_alias), self.behind(self.alias)
        if not new:
            raise UserError("chỉ mục: không có phiên bản mới nào đang dựng; chạy lại cotmoc index rebuild")
        version = newest(new)
        self.client.indices.refresh(index=",".join(new))
        self.client.indices.update_aliases(
            actions=[
                *({"add": {"index": name, "alias": self.alias}} for name in new),
                *({"remove": {"index": name, "alias": self.building_alias}} for name in new),
                *({"remove_index": {"index": name}} for name in old),
            ]
        )
        self._settle(version)

    def drop(self, part: str) -> int:
        """Delete the index of one part in every version; returns how many documents the one that answers held."""
        current = f"{self.current()}-{part}"
        names = [name for alias in (self.alias, self.building_alias) for name in self.behind(alias) if name.endswith(f"-{part}")]
        held = self.client.count(index=current)["count"] if current in names else 0
        self._delete(names)
        return held

    def _settle(self, version: str) -> None:
        """After a switch: parts made meanwhile by others answer too, parts of the old version go."""
        late = [name for name in self.behind(self.building_alias) if newest([name]) == version]
        if late:
            moves = [{"add": {"index": name, "alias": self.alias}} for name in late]
            self.client.indices.update_aliases(actions=[*moves, *({"remove": {"index": name, "alias": self.building_alias}} for name in late)])
        self._delete([name for name in self.behind(self.alias) if newest([name]) != version])

    def _create(self, name: str, alias: str) -> None:
        self.client.options(ignore_status=400).indices.create(index=name, aliases={alias: {}, f"{name}-write": {}})

    def _delete(self, names: Collection[str]) -> None:
        for name in names:
            self.client.options(ignore_status=404).indices.delete(index=name)


def newest(names: Iterable[str]) -> str:
    """Return the newest version among names of indices, empty when there is none."""
    return max((found[1] for name in names if (found := _VERSION.match(name))), default="")
