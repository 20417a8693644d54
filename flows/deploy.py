"""Register the flows at a Prefect server: `python -m flows.deploy [SHARDS [SECONDS [now]]]`, with PREFECT_API_URL set."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from prefect.client.schemas.schedules import CronSchedule, IntervalSchedule
from prefect.deployments.runner import EntrypointType, RunnerDeployment
from prefect.flows import Flow

from flows.press import digest, press, upkeep

if TYPE_CHECKING:
    from uuid import UUID

POOL = "cotmoc"
ZONE = "Asia/Ho_Chi_Minh"
# How often the round starts; each feed has its own next poll, 5 minutes at the least.
ROUND_SECONDS = 300
# Third argument: start the first rounds at once (the schedule's own first comes one whole interval later).
AT_ONCE = "now"


async def deployments(shards: int, round_seconds: int = ROUND_SECONDS) -> list[RunnerDeployment]:
    """Return one press deployment per shard, the digest at 06:30 and the upkeep at 02:15."""
    from datetime import timedelta

    from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy

    # A round that is still running when the next is due: the next is left out, not queued.
    one = ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW)
    every = IntervalSchedule(interval=timedelta(seconds=round_seconds), timezone=ZONE)
    found = [
        await _deployment(press, f"vong-{shard + 1}-{shards}", every, one, {"shard": shard, "shards": shards})
        for shard in range(shards)
    ]
    found.append(await _deployment(digest, "hang-ngay", CronSchedule(cron="30 6 * * *", timezone=ZONE), one, {}))
    found.append(await _deployment(upkeep, "hang-dem", CronSchedule(cron="15 2 * * *", timezone=ZONE), one, {}))
    return found


async def _deployment(target: Flow, name: str, schedule: object, limit: object, parameters: dict) -> RunnerDeployment:
    return await target.ato_deployment(
        name,
        schedule=schedule,  # type: ignore[arg-type]
        concurrency_limit=limit,  # type: ignore[arg-type]
        parameters=parameters,
        work_pool_name=POOL,
        entrypoint_type=EntrypointType.MODULE_PATH,
    )


async def register(shards: int, round_seconds: int, at_once: bool = False) -> list[str]:
    """Create the work pool and the deployments, or bring them up to date; return their names.

    `at_once` asks for one round per shard now.
    """
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.actions import WorkPoolCreate
    from prefect.client.schemas.sorting import DeploymentSort
    from prefect.exceptions import ObjectAlreadyExists

    async with get_client() as client:
        with suppress(ObjectAlreadyExists):
            await client.create_work_pool(WorkPoolCreate(name=POOL, type="process"))
    names = []
    rounds: list[UUID] = []
    for deployment in await deployments(shards, round_seconds):
        known_as = await deployment.aapply(work_pool_name=POOL)
        names.append(deployment.full_name)
        if deployment.flow_name == press.name:
            rounds.append(known_as)
    async with get_client() as client:
        # Another number of shards leaves rounds behind that would fetch the same hosts a second time.
        for known in await client.read_deployments(limit=200, sort=DeploymentSort.NAME_ASC):
            if known.entrypoint == f"{press.__module__}.{press.fn.__name__}" and f"{press.name}/{known.name}" not in names:
                await client.delete_deployment(known.id)
        if at_once:
            await start_rounds(client, rounds)
    return names


async def start_rounds(client: Any, rounds: Iterable[UUID]) -> None:
    """Ask a Prefect client for one run of each deployment in `rounds`, due now."""
    for deployment in rounds:
        await client.create_flow_run_from_deployment(deployment)


if __name__ == "__main__":
    given = sys.argv[1:]
    asyncio.run(register(int(given[0]) if given else 1, int(given[1]) if given[1:] else ROUND_SECONDS, given[2:] == [AT_ONCE]))
