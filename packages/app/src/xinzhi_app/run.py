"""The run page: what a run would do, its start, its progress as it comes, cancel, continue."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from xinzhi_app.answers import answer, call, json_of, language_of
from xinzhi_app.child import CHANGES, FOLDER, Runs, changes_page
from xinzhi_app.results import frame_report
from xinzhi_app.workspace import DATA, RESULTS, STUDY, Workspace, not_there, safe_name
from xinzhi_core.errors import SpecError
from xinzhi_core.write import make_folders, place

PAUSE = 0.3
"""Seconds between two looks at a run."""
NEWER = "newer"
"""Where a newer file waits for its place."""
QUIET = 15.0
"""Seconds after which a stream says that it is still there."""


def routes(workspace: Workspace) -> list[Route]:
    """List what the page asks for."""
    runs = Runs()

    def study_of(request: Request) -> Path:
        """Give the study file; the folders that a run writes must lie in the workspace too."""
        study = request.path_params["study"]
        for name in (FOLDER, RESULTS):
            workspace.path(study, name)
        return workspace.path(study, STUDY)

    async def plan(request: Request) -> Response:
        arguments = (study_of(request), workspace.folder, language_of(request))
        return answer(await call(request, "xinzhi_app.plan:plan", *arguments))

    async def status(request: Request) -> Response:
        return answer(await run_in_threadpool(runs.status, study_of(request)))

    async def start(request: Request) -> Response:
        study = study_of(request)
        await call(request, "xinzhi_app.plan:accept", study, workspace.folder)
        await run_in_threadpool(runs.start, study, language_of(request))
        return answer(await run_in_threadpool(runs.status, study), 201)

    async def update(request: Request) -> Response:
        study = study_of(request)
        newer = await set_apart(request, study, workspace)
        await run_in_threadpool(runs.start, study, language_of(request), newer)
        return answer(await run_in_threadpool(runs.status, study), 201)

    async def changes(request: Request) -> Response:
        return await run_in_threadpool(frame_changes, study_of(request))

    async def cancel(request: Request) -> Response:
        study = study_of(request)
        await run_in_threadpool(runs.cancel, study)
        return answer(await run_in_threadpool(runs.status, study))

    async def events(request: Request) -> Response:
        changes = watch(runs, study_of(request), request)
        return StreamingResponse(changes, media_type="text/event-stream")

    path = "/api/studies/{study}/run"
    return [
        Route(path, status, methods=["GET"]),
        Route(path, start, methods=["POST"]),
        Route(path, cancel, methods=["DELETE"]),
        Route(f"{path}/update", update, methods=["POST"]),
        Route(f"{path}/changes", changes, methods=["GET"]),
        Route(f"{path}/plan", plan, methods=["GET"]),
        Route(f"{path}/events", events, methods=["GET"]),
    ]


async def set_apart(request: Request, study: Path, workspace: Workspace) -> Path:
    """Take a file that was dropped out of the data: a source may read the whole folder.

    Raises
    ------
    SpecError
        `app.not_there`: it is not a file that was dropped.
    """
    wanted = await json_of(request)
    name, called = (str(wanted.get(key, "")) for key in ("file", "name"))
    came = workspace.path(request.path_params["study"], *name.split("/"))
    if came.parent != study.parent / DATA or not came.is_file():
        raise SpecError(not_there(safe_name(name)))
    await call(request, "xinzhi_app.plan:accept", study, workspace.folder)
    waiting = workspace.path(request.path_params["study"], FOLDER, NEWER)
    newer = waiting / safe_name(called or came.name)
    make_folders(waiting)
    place(came, newer, replace=True)
    return newer


def frame_changes(study: Path) -> Response:
    """Give the page of what the last update changed."""
    page = changes_page(study.parent)
    if page is None:
        raise SpecError(not_there(CHANGES))
    return frame_report(page)


async def watch(runs: Runs, study: Path, request: Request) -> AsyncIterator[str]:
    """Tell how a run stands whenever that changes, until it ends.

    Each event says all, so that a page that comes back needs nothing of what it missed.
    """
    before: dict[str, str] = {}
    silent = 0.0
    while not await request.is_disconnected():
        status = await run_in_threadpool(runs.status, study)
        parts = {"printed": json.dumps(status.pop("printed")), "status": json.dumps(status)}
        for name, text in parts.items():
            if before.get(name) != text:
                yield f"event: {name}\ndata: {text}\n\n"
                silent = 0.0
        before = parts
        if status["state"] not in {"running", "elsewhere"}:
            return
        silent += PAUSE
        if silent >= QUIET:
            yield ": still there\n\n"
            silent = 0.0
        await asyncio.sleep(PAUSE)
