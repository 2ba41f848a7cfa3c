"""`xinzhi app`: the whole study on a page of one's own browser."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from xinzhi.cli.console import language, tell
from xinzhi_core.errors import Problem, SpecError, Where
from xinzhi_core.wording import message

if TYPE_CHECKING:
    from xinzhi_app.start_entry import Machine

ADDRESS = "127.0.0.1"
PATIENCE = 1
"""Seconds for answers that are under way when the server ends."""


def serve(
    folder: Annotated[
        Path | None,
        typer.Argument(
            help="Folder of the studies, or a study file in it; without it the one where you are, "
            "or with --install the folder xinzhi of your documents."
        ),
    ] = None,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port of the page; 0 takes a free one.")
    ] = 0,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Print the address and open no browser.")
    ] = False,
    install: Annotated[
        bool | None,
        typer.Option(
            "--install/--uninstall",
            help="Write, or remove, a start entry that does this by a double click.",
        ),
    ] = None,
    lang: Annotated[
        Literal["zh", "en"] | None, typer.Option(help="Language of the console and of the page.")
    ] = None,
) -> None:
    """Open the study in your browser: data, study, run, results."""
    if install is not None:
        flags = [*(("--port", str(port)) if port else ()), *(("--lang", lang) if lang else ())]
        flags += ["--no-browser"] if no_browser else []
        _install(folder, flags, lang) if install else _uninstall(lang)
        return
    import uvicorn

    from xinzhi_app.server import create_app
    from xinzhi_app.workspace import HERE, STUDY, Workspace

    folder = folder or Path()
    study = f"#/{HERE}/study" if folder.name == STUDY else ""
    if study:
        folder = folder.parent
    if not folder.is_dir():
        raise SpecError(_no_folder(folder))
    workspace = Workspace(folder, language(lang))
    if lang:
        workspace.remember(language=lang)
    with _listening(port) as listener:
        number, token = listener.getsockname()[1], secrets.token_urlsafe(24)
        # Cookies do not tell ports apart: two pages of one browser need two names.
        app = create_app(workspace, token, cookie=f"xinzhi_{number}")
        address = f"http://{ADDRESS}:{number}/?token={token}{study}"
        typer.echo(address)
        tell(message("Open this address in your browser. Ctrl-C ends the page; runs go on."), lang)
        if not no_browser:
            _open(address)
        config = uvicorn.Config(
            app,
            loop="asyncio",
            http="h11",
            ws="none",
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=PATIENCE,
        )
        with contextlib.suppress(KeyboardInterrupt):
            uvicorn.Server(config).run(sockets=[listener])
        tell(message("The page is closed."), lang)


def _install(folder: Path | None, flags: list[str], lang: str | None) -> None:
    """Write a start entry, and say what was written and how to remove it."""
    from xinzhi_app.start_entry import default_folder, install, start_command

    machine = _machine()
    if folder is not None and not folder.exists():
        raise SpecError(_no_folder(folder))
    studies = default_folder(machine) if folder is None else folder.absolute()
    command = start_command(machine, sys.executable, studies, flags)
    place = studies.parent if studies.is_file() else studies
    for path in install(machine, command, place):
        tell(message("Written: {file}", file=path), lang)
    tell(
        message(
            "It opens {folder} in your browser. Closing its window ends the page; runs go on.",
            folder=studies,
        ),
        lang,
    )
    tell(message("To remove it: xinzhi app --uninstall. Your studies stay."), lang)


def _uninstall(lang: str | None) -> None:
    """Remove the start entry, and say what was removed."""
    from xinzhi_app.start_entry import uninstall

    removed = uninstall(_machine())
    for path in removed:
        tell(message("Removed: {file}", file=path), lang)
    if not removed:
        tell(message("xinzhi has not written a start entry."), lang)


def _machine() -> Machine:
    from xinzhi_app.start_entry import Machine

    try:
        home = Path.home()
    except RuntimeError as error:
        text = message("The system names no home folder.")
        remedy = message("set HOME (on Windows USERPROFILE), or start xinzhi app with a folder.")
        raise SpecError(Problem("app.home", text, Where(), remedy)) from error
    return Machine(sys.platform, home, os.environ)


def _listening(port: int) -> socket.socket:
    """Listen on this machine only."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if sys.platform != "win32":  # there it would let two programs listen at once
        # Connections of the last server that are still closing do not keep the port.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((ADDRESS, port))
    except OSError as error:
        listener.close()
        if error.errno not in {errno.EADDRINUSE, errno.EACCES}:
            raise
        text = message("Port {port} is used by another program.", port=port)
        remedy = message("leave --port out: a free one is taken.")
        raise SpecError(Problem("app.port", text, Where(key="--port"), remedy)) from error
    listener.listen()
    return listener


def _no_folder(folder: Path) -> Problem:
    text = message("Folder {folder} does not exist.", folder=folder)
    remedy = message("make it first, or name another one.")
    return Problem("app.folder", text, Where(file=str(folder)), remedy)


def _open(address: str) -> None:
    """Open a browser without waiting for it."""
    import webbrowser
    from threading import Thread

    Thread(target=webbrowser.open, args=(address,), daemon=True).start()
