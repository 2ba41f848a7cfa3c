"""The page of data: files come in, the reader says what it found, decisions go into the study file."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import time
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from xinzhi.study.update.exchange import BEFORE, FOLDER, begin, require_no_open
from xinzhi.work.lock import digest_of
from xinzhi.work.results import claim
from xinzhi_app.answers import answer, call, json_of, language_of, workspace_of
from xinzhi_app.workspace import DATA, Workspace, inside, not_there, safe_name
from xinzhi_core.errors import Problem, ReportError, SpecError, Where
from xinzhi_core.wording import message
from xinzhi_core.write import HOUR, failed, make_folders, place, sync_folder, write_all

COMING = ".coming-"
"""How the folder of a file is called that is not complete yet."""


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


async def _about(request: Request, work: str, *more: object) -> Response:
    """Look at the study."""
    where = (_folder(request), workspace_of(request).folder, language_of(request))
    return answer(await call(request, work, *where, *more))


async def _look(request: Request) -> Response:
    return await _about(request, "xinzhi_app.findings:look")


async def _suggest(request: Request) -> Response:
    replaces = bool((await json_of(request)).get("replace"))
    return await _about(request, "xinzhi_app.findings:suggest", replaces)


async def _decide(request: Request) -> Response:
    return await _about(request, "xinzhi_app.findings:decide", await json_of(request))


async def _preview(request: Request) -> Response:
    """Give rows of a file, those around a row if one is named."""
    asked = request.query_params
    path = inside(_folder(request), asked.get("file", ""))
    if not path.is_file():
        raise SpecError(not_there(path.name))
    row = asked.get("row", "")
    number = int(row) if row.isdecimal() and len(row) < 9 else None
    sheet = asked.get("sheet") or None
    return answer(await call(request, "xinzhi_app.findings:preview", path, sheet, number))


async def _upload(request: Request) -> Response:
    """Take a file; a name that is taken by another content is replaced or numbered when asked."""
    name, mode = safe_name(request.query_params.get("name", "")), request.query_params.get("as")
    folder = workspace_of(request).path(request.path_params["study"], DATA)
    target, n_bytes, digest = folder / name, 0, hashlib.sha256()
    try:
        make_folders(folder)
        # What came when a server was killed; a younger folder may be of one that is at work.
        for left in folder.glob(f"{COMING}*"):
            if time.time() - left.lstat().st_mtime >= HOUR:
                shutil.rmtree(left, ignore_errors=True)
        with _coming(folder) as coming:
            part = Path(coming) / name
            with part.open("xb", buffering=0) as stream:
                async for block in request.stream():
                    n_bytes += len(block)
                    digest.update(block)
                    write_all(stream.fileno(), block)
                os.fsync(stream.fileno())
            await call(request, "xinzhi_app.findings:examine", part)
            target = _free(target, digest.hexdigest(), mode)
            kept = _keep(target, part, digest.hexdigest())
            place(part, target, replace=True)
        sync_folder(folder)
    except OSError as error:
        raise ReportError(failed(target, n_bytes, error)) from error
    found = {"name": f"{DATA}/{target.name}", "bytes": n_bytes}
    return answer(found if kept is None else {**found, "kept": kept}, 201)


def _coming(folder: Path) -> tempfile.TemporaryDirectory[str]:
    # What cannot be removed at once (it is open) never hides what was refused before.
    return tempfile.TemporaryDirectory(prefix=COMING, dir=folder, ignore_cleanup_errors=True)


def _keep(target: Path, part: Path, digest: str) -> str | None:
    """Keep a file that is about to be replaced by another content, as `xinzhi update` does.

    Gives its place from the folder of the study; None where nothing is replaced. `xinzhi update --undo`
    puts it back. A link is taken away and what it leads to stays as it is: nothing is written through it.
    """
    if target.is_symlink() or not target.is_file() or digest_of(target) == digest:
        return None
    study = target.parent.parent
    require_no_open(study)
    with claim(study / FOLDER):
        contents = {f"{DATA}/{target.name}": part.read_bytes()}
        exchange = begin(study, contents).put(contents).noted("done")
    (change,) = exchange.changes
    return f"{FOLDER}/{exchange.number}/{BEFORE}/{change.kept}"


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
        text = message("Another file called {name} is here already.", name=target.name)
        remedy = message("replace it, or keep both.")
        raise SpecError(Problem("app.same_name", text, Where(file=target.name), remedy))
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
