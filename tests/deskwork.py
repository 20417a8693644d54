"""How the tests of the desk's workflow fill in its forms and read its state."""

from __future__ import annotations

import re

from starlette.testclient import TestClient

from pipelines.store import alerts as alert_store
from tests.desk import Desk


def form(client: TestClient, **values: object) -> dict[str, object]:
    found = re.search(r'name="token" value="(\w+)"', client.get("/mine").text)
    assert found
    return {"token": found[1], **values}


def decide(client: TestClient, desk: Desk, outcome: str, id: str = "", reason: str = "đã đối chiếu") -> None:
    id = id or desk.ids["flag"]
    with desk.store.read() as conn:
        found = alert_store.get_alert(conn, id)
    assert found
    answer = client.post(f"/alerts/{id}", data=form(client, version=found[1], outcome=outcome, reason=reason), follow_redirects=False)
    assert answer.status_code == 303, answer.text[-600:]


def state(desk: Desk, id: str = "") -> tuple[str, int]:
    with desk.store.read() as conn:
        found = alert_store.get_alert(conn, id or desk.ids["flag"])
    assert found
    return found[0].status, found[1]
