"""The indices of Elasticsearch behind one alias: versions, and in each version shelves by data class and quarter.

`{prefix}-articles` is the alias that answers. Behind it stand the shelves of one version: `…-v000001-alert` (articles of stories
that raised an alert) and `…-v000001-article-2026-q4` (the others, by the quarter first seen). A month that is over goes document
by document, the last one of its quarter with the index: months of their own made five years 62 indices, and every
question had to ask them all (facets four times as dear, 2026-11-21). Each index has an alias `…-write` of its own and is written through it with `require_alias`: a late bulk
cannot bring a dropped index back to life.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING

from pipelines.errors import UserError
from pipelines.search import mapping
from pipelines.search.document import ALERT, ARTICLE, shelf_of
from pipelines.search.elastic_errors import blocked, no_room

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

# So long an index that is being made may wait for a node that takes it.
ROOM = "15s"
# Documents of a part that are deleted with one request, and days first seen that are told apart (27 years).
DROPPED = 5_000
MOST_DAYS = 10_000
_VERSION = re.compile(r"^(.*-v(\d{6}))(?:-.*)?$")


class Layout:
    """Makes, finds, switches and drops the indices of one prefix."""

    def __init__(self, client: Elasticsearch, prefix: str, where: str) -> None:
        self.client, self.prefix, self.where = client, prefix, where
        self.alias = mapping.alias(prefix)
        self.building_alias = f"{self.alias}-building"
        self.shards = 1
        self.replicas: int | None = None

    def setup(self) -> None:
        """Put the template, and make the first version unless the alias is there."""
        self.client.indices.put_index_template(name=self.alias, **mapping.template(self.prefix, self.shards, self.replicas))
        if not self.client.indices.exists_alias(name=self.alias):
            self._create(f"{self.alias}-v000001-{ALERT}", self.alias)

    def there(self) -> dict[str, set[str]]:
        """Return the indices of all versions, each with its aliases: one request tells all that a write needs to know."""
        found = self.client.indices.get_alias(index=f"{self.alias}-v*")
        return {name: set(one["aliases"]) for name, one in found.body.items()}

    def live(self, there: Mapping[str, Collection[str]]) -> tuple[str, str]:
        """Return the version that answers and the one that is being built; empty where there is none."""
        current, building = (newest(name for name, aliases in there.items() if alias in aliases) for alias in (self.alias, self.building_alias))
        if building and building == current:  # killed in the middle of a switch
            self._settle(current)
            return current, ""
        return current, building

    def behind(self, alias: str) -> list[str]:
        """Return the indices behind an alias, none when there is no such alias."""
        found = self.client.options(ignore_status=404).indices.get_alias(name=alias)
        return sorted(found.body) if found.meta.status == 200 else []

    def current(self) -> str:
        """Return the version that answers, such as `cotmoc-articles-v000001`; empty when there is none."""
        return newest(self.behind(self.alias))

    def ensure(self, version: str, alias: str, parts: Iterable[str], there: Collection[str]) -> None:
        """Make those of the parts that `version` (which is behind `alias`) does not have yet; `there` are all indices."""
        missing = [name for name in sorted({f"{version}-{part}" for part in parts}) if name not in there]
        if missing and self.locked():
            raise blocked(self.where)  # a new part would find no room either, and only say so after a minute
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
        """Make an empty new version behind the alias `…-building`, and drop those that were not finished, or not dropped."""
        self.setup()
        known, current = self.there(), self.current()
        number = max(int(found[2]) for name in known if (found := _VERSION.match(name))) + 1
        self._delete([name for name in known if newest([name]) != current])
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
                *({"remove": {"index": name, "alias": self.alias}} for name in old),
            ]
        )
        # Only now: who asked just before, and is told that its indices are gone, asks again and meets the new ones.
        self._settle(version)
        self._delete(old)

    def parts(self) -> dict[str, int]:
        """Return how many documents each part of the version that answers holds."""
        current = self.current()
        shelves = [name for name in self.behind(self.alias) if name.startswith(f"{current}-{ARTICLE}-")]
        held = {ALERT: self.client.count(index=f"{current}-{ALERT}")["count"]} if current else {}
        if shelves:
            days = {"days": {"terms": {"field": "seen", "size": MOST_DAYS, "format": "yyyy-MM-dd"}}}
            for bucket in self.client.search(index=",".join(shelves), size=0, aggregations=days)["aggregations"]["days"]["buckets"]:
                part = f"{ARTICLE}-{bucket['key_as_string'][:7]}"
                held[part] = held.get(part, 0) + bucket["doc_count"]
        return dict(sorted(held.items()))

    def drop(self, part: str) -> int:
        """Delete the documents of one part in every version; returns how many the one that answers held."""
        current, shelf = self.current(), shelf_of(part)
        dropped = 0
        for name in [name for alias in (self.alias, self.building_alias) for name in self.behind(alias) if name.endswith(f"-{shelf}")]:
            gone = self._empty(name, part)
            if name == f"{current}-{shelf}":  # one that is being filled has room for what comes
                dropped += gone
                self._delete_if_empty(name)
        return dropped

    def _empty(self, name: str, part: str) -> int:
        """Delete the documents of one part from an index, each in the state in which it was found."""
        month = part.removeprefix(f"{ARTICLE}-")
        query = {"range": {"seen": {"gte": f"{month}-01", "lt": f"{month}-01||+1M"}}} if shelf_of(part) != part else {"match_all": {}}
        gone = 0
        while True:
            self.client.indices.refresh(index=name)
            found = self.client.search(index=name, query=query, size=DROPPED, version=True, source=False)["hits"]["hits"]
            if not found:
                return gone
            lines = [
                {"delete": {"_index": name, "_id": one["_id"], "version": one["_version"], "version_type": "external_gte"}} for one in found
            ]
            gone += sum(one["delete"]["status"] == 200 for one in self.client.bulk(operations=lines)["items"])

    def _delete_if_empty(self, name: str) -> None:
        """Delete an index without documents. Its write alias goes first: what is written just now is refused, and comes again.

        Killed in between, the drop is still owed and is done again: the alias is then gone already.
        """
        write = f"{name}-write"
        self.client.options(ignore_status=404).indices.update_aliases(actions=[{"remove": {"index": name, "alias": write}}])
        self.client.indices.refresh(index=name)
        if self.client.count(index=name)["count"]:
            self.client.indices.update_aliases(actions=[{"add": {"index": name, "alias": write}}])
        else:
            self._delete([name])

    def _settle(self, version: str) -> None:
        """After a switch: parts made meanwhile by others answer too, parts of the old version go."""
        late = [name for name in self.behind(self.building_alias) if newest([name]) == version]
        if late:
            moves = [{"add": {"index": name, "alias": self.alias}} for name in late]
            self.client.indices.update_aliases(actions=[*moves, *({"remove": {"index": name, "alias": self.building_alias}} for name in late)])
        self._delete([name for name in self.behind(self.alias) if newest([name]) != version])

    def locked(self) -> bool:
        """Tell whether an index of ours only reads, as all on a full disk do."""
        name = "index.blocks.read_only_allow_delete"
        found = self.client.options(ignore_status=404).indices.get_settings(index=self.alias, name=name, flat_settings=True)
        return found.meta.status == 200 and any(one["settings"].get(name) == "true" for one in found.body.values())

    def _create(self, name: str, alias: str) -> None:
        """Make an index; IndexUnavailable when the cluster has no room for it, which is no fault of any document."""
        made = self.client.options(ignore_status=400).indices.create(index=name, aliases={alias: {}, f"{name}-write": {}}, timeout=ROOM)
        if made.meta.status == 400 and made["error"]["type"] != "resource_already_exists_exception":
            raise no_room(self.where, name, str(made["error"]["reason"])[:160])
        if made.meta.status == 200 and not made["shards_acknowledged"]:
            self._delete([name])
            raise no_room(self.where, name, "không nút nào nhận mảnh mới")

    def _delete(self, names: Collection[str]) -> None:
        for name in names:
            self.client.options(ignore_status=404).indices.delete(index=name)


def newest(names: Iterable[str]) -> str:
    """Return the newest version among names of indices, empty when there is none."""
    return max((found[1] for name in names if (found := _VERSION.match(name))), default="")
