"""Content of the report, from the result of a study.

English text is English: a paragraph with a name that has no English label is left out, and reported.

Summary of the data: their extent, how the files were read, what each step did.

Prepared columns whose formula a reader wants to see: exposure to shocks, entropy weights, stocks.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from importlib.metadata import version
from itertools import groupby
from typing import Any

from xinzhi.prepare.step import Step, plan_steps
from xinzhi.prepare.steps.capital_stock import CapitalStock
from xinzhi.prepare.steps.entropy_index import EntropyIndex, weighting_words
from xinzhi.prepare.steps.exposure import Exposure
from xinzhi.present import numbers
from xinzhi.present.chart import Chart
from xinzhi.present.equation.tree import (
    Fenced,
    Fraction,
    Lines,
    Meaning,
    Node,
    NumberedEquation,
    NumberNode,
    Sum,
    Symbol,
    letter,
    marked,
    row,
)
from xinzhi.present.framework import Framework, framework_chart
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
from xinzhi.report.file_names import explained_once
from xinzhi.report.head import abstract_of, told_first
from xinzhi.report.named import charts_in_names, in_names, in_words, tables_in_names
from xinzhi.report.terms import are_years, terms_of
from xinzhi.study.result import StudyResult
from xinzhi.study.template import template_of
from xinzhi.study.texts import read_texts
from xinzhi.study.view import StudyView
from xinzhi_core.errors import Problem
from xinzhi_core.notices import Notice
from xinzhi_core.panel.ledger import Entry
from xinzhi_core.panel.panel import Panel
from xinzhi_core.periods import period_name
from xinzhi_core.wording import (
    Label,
    Language,
    Message,
    Wording,
    in_a_row,
    in_series,
    listed,
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
        done = in_series([_sentence(entry) for entry in entries])
        yield message("{step} ({kind}): {done}.", step=step, kind=kind, done=done)


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


ONE = NumberNode("1")
INDUSTRY = Symbol("j")
PLACE: tuple[Meaning, ...] = (
    (Symbol("i"), message("the entity")),
    (Symbol("t"), message("the period")),
)
Written = tuple[Node, tuple[Meaning, ...]]
"""An equation and what its symbols stand for, without the column itself."""


def step_equations(result: StudyResult) -> Iterator[NumberedEquation]:
    """Write the steps of the preparation that have a formula, each kind once."""
    variables = {v.column: name for name, v in result.spec.variables.named.items()}
    seen: set[object] = set()
    for name, step in plan_steps(result.spec.prepare):
        kind = (type(step), *_weighting(step))
        if type(step) not in FORMULAS or kind in seen:
            continue
        seen.add(kind)
        variable = variables.get(name)
        column = Symbol(variable or name)
        label = (
            result.spec.variables.named[variable].label.label(variable)
            if variable
            else result.panel.label(name)
        )
        tree, where = FORMULAS[type(step)](step, column, result.panel)
        title = message(COMPOSITE if _weighting(step) else TITLES[type(step)], name=label)
        yield NumberedEquation(f"prepare_{name}", title, tree, ((column, label), *where, *PLACE))


def _exposure(step: Any, column: Symbol, panel: Panel) -> Written:
    """Write R_it as shares of industries in the city times shocks, per worker where it is so."""
    del panel
    share = Fraction(letter("L", "ij"), letter("L", "i"))
    shock: Node = letter("S", "jt")
    if step.variant == "growth_adjusted":
        grown = row(letter("g", "jt"), letter("S", "j0"))
        shock = row(shock, "−", letter("S", "j0"), "−", grown)
    if step.variant != "in_city_shares":
        workers = (
            row(letter("L", "j"), "−", letter("L", "ij"))
            if step.leave_one_out
            else letter("L", "j")
        )
        shock = Fraction(shock, workers)
    elif isinstance(shock, Symbol):
        shock = Fenced(shock)
    where: list[Meaning] = [
        (letter("L", "ij"), message("the employment of industry j in city i in the base year")),
        (letter("L", "i"), message("its sum over the industries")),
        (letter("L", "j"), message("the national employment of the industry")),
        (letter("S", "jt"), message("the shock of the industry, such as its robots")),
        (letter("g", "jt"), message("the growth of its output since the first year")),
    ]
    used = {"in_city_shares": (0, 1, 3), "per_worker": (0, 1, 2, 3)}.get(step.variant, range(5))
    scale: tuple[Node | str, ...] = () if step.scale == 1 else (NumberNode(f"{step.scale:g}"), "×")
    left = row(_indexed(column), "=", *scale)
    return row(left, Sum(row(share, "×", shock), INDUSTRY)), tuple(where[i] for i in used)


def _indexed(column: Symbol) -> Node:
    return letter(column.name, "it")


def _weighting(step: Step) -> tuple[str, ...]:
    """Name how an index is weighed and scored; nothing for the sum by entropy and for other steps."""
    if not isinstance(step, EntropyIndex):
        return ()
    scheme = step.weights if isinstance(step.weights, str) else "given"
    chosen = (scheme, *step.combine, step.score)
    return () if chosen == ("entropy", "sum") else chosen


def _entropy(step: EntropyIndex, column: Symbol, panel: Panel) -> Written:
    """Write the standardised indicators, their weights, by entropy with its formula, and the index."""
    x, z, p = (letter(name, "itj") for name in "xzp")
    lines = []
    if step.standardise:
        low, high = (row(sign, Fenced(letter("x", "j"))) for sign in ("min", "max"))
        relative = Fraction(row(x, "−", low), row(high, "−", low))
        shift = NumberNode(f"{step.shift:g}")
        if len(step.negative) < len(step.indicators):
            lines.append(row(z, "=", relative, "+", shift))
        if step.negative:
            turned = Fraction(row(high, "−", x), row(high, "−", low))
            lines.append(row(z, "=", turned, "+", shift, ",", Symbol("j"), "∈", Symbol("N")))
    else:
        lines.append(row(z, "=", x))
    by_entropy = step.weights == "entropy" and not step.combine
    score = _score_lines(step, column, z)
    # The sum stands beside the weights, as long as these have a formula of their own.
    beside: tuple[Node | str, ...] = ()
    if by_entropy and step.score == "sum":
        beside, score = (",", *score[0]), ()
    lines += [
        *(_entropy_lines(z, p, beside) if by_entropy else ()),
        *(row(*parts) for parts in score),
    ]
    names = listed([*map(panel.label, step.indicators)])
    weights = message("their weights") if by_entropy else weighting_words(step)
    where: tuple[Meaning, ...] = (
        (letter("x", "j"), message("the indicators ({names})", names=names)),
        (letter("w", "j"), weights),
    )
    if by_entropy:
        entropy = (letter("e", "j"), message("their entropy"))
        where = (*where, entropy, (Symbol("n"), message("the number of rows")))
    if step.negative:
        turned_round = listed([*map(panel.label, step.negative)])
        words = message(
            "the indicators that count the other way round ({names})", names=turned_round
        )
        where = (*where, (Symbol("N"), words))
    if step.score == "topsis":
        far = message("the distances to the best and to the worst values")
        where = (*where, (row(letter("D", "it", "+"), ",", letter("D", "it", "−")), far))
    return Lines(tuple(lines), is_flush=True), where


def _entropy_lines(z: Node, p: Node, beside: tuple[Node | str, ...]) -> tuple[Node, ...]:
    rows = row(Symbol("i"), ",", Symbol("t"))
    total = Sum(row(p, "ln", p), rows)
    left_over = row(ONE, "−", letter("e", "j"))
    return (
        row(p, "=", Fraction(z, Sum(z, rows)), ",", letter("e", "j"), "=", "−", Fraction(ONE, row("ln", Symbol("n"))), total),
        row(letter("w", "j"), "=", Fraction(left_over, Sum(Fenced(left_over), INDUSTRY)), *beside),
    )  # fmt: skip


def _score_lines(step: EntropyIndex, column: Symbol, z: Node) -> tuple[tuple[Node | str, ...], ...]:
    """Write the weighted sum, or the closeness to the best values."""
    if step.score == "sum":
        return ((_indexed(column), "=", Sum(row(letter("w", "j"), z), INDUSTRY)),)
    best, worst = letter("D", "it", "+"), letter("D", "it", "−")
    squares = tuple(
        (
            marked(Fenced(letter("D", "it", sign)), above="2"),
            "=",
            Sum(
                row(
                    letter("w", "j", "2"),
                    marked(Fenced(row(z, "−", letter("z", "j", sign))), above="2"),
                ),
                INDUSTRY,
            ),
        )
        for sign in "+−"
    )
    return (*squares, (_indexed(column), "=", Fraction(worst, row(best, "+", worst))))


def _stock(step: Any, column: Symbol, panel: Panel) -> Written:
    """Write the perpetual inventory: what is left of the stock, and investment."""
    remaining = Fenced(row(ONE, "−", NumberNode(f"{step.depreciation:g}")))
    invested = letter("I", "it" if step.timing == "end" else "i,t−1")
    tree = row(_indexed(column), "=", remaining, letter(column.name, "i,t−1"), "+", invested)
    words = message("real investment ({name})", name=panel.label(step.investment))
    return tree, ((letter("I"), words),)


FORMULAS: Mapping[type[Step], Callable[[Any, Symbol, Panel], Written]] = {
    Exposure: _exposure,
    EntropyIndex: _entropy,
    CapitalStock: _stock,
}
"""Step -> how its formula is written."""
COMPOSITE = message("{name}: composite index").template
TITLES: Mapping[type[Step], str] = {
    Exposure: message("{name}: exposure").template,
    EntropyIndex: message("{name}: index with entropy weights").template,
    CapitalStock: message("{name}: perpetual inventory").template,
}


def content_of(result: StudyResult) -> Content:
    """Turn the result of a study into tables, charts, notices and sentences."""
    return with_charts(text_of(result), result)


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
        equations=tuple(explained_once((*step_equations(result), *shown.equations))),
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
        methods=methods_of(result, shown.methods),
        references=shown.references | last.references,
        provenance=tuple(_provenance(result)),
        own=written.chapters,
    )
    named = in_names(content, entity_labels(result))
    return in_english(named, result.spec.report.languages, map(str, result.panel.entities))


def with_charts(text: Content, result: StudyResult) -> Content:
    """Add the charts, and what stands in the place of those that cannot be drawn."""
    drawn, labels = charts_of(result), entity_labels(result)
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


def methods_of(result: StudyResult, sentences: Sequence[Wording]) -> tuple[Wording, ...]:
    """Describe how scores, variables and regressions were computed.

    The sentences follow from the options in force, so that they cannot say anything else than
    what was done; they are ready for the appendix of a paper.
    """
    # What several analyses say stands once, after what each says of itself.
    last_of_each = reversed(dict.fromkeys(reversed(sentences)))
    return (*_variables(result), *_groups(result), *last_of_each)


def _variables(result: StudyResult) -> Iterator[Wording]:
    section = result.spec.variables
    by_transform: dict[str, list[Wording]] = {}
    for name, variable in section.named.items():
        transform = section.transform_of(variable)
        by_transform.setdefault(transform, []).append(variable.label.label(name))
    for word, formula in (("ln1p", "ln(1+x)"), ("ln", "ln(x)")):
        if word in by_transform:
            names = listed(by_transform[word])
            yield message("{names} enter as {formula}.", formula=formula, names=names)


def _groups(result: StudyResult) -> Iterator[Wording]:
    for name, group in result.spec.groups.items():
        if group.split is not None:
            yield message(
                "{grouping}: entities are high where {column} in their first period lies above the "
                "median of all entities, else low.",
                grouping=StudyView(result.spec).group_label(name),
                column=result.panel.label(group.column),
            )


def framework_of(result: StudyResult) -> Iterator[Chart]:
    """Draw what a study asks; nothing where it asks for a single regression and no more."""
    view = StudyView(result.spec)
    mediation, moderation, groups = (
        list(view.sections(key).values()) for key in ("mediation", "moderation", "heterogeneity")
    )
    sections = [*mediation, *moderation, *groups]
    base = next((section.base for section in sections if section.base), view.first_column)
    if base is None or not sections:
        return
    asked = view.equation(base).regression
    channels = _expand(view, [section.through for section in mediation])
    moderators = _expand(view, [section.moderators for section in moderation])
    groupings = dict.fromkeys(by for section in groups for by in section.by)
    ends = {end for section in moderation for _, end in section.paths}
    framework = Framework(
        factors=tuple(map(view.label, asked.regressors)),
        outcome=view.label(asked.outcome),
        channels=tuple(map(view.label, channels)),
        moderators=tuple(map(view.label, moderators)),
        on_first=bool(ends & set(channels)) or (bool(ends) and not channels),
        on_second=asked.outcome in ends and bool(channels),
        groups=tuple(_grouping(view, name) for name in groupings),
    )
    yield framework_chart("framework", message("Analytical framework"), framework)


def _expand(view: StudyView, lists: list[tuple[str, ...]]) -> list[str]:
    return list(dict.fromkeys(name for names in lists for name in view.expand(names)))


def _grouping(view: StudyView, name: str) -> Wording:
    """Name a grouping with its members, where the study file lists them."""
    members = [view.member_label(name, member) for member in view.members(name)]
    label = view.group_label(name)
    if not members:
        return label
    return message("{head}: {words}", head=label, words=listed(members))
