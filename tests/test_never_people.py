"""No record, table, declaration, document or export has a field for a person. This test is never weakened."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator

import pytest
from pydantic import BaseModel

from pipelines.store.schema import metadata

ROOMS = ("pipelines", "classifiers", "crawlers", "dashboards", "flows")
FORBIDDEN = re.compile(
    r"(^|_)(author|authors|byline|writer|journalist|reporter|creator|handle|username|screen_name|nickname|avatar"
    r"|followers?|following|profile|profile_url|user_id|account|poster|commenter|likes|shares|gender|religion"
    r"|ethnicity|birthday|phone|home_address)($|_)"
)
# The office's own staff decide and are named in the trail; `profile` of the settings is the office's own.
STAFF = {("Decision", "analyst"), ("Settings", "profile"), ("Settings", "elasticsearch_user")}


def person_fields(names: Iterator[tuple[str, str]]) -> list[str]:
    """Return `owner.field` of each field that names a person."""
    return [f"{owner}.{name}" for owner, name in names if FORBIDDEN.search(name.lower()) and (owner, name) not in STAFF]


def models() -> Iterator[type[BaseModel]]:
    """All pydantic models and dataclasses of the rooms."""
    for room in ROOMS:
        package = importlib.import_module(room)
        for info in pkgutil.walk_packages(package.__path__, f"{room}."):
            if info.name.endswith(".__main__") or ".migrations" in info.name:
                continue
            module = importlib.import_module(info.name)
            for _name, value in inspect.getmembers(module, inspect.isclass):
                if value.__module__ == module.__name__:
                    yield value


def fields_of_models() -> Iterator[tuple[str, str]]:
    for model in models():
        declared = getattr(model, "model_fields", None) or getattr(model, "__dataclass_fields__", None) or {}
        for name in declared:
            yield model.__name__, name


def columns() -> Iterator[tuple[str, str]]:
    for table in metadata.tables.values():
        for column in table.columns:
            yield table.name, column.name


def test_no_record_or_declaration_has_a_person_field() -> None:
    assert person_fields(fields_of_models()) == []


def test_no_table_has_a_person_column() -> None:
    assert person_fields(columns()) == []


def test_no_index_document_has_a_person_field() -> None:
    from pipelines.search.document import FIELDS

    assert person_fields(("document", name) for name in FIELDS) == []


@pytest.mark.parametrize("name", ["author", "author_name", "handle", "profile_url", "follower_count", "avatar", "byline"])
def test_the_check_can_fail(name: str) -> None:
    assert person_fields(iter([("Article", name)])) == [f"Article.{name}"]


@pytest.mark.parametrize("name", ["canonical", "source", "outlet", "provinces", "claim", "sharded"])
def test_the_check_lets_ordinary_names_pass(name: str) -> None:
    assert person_fields(iter([("Article", name)])) == []
