"""What `xinzhi check` prints: a profile of the data and the problems by cause, on one screen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from xinzhi.study.checked import Checked
from xinzhi_core.errors import EXAMPLES, SHOWN, Problem, ProblemGroup, group_problems
from xinzhi_core.periods import period_name
from xinzhi_core.wording import Language, Message, Wording, message, say

if TYPE_CHECKING:
    from xinzhi_core.panel.panel import Panel
    from xinzhi_core.panel.profile import PanelProfile

SCREEN = 58
"""Lines of the whole answer; `--all` prints more."""
DECISIONS, STATED, COLUMNS = 8, 6, 12
"""Lines that decisions, statements and the profile have at most where all is not shown."""
FILES = 3
"""Files up to which the rows of each are told where all is not shown."""


def checked_lines(checked: Checked, spoken: Language, *, shows_all: bool) -> Iterator[str]:
    """Write the answer, root causes first; where all is not shown, it fits a screen."""
    decisions = _decisions(checked, spoken, shows_all=shows_all)
    stated = [say(statement, spoken) for statement in _statements(checked.stated or {})]
    head = [*_head(checked.panel, spoken), *_rows(checked, spoken, shows_all=shows_all)]
    if shows_all:
        groups = group_problems(checked.problems)
        blocks = [f"{_mark(p)} {p.in_words(spoken)}" for group in groups for p in group.problems]
        profile = _profile(checked.profile, None, spoken)
    else:
        decisions, stated = (
            _cut(lines, most, spoken) for lines, most in ((decisions, DECISIONS), (stated, STATED))
        )
        columns = checked.profile.columns if checked.profile else ()
        n_profile = min(len(columns), COLUMNS) + 3
        left = SCREEN - len(head) - len(decisions) - len(stated) - n_profile - 2
        blocks = _blocks(checked.problems, left, spoken)
        left -= sum(map(_height, blocks))
        profile = _profile(checked.profile, COLUMNS + max(left, 0), spoken)
    yield from (*head, *decisions, *profile, *blocks, _conclusion(checked, spoken), *stated)


def _profile(profile: PanelProfile | None, most: int | None, spoken: Language) -> Sequence[str]:
    """Write the profile, where there is one: a file that is refused loads nothing for it."""
    if profile is None:
        return []
    from xinzhi.cli.profile_output import profile_lines

    return profile_lines(profile, most, spoken)


def _head(panel: Panel | None, spoken: Language) -> list[str]:
    if panel is None:
        return []
    text = message(
        "{rows}, {entities}, periods {periods}, {columns}.",
        rows=message("{n} rows", one="{n} row", n=len(panel.frame)),
        entities=message("{n} entities", one="{n} entity", n=panel.n_entities),
        periods=f"{period_name(panel.periods[0])}-{period_name(panel.periods[-1])}"
        if panel.has_periods
        else "—",
        columns=message("{n} columns", one="{n} column", n=len(panel.frame.columns)),
    )
    return [say(text, spoken)]


def _rows(checked: Checked, spoken: Language, *, shows_all: bool) -> list[str]:
    """Write what became of the rows of each file; of many files their sum."""
    if not checked.ledgers:
        return []
    from xinzhi_panel.io.row_ledger import by_file

    sentences = by_file(checked.ledgers, None if shows_all else FILES)
    return [say(sentence, spoken) for sentence in sentences]


def _decisions(checked: Checked, spoken: Language, *, shows_all: bool) -> list[str]:
    """Write what the reader decided; the same decision about several files is one line with a count."""
    # A problem of the same column, such as an empty one, says the same with its remedy.
    in_problems = {(problem.what, problem.where.column) for problem in checked.problems}
    kinds: dict[object, list[Wording]] = {}
    for number, decision in enumerate(checked.decisions):
        if (decision.what, decision.where.column) not in in_problems:
            what = decision.what
            kind = what.template if isinstance(what, Message) else str(what)
            kinds.setdefault(number if shows_all else kind, []).append(what)
    lines = (
        message("{first} ({n} more like this)", first=first, n=len(others)) if others else first
        for first, *others in kinds.values()
    )
    return [f"· {say(line, spoken)}" for line in lines]


def _cut(lines: list[str], most: int, spoken: Language) -> list[str]:
    """Keep the first lines, and say how many there are beside them."""
    if len(lines) <= most:
        return lines
    more = message("… and {n} more lines: `--all` prints them.", n=len(lines) - most + 1)
    return [*lines[: most - 1], say(more, spoken)]


def _mark(problem: Problem) -> str:
    return "✗" if problem.severity == "error" else "!"


def _blocks(problems: Iterable[Problem], most: int, spoken: Language) -> list[str]:
    """Write the groups of problems that have room in a number of lines, and count the others.

    Each shows ten examples if all groups have room, and three otherwise.
    """
    groups = group_problems(problems)
    texts: list[str] = []
    for n_examples in (SHOWN, EXAMPLES):
        texts = [f"{_mark(group.first)} {group.in_words(spoken, n_examples)}" for group in groups]
        if sum(map(_height, texts)) <= most:
            return texts
    # One line says how many are left out; the first group is shown even where it has no room.
    n_shown, left = 0, most - 1
    while n_shown < len(texts) and (not n_shown or _height(texts[n_shown]) <= left):
        left -= _height(texts[n_shown])
        n_shown += 1
    if n_shown == len(texts):
        return texts
    return [*texts[:n_shown], say(_more_problems(groups[n_shown:]), spoken)]


def _more_problems(groups: Sequence[ProblemGroup]) -> Message:
    """Count the problems that have no room, and their kinds."""
    n = sum(len(group.problems) for group in groups)
    if len(groups) == 1:
        return message(
            "… and {n} more problems of one kind: `--all` prints them.",
            one="… and {n} more problem: `--all` prints it.",
            n=n,
        )
    return message("… and {n} more problems of {k} kinds: `--all` prints them.", n=n, k=len(groups))


def _height(text: str) -> int:
    return text.count("\n") + 1


def _conclusion(checked: Checked, spoken: Language) -> str:
    n_errors = sum(problem.severity == "error" for problem in checked.problems)
    words = {
        "ok": message("No problem found."),
        "warning": message(
            "{n} warnings, no error.", one="{n} warning, no error.", n=len(checked.problems)
        ),
        "error": message("{n} errors.", one="{n} error.", n=n_errors),
    }
    return say(words[checked.status], spoken)


def _statements(stated: Mapping[str, object]) -> Iterator[Message]:
    """Say what to write under each source so that the next reading decides nothing."""
    named = {k: v for k, v in stated.items() if isinstance(v, Mapping)}
    for name, options in named.items():
        if options:
            yield message(
                "To state all this under sources.{name}: {words}",
                name=name,
                words=_written(options),
            )
    if stated and not named:
        yield message("To state all this in the study file: {words}", words=_written(stated))


def _written(stated: Mapping[str, object]) -> str:
    words = ", ".join(f"{key}: {_yaml(value)}" for key, value in stated.items() if key != "sheet")
    parts = [f"sheet: {_yaml(stated['sheet'])}"] if "sheet" in stated else []
    parts += [f"read: {{{words}}}"] if words else []
    return f"{{{', '.join(parts)}}}"


def _yaml(value: object) -> str:
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_yaml, value))}]"
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{_yaml(k)}: {_yaml(v)}' for k, v in value.items())}}}"
    return str(value) if isinstance(value, int) else "'" + str(value).replace("'", "''") + "'"
