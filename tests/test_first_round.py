"""`make start` begins its first round at once; registering alone starts none."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import pytest


class Client:
    """Stands in for the Prefect server: remembers which deployments were asked to run."""

    def __init__(self) -> None:
        self.started: list[UUID] = []

    async def create_work_pool(self, pool: Any) -> None:
        return None

    async def read_deployments(self, **given: Any) -> list[Any]:
        return []

    async def create_flow_run_from_deployment(self, deployment: UUID) -> None:
        self.started.append(deployment)


@pytest.mark.parametrize(("at_once", "shards", "rounds"), [(True, 2, 2), (True, 1, 1), (False, 2, 0)])
def test_one_round_per_shard_starts_at_once_when_asked(
    monkeypatch: pytest.MonkeyPatch, at_once: bool, shards: int, rounds: int
) -> None:
    from prefect.deployments.runner import RunnerDeployment

    from flows.deploy import register

    client, known = Client(), {}

    @asynccontextmanager
    async def get_client() -> Any:
        yield client

    async def apply(self: RunnerDeployment, **given: Any) -> UUID:
        return known.setdefault(self.full_name, uuid4())

    monkeypatch.setattr("prefect.client.orchestration.get_client", get_client)
    monkeypatch.setattr(RunnerDeployment, "aapply", apply)
    names = asyncio.run(register(shards, 300, at_once=at_once))
    assert {"diem-bao/hang-ngay", "don-dep/hang-dem"} < set(names)
    # The digest and the upkeep keep their hour: only the rounds start now.
    assert {name.split("/")[0] for name, id in known.items() if id in client.started} <= {"theo-doi-bao-chi"}
    assert len(client.started) == rounds
