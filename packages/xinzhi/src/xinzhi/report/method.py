"""The chapter on method: what is asked, and for each analysis its model, why it is taken, and what was checked.

Prepared columns whose formula a reader wants to see: exposure to shocks, entropy weights, stocks.

The framework of a study as a picture, drawn from what it asks and not from what it finds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from xinzhi.analyses.exhibits import MethodPart
from xinzhi.prepare.step import Step, plan_steps
from xinzhi.prepare.steps.capital_stock import CapitalStock
from xinzhi.prepare.steps.entropy_index import EntropyIndex, weighting_words
from xinzhi.prepare.steps.exposure import Exposure
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
from xinzhi.report.file_names import explained_once
from xinzhi.study.result import StudyResult
from xinzhi.study.view import StudyView
from xinzhi_core.panel.panel import Panel
from xinzhi_core.wording import Wording, enumerated, listed, message

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
        title = message(COMPOSITE if _weighting(step) else LEADS[type(step)], name=label)
        yield NumberedEquation(f"prepare_{name}", title, tree, ((column, label), *where, *PLACE))


def _exposure(step: Exposure, column: Symbol, panel: Panel) -> Written:
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


def _stock(step: CapitalStock, column: Symbol, panel: Panel) -> Written:
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
COMPOSITE = message("{name} is a composite index of standardised indicators:").template
LEADS: Mapping[type[Step], str] = {
    Exposure: message(
        "{name} is a shift-share measure of exposure, shares of industries times their shocks:"
    ).template,
    EntropyIndex: message(
        "{name} is an index with entropy weights, by which indicators that differ more weigh more:"
    ).template,
    CapitalStock: message("{name} is accumulated by the perpetual inventory method:").template,
}


def methods_of(
    result: StudyResult, parts: Sequence[MethodPart], see_framework: Wording = ""
) -> tuple[MethodPart, ...]:
    """Describe what is asked, then how variables, scores and regressions were computed.

    The sentences follow from the options in force, so that they cannot say anything else than
    what was done. What several analyses of a place say stands once, after what each says of itself;
    what an earlier place has said is not said again.

    Parameters
    ----------
    parts
        What each analysis declares, in the order of the report.
    see_framework
        Reference to the picture of the framework, for the place after the question.
    """
    asked = MethodPart("", (), tuple(_question(result, see_framework)))
    variables = MethodPart(
        message("Variables"),
        tuple(step_equations(result)),
        (*_variables(result), *_groups(result)),
    )
    by_title: dict[Wording, MethodPart] = {}
    for part in (asked, variables, *parts):
        before = by_title.get(part.title, MethodPart(part.title, (), ()))
        by_title[part.title] = MethodPart(
            part.title,
            (*before.equations, *part.equations),
            (*before.sentences, *part.sentences),
        )
    return tuple(_said_once(by_title.values()))


def _said_once(parts: Iterable[MethodPart]) -> Iterator[MethodPart]:
    """Leave out what was said or explained before, and parts of which nothing is left."""
    said: set[Wording] = set()
    explained = explained_once([equation for part in parts for equation in part.equations])
    for part in parts:
        last_of_each = [*reversed(dict.fromkeys(reversed(part.sentences)))]
        sentences = tuple(sentence for sentence in last_of_each if sentence not in said)
        said |= set(sentences)
        equations = tuple(islice(explained, len(part.equations)))
        if equations or sentences:
            yield replace(part, equations=equations, sentences=sentences)


def _question(result: StudyResult, see_framework: Wording) -> Iterator[Wording]:
    """Say what the regressions are to answer; nothing where there is none."""
    view = StudyView(result.spec)
    asked = _asked(view)
    if asked is None:
        return
    yield message(
        "The question is whether {outcome} is associated with {factors}{see}.",
        outcome=asked.outcome,
        factors=enumerated(asked.factors),
        see=see_framework,
    )
    if asked.channels:
        yield message(
            "{names} are examined as mediators of these associations.",
            one="{names} is examined as a mediator of these associations.",
            n=len(asked.channels),
            names=enumerated(asked.channels),
        )
    if asked.moderators:
        yield message(
            "{names} are examined as moderators.",
            one="{names} is examined as a moderator.",
            n=len(asked.moderators),
            names=enumerated(asked.moderators),
        )
    if names := _groupings(view):
        groupings = enumerated([view.group_label(name) for name in names])
        yield message("Associations are compared between groups by {names}.", names=groupings)


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
    asked = _asked(view)
    if asked is not None and any(view.sections(key) for key in FURTHER):
        yield framework_chart("framework", message("Analytical framework"), asked)


FURTHER = ("mediation", "moderation", "heterogeneity")
"""Analyses that ask more of a regression."""


def _asked(view: StudyView) -> Framework | None:
    """Gather what a study asks of its main regression; None where it has none."""
    mediation, moderation, groups = (list(view.sections(key).values()) for key in FURTHER)
    sections = [*mediation, *moderation, *groups]
    base = next((section.base for section in sections if section.base), view.first_column)
    if base is None:
        return None
    asked = view.equation(base).regression
    channels = _expand(view, [section.through for section in mediation])
    moderators = _expand(view, [section.moderators for section in moderation])
    ends = {end for section in moderation for _, end in section.paths}
    return Framework(
        factors=tuple(map(view.label, asked.regressors)),
        outcome=view.label(asked.outcome),
        channels=tuple(map(view.label, channels)),
        moderators=tuple(map(view.label, moderators)),
        on_first=bool(ends & set(channels)) or (bool(ends) and not channels),
        on_second=asked.outcome in ends and bool(channels),
        groups=tuple(_grouping(view, name) for name in _groupings(view)),
    )


def _groupings(view: StudyView) -> tuple[str, ...]:
    sections = view.sections("heterogeneity").values()
    return tuple(dict.fromkeys(by for section in sections for by in section.by))


def _expand(view: StudyView, lists: list[tuple[str, ...]]) -> list[str]:
    return list(dict.fromkeys(name for names in lists for name in view.expand(names)))


def _grouping(view: StudyView, name: str) -> Wording:
    """Name a grouping with its members, where the study file lists them."""
    members = [view.member_label(name, member) for member in view.members(name)]
    label = view.group_label(name)
    if not members:
        return label
    return message("{head}: {words}", head=label, words=listed(members))
