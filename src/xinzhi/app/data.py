"""The page of data: files come in, the reader says what it found, decisions go into the study file."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from xinzhi.app.answers import answer, json_of, language_of, worked, workspace_of
from xinzhi.app.workspace import DATA, Workspace, inside, not_there, safe_name
from xinzhi.errors import Problem, ReportError, SpecError, Where
from xinzhi.io.write import HOUR, failed, place, sync_folder, write_all
from xinzhi.wording import message

COMING = ".coming-"
"""How the folder of a file is called that is not complete yet."""

Work = Literal["look", "suggest", "decide", "preview", "examine"]


def routes(workspace: Workspace) -> list[Route]:
    """List what the page asks for."""
    del workspace
    study = "/api/studies/{study}"
    return [
        Route(f"{study}/data", _look),
        Route(f"{study}/files", _upload, methods=["PUT"]),
        Route(f"{study}/files", _remove, methods=["DELETE"]),
        Route(f"{study}/preview", _preview),
        Route(f"{study}/suggestion", _suggest, methods=["POST"]),
        Route(f"{study}/decisions", _decide, methods=["POST"]),
    ]


def _folder(request: Request) -> Path:
    return workspace_of(request).path(request.path_params["study"])


def read(work: Work, *arguments: Any) -> dict[str, Any]:
    """Do the work that loads data; only processes beside the server call it."""
    from xinzhi.app.found import decide, examine, look, preview, suggest

    works: dict[Work, Callable[..., dict[str, Any]]] = {
        "look": look,
        "suggest": suggest,
        "decide": decide,
        "preview": preview,
        "examine": examine,
    }
    return works[work](*arguments)


async def _about(request: Request, work: Work, *more: Any) -> Response:
    """Look at the study."""
    where = (_folder(request), workspace_of(request).folder, language_of(request))
    return answer(await worked(request, read, work, *where, *more))


async def _look(request: Request) -> Response:
    return await _about(request, "look")


async def _suggest(request: Request) -> Response:
    return await _about(request, "suggest", bool((await json_of(request)).get("replace")))


async def _decide(request: Request) -> Response:
    return await _about(request, "decide", await json_of(request))


async def _preview(request: Request) -> Response:
    """Give rows of a file, those around a row if one is named."""
    asked = request.query_params
    path = inside(_folder(request), asked.get("file", ""))
    if not path.is_file():
        raise SpecError(not_there(path.name))
    row = asked.get("row", "")
    number = int(row) if row.isdecimal() and len(row) < 9 else None
    return answer(await worked(request, read, "preview", path, asked.get("sheet") or None, number))


async def _upload(request: Request) -> Response:
    """Take a file; a name that is taken by another content is replaced or numbered when asked."""
    name, mode = safe_name(request.query_params.get("name", "")), request.query_params.get("as")
    folder = workspace_of(request).path(request.path_params["study"], DATA)
    target, n_bytes, digest = folder / name, 0, hashlib.sha256()
    try:
        folder.mkdir(exist_ok=True)
        _sweep(folder)
        with tempfile.TemporaryDirectory(prefix=COMING, dir=folder) as coming:
            part = Path(coming) / name
            with part.open("xb", buffering=0) as stream:
                async for block in request.stream():
                    n_bytes += len(block)
                    digest.update(block)
                    write_all(stream.fileno(), block)
                os.fsync(stream.fileno())
            await worked(request, read, "examine", part)
            target = _free(target, digest.hexdigest(), mode)
            place(part, target, replace=True)
        sync_folder(folder)
    except OSError as error:
        raise ReportError(failed(target, n_bytes, error)) from error
    return answer({"name": f"{DATA}/{target.name}", "bytes": n_bytes}, 201)


def _sweep(folder: Path) -> None:
    """Remove what came when the server was killed."""
    for path in folder.glob(f"{COMING}*"):
        if time.time() - path.lstat().st_mtime >= HOUR:
            shutil.rmtree(path, ignore_errors=True)


def _free(target: Path, digest: str, mode: str | None) -> Path:
    """Find the name for a file.

    Raises
    ------
    SpecError
        `app.same_name`: another content has it, and nobody said what to do.
    """
    if not os.path.lexists(target) or mode == "replace":
        return target
    if target.is_file() and hashlib.sha256(target.read_bytes()).hexdigest() == digest:
        return target
    if mode != "keep":
        raise SpecError(
            Problem(
                "app.same_name",
                message("Another file called {name} is here already.", name=target.name),
                Where(file=target.name),
                message("replace it, or keep both."),
            )
        )
    number = 2
    while os.path.lexists(free := target.with_name(f"{target.stem}-{number}{target.suffix}")):
        number += 1
    return free


async def _remove(request: Request) -> Response:
    """Remove a file that was dropped; what lies elsewhere in the study is not touched."""
    name = safe_name(request.query_params.get("name", ""))
    path = workspace_of(request).path(request.path_params["study"], DATA, name)
    if not path.is_file():
        raise SpecError(not_there(name))
    path.unlink()
    return answer({})
