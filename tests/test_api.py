"""The API: read-only, a token per program, paged, limited, and as its own description says."""

from __future__ import annotations

import json
import multiprocessing
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from sqlalchemy import select, update
from starlette.testclient import TestClient

from dashboards.api import answers, create_api
from dashboards.api.openapi import document
from dashboards.app import create_app
from pipelines.clock import now
from pipelines.errors import UserError
from pipelines.search.embedded import EmbeddedIndex
from pipelines.search.rebuild import rebuild
from pipelines.store import Store, clients
from pipelines.store import schema as tables
from pipelines.store.rates import Rates
from tests.askers import ask
from tests.desk import Desk, make_desk

HOST = "http://127.0.0.1:8710"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = make_desk(tmp_path / "data")
    with made.store.begin() as conn:
        conn.execute(update(tables.articles).values(assessed_with="m1/r1"))
    index = EmbeddedIndex(made.settings.data / "index.sqlite3")
    rebuild(made.store, index)
    index.close()
    return made


def enter(desk: Desk, name: str = "Thống kê", **settings: Any) -> TestClient:
    with desk.store.begin() as conn:
        token = clients.add(conn, name, now())
    app = create_app(desk.settings.model_copy(update=settings), desk.store)
    return TestClient(app, base_url=HOST, headers={"Authorization": f"Bearer {token}"}, follow_redirects=False)


def test_every_answer_is_as_described(desk: Desk) -> None:
    client, described = enter(desk), document()
    asked = {
        "/v1/articles": "/v1/articles?q=tier:flag", "/v1/articles/{id}": f"/v1/articles/{desk.ids['first']}",
        "/v1/facets": "/v1/facets?q=vịnh", "/v1/alerts": "/v1/alerts?tier=flag", "/v1/alerts/{id}": f"/v1/alerts/{desk.ids['flag']}",
    }  # fmt: skip
    assert set(described["paths"]) == {*asked, "/v1/export"}
    for path, address in asked.items():
        answer = client.get("/api" + address)
        assert answer.status_code == 200, answer.text
        schema = described["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        Draft202012Validator({**schema, "components": described["components"]}).validate(answer.json())
    assert client.get("/api/openapi.json", headers={"Authorization": ""}).json() == described


def test_without_a_token_nothing_is_read(desk: Desk) -> None:
    client = enter(desk)
    for header in ("", "Bearer", "Bearer cotmoc_x", "Basic YTpi"):
        answer = client.get("/api/v1/alerts", headers={"Authorization": header})
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    with desk.store.begin() as conn:
        clients.revoke(conn, "Thống kê", now())
    assert client.get("/api/v1/alerts").status_code == 401


def test_a_token_does_not_open_the_desk_and_a_session_not_the_api(desk: Desk) -> None:
    client = enter(desk)
    assert client.get("/alerts").status_code == 303


def test_of_a_token_only_its_hash_is_kept(desk: Desk) -> None:
    with desk.store.begin() as conn:
        token = clients.add(conn, "Kho", now())
        rows = conn.execute(select(tables.clients)).mappings().all()
        assert token not in json.dumps([dict(row) for row in rows])
        assert clients.by_token(conn, token) is not None
        with pytest.raises(UserError, match="đã có"):
            clients.add(conn, "Kho", now())


def test_it_only_reads(desk: Desk) -> None:
    client = enter(desk)
    for method in ("post", "put", "delete", "patch"):
        for more in ({"content": b"{}"}, {}, {"content": b"{}", "headers": {"Origin": "https://noi-khac.example"}}):
            answer = client.request(method, "/api/v1/alerts", **more)
            assert (answer.status_code, answer.json()) == (405, {"error": "API chỉ đọc"})


def test_pages_follow_one_another_to_the_end(desk: Desk) -> None:
    client = enter(desk)
    address, seen = "/api/v1/articles?q=&limit=2", []
    while address:
        page = client.get(address).json()
        seen += [item["id"] for item in page["items"]]
        address = page["next"]
    assert len(seen) == len(set(seen)) == page["total"] == 5
    first = client.get("/api/v1/alerts?limit=1").json()
    assert (len(first["items"]), first["total"]) == (1, 3)
    assert client.get(first["next"]).json()["items"][0]["id"] != first["items"][0]["id"]


def test_alerts_of_an_outlet_are_asked_as_facets_name_it(desk: Desk) -> None:
    client = enter(desk)
    everything = client.get("/api/v1/alerts").json()
    names = [item["outlet"] for item in everything["items"]]
    values = [one["value"] for one in client.get("/api/v1/facets").json()["outlet"]]
    found = {value: client.get("/api/v1/alerts", params={"outlet": value}).json() for value in (*values, names[0], "báo lạ")}
    assert sum(found[value]["total"] for value in values) == everything["total"] and found["báo lạ"]["total"] == 0
    assert {item["outlet"] for item in found[names[0]]["items"]} == {names[0]} and found[names[0]]["total"] == names.count(names[0])
    assert client.get("/api/v1/alerts?province=ninh-binh").json()["total"] == everything["total"]


def test_the_last_page_before_the_limit_is_reached(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "COUNT_LIMIT", 5)
    client, address, seen = enter(desk), "/api/v1/articles?limit=2", 0
    while address:
        page = client.get(address).json()
        seen, address = seen + len(page["items"]), page["next"]
    assert seen == 5


@pytest.mark.postgresql
def test_nul_is_a_wrong_question_on_postgresql_too(desk: Desk, fresh_database: str) -> None:
    store = Store.open(fresh_database.replace("postgresql://", "postgresql+psycopg://", 1))
    with store.begin() as conn:
        token = clients.add(conn, "Kho", now())
    client = TestClient(create_api(desk.settings, store), headers={"Authorization": f"Bearer {token}"}, raise_server_exceptions=False)
    for address in ("/v1/articles/%00", "/v1/alerts?outlet=%00", "/v1/alerts/%00", "/v1/articles?q=%00"):
        assert client.get(address).status_code == 400, address
    store.close()


@pytest.mark.parametrize(
    "address", ["/articles?q=(", "/articles?limit=201", "/articles?limit=000000001999", f"/articles?limit={'0' * 5000}1", "/alerts?since=0001-01-01T00:00:00%2B14:00", "/alerts?since=0001-01-01", "/articles?offset=-1", "/articles?limit=x", "/alerts?since=hôm qua", "/alerts?tier=cao", "/alerts?type=X1", "/alerts?province=hanoi2", "/alerts?status=xong", "/export?format=pdf", "/articles?qq=tier:flag", "/articles?q=a&q=b", "/alerts?teir=flag", "/export?query=x", "/articles/x?q=a", "/articles?q=" + "a" * 2001]
)
def test_wrong_questions_are_one_line(desk: Desk, address: str) -> None:
    answer = enter(desk).get("/api/v1" + address)
    assert answer.status_code == 400
    assert "\n" not in answer.json()["error"]


def test_what_is_not_there_is_404(desk: Desk) -> None:
    client = enter(desk)
    assert [client.get(f"/api/v1/{path}").status_code for path in ("articles/x", "alerts/x", "people")] == [404, 404, 404]


def test_nobody_of_the_staff_and_no_writer_is_named(desk: Desk) -> None:
    text = json.dumps(document())
    for word in ("analyst", "author", "byline", "handle"):
        assert f'"{word}"' not in text


def test_too_fast_is_told_to_wait(desk: Desk) -> None:
    client = enter(desk, api_per_minute=3)
    answers = [client.get("/api/v1/alerts") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert int(answers[-1].headers["retry-after"]) >= 1


def test_the_bucket_refills_evenly(store: Store, tmp_path: Path) -> None:
    at = [1000.0]
    rates = Rates(store, tmp_path, lambda: at[0])
    assert [rates.take("a", 6) for _ in range(7)] == [0, 0, 0, 0, 0, 0, 10]
    assert rates.take("b", 6) == 0
    at[0] += 10
    assert [rates.take("a", 6), rates.take("a", 6)] == [0, 10]
    at[0] += 7200
    assert rates.take("b", 6) == 0  # the rows of the hour before are gone
    rates.close()


def test_all_processes_take_from_one_bucket(store: Store, tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    answers = context.Queue()
    workers = [context.Process(target=ask, args=(tmp_path, 40, answers)) for _ in range(2)]
    for worker in workers:
        worker.start()
    assert sum(answers.get(timeout=60) for _ in workers) == 50
    for worker in workers:
        worker.join()


def test_a_writer_of_the_store_does_not_hold_the_api_up(store: Store, tmp_path: Path) -> None:
    rates = Rates(store, tmp_path)
    with store.begin():
        assert rates.take("a", 6) == 0
    rates.close()


@pytest.mark.postgresql
def test_the_bucket_on_postgresql(fresh_database: str, tmp_path: Path) -> None:
    store = Store.open(fresh_database)
    two = [Rates(store, tmp_path, lambda: 1000.0) for _ in range(2)]
    assert [two[n % 2].take("a", 3) for n in range(4)] == [0, 0, 0, 20]
    assert not (tmp_path / "api.sqlite3").exists()
    store.close()


def test_the_description_is_valid_openapi() -> None:
    OpenAPIV31SpecValidator(document()).validate()


def test_an_export_is_a_file_and_an_audit_entry(desk: Desk) -> None:
    answer = enter(desk).get("/api/v1/export?q=tier:flag&format=jsonl")
    assert answer.headers["content-disposition"] == 'attachment; filename="cotmoc.jsonl"'
    assert len(answer.text.splitlines()) == 2
    with desk.store.read() as conn:
        assert conn.execute(select(tables.audit.c.actor)).scalars().all() == ["API: Thống kê"]
