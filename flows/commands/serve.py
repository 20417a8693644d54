"""`cotmoc serve`: the dashboard alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from flows.options import DataOption

if TYPE_CHECKING:
    import socket

    from dashboards.web.access import Access
    from pipelines.store import Store


def serve(
    data: DataOption = None,
    host: Annotated[str | None, typer.Option("--host", help="Địa chỉ nghe (mặc định 127.0.0.1, chỉ máy này).")] = None,
    port: Annotated[int | None, typer.Option("--port", min=0, max=65535, help="Cổng (mặc định 8710; 0: cổng trống bất kỳ).")] = None,
) -> None:
    """Mở bàn làm việc trên trình duyệt; dừng bằng Ctrl-C."""
    import gc
    from socket import gethostname

    import uvicorn

    from dashboards.app import create_app
    from flows.context import followed_sources, known_sources, open_store, settings
    from flows.lock import announced

    config = settings(data, host=host, port=port)
    with _listen(config.host, config.port) as listener:
        # The port that was really given: one-time links made at the desk name it too.
        config = config.model_copy(update={"port": listener.getsockname()[1]})
        store = open_store(config)
        app = create_app(config, store)
        # The editor of the digest tells domestic from foreign outlets as the digest itself does.
        known = known_sources(config)
        app.state.owners = {source.id: source.owner_class for source in known}
        app.state.outlets = {source.id: source.name for source in known}
        # The page of the sources also lists those that were never asked.
        app.state.followed = [source.id for source in followed_sources(config)]
        shown = f"[{config.host}]" if ":" in config.host else config.host
        address = f"http://{shown}:{config.port}"
        typer.echo(f"dashboard: {address}/")
        say_setup(app.state.access, store, address)
        server = uvicorn.Server(
            uvicorn.Config(app, log_level="warning", access_log=False, server_header=False, timeout_graceful_shutdown=5)
        )
        # What is loaded by now stays for good. Walking through it again at every full collection held up one long list in ten by
        # 100 ms (a million articles, 2026-11-21).
        gc.collect()
        gc.freeze()
        try:
            # “All addresses” is none that a colleague could open: links carry the machine's name.
            everywhere = config.host in ("0.0.0.0", "::")
            with announced(config.data, f"http://{gethostname()}:{config.port}" if everywhere else address):
                server.run(sockets=[listener])
        finally:
            store.close()


def say_setup(access: Access, store: Store, address: str) -> None:
    """While the desk has no user, print the one-time code of the first administrator and where it is used."""
    if access.waiting(store):
        typer.echo(f"lần đầu: mở {address}/setup?code={access.setup_code} để lập người quản trị (mã dùng một lần)", err=True)


def _listen(host: str, port: int) -> socket.socket:
    """Return a bound socket; UserError in one line when the port is taken or the address is not ours."""
    import errno
    import socket

    from pipelines.errors import UserError

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol by name: else asyncio leaves Nagle on, and each answer waits 40 ms for an acknowledgement (Python 3.11, 2026-11-21).
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise UserError(f"cổng {port} trên {host} đang có chương trình khác dùng; chọn cổng khác bằng --port") from error
        raise UserError(f"không mở được cổng {port} trên {host} ({error.strerror}); kiểm tra --host và --port") from error
    return listener
