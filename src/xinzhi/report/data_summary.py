"""Summary of the data: their extent, how the files were read, what each step did."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from xinzhi.io.row_ledger import by_file
from xinzhi.panel.ledger import Entry
from xinzhi.present import numbers
from xinzhi.present.references import see
from xinzhi.regression.estimates import Estimates
from xinzhi.report.exhibits import noun_of
from xinzhi.study.result import StudyResult
from xinzhi.study.view import StudyView
from xinzhi.wording import Wording, in_a_row, in_series, message


def data_summary(result: StudyResult) -> Iterator[Wording]:
    """Give the sentences of the reading log: decisions by file, its rows, steps of the preparation."""
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
    yield from by_file(result.reading.ledgers)
    for (step, kind), entries in groupby(
        result.panel.ledger.entries, key=lambda entry: (entry.step, entry.kind)
    ):
        done = in_series([_sentence(entry) for entry in entries])
        yield message("{step} ({kind}): {done}.", step=step, kind=kind, done=done)


def sample(result: StudyResult) -> Iterator[Wording]:
    """Make the paragraph on the sample: extent, gaps, cells that were filled, losses of the first regression."""
    yield in_a_row([*_extent(result), *_filled(result), *_losses(result)])


def _losses(result: StudyResult) -> Iterator[Wording]:
    """Say how many rows the first regression leaves out, and why."""
    tables = result.of("tables")
    name = next(iter(result.spec.sections("tables")), None)
    estimates = next(iter(tables[name].fitted), None) if name in tables else None
    if not isinstance(estimates, Estimates):
        return
    title = StudyView(result.spec).column_title(f"{name}/1")[0]
    if not estimates.n_missing + estimates.n_singletons:
        yield message("{table} uses all rows{see}.", table=title, see=see(str(name)))
        return
    yield message(
        "Column 1 of {table} uses {n} rows{see}: {missing} lack a value of a variable, {singletons} "
        "are alone in a level of a fixed effect.",
        table=title,
        n=estimates.n,
        missing=estimates.n_missing,
        singletons=estimates.n_singletons,
        see=see(str(name)),
    )


def _extent(result: StudyResult) -> Iterator[Wording]:
    panel = result.panel
    things, n = noun_of(result).count(panel.n_entities), numbers.count(len(panel.frame))
    exhibits = see("variables", "descriptive")
    if not panel.has_periods:
        yield message("The sample consists of {things}{see}.", things=things, see=exhibits)
        return
    periods = panel.periods
    yield message(
        "The sample consists of {things} over {first}–{last}, {n} observations in all{see}.",
        things=things,
        first=str(periods[0]),
        last=str(periods[-1]),
        n=n,
        see=exhibits,
    )
    if panel.is_balanced:
        yield message("The panel is balanced.")
        return
    yield message(
        "The panel is unbalanced: {n} of {full} entity-periods are there.",
        n=n,
        full=numbers.count(panel.n_entities * len(periods)),
    )


def _filled(result: StudyResult) -> Iterator[Wording]:
    entries = [entry for entry in result.panel.ledger.entries if entry.change == "filled"]
    if entries:
        yield message(
            "{n} empty cells in {k} columns were filled{see}.",
            n=numbers.count(sum(entry.n for entry in entries)),
            k=len({entry.column for entry in entries}),
            see=see("filled"),
        )


def _sentence(entry: Entry) -> Wording:
    """Describe one entry of the ledger, with its column and its cells where they matter."""
    words: Wording = entry.why
    if entry.change in ("filled", "changed"):
        words = message("{why} ({n} cells)", one="{why} ({n} cell)", why=words, n=entry.n)
    if entry.column == entry.step:
        return words
    return message("{column}: {words}", column=entry.column, words=words)
