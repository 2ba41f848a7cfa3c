"""The page `run`."""

from __future__ import annotations

from starlette.routing import Route

from xinzhi.app.workspace import Workspace


def routes(workspace: Workspace) -> list[Route]:
    """List what the page asks for."""
    del workspace
    return []
