"""Runs the desk: on this machine alone, or for a class room behind a password."""

import os
import socket
import threading
import time
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import uvicorn
from fastapi import FastAPI
from rich.console import Console

from simulator.coach.app import build_app
from simulator.coach.desk import Desk
from simulator.coach.guard import Door
from simulator.errors import UsageError

PASSWORD_VARIABLE = "CALMLINE_PASSWORD"
_LEAST_PASSWORD = 8
_HOME = "127.0.0.1"
_GRACE_S = 2


@dataclass(frozen=True)
class Served:
    """How a person wants the desk. `listen` is an address of this machine that others can reach."""

    port: int
    listen: str | None = None
    open_browser: bool = True


def serve(served: Served, console: Console) -> None:
    """Serve the desk until Ctrl-C.

    Raises:
        UsageError: the port is taken, the address is not this machine's, or `listen` has no password.
        StoreError: the sessions cannot be read.
    """
    door = _door(served.listen)
    app = build_app(Desk(), door)
    host = served.listen or _HOME
    listener = _listener(host, served.port)
    port = listener.getsockname()[1]
    address = f"http://{_HOME if host == '0.0.0.0' else host}:{port}"
    console.print(f"The desk is at [bold]{address}[/]. Ctrl-C ends it.")
    if served.listen:
        console.print(
            "[yellow]Others in this network can reach it with the password. It is plain HTTP: "
            "whoever can read the network can read the calls.[/]"
        )
    if served.open_browser:
        threading.Timer(0.8, webbrowser.open, [address]).start()
    config = uvicorn.Config(app, log_level="warning", ws_max_size=1 << 20, timeout_graceful_shutdown=_GRACE_S)
    uvicorn.Server(config).run([listener])


@contextmanager
def running(app: FastAPI) -> Iterator[int]:
    """The desk served by a thread of this program, for those who ask it from within; gives its port."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning", timeout_graceful_shutdown=_GRACE_S))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.02)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()


def _door(listen: str | None) -> Door:
    if listen is None:
        return Door()
    password = os.environ.get(PASSWORD_VARIABLE, "")
    if len(password) < _LEAST_PASSWORD:
        raise UsageError(
            f"--listen lets others in, so it needs a password of at least {_LEAST_PASSWORD} characters; "
            f"{PASSWORD_VARIABLE} has {len(password)}.",
            advice=f"{PASSWORD_VARIABLE}='...' simulator coach --listen {listen}",
        )
    name = socket.gethostname().lower()
    return Door(password=password, names=frozenset({name, f"{name}.local", listen.lower()}))


def _listener(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        raise UsageError(
            f"The desk cannot be opened at {host}, port {port}: {error.strerror or error}.",
            advice="Another port: `simulator coach --port 0` takes a free one.",
        ) from error
