"""The results page: the report in its frame, files, and regression tables with chosen columns.

What a run has delivered, read from the folder of the results; it may load what computes.
"""

from __future__ import annotations

import csv
import os
import re
import tempfile
import zipfile
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import quote

from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from xinzhi.work.delivery import NEW
from xinzhi.work.lock import MARKER, read_marker
from xinzhi_app.answers import answer, call, language_of, parse_object
from xinzhi_app.child import FOLDER, PAGE
from xinzhi_app.workspace import RESULTS, STUDY, Workspace, not_there, safe_name
from xinzhi_core.errors import SpecError
from xinzhi_core.wording import Language, say

SCORES, NUMBERS = "scores.csv", "results.json"
SHOWN = ("measurement", "period", "score")


def files_in(folder: Path) -> list[str]:
    """List the files that a run wrote, in their order; nothing else of the folder is given away."""
    marker = read_marker(folder / MARKER)
    names = marker.files if marker is not None else ()
    return [name for name in names if (folder / name).is_file()]


def zip_results(folder: Path, room: Path) -> Path:
    """Pack all files of the results into a new file in another folder."""
    room.mkdir(exist_ok=True)
    handle, name = tempfile.mkstemp(suffix=".zip", dir=room)
    with os.fdopen(handle, "wb") as stream, zipfile.ZipFile(stream, "w") as pack:
        for member in files_in(folder):
            pack.write(folder / member, member, zipfile.ZIP_DEFLATED)
    return Path(name)


def describe_results(study: Path, folder: Path, language: Language) -> dict[str, object]:
    """Describe what lies in a folder of results."""
    from xinzhi.report.deliver import describe
    from xinzhi_app.regressions import choices, is_simulated, regressions_in

    names = files_in(folder)
    made = (folder / MARKER).stat().st_mtime if names else None
    changed = study.stat().st_mtime if study.is_file() else None
    return {
        "has_page": PAGE in names,
        "when": made,
        "is_older": made is not None and changed is not None and changed > made,
        "files": [
            {
                "name": name,
                "what": say(describe(name), language),
                "bytes": (folder / name).stat().st_size,
            }
            for name in names
        ],
        "regressions": regressions_in(folder / NUMBERS) if NUMBERS in names else [],
        "is_simulated": NUMBERS in names and is_simulated(folder / NUMBERS),
        "choices": choices(),
        "entities": [*dict.fromkeys(row["entity"] for row in _scores(folder / SCORES))],
    }


def scores_of(scores: Path, entity: str, language: Language) -> dict[str, object]:
    """Give what was measured of an entity, as scores.csv has it."""
    from xinzhi_frontier.result import STATUS_WORDS

    rows = [
        {
            **{key: row.get(key, "") for key in SHOWN},
            "status": say(STATUS_WORDS.get(row["status"], row["status"]), language),
        }
        for row in _scores(scores)
        if row["entity"] == entity
    ]
    return {"rows": rows}


def _scores(path: Path) -> Iterator[dict[str, str]]:
    if path.is_file():
        with path.open(encoding="utf-8-sig", newline="") as stream:
            yield from csv.DictReader(stream)


POLICY = re.compile(rb'<meta http-equiv="Content-Security-Policy" content="([^"<>]*)">')
HASHES = re.compile(r"(script|style)-src ((?:'sha256-[A-Za-z0-9+/=]+' ?)+)(?:;|$)")
HEAD = 8192
"""Bytes of a report in which its policy stands."""
NOTHING, END = "'none'", b"</html>"


def routes(workspace: Workspace) -> list[Route]:
    """List what the page asks for."""
    page, path = ResultsPage(workspace), "/api/studies/{study}/results"
    return [
        Route(path, page.listed),
        Route(f"{path}/page", page.report),
        Route(f"{path}/waiting", page.waiting),
        Route(f"{path}/files/{{name:path}}", page.file),
        Route(f"{path}/all.zip", page.every_file),
        Route(f"{path}/table", page.table),
        Route(f"{path}/entity", page.entity),
    ]


class ResultsPage:
    """Answers of the page."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace

    def place(self, request: Request, *names: str) -> Path:
        """Give a path in the results of the study that is asked for."""
        return self.workspace.path(request.path_params["study"], RESULTS, *names)

    async def listed(self, request: Request) -> Response:
        """Say what there is."""
        study = self.workspace.path(request.path_params["study"], STUDY)
        arguments = (study, self.place(request), language_of(request))
        return answer(await call(request, "xinzhi_app.results:describe_results", *arguments))

    async def report(self, request: Request) -> Response:
        """Give the report."""
        return await run_in_threadpool(frame_report, self.place(request, PAGE))

    async def waiting(self, request: Request) -> Response:
        """Give the report of a run that still makes the other files, or has just made them."""
        pages = (self.place(request, NEW, PAGE), self.place(request, PAGE))
        return await run_in_threadpool(frame_report, *pages)

    async def file(self, request: Request) -> Response:
        """Give a file that a run wrote, and no other."""
        name = request.path_params["name"]
        path = self.place(request, name)
        if name not in await run_in_threadpool(files_in, self.place(request)):
            raise SpecError(not_there(name))
        return FileResponse(path, filename=path.name)

    async def every_file(self, request: Request) -> Response:
        """Give all files, packed."""
        folder = self.place(request)
        room = self.workspace.path(request.path_params["study"], FOLDER)
        packed = await run_in_threadpool(zip_results, folder, room)
        name = f"{folder.parent.name}-{RESULTS}.zip"
        return FileResponse(packed, filename=name, background=BackgroundTask(packed.unlink))

    async def table(self, request: Request) -> Response:
        """Set chosen columns of a regression table: for the page, or as a file of a format."""
        wanted = parse_object(request.query_params.get("spec", ""))
        arguments = (self.place(request, NUMBERS), wanted, language_of(request))
        table = await call(request, "xinzhi_app.regressions:table_of", *arguments)
        if "file" not in table:
            return answer(table)
        name = quote(f"{safe_name(str(wanted['table']))}{wanted['format']}")
        headers = {"content-disposition": f"attachment; filename*=UTF-8''{name}"}
        content = bytes.fromhex(table["file"])
        return Response(content, media_type="application/octet-stream", headers=headers)

    async def entity(self, request: Request) -> Response:
        """Give the scores of an entity."""
        scores, name = self.place(request, SCORES), request.query_params.get("name", "")
        arguments = (scores, name, language_of(request))
        return answer(await call(request, "xinzhi_app.results:scores_of", *arguments))


def frame_report(*pages: Path) -> Response:
    """Give the first report that is whole for its frame: shut off from the page around it and from the network.

    What runs in it is what its own policy names by hashes; a report without such hashes has neither
    scripts nor style. The frame, and whoever opens the address alone, gets no rights of the page.
    """
    content = next((text for page in pages if (text := read_whole(page))), None)
    if content is None:
        raise SpecError(not_there(PAGE))
    match = POLICY.search(content[:HEAD])
    of_report = unescape(match[1].decode("ascii", "replace")) if match else ""
    hashes = dict(HASHES.findall(of_report))
    policy = (
        f"default-src 'none'; script-src {hashes.get('script', NOTHING)}; "
        f"style-src {hashes.get('style', NOTHING)}; img-src data:; font-src data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox allow-scripts"
    )
    headers = {"content-security-policy": policy}
    return Response(content, media_type="text/html; charset=utf-8", headers=headers)


def read_whole(page: Path) -> bytes | None:
    """Read a report; None where there is none, or a run is still writing it."""
    try:
        content = page.read_bytes()
    except OSError:
        return None
    return content if content.rstrip().endswith(END) else None
