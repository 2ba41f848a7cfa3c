"""Content of the report, from the result of a study.

English text is English: a paragraph with a name that has no English label is left out, and reported.

Summary of the data: their extent, how the files were read, what each step did.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from importlib.metadata import version
from itertools import groupby

from xinzhi.present import numbers
from xinzhi.present.references import see
from xinzhi.present.table import Table
from xinzhi.report.document import Content
from xinzhi.report.exhibits import (
    by_id,
    by_place,
    charts_of,
    entity_labels,
    exhibited,
    noun_of,
    tables_of,
    words_of,
)
from xinzhi.report.head import abstract_of, told_first
from xinzhi.report.method import framework_of, methods_of
from xinzhi.report.named import charts_in_names, in_names, in_words, tables_in_names
from xinzhi.report.terms import are_years, terms_of
from xinzhi.study.result import StudyResult
from xinzhi.study.template import template_of
from xinzhi.study.texts import read_texts
from xinzhi.study.view import StudyView
from xinzhi.work.parts import ReportParts
from xinzhi_core.errors import Problem
from xinzhi_core.notices import Notice
from xinzhi_core.panel.ledger import Entry
from xinzhi_core.periods import period_name
from xinzhi_core.wording import (
    Label,
    Language,
    Message,
    Wording,
    in_a_row,
    in_series,
    message,
    say,
)
from xinzhi_econometrics.estimates import Estimates
from xinzhi_econometrics.space.scores import list_names
from xinzhi_panel.columns.indicators import Vocabulary, with_own
from xinzhi_panel.columns.kinds import price_basis
from xinzhi_panel.columns.meaning import read_heading
from xinzhi_panel.io.row_ledger import by_file

CHINESE = re.compile("[㐀-䶿一-鿿]")


def in_english(
    content: Content, languages: Sequence[Language], entities: Iterable[str] = ()
) -> Content:
    """Leave out of the English text what has no English name, and say which names are missing.

    Names of entities are proper names: without an English one the text prints them as the data have them.
    """
    if "en" not in languages:
        return content
    proper = frozenset(entities)
    texts = (
        *(line.sentence for line in content.told),
        *content.abstract,
        *content.keywords,
        *(text for paragraphs in content.prose.values() for text in paragraphs),
    )
    unnamed = dict.fromkeys(name for text in texts for name in _missing(text))
    missing = [name for name in unnamed if name not in proper]
    notices = [*content.notices]
    if len(missing) < len(unnamed):
        notices.append(_as_in_the_data([name for name in unnamed if name in proper]))
    if not missing:
        return replace(content, notices=tuple(notices))
    notice = Notice(
        "report.no_english_label",
        message(
            "These names have no English label, and paragraphs with them are left out of the English "
            "text: {names}.",
            names=list_names(missing),
        ),
    )
    english, without = partial(_english, proper=proper), partial(_without, proper=proper)
    return replace(
        content,
        told=tuple(replace(line, sentence=english(line.sentence)) for line in content.told),
        abstract=tuple(map(english, content.abstract)),
        keywords=tuple(map(without, content.keywords)),
        prose={place: tuple(map(english, texts)) for place, texts in content.prose.items()},
        notices=(*notices, notice),
    )


def _as_in_the_data(names: Sequence[str]) -> Notice:
    """Say which entities an English text calls as the data do."""
    text = message(
        "Entities without an English name are called as in the data: {names}. A column of English names, "
        "stated as `labels: {{en: COLUMN}}` under `sources`, gives them.",
        names=list_names([f"'{name}'" for name in names]),
    )
    return Notice("report.no_english_name", text)


def _missing(text: Wording) -> Iterator[str]:
    """List the names that a text would print in Chinese in English."""
    if isinstance(text, Message):
        for value in text.values.values():
            if isinstance(value, (Message, Label, str)):
                yield from _missing(value)
    elif CHINESE.search(name := say(text, "en")):
        yield name


def _english(text: Wording, proper: frozenset[str]) -> Wording:
    """Replace the English of a paragraph that would hold Chinese other than names of entities."""
    missing = len(set(_missing(text)) - proper)
    if not missing:
        return text
    note = message(
        "This paragraph is left out of the English text: {n} names have no English label.",
        one="This paragraph is left out of the English text: {n} name has no English label.",
        n=missing,
    )
    return Label("", zh=say(text, "zh"), en=say(note, "en"))


def _without(keyword: Wording, proper: frozenset[str]) -> Wording:
    """Leave a keyword that would be Chinese without English."""
    return Label("", zh=say(keyword, "zh")) if set(_missing(keyword)) - proper else keyword


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
        said = [_sentence(entry) for entry in entries]
        # What is a sentence of its own, such as a warning, stands behind the clauses.
        clauses = [words for words in said if not say(words, "en").endswith(".")]
        sentences = [words for words in said if words not in clauses]
        done = in_series(clauses or [sentences.pop(0)])
        yield in_a_row(
            [message("{step} ({kind}): {done}", step=step, kind=kind, done=done), *sentences]
        )


def english_names(result: StudyResult) -> Mapping[str, Wording]:
    """Give each column the name that it has in English reports; in Chinese its own heading stays.

    A column that the study does not label is called as the vocabulary calls it, unless another column
    would then have the same name.
    """
    columns = {name: one.en for name, one in result.panel.labels.items() if one.en}
    for variable in result.spec.variables.named.values():
        label = variable.label.label("")
        if variable.column and label.en:
            columns[variable.column] = label.en
    unnamed = [name for name in map(str, result.panel.frame.columns) if name not in columns]
    vocabulary = with_own(result.folder)
    known = {name: en for name in unnamed if (en := _known_in_english(name, result, vocabulary))}
    taken = Counter([*columns.values(), *known.values()])
    columns |= {name: en for name, en in known.items() if taken[en] == 1}
    return {name: Label(name, zh=name, en=en) for name, en in columns.items()}


def _known_in_english(name: str, result: StudyResult, vocabulary: Vocabulary) -> str:
    """Name a column in English by the vocabulary; empty where it does not say what the whole column is."""
    read = read_heading(name, result.panel.units.get(name), vocabulary)
    if not CHINESE.search(name) or read.indicator is None or read.derived or read.may_be:
        return ""
    en = read.indicator.en_label
    if price_basis(name, result.panel.units.get(name, "")) is None:
        en = en.removesuffix(" at current prices")
    return f"{en} (districts)" if en and read.is_districts else en


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
        yield message("{table} uses all observations{see}.", table=title, see=see(str(name)))
        return
    yield message(
        "Column 1 of {table} uses {n} rows{see}; {losses}.",
        table=title,
        n=estimates.n,
        see=see(str(name)),
        losses=in_series(list(_kinds_of_loss(estimates))),
    )


def _kinds_of_loss(estimates: Estimates) -> Iterator[Message]:
    """Say of each kind of row that is left out how many there are; a kind without rows is not spoken of."""
    if n := estimates.n_missing:
        yield message(
            "{n} observations are excluded because a variable is missing",
            one="{n} observation is excluded because a variable is missing",
            n=n,
        )
    if n := estimates.n_singletons:
        yield message(
            "{n} rows are left out as the only one in a level of a fixed effect",
            one="{n} row is left out as the only one in a level of a fixed effect",
            n=n,
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
        one="The sample consists of {things} over {first}–{last}, {n} observation in all{see}.",
        things=things,
        first=period_name(periods[0]),
        last=period_name(periods[-1]),
        n=n,
        see=exhibits,
    )
    if panel.is_balanced:
        yield message("The panel is balanced.")
        return
    yield message(
        "The panel is unbalanced: {n} of {full} possible entity-periods are observed.",
        one="The panel is unbalanced: {n} of {full} possible entity-periods is observed.",
        n=n,
        full=numbers.count(panel.n_entities * len(periods)),
    )


def _filled(result: StudyResult) -> Iterator[Wording]:
    entries = [entry for entry in result.panel.ledger.entries if entry.change == "filled"]
    if entries:
        yield message(
            "{n} missing values in {columns} were filled{see}.",
            one="{n} missing value in {columns} was filled{see}.",
            n=numbers.count(sum(entry.n for entry in entries)),
            columns=message(
                "{n} variables", one="{n} variable", n=len({entry.column for entry in entries})
            ),
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


def content_of(result: StudyResult, parts: ReportParts | None = None) -> Content:
    """Turn the result of a study into tables, charts, notices and sentences; `parts` keeps the charts."""
    return with_charts(text_of(result), result, parts)


def text_of(result: StudyResult) -> Content:
    """Turn the result of a study into all that its report says, before any chart is drawn."""
    shown = exhibited(result)
    tables = tables_of(result, shown)
    last = exhibited(result, by_id(tables))
    tables |= last.tables
    problems = (*shown.problems, *last.problems)
    written = read_texts(result.folder, result.spec.report.languages)
    template = template_of(result.spec, result.folder, result.reading.files)
    columns = english_names(result)
    content = Content(
        title=result.spec.title.label("study"),
        subtitle=words_of(result.spec.description),
        simulated=result.spec.simulated,
        profile=result.spec.report.profile,
        told=told_first((*shown.head, *last.head)),
        abstract=abstract_of((*shown.abstract, *last.abstract)),
        keywords=tuple(dict.fromkeys((*shown.keywords, *last.keywords))),
        sample=tuple(sample(result)),
        data_summary=tuple(in_words(text, columns) for text in data_summary(result)),
        prose=by_place((*shown.prose.items(), *last.prose.items())),
        tables=tables,
        profiles=shown.profiles,
        terms=terms_of(noun_of(result), has_years=are_years(result.panel.periods)),
        notices=(
            *result.notices,
            *written.notices,
            *(template.notices if template else ()),
            *_notices(problems),
        ),
        template=template,
        problems=problems,
        blocks={**shown.blocks, **last.blocks},
        methods=methods_of(result, shown.methods, see("framework")),
        references=shown.references | last.references,
        provenance=tuple(_provenance(result)),
        own=written.chapters,
    )
    named = in_names(content, entity_labels(result))
    return in_english(named, result.spec.report.languages, map(str, result.panel.entities))


def with_charts(text: Content, result: StudyResult, parts: ReportParts | None = None) -> Content:
    """Add the charts, and what stands in the place of those that cannot be drawn."""
    drawn, labels = charts_of(result, parts), entity_labels(result)
    charts = {**drawn.charts, "method": tuple(framework_of(result))}
    undrawn = tables_in_names(drawn.undrawn, labels)
    return replace(
        text,
        tables=by_place((*text.tables.items(), *undrawn.items())),
        charts=charts_in_names(charts, labels),
        problems=(*text.problems, *drawn.problems),
        notices=(*text.notices, *_notices(drawn.problems)),
    )


def _notices(problems: tuple[Problem, ...]) -> tuple[Notice, ...]:
    return tuple(Notice(problem.code, problem.what, problem.where) for problem in problems)


def every_table(result: StudyResult) -> Mapping[str, tuple[Table, ...]]:
    """Set all tables of a study: section of the report -> its tables."""
    tables = tables_of(result, exhibited(result))
    tables |= exhibited(result, by_id(tables)).tables
    return tables_in_names(tables, entity_labels(result))


def _provenance(result: StudyResult) -> Iterator[Wording]:
    yield message(
        "Computed by xinzhi {version} with seed {seed}.",
        version=version("xinzhi"),
        seed=result.spec.seed,
    )
    for file in result.reading.files:
        if file.n_rows is None:
            yield message("{file}: SHA-256 {digest}.", file=file.file, digest=file.sha256)
            continue
        yield message(
            "{file}: {n} rows, SHA-256 {digest}.",
            one="{file}: {n} row, SHA-256 {digest}.",
            file=file.file,
            n=file.n_rows,
            digest=file.sha256,
        )
    yield message(
        "To reproduce the results, run `xinzhi run study.yaml` in the folder of the study file. "
        "run.json holds every option in force, results.json every number."
    )
