"""The tables of moderation, its paragraphs of methods and its references.

The moderated equations as a table of regressions: X, the moderator and their products, one column a path.

The moderated equations, in symbols: paths that differ only in their names are written once.

Running text on moderation: which associations become stronger or weaker with which moderator.

The table of moderated chains: mediated effects at low, mean and high moderator.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from xinzhi.analyses.analysis import Shown
from xinzhi.analyses.effects import compare_with_defaults, compare_with_printed, pair_verdicts
from xinzhi.analyses.equation import Symbols
from xinzhi.analyses.exhibits import Exhibits
from xinzhi.analyses.moderation.compute import (
    Moderated,
    ModeratedMediation,
    ModerationSection,
    interactions,
    paths_of,
)
from xinzhi.analyses.moderation.moderated_effect import Moderation, lagged_name, product_name
from xinzhi.analyses.moderation.path_table import (
    Failed,
    failed_notes,
    failed_rows,
    key,
    lag_note,
    lag_notes,
    moderation_table,
    path_in_words,
    plain_refusals,
    plain_terms,
)
from xinzhi.analyses.unavailable import Unavailable
from xinzhi.present import numbers
from xinzhi.present.coverage import coverage_of
from xinzhi.present.equation.tree import Meaning, NumberedEquation, Symbol, row
from xinzhi.present.plain_effects import interval as plain_interval
from xinzhi.present.references import see
from xinzhi.present.regression.fitted import (
    error_notes,
    errors_in_words,
    machine_column,
    name_of,
    staggered_in_words,
    staggered_notes,
    star_note,
)
from xinzhi.present.regression.table import effect_rows, slope_cells, statistic_rows, with_decimals
from xinzhi.present.style import Style
from xinzhi.present.table import EMPTY, Cell, Column, Row, Table
from xinzhi_core.wording import Wording, enumerated, in_a_row, listed, message
from xinzhi_econometrics.estimates import Estimates
from xinzhi_econometrics.resampling.cluster_bootstrap import BootstrapInterval
from xinzhi_econometrics.specification import Regression
from xinzhi_econometrics.verdict import Verdict


@dataclass(frozen=True, slots=True)
class ModeratedEquation:
    """One equation, and the paths that are moderated in it: they share their estimates."""

    paths: tuple[Moderation, ...]

    @property
    def first(self) -> Moderation:
        """The path that stands for all in what they share."""
        return self.paths[0]

    @property
    def estimates(self) -> Estimates:
        """The estimates of the equation."""
        return self.first.estimates

    @property
    def focal(self) -> tuple[str, ...]:
        """Names of the factors in the equation, which state the lag."""
        return tuple(path.terms.focal for path in self.paths)

    @property
    def moderator(self) -> str:
        """Name of the moderator in the equation, which states the lag."""
        return self.first.terms.moderator


def equations_of(paths: Sequence[Moderation]) -> tuple[ModeratedEquation, ...]:
    """Gather the paths that stand in one equation: those of one set."""
    by_equation: dict[tuple[str, str, frozenset[str]], list[Moderation]] = {}
    for path in paths:
        key = (path.moderator, path.outcome, frozenset(path.estimates.names))
        by_equation.setdefault(key, []).append(path)
    return tuple(ModeratedEquation(tuple(alike)) for alike in by_equation.values())


def regression_table_of(
    id: str,  # noqa: A002 - the name of the field it fills
    title: Wording,
    paths: Sequence[Moderation],
    controls: Sequence[str],
    style: Style,
) -> Table:
    """Set each moderated equation in a column, under its moderator and its outcome.

    Parameters
    ----------
    controls
        Variables whose coefficients are not shown; a row says which columns have them.
    """
    equations = equations_of(paths)
    estimates = [equation.estimates for equation in equations]
    counts = tuple(Cell(column.n, "count") for column in estimates)
    rows = (
        *_slopes(equations, controls, style),
        *_controls(equations, controls),
        *effect_rows(estimates, style),
        Row(message("Observations (N)"), counts, key="n", rule_above=True),
        *statistic_rows(estimates),
    )
    return Table(
        id=id,
        title=title,
        columns=tuple(_columns(equations, style.labels)),
        rows=tuple(with_decimals(row, style.decimals) for row in rows),
        notes=tuple(_notes(equations, controls, style)),
        machine={"columns": [_plain(n, column, style) for n, column in enumerate(equations, 1)]},
        part="text",
    )


def _columns(
    equations: Sequence[ModeratedEquation], labels: Mapping[str, Wording]
) -> Iterator[Column]:
    for number, equation in enumerate(equations, 1):
        outcome = name_of(equation.first.outcome, labels)
        heading = message("({n}) {label}", n=number, label=outcome)
        yield Column(f"c{number}", heading, name_of(equation.moderator, labels))


def _slopes(
    equations: Sequence[ModeratedEquation], controls: Sequence[str], style: Style
) -> Iterator[Row]:
    """Set variables, then the moderator of each column, then its products with the variables."""
    names = dict.fromkeys(
        name for equation in equations for name in (*equation.focal, *_others(equation, controls))
    )
    for name in names:
        every = [name] * len(equations)
        yield from _pair(name_of(name, style.labels), name, every, equations, style)
    moderators = [equation.moderator for equation in equations]
    w = message("Moderator") if len(set(moderators)) > 1 else name_of(moderators[0], style.labels)
    yield from _pair(w, "moderator", moderators, equations, style)
    for name in dict.fromkeys(name for equation in equations for name in equation.focal):
        products = [
            product_name(name, equation.moderator) if name in equation.focal else ""
            for equation in equations
        ]
        words = message("{x} × {w}", x=name_of(name, style.labels), w=w)
        yield from _pair(words, f"{name} × moderator", products, equations, style)


def _others(equation: ModeratedEquation, controls: Sequence[str]) -> Iterator[str]:
    """List the regressors of interest that are not moderated."""
    moderator = equation.moderator
    hidden = {moderator, *(product_name(x, moderator) for x in equation.focal)}
    # Where the moderator alone is lagged, controls stand in the equation under their own names.
    hidden |= {lagged_name(name, lag) for name in controls for lag in (0, equation.first.lag)}
    return (name for name in equation.estimates.names if name not in hidden)


def _pair(
    label: Wording,
    key: str,
    names: Sequence[str],
    equations: Sequence[ModeratedEquation],
    style: Style,
) -> tuple[Row, Row]:
    """Set a coefficient and its error in every column that has it; `names` has its name in each."""
    cells = [
        slope_cells(equation.estimates, name, style)
        if name in equation.estimates.names
        else (EMPTY, EMPTY)
        for name, equation in zip(names, equations, strict=True)
    ]
    return (
        Row(label, tuple(top for top, _ in cells), key=key),
        Row("", tuple(beneath for _, beneath in cells), key=f"{key}:std_error"),
    )


def _controls(equations: Sequence[ModeratedEquation], controls: Sequence[str]) -> Iterator[Row]:
    if controls:
        yes = Cell(message("yes"), "text")
        yield Row(message("Controls"), (yes,) * len(equations), key="controls", rule_above=True)


def _notes(
    equations: Sequence[ModeratedEquation], controls: Sequence[str], style: Style
) -> Iterator[Wording]:
    if len({equation.moderator for equation in equations}) > 1:
        yield message("Moderator: the variable over the column.")
    if controls:
        names = listed([name_of(name, style.labels) for name in controls])
        yield message("Controls: {names}.", names=names)
    yield from error_notes([equation.estimates for equation in equations], style)
    yield star_note(style.stars, style.level)
    yield from staggered_notes([equation.estimates for equation in equations], style)
    yield from lag_notes((equation.first.lag, equation.first.lagged) for equation in equations)


def _plain(number: int, equation: ModeratedEquation, style: Style) -> dict[str, object]:
    head = {"moderator": equation.first.moderator, "focal": list(equation.focal)}
    return machine_column(number, equation.estimates, style.stars) | head


LETTERS = "δωξη"
"""Of the coefficients, one for each form."""


@dataclass(frozen=True, slots=True)
class Form:
    """Paths of one form: what stands left and right of their arrows."""

    lefts: tuple[str, ...]
    """Moderated together; with `one_of`, one at a time."""
    rights: tuple[str, ...]
    one_of: bool = False


def forms(section: ModerationSection, shown: Shown) -> tuple[Form, ...]:
    """Gather the paths: ends of the same left side, then single starts of the same end.

    The paths factors -> firms, factors -> rivals, firms -> green, rivals -> green have two forms.
    """
    rights: dict[tuple[str, ...], list[str]] = {}
    for left, right in section.paths:
        rights.setdefault(shown.study.expand((left,)), []).append(right)
    singles: dict[tuple[str, ...], list[str]] = {}
    for lefts, ends in rights.items():
        if len(lefts) == 1:
            singles.setdefault(tuple(ends), []).extend(lefts)
    several = [Form(lefts, tuple(ends)) for lefts, ends in rights.items() if len(lefts) > 1]
    return (
        *several,
        *(Form(tuple(lefts), ends, one_of=len(lefts) > 1) for ends, lefts in singles.items()),
    )


def equations_in_symbols(
    section: ModerationSection, base: Regression, shown: Shown
) -> Iterator[NumberedEquation]:
    """Write each form once: with M for several mediators and W for several moderators."""
    written = forms(section, shown)
    letters = "".join(LETTERS[n % len(LETTERS)] for n in range(len(written)))
    for number, form in enumerate(written, start=1):
        yield _equation(section, base, shown, form, number, letters)


def _equation(
    section: ModerationSection,
    base: Regression,
    shown: Shown,
    form: Form,
    number: int,
    letters: str,
) -> NumberedEquation:
    """Write the equation of this number; `letters` are the coefficients of all."""
    symbols = Symbols(shown.style.labels, shown.panel.has_periods)
    path = next(
        path
        for path in paths_of(section, shown.study)
        if path.focal == form.lefts[0] and path.outcome == form.rights[0]
    )
    asked = path.regression(base)
    lag, lag_of_others = section.lag, section.lag if section.lagged == "all" else 0
    moderators = shown.study.expand(section.moderators)
    moderator = moderators[0] if len(moderators) == 1 else "W"
    starts = ("M",) if form.one_of else form.lefts
    end = form.rights[0] if len(form.rights) == 1 else "M"
    others = [x for x in asked.regressors if x not in form.lefts and x != path.moderator]
    w = symbols.variable(moderator, lag)
    focal = [symbols.variable(start, lag_of_others) for start in starts]
    right = [
        *focal,
        *(row(x, "×", w) for x in focal),
        w,
        *(symbols.variable(other, lag_of_others) for other in others),
    ]
    meanings = (
        *_meanings("M", form.rights, symbols, shown),
        *(_meanings("M", form.lefts, symbols, shown) if form.one_of else ()),
        *symbols.meanings(*(() if form.one_of else form.lefts), *others),
        *_meanings("W", moderators, symbols, shown),
    )
    x, y = (_names(names, shown) for names in (form.lefts, form.rights))
    outcome, letter = symbols.variable(end), letters[number - 1]
    return NumberedEquation(
        f"{shown.name}_{number}",
        message("{title}: the equation for {x} → {y} is:", title=shown.title, x=x, y=y),
        symbols.sum(outcome, letter, right, asked, lag=lag_of_others),
        (*meanings, *symbols.rest(letters, asked)),
    )


def _meanings(
    letter: str, names: Sequence[str], symbols: Symbols, shown: Shown
) -> Iterator[Meaning]:
    """Give the meaning of a variable, or of the letter that stands for several."""
    if len(names) == 1:
        yield from symbols.meanings(*names)
    else:
        yield Symbol(letter), message("one of {names}", names=_names(names, shown))


def _names(names: Sequence[str], shown: Shown) -> Wording:
    return listed([name_of(name, shown.style.labels) for name in names])


def prose(result: Moderated, shown: Shown) -> tuple[Wording, ...]:
    """Write the paragraph on moderation."""
    style = shown.style
    paths = [path.judged for path in result.paths if isinstance(path.judged, Moderation)]
    verdicts = [(path, _verdict(path, style)) for path in paths]
    significant = [(path, verdict) for path, verdict in verdicts if verdict.is_significant]
    moderators = dict.fromkeys(path.moderator for path in paths)
    if not significant:
        names = enumerated([name_of(name, style.labels) for name in moderators])
        sentence = message(
            "No path depends significantly on {moderators}{see}.",
            moderators=names,
            see=see(shown.name),
        )
        return (sentence,) if paths else ()
    sentences = [
        sentence
        for moderator in moderators
        for sentence in _slopes_in_words(
            [p for p in significant if p[0].moderator == moderator], style
        )
    ]
    return (in_a_row([*sentences, *_brackets([path for path, _ in significant], shown)]),)


def _verdict(path: Moderation, style: Style) -> Verdict:
    i = path.estimates.position(path.interaction)
    return style.judge(float(path.estimates.estimate[i]), float(path.estimates.p_value[i]))


def _slopes_in_words(
    significant: Sequence[tuple[Moderation, Verdict]], style: Style
) -> Iterator[Wording]:
    """Say which slopes are larger and which are smaller where one moderator is higher."""
    for direction in ("positive", "negative"):
        paths = [path for path, verdict in significant if verdict.direction == direction]
        if not paths:
            continue
        words = {
            "moderator": name_of(paths[0].moderator, style.labels),
            "paths": listed([_path(path, style) for path in paths]),
        }
        yield (
            message("With higher {moderator}, these slopes are larger: {paths}.", **words)
            if direction == "positive"
            else message("With higher {moderator}, these slopes are smaller: {paths}.", **words)
        )


def _path(path: Moderation, style: Style) -> Wording:
    low, _, high = path.conditional
    return message(
        "{factor} on {outcome} (from {low} to {high})",
        factor=name_of(path.focal, style.labels),
        outcome=name_of(path.outcome, style.labels),
        low=numbers.number(low.effect, style.decimals),
        high=numbers.number(high.effect, style.decimals),
    )


def _brackets(paths: Sequence[Moderation], shown: Shown) -> Iterator[Wording]:
    """Say what the two slopes in parentheses are, and what is lagged."""
    yield message(
        "In parentheses: the slope where the moderator is one standard deviation below and "
        "above its mean{see}.",
        see=see(shown.name),
    )
    for lag, lagged in dict.fromkeys((path.lag, path.lagged) for path in paths if path.lag):
        terms = message("all regressors") if lagged == "all" else message("the moderator")
        yield message(
            "Lag of {what}: {n} periods.", one="Lag of {what}: {n} period.", n=lag, what=terms
        )


def chains_table(
    id: str,  # noqa: A002 - the name of the field it fills
    title: Wording,
    chains: Sequence[ModeratedMediation],
    style: Style,
    *,
    failed: Failed = MappingProxyType({}),
    lag: int = 0,
    lagged: str = "all",
) -> Table:
    """Set the mediated effect of each chain at low, mean and high moderator, and the index."""
    rows = [row for chain in chains for row in _chain_rows(chain, style)]
    rows += failed_rows(failed, style, 7, lag=lag, lagged=lagged)
    where = message("Mediated effect where the moderator is")
    bounds = message("{level} interval of the index", level=numbers.level(1 - style.level))
    return Table(
        id=id,
        title=title,
        stub=message("Factor → mediator | moderator"),
        columns=(
            Column("low", message("low (mean − SD)"), where),
            Column("mean", message("at its mean"), where),
            Column("high", message("high (mean + SD)"), where),
            Column("index", message("index: high less low")),
            Column("index_low", message("Lower bound"), bounds),
            Column("index_high", message("Upper bound"), bounds),
            Column("n", message("N")),
        ),
        rows=tuple(rows),
        notes=(
            *([_chain_note()] if chains else []),
            *coverage_of("moderated_mediation", [chain.first for chain in chains]),
            *errors_in_words([chain.first for chain in chains], style),
            *staggered_in_words(
                [estimates for chain in chains for estimates in (chain.first, chain.second)],
                style.labels,
            ),
            *lag_notes((chain.lag, chain.lagged) for chain in chains),
            *failed_notes(failed, style.labels),
        ),
        reading=tuple(_read_chain(chain, style) for chain in chains),
        machine=MappingProxyType(
            {
                "chains": [_plain_chain(chain) for chain in chains],
                "refused": plain_refusals(failed),
            }
        ),
    )


def _chain_note() -> Wording:
    return message(
        "Mediated effect: (a1 + a3 w)(b1 + b3 w), standard errors by the delta method beneath; "
        "both paths are moderated, one factor at a time. Interval of the index: percentiles of "
        "the cluster bootstrap."
    )


def _chain_rows(chain: ModeratedMediation, style: Style) -> tuple[Row, Row]:
    labels, decimals = style.labels, style.decimals
    interval = chain.index_interval
    bounds = (
        (interval.low, interval.high) if isinstance(interval, BootstrapInterval) else (None, None)
    )
    top = (
        *(Cell(c.indirect, "estimate", decimals=decimals) for c in chain.conditional),
        Cell(chain.index, "estimate", decimals=decimals),
        *(Cell(bound, decimals=decimals) for bound in bounds),
        Cell(chain.n, "count"),
    )
    beneath = (
        *(Cell(c.std_error, "std_error", decimals=decimals) for c in chain.conditional),
        *(EMPTY,) * 4,
    )
    name = key((chain.focal, chain.mediator, chain.moderator))
    words = path_in_words(
        (chain.first_terms.focal, chain.mediator, chain.first_terms.moderator), labels
    )
    return Row(words, top, key=name), Row("", beneath, key=f"{name}:std_error")


def _read_chain(chain: ModeratedMediation, style: Style) -> Wording:
    labels, decimals = style.labels, style.decimals
    interval = chain.index_interval
    words: dict[str, object] = {
        "x": name_of(chain.first_terms.focal, labels),
        "m": name_of(chain.mediator, labels),
        "w": name_of(chain.first_terms.moderator, labels),
        "index": numbers.number(chain.index, decimals),
    }
    if not isinstance(interval, BootstrapInterval):
        return message(
            "Index of {x} through {m} along {w}: {index}; no interval: {why}",
            why=interval.reason,
            **words,
        )
    words |= {
        "low": numbers.number(interval.low, decimals),
        "high": numbers.number(interval.high, decimals),
        "level": numbers.level(interval.level),
    }
    if not style.judge(chain.index, interval.p_value, "bootstrap").is_significant:
        return message(
            "A change of the mediated effect of {x} through {m} along {w} is not statistically "
            "significant: index {index}, {level} interval from {low} to {high}.",
            **words,
        )
    return message(
        "The mediated effect of {x} through {m} differs along {w}: index {index}, {level} interval from "
        "{low} to {high}.",
        **words,
    )


def _plain_chain(chain: ModeratedMediation) -> dict[str, object]:
    """Give a moderated mediated effect at low, mean and high moderator, and the index."""
    return {
        "focal": chain.focal,
        "mediator": chain.mediator,
        "moderator": chain.moderator,
        "lag": chain.lag,
        "lagged": chain.lagged if chain.lag else "none",
        "first_terms": plain_terms(chain.first_terms),
        "second_terms": plain_terms(chain.second_terms),
        "n": chain.n,
        "conditional": [
            {
                "place": effect.place,
                "moderator": effect.moderator,
                "indirect": effect.indirect,
                "se": effect.std_error,
                "z": effect.z,
                "p": effect.p_value,
                "interval": plain_interval(effect.interval),
            }
            for effect in chain.conditional
        ],
        "index": chain.index,
        "index_interval": plain_interval(chain.index_interval),
        "first_stage_index": chain.first_stage_index,
    }


BAUER = (
    "Bauer, D. J., & Curran, P. J. (2005). Probing interactions in fixed and multilevel regression: "
    "Inferential and graphical techniques. Multivariate Behavioral Research, 40(3), 373–400. "
    "doi:10.1207/s15327906mbr4003_5"
)
HAYES = (
    "Hayes, A. F. (2015). An index and test of linear moderated mediation. Multivariate Behavioral "
    "Research, 50(1), 1–22. doi:10.1080/00273171.2014.962683"
)


def exhibits(
    section: ModerationSection, base: Regression, result: Moderated, shown: Shown
) -> Exhibits:
    """Make the exhibits of a section; `base` gives the other regressors of its equations."""
    references = {BAUER, HAYES} if result.chains else {BAUER}
    paths, *chains = _tables(section, result, shown)
    return Exhibits(
        (*_regressions(base, result, shown), paths, *chains),
        tuple(_methods(section)),
        frozenset(references),
        prose=prose(result, shown),
        equations=tuple(equations_in_symbols(section, base, shown)),
    )


def _regressions(base: Regression, result: Moderated, shown: Shown) -> Iterator[Table]:
    """Set the estimated equations side by side, in the main text; nothing where there is none."""
    paths = [path.found for path in result.paths if isinstance(path.found, Moderation)]
    if paths:
        title = message("{title}: regressions", title=shown.title)
        yield regression_table_of(
            f"{shown.name}_regressions", title, paths, base.controls, shown.style
        )


def _tables(section: ModerationSection, result: Moderated, shown: Shown) -> Iterator[Table]:
    table = moderation_table(
        shown.name,
        shown.title,
        [path.found for path in result.paths if not isinstance(path.found, Unavailable)],
        shown.style,
        failed={
            (path.focal, path.outcome, path.moderator): path.found.problems[0].what
            for path in result.paths
            if isinstance(path.found, Unavailable)
        },
        lag=section.lag,
        lagged=section.lagged,
        judged=[path.judged for path in result.paths if not isinstance(path.judged, Unavailable)],
    )
    yield replace(table, reading=(*table.reading, *_other_verdicts(result, shown)))
    if result.chains:
        yield chains_table(
            f"{shown.name}_chains",
            message("{title}: mediated effects along the moderator", title=shown.title),
            [chain.found for chain in result.chains if not isinstance(chain.found, Unavailable)],
            shown.style,
            failed={
                (chain.focal, chain.mediator, chain.moderator): chain.found.problems[0].what
                for chain in result.chains
                if isinstance(chain.found, Unavailable)
            },
            lag=section.lag,
            lagged=section.lagged,
        )


def _other_verdicts(result: Moderated, shown: Shown) -> Iterator[Wording]:
    """Say which interactions the printed errors, or the default ones, judge otherwise."""
    inference, paths = shown.style.inference, result.paths
    declared = [path.declared for path in paths if path.declared is not None]
    if declared:
        printed = interactions(path.found for path in paths if path.declared is not None)
        pairs = pair_verdicts(interactions(declared), printed, inference)
        yield from compare_with_printed(pairs, declared[0].estimates.covariance, shown)
    judged = interactions(path.judged for path in paths if path.default is not None)
    by_default = interactions(path.default for path in paths)
    yield from compare_with_defaults(pair_verdicts(judged, by_default, inference), shown)


def _methods(section: ModerationSection) -> Iterator[Wording]:
    yield message(
        "Moderation: interactions with the moderator; effects at its mean and one standard "
        "deviation below and above.",
    )
    if section.lag:
        yield lag_note(section.lag, section.lagged)
