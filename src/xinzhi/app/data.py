"""The page `data`: files, what the reader found in them, and decisions that go into the study file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from xinzhi.app.answers import answer, language_of, worked, workspace_of
from xinzhi.app.workspace import STUDY, Workspace, refuse_outside
from xinzhi.wording import Language


def routes(workspace: Workspace) -> list[Route]:
    """List what the page asks for."""
    del workspace
    return [Route("/api/studies/{study}/check", _check)]


async def _check(request: Request) -> Response:
    """Check the study as `xinzhi check` does."""
    workspace = workspace_of(request)
    file = workspace.path(request.path_params["study"], STUDY)
    return answer(await worked(request, check, file, workspace.folder, language_of(request)))


def check(file: Path, folder: Path, language: Language) -> dict[str, Any]:
    """Check a study that names nothing outside the folder."""
    from xinzhi.study.checked import checked_json, checked_study

    refuse_outside(file, folder)
    return checked_json(checked_study(file), language)
