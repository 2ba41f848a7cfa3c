"""The page `study`: the study file as text, boxes and form; what is written is kept at once.

A text without errors is the study file. One with errors is kept beside it, as a draft, until it has
none. A revision is a hash of both files: who writes on top of another one is told.
"""

from __future__ import annotations

from asyncio import Lock
from collections import defaultdict
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from xinzhi_app.answers import RefusalInWords, answer, call, json_of, language_of
from xinzhi_app.workspace import RESULTS, STUDY, Workspace
from xinzhi_core.errors import Problem, SpecError
from xinzhi_core.wording import Language, message
from xinzhi_core.write import write_atomically

DRAFT = f"{STUDY}.draft"
"""Beside the study file: a text that has errors still."""


def routes(workspace: Workspace) -> list[Route]:
    """List what the page asks for."""
    page = _StudyPage(workspace)
    return [
        Route("/api/form", page.form),
        Route("/api/studies/{study}/text", page.read),
        Route("/api/studies/{study}/text", page.write, methods=["PUT"]),
        Route("/api/studies/{study}/change", page.change, methods=["POST"]),
        Route("/api/studies/{study}/columns", page.columns),
    ]


class _StudyPage:
    """Answers; what loads the schema or data is done in a process beside the server."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.forms: dict[Language, Response] = {}
        self.turns: defaultdict[str, Lock] = defaultdict(Lock)
        """By study: who opens the page anew while the last text is being kept is given that one."""
        self.read_last: tuple[object, Response] = (None, Response())
        """The columns that were read last, and of what: a visit of another page reads nothing anew."""

    async def form(self, request: Request) -> Response:
        """Give the fields of all sections."""
        language = language_of(request)
        if language not in self.forms:
            self.forms[language] = answer(await call(request, "xinzhi_app.form:form", language))
        return self.forms[language]

    async def read(self, request: Request) -> Response:
        """Give the text, with its problems, boxes and values."""
        files = self._files(request)
        async with self.turns[request.path_params["study"]]:
            draft = files.newer_draft()
            text = files.text() if draft is None else draft
            document = await self._call(request, "xinzhi_app.study_text:describe_text", text)
            return answer({**document, **files.state()})

    async def write(self, request: Request) -> Response:
        """Keep a text as it is typed."""
        wanted = await json_of(request)
        async with self.turns[request.path_params["study"]]:
            return await self._keep(request, wanted, "xinzhi_app.study_text:describe_text")

    async def change(self, request: Request) -> Response:
        """Keep the text after a change of a box or a field."""
        wanted = await json_of(request)
        async with self.turns[request.path_params["study"]]:
            return await self._keep(request, wanted, "xinzhi_app.study_text:change_text", wanted)

    async def columns(self, request: Request) -> Response:
        """Give the columns of the data that the text names."""
        files = self._files(request)
        draft = files.newer_draft()
        text = files.text() if draft is None else draft
        key = (text, language_of(request), files.beside())
        if self.read_last[0] != key:
            try:
                document = await self._call(request, "xinzhi_app.columns:columns", text)
            except RefusalInWords as error:  # a study that is begun has no data yet
                document = {"columns": [], "suggested": {}, "problems": error.problems}
            self.read_last = (key, answer(document))
        return self.read_last[1]

    async def _keep(
        self, request: Request, wanted: dict[str, object], work: str, *change: dict[str, object]
    ) -> Response:
        files, text = self._files(request), str(wanted.get("text", ""))
        files.refuse_other(wanted.get("revision"))
        document = await self._call(request, work, text, *change)
        files.refuse_other(wanted.get("revision"))  # nothing else is done between this and writing
        files.keep(document["text"], is_valid=document["is_valid"])
        return answer({**document, **files.state()})

    async def _call(self, request: Request, work: str, *arguments: Any) -> dict[str, Any]:
        study, folder = self._files(request).study, self.workspace.folder
        return await call(request, work, *arguments, study, folder, language_of(request))

    def _files(self, request: Request) -> _Files:
        study = request.path_params["study"]
        return _Files(self.workspace.path(study, STUDY), self.workspace.path(study, DRAFT))


class _Files:
    """The study file and its draft."""

    def __init__(self, study: Path, draft: Path) -> None:
        self.study = study
        self.draft = draft

    def text(self) -> str:
        """Read the study file, which is empty where there is none; lines end as in the browser."""
        if not self.study.is_file():
            return ""
        try:
            text = self.study.read_bytes().decode("utf-8-sig")
        except UnicodeDecodeError:
            from xinzhi.study.file.load import read_text

            text = read_text(self.study)  # says which byte
        return text.replace("\r\n", "\n").replace("\r", "\n")

    def newer_draft(self) -> str | None:
        """Read the draft, unless the study file was written after it."""
        if not self.draft.is_file():
            return None
        written = self.study.stat().st_mtime_ns if self.study.is_file() else 0
        if self.draft.stat().st_mtime_ns < written:
            return None
        return self.draft.read_bytes().decode("utf-8", "replace")

    def state(self) -> dict[str, object]:
        """Tell what the files hold: the revision, and a draft that is not shown or not valid."""
        newer = self.newer_draft()
        older = newer is None and self.draft.is_file()
        return {
            "revision": self.revision(),
            "is_there": self.study.is_file(),
            "is_draft": newer is not None,
            "older_draft": self.draft.read_bytes().decode("utf-8", "replace") if older else None,
        }

    def beside(self) -> frozenset[tuple[str, int, int]]:
        """List the files in the folder, each with what changes when it is saved."""
        folder = self.study.parent
        files = (
            (str(path), path.stat())
            for path in folder.rglob("*")
            if path.is_file()
            and path not in {self.study, self.draft}
            and path.relative_to(folder).parts[0] != RESULTS
        )
        return frozenset((path, stat.st_mtime_ns, stat.st_size) for path, stat in files)

    def revision(self) -> str:
        """Hash both files."""
        both = (path.read_bytes() if path.is_file() else b"" for path in (self.study, self.draft))
        return sha256(b"\0".join(both)).hexdigest()

    def refuse_other(self, revision: object) -> None:
        """Refuse to write over what somebody else wrote.

        Raises
        ------
        SpecError
            `app.changed`.
        """
        if revision != self.revision():
            text = message("The study file was changed in another window or program.")
            remedy = message("take that text, or keep yours.")
            raise SpecError(Problem("app.changed", text, remedy=remedy))

    def keep(self, text: str, *, is_valid: bool) -> None:
        """Write the study file, or the draft of what has errors; a draft that is done goes."""
        if text == self.text():
            self.draft.unlink(missing_ok=True)
        elif is_valid:
            ends = b"\r\n" in self.study.read_bytes() if self.study.is_file() else False
            write_atomically(self.study, text.replace("\n", "\r\n") if ends else text)
            with suppress(
                OSError
            ):  # the study is written; a draft that is older than it is not read
                self.draft.unlink(missing_ok=True)
        else:
            write_atomically(self.draft, text)
