"""Summary of the data: their extent, how the files were read, what each step did."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from xinzhi.panel.ledger import Entry
from xinzhi.panel.panel import Panel
from xinzhi.present.references import see
from xinzhi.regression.estimates import Estimates
from xinzhi.study.result import StudyResult
from xinzhi.study.view import StudyView
from xinzhi.wording import Wording, message


def data_summary(result: StudyResult) -> Iterator[Wording]:
    """Give the sentences of the reading log: decisions by file, steps of the preparation."""
    coverage = result.reading.coverage
    if coverage is not None and coverage.partial:  # else it is among the decisions
        yield coverage.in_words()
    for decision in result.reading.decisions:
        file = decision.where.file
        yield (
            message("{file}: {words}", file=file, words=decision.what)
            if file and file not in str(decision.what)
            else decision.what
        )
    for (step, kind), entries in groupby(
        result.panel.ledger.entries, key=lambda entry: (entry.step, entry.kind)
    ):
        yield message("{step} ({kind}): {done}.", step=step, kind=kind, done=_done([*entries]))


def sample(result: StudyResult) -> Iterator[Wording]:
    """Give the extent of the panel, and refer to the table that describes it."""
    yield from _extent(result.panel)
    yield from _losses(result)


def _losses(result: StudyResult) -> Iterator[Wording]:
    """Say how many rows the first regression leaves out, and why."""
    tables = result.of("tables")
    name = next(iter(result.spec.sections("tables")), None)
    found = next(iter(tables[name].fitted), None) if name in tables else None
    if not isinstance(found, Estimates):
        return
    title = StudyView(result.spec).column_title(f"{name}/1")[0]
    if not found.n_missing + found.n_singletons:
        yield message("{table} uses all rows{see}.", table=title, see=see(str(name)))
        return
    yield message(
        "Column 1 of {table} uses {n} rows{see}: {missing} lack a value of a variable, {singletons} "
        "are alone in a level of a fixed effect.",
        table=title,
        n=found.n,
        missing=found.n_missing,
        singletons=found.n_singletons,
        see=see(str(name)),
    )


def _extent(panel: Panel) -> Iterator[Wording]:
    periods = panel.periods
    if not panel.has_periods:
        yield message("{n} rows, one period.", one="{n} row, one period.", n=len(panel.frame))
        return
    yield message(
        "{n} rows: {entities} entities, {first} to {last}{see}.",
        one="{n} row: {entities} entity, {first} to {last}{see}.",
        n=len(panel.frame),
        entities=len(panel.entities),
        first=periods[0],
        last=periods[-1],
        see=see("variables", "descriptive"),
    )
    if not panel.is_balanced:
        yield message(
            "The panel is unbalanced: {n} of {full} entity-periods are there.",
            n=len(panel.frame),
            full=len(panel.entities) * len(periods),
        )


def _done(entries: list[Entry]) -> Wording:
    """Summarise one step in one sentence."""
    found = _sentence(entries[-1])
    for entry in reversed(entries[:-1]):
        found = message("{first}; {rest}", first=_sentence(entry), rest=found)
    return found


def _sentence(entry: Entry) -> Wording:
    """Describe one entry of the ledger, with its column and its cells where they matter."""
    words: Wording = entry.why
    if entry.change in ("filled", "changed"):
        words = message("{why} ({n} cells)", one="{why} ({n} cell)", why=words, n=entry.n)
    if entry.column == entry.step:
        return words
    return message("{column}: {words}", column=entry.column, words=words)
