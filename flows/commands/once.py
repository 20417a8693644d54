"""`cotmoc once`: one round of the main job on the office's sources, without Prefect."""

from __future__ import annotations

from typing import Annotated

import typer

from flows.options import DataOption, JsonOption


def once(
    data: DataOption = None,
    profile: Annotated[str | None, typer.Option(help="Hồ sơ địa phương của điểm báo.")] = None,
    source: Annotated[list[str] | None, typer.Option(metavar="NAME", help="Chỉ nguồn này (lặp lại được).")] = None,
    as_json: JsonOption = False,
) -> None:
    """Một vòng: thu thập, đọc, đối chiếu, chuyển, điểm báo; dùng được trong cron khi không chạy `cotmoc start`."""
    import json

    from flows import mainjob
    from flows.chain import Chain
    from flows.context import open_store, say_contact, settings
    from flows.lock import held
    from flows.outcomes import print_run
    from pipelines.settings import load_profile

    config = settings(data, profile=profile)
    load_profile(config.profile)
    chain = Chain(config, open_store(config))
    # Mistakes in the declarations are said before a run is opened.
    chain.sources.choose(source)
    say_contact(config)
    with held(config.data, "chain"), mainjob.run_of(chain, "once") as counts:
        mainjob.collect_to_deliver(chain, counts, source)
        papers = mainjob.todays_digest(chain, counts)
    run = mainjob.last_run(chain)
    chain.close()
    if as_json:
        typer.echo(json.dumps(run, ensure_ascii=False))
        return
    print_run(run)
    typer.echo(f"digest: {papers[0]}")
