"""What a door tells somebody: the printed error, or the printed decisions and warnings of a reading."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from xinzhi_core.errors import Problem, StudyError
from xinzhi_core.wording import Language, say


def told(door: Callable[[], Any], language: Language = "en") -> str:
    """Go through a door; give the error as it is printed, or what the reading says, a line each."""
    try:
        result = door()
    except StudyError as error:
        return error.in_words(language)
    return "\n".join(sentences(result, language))


def told_each(door: Callable[[], Any], language: Language = "en") -> list[str]:
    """Go through a door; give each problem as it is printed, or each thing that the reading says."""
    try:
        result = door()
    except StudyError as error:
        return printed(error.problems, language)
    return sentences(result, language)


def sentences(result: Any, language: Language = "en") -> list[str]:
    """Say the decisions of a reading, with their places, and its warnings as they are printed."""
    found: list[str] = []
    for decision in result.decisions:
        place = decision.where.in_words(language)
        found.append(say(decision.what, language) + f" [{place}; {decision.count}]")
    return found + printed(result.warnings, language)


def printed(problems: Iterable[Problem], language: Language = "en") -> list[str]:
    """Print problems one by one."""
    return [problem.in_words(language) for problem in problems]
