"""The server of the page: its frame, the list of studies, and the routes of the four pages."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from importlib.resources import files

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from xinzhi.examples.register import EXAMPLES, copy_example, find
from xinzhi_app.answers import REFUSED, answer, json_of, language_of, workspace_of
from xinzhi_app.data import routes as of_data
from xinzhi_app.results import routes as of_results
from xinzhi_app.run import routes as of_run
from xinzhi_app.security import OriginGuard
from xinzhi_app.study import routes as of_study
from xinzhi_app.words import every_word
from xinzhi_app.worker import Worker
from xinzhi_app.workspace import Workspace, not_there
from xinzhi_core.errors import SpecError
from xinzhi_core.wording import say

KINDS = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "otf": "font/otf",
}
"""Suffix of a file of the page -> what it is."""
FONT = "NotoSansSC-GB2312.otf"
DAY = "private, max-age=86400"


def create_app(workspace: Workspace, token: str, *, cookie: str = "xinzhi") -> Starlette:
    """Make the application.

    Parameters
    ----------
    token
        What the address holds that opens the page.
    cookie
        Name of the cookie: browsers send the cookies of one port to all ports of a host.
    """
    worker = Worker()

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        del app
        worker.warm_up()
        yield
        worker.close()

    pages = (of_data, of_study, of_run, of_results)
    app = Starlette(
        routes=[*_frame(), *(route for routes in pages for route in routes(workspace))],
        middleware=[Middleware(OriginGuard, token=token, cookie=cookie)],
        exception_handlers=REFUSED,
        lifespan=lifespan,
    )
    app.state.workspace, app.state.worker = workspace, worker
    return app


def _frame() -> list[Route]:
    return [
        Route("/", _page),
        Route("/static/{name}", _static),
        Route("/api/words", _words),
        Route("/api/studies", _studies),
        Route("/api/studies", _new_study, methods=["POST"]),
        Route("/api/settings", _settings, methods=["PUT"]),
    ]


@cache
def _file(name: str) -> bytes | None:
    """Read a file of the page, whole: there are few, and they are small."""
    folder = (
        files("xinzhi") / "report" / "fonts" if name == FONT else files("xinzhi_app") / "static"
    )
    resources = {resource.name: resource for resource in folder.iterdir()}
    return resources[name].read_bytes() if name in resources else None


async def _page(request: Request) -> Response:
    del request
    return Response(_file("index.html"), media_type=KINDS["html"])


async def _static(request: Request) -> Response:
    name = request.path_params["name"]
    content, kind = _file(name), KINDS.get(name.rpartition(".")[2])
    if content is None or kind is None:
        raise SpecError(not_there(name))
    caching = {"cache-control": DAY} if name == FONT else {}
    return Response(content, media_type=kind, headers=caching)


async def _words(request: Request) -> Response:
    del request
    return answer(every_word())


async def _studies(request: Request) -> Response:
    language, workspace = language_of(request), workspace_of(request)
    examples = [{"name": example.name, "what": say(example.what, language)} for example in EXAMPLES]
    listed = {"studies": workspace.studies(), "examples": examples, **workspace.settings}
    return answer({**listed, "folder": str(workspace.folder)})


async def _new_study(request: Request) -> Response:
    """Make the folder of a study, with the files of an example if one is named."""
    wanted, workspace = await json_of(request), workspace_of(request)
    if "example" not in wanted:
        return answer({"id": workspace.add(str(wanted.get("name", "")))}, 201)
    example = find(str(wanted["example"]))
    new = workspace.add(example.name)
    copy_example(example, workspace.path(new))
    return answer({"id": new}, 201)


async def _settings(request: Request) -> Response:
    wanted = await json_of(request)
    chosen = {name: wanted[name] for name in ("language", "study") if name in wanted}
    return answer(workspace_of(request).remember(**chosen))
