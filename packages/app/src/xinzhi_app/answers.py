"""Questions and answers of the page: JSON in, JSON out, errors as problems in the language of the reader."""

from __future__ import annotations

import errno
import json
from collections.abc import Iterable, Mapping
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from xinzhi_app.workspace import NOT_THERE, Workspace
from xinzhi_core.errors import Problem, SpecError, StudyError
from xinzhi_core.problems import system_refused
from xinzhi_core.wording import Language, message
from xinzhi_panel.io.json_text import json_text, problem_json

STATUS: Mapping[str, int] = {
    NOT_THERE: 404,
    "app.changed": 409,
    "app.same_name": 409,
    "app.too_large": 413,
    "write.failed": 507,
}
"""Code of a problem -> status of the answer; 400 for all others."""


REFUSALS: Mapping[int, int] = {
    errno.ENAMETOOLONG: 400,
    **dict.fromkeys((errno.EACCES, errno.EPERM, errno.EROFS), 403),
    **dict.fromkeys((errno.EEXIST, errno.ENOTDIR, errno.EISDIR, errno.ENOTEMPTY, errno.ELOOP), 409),
    errno.ENOENT: 404,
}
"""What the system refused, and room has nothing to do with -> status of the answer."""
DEEPEST = 60
"""Levels of a document; a study file has six."""


class RefusalInWords(Exception):
    """Problems in words, as the page shows them."""

    def __init__(self, problems: Iterable[Mapping[str, object]]) -> None:
        self.problems = tuple(problems)
        super().__init__(self.problems)


def workspace_of(request: Request) -> Workspace:
    """Give the folder that the page works in."""
    workspace: Workspace = request.app.state.workspace
    return workspace


def language_of(request: Request) -> Language:
    """Take the language that the page asks for, else that of the settings."""
    asked = request.query_params.get("lang")
    default: Language = workspace_of(request).settings["language"]
    return "zh" if asked == "zh" else "en" if asked == "en" else default


async def call(request: Request, work: str, *arguments: Any) -> dict[str, Any]:
    """Call `module:function`, which loads data, in a process beside the server."""
    document: dict[str, object] = await request.app.state.worker(
        language_of(request), work, *arguments
    )
    return document


async def json_of(request: Request) -> dict[str, object]:
    """Read the object that a request brings.

    Raises
    ------
    SpecError
        `app.no_json`.
    """
    return parse_object(await request.body() or b"{}")


def parse_object(text: str | bytes) -> dict[str, object]:
    """Read a JSON object.

    Raises
    ------
    SpecError
        `app.no_json`.
    """
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
        values = None
    if not isinstance(values, dict):
        raise SpecError(Problem("app.no_json", message("The request is not a JSON object.")))
    if _is_deep(values):
        deep = message("The request is nested more than {n} levels deep.", n=DEEPEST)
        raise SpecError(Problem("app.no_json", deep))
    return values


def _is_deep(values: object) -> bool:
    """Tell whether a document is deeper than any of ours; level by level, as deep ones end a recursion."""
    level = [values]
    for _ in range(DEEPEST):
        within = [part for part in level if isinstance(part, (dict, list))]
        level = [
            inner
            for part in within
            for inner in (part.values() if isinstance(part, dict) else part)
        ]
        if not level:
            return False
    return True


def answer(document: Mapping[str, object], status: int = 200) -> Response:
    """Write a document; a number that does not exist is null."""
    return Response(json_text(document), status, media_type="application/json")


def in_words(problems: Iterable[Problem], language: Language) -> list[dict[str, object]]:
    """Write problems for the page: with their place in words, beside its parts."""
    return [
        {
            **problem_json(problem, language),
            "place": problem.where.in_words(language),
            "position": problem.where.position,
        }
        for problem in problems
    ]


async def refuse(request: Request, error: Exception) -> Response:
    """Answer with the problems of an error."""
    if isinstance(error, ClientDisconnect):  # nobody hears this answer
        return answer({}, 400)
    if isinstance(error, HTTPException):
        problems: Iterable[Problem] = [Problem("app.http", error.detail)]
        status = error.status_code
    elif isinstance(error, OSError):
        problems, status = [system_refused(error)], _status_of(error)
    elif isinstance(error, RefusalInWords):
        code = str(error.problems[0]["code"]) if error.problems else ""
        return answer({"problems": error.problems}, STATUS.get(code, 400))
    elif isinstance(error, StudyError):
        problems, status = error.problems, STATUS.get(error.code, 400)
        if isinstance(error.__cause__, OSError) and error.code == "write.failed":
            status = _status_of(error.__cause__)
    else:  # the terminal shows where
        words = message(
            "xinzhi failed unexpectedly ({kind}: {text}). This is a fault of xinzhi, not of your data.",
            kind=type(error).__name__,
            text=str(error),
        )
        remedy = message("please report it, with what the terminal shows.")
        problems, status = [Problem("internal", words, remedy=remedy)], 500
    return answer({"problems": in_words(problems, language_of(request))}, status)


def _status_of(error: OSError) -> int:
    """Tell what a request can do something about from what only more room, or another disk, helps."""
    return REFUSALS.get(error.errno or 0, 507)


REFUSED = dict.fromkeys(
    (StudyError, OSError, RefusalInWords, HTTPException, ClientDisconnect, Exception), refuse
)
"""Class of an error -> what answers it."""
