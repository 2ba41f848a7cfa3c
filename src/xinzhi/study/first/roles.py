"""Propose what the columns of a panel could be in a frontier, and say why; a person checks it.

Real values come before nominal ones and wholes before their parts. Price levels, indices, shares,
areas and amounts per head are never proposed: none is put in or produced.

Columns that could stand in the sections that are offered: factors, controls, mediators, moderators, groups.

Sections that a first study offers: regressions, mediation, moderation, groups, specification curve.

They name columns of the data that could stand there, so that a person removes the signs and changes
names; nothing of it is computed before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType

from xinzhi.columns import vocabulary as words
from xinzhi.columns.kinds import KINDS, Basis, price_basis
from xinzhi.columns.recognise import fold, found, kind_of
from xinzhi.panel.panel import ENTITY, Panel
from xinzhi.study.first.key_columns import heading_says
from xinzhi.study.first.yaml_text import flow, options, quoted
from xinzhi.study.first.yaml_text import words as yaml_words
from xinzhi.wording import Language, Message, message, say

RELATIVE = frozenset(("percent", "years"))
"""Dimensions of columns that are not amounts."""
WHOLES = frozenset(("employed", "gdp", "capital stock", "energy", "electricity"))
"""Kinds that are wholes: they come before their parts."""
MOST_BADS = 3
"""Bad outputs that are proposed; with many, nearly every row is efficient."""
USES: Mapping[str, Message] = MappingProxyType(
    {
        "labour": message("labour"),
        "capital": message("capital"),
        "energy": message("energy"),
        "water": message("water"),
    }
)
PRICED: Mapping[Basis, Message] = MappingProxyType(
    {
        "constant": message("{why}, at constant prices"),
        "current": message("{why}, at the prices of each year"),
        "previous_year": message("{why}, at the prices of the year before: these make no series"),
        "unclear": message("{why}; the heading names two kinds of prices"),
    }
)
"""Prices that a heading names -> how they are said beside a good output."""
WITHOUT_PRICES = frozenset(("output", "产出", "y", "valk", "valu"))
"""Words of outputs that may be counted in tonnes as well as in money."""


@dataclass(frozen=True, slots=True)
class ProposedRoles:
    """What the columns of a panel seem to be."""

    inputs: tuple[str, ...]
    good_outputs: tuple[str, ...]
    bad_outputs: tuple[str, ...]
    others: tuple[str, ...]
    """Columns of numbers without a proposed role."""
    reasons: Mapping[str, Message]
    """Column -> why it is proposed."""
    is_real: bool
    """Whether the good output is said to be at constant prices."""


@dataclass(frozen=True, slots=True)
class NamedRoles:
    """Columns that a person named for their roles; a role that is None is proposed."""

    inputs: tuple[str, ...] | None = None
    good_outputs: tuple[str, ...] | None = None
    bad_outputs: tuple[str, ...] | None = None
    outcome: str | None = None
    regressors: tuple[str, ...] = ()
    controls: tuple[str, ...] = ()

    @property
    def all(self) -> tuple[str, ...]:
        """All columns of the frontier that are named."""
        return (*(self.inputs or ()), *(self.good_outputs or ()), *(self.bad_outputs or ()))


NOTHING_NAMED = NamedRoles()
NAMED = message("it was named")


def propose_roles(panel: Panel, named: NamedRoles = NOTHING_NAMED) -> ProposedRoles:
    """Propose inputs, good and bad outputs among the columns of numbers; what is named is taken."""
    proposed = _proposed(panel, without=frozenset(named.all))
    if not named.all:
        return proposed
    given = (named.inputs, named.good_outputs, named.bad_outputs)
    found = (proposed.inputs, proposed.good_outputs, proposed.bad_outputs)
    inputs, goods, bads = (f if g is None else g for g, f in zip(given, found, strict=True))
    roles = (*inputs, *goods, *bads)
    reasons = {**proposed.reasons, **dict.fromkeys(named.all, NAMED)}
    others = (*proposed.inputs, *proposed.good_outputs, *proposed.bad_outputs, *proposed.others)
    texts = {name: _texts(panel, name) for name in goods}
    return ProposedRoles(
        inputs,
        goods,
        bads,
        tuple(
            name for name in map(str, panel.frame.columns) if name in others and name not in roles
        ),
        MappingProxyType({name: why for name, why in reasons.items() if name in roles}),
        is_real=all(_price_rank(texts[name]) == 0 for name in goods),
    )


def _proposed(panel: Panel, without: frozenset[str]) -> ProposedRoles:
    """Propose roles by the headings, but for columns that have one."""
    reasons: dict[str, Message] = {}
    numeric = [str(c) for c in panel.frame.columns if panel.frame[c].dtype.kind in "fiub"]
    numeric = [n for n in numeric if n not in without and not found(n, words.IDENTIFIER)]
    texts = {name: _texts(panel, name) for name in numeric}
    amounts = [name for name in numeric if _is_amount(texts[name])]
    bads = _fitting(amounts, texts, "bad output", reasons)[:MOST_BADS]
    # Bad outputs beyond those that are proposed are not goods or inputs either.
    every_bad = _fitting(amounts, texts, "bad output", {})
    goods = _fitting([n for n in amounts if n not in every_bad], texts, "good output", reasons)[:1]
    inputs = _inputs([n for n in amounts if n not in (*every_bad, *goods)], texts, reasons)
    goods, inputs = _electricity(amounts, texts, goods, inputs, bads, reasons)
    bads = bads or _carbon_letter(amounts, goods, inputs, reasons)
    roles = (*inputs, *goods, *bads)
    return ProposedRoles(
        inputs,
        goods,
        bads,
        tuple(name for name in numeric if name not in roles),
        MappingProxyType({name: why for name, why in reasons.items() if name in roles}),
        is_real=all(_price_rank(texts[name]) == 0 for name in goods),
    )


def _texts(panel: Panel, name: str) -> tuple[str, ...]:
    """List what a column is called: its name, and its label where the file has one."""
    label = panel.label(name)
    names = (name, say(label, "zh"), say(label, "en"))
    # Prices may stand where the unit does: GDP（当年价）.
    unit = panel.units.get(name, "")
    return tuple(dict.fromkeys((*names, *([unit] if price_basis(unit) else []))))


def _word(texts: Sequence[str], among: Sequence[str]) -> str | None:
    return next((word for text in texts if (word := found(text, among))), None)


def _is_amount(texts: Sequence[str]) -> bool:
    """Whether a column can be put in or produced, as far as its headings say."""
    kinds = [kind for text in texts if (kind := kind_of(text))]
    relative = any(k == "land area" or KINDS[k].dimension in RELATIVE for k in kinds)
    return not (relative or _word(texts, words.NEVER) or _word(texts, words.PRICES))


def _price_rank(texts: Sequence[str]) -> int:
    """Constant prices before unmarked ones before those of each year."""
    basis = price_basis(*texts)
    return 0 if basis == "constant" else 1 if basis is None else 2


def _part_rank(texts: Sequence[str]) -> int:
    """Wholes before what is unknown before parts."""
    kinds = [kind for text in texts if (kind := kind_of(text))]
    return 0 if WHOLES & set(kinds) else 2 if kinds else 1


def _fitting(
    names: Sequence[str], texts: Mapping[str, Sequence[str]], use: str, reasons: dict[str, Message]
) -> tuple[str, ...]:
    """Columns whose headings speak of a use, the best first."""
    fitting = {name: word for name in names if (word := _word(texts[name], words.USES[use]))}
    for name, word in fitting.items():
        reasons[name] = heading_says(word)
    if use == "bad output":
        return tuple(fitting)
    ordered = tuple(sorted(fitting, key=lambda n: (_price_rank(texts[n]), _part_rank(texts[n]))))
    if use == "good output":
        for name in ordered:
            if fitting[name] not in WITHOUT_PRICES or price_basis(*texts[name]):
                reasons[name] = _with_prices(name, ordered, texts, reasons[name])
    return ordered


def _with_prices(
    name: str, goods: Sequence[str], texts: Mapping[str, Sequence[str]], why: Message
) -> Message:
    """Say at which prices a good output is, and which other one is at others."""
    basis = price_basis(*texts[name])
    if basis is None:
        return message("{why}; the heading does not say at which prices", why=why)
    said = message(PRICED[basis].template, why=why)
    others = (n for n in goods if price_basis(*texts[n]) not in (None, basis, "unclear"))
    if basis == "constant" and (other := next(others, None)):
        return message("{why}; '{other}' is at other prices", why=said, other=other)
    return said


def _inputs(
    names: Sequence[str], texts: Mapping[str, Sequence[str]], reasons: dict[str, Message]
) -> tuple[str, ...]:
    """One column for each kind of input: the best one whose heading fits."""
    inputs: list[str] = []
    for use in words.INPUTS:
        fitting = _fitting([n for n in names if n not in inputs], texts, use, {})
        if fitting:
            word = _word(texts[fitting[0]], words.USES[use])
            reasons[fitting[0]] = message(
                "{use}: {why}", use=USES[use], why=heading_says(str(word))
            )
            inputs.append(fitting[0])
    return tuple(inputs)


def _electricity(
    amounts: Sequence[str],
    texts: Mapping[str, Sequence[str]],
    goods: tuple[str, ...],
    inputs: tuple[str, ...],
    bads: tuple[str, ...],
    reasons: dict[str, Message],
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Electricity is what power plants make; elsewhere it is used."""
    for name in amounts:
        if name in (*goods, *bads) or not _word(texts[name], words.ELECTRICITY):
            continue
        if not goods:
            reasons[name] = message(
                "electricity, and there is no other output: it seems to be what is made"
            )
            return (name,), tuple(n for n in inputs if n != name)
        if not any(_word(texts[n], words.USES["energy"]) for n in inputs):
            reasons[name] = message("energy: the heading says electricity, and GDP is the output")
            return goods, (*inputs, name)
    return goods, inputs


def _carbon_letter(
    amounts: Sequence[str],
    goods: tuple[str, ...],
    inputs: tuple[str, ...],
    reasons: dict[str, Message],
) -> tuple[str, ...]:
    letters = {fold(name) for name in (*inputs, *goods)}
    for name in amounts:
        if found(name, (words.CARBON_LETTER,)) and {"k", "l", "y"} <= letters:
            reasons[name] = message("the letter C beside K, L and Y is customary for carbon")
            return (name,)
    return ()


MOST_EMPTY = 0.3
"""Share of empty cells up to which a column is offered."""
FACTORS, CONTROLS = 3, 4
"""Columns that are offered at most."""
MEMBERS = range(2, 7)
"""Groups of entities that a column may make."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """Columns of a panel by what they could be; empty where none could."""

    factors: tuple[str, ...]
    controls: tuple[str, ...]
    mediator: str | None
    moderator: str | None
    group: str | None
    """A column that every entity keeps and that makes a few groups."""
    split: str | None
    """A column that can be cut at its median."""

    @property
    def variables(self) -> tuple[str, ...]:
        """Columns that are needed as variables."""
        named = (*self.factors, *self.controls, self.mediator, self.moderator)
        return tuple(dict.fromkeys(name for name in named if name is not None))


def candidates(panel: Panel, others: Sequence[str]) -> Candidates:
    """Choose among the columns that have no role; each is offered once, by its heading where that says."""
    usable = [name for name in others if _varies(panel, name)]
    used: list[str] = []

    def choose(use: str, most: int) -> tuple[str, ...]:
        fitting = [n for n in usable if n not in used and found(n, words.MECHANISM[use])]
        used.extend(fitting[:most])
        return tuple(fitting[:most])

    mediators, moderators = choose("mediator", 1), choose("moderator", 1)
    factors, controls = choose("factor", FACTORS), choose("control", CONTROLS)
    free = [name for name in usable if name not in used]

    def filled(chosen: tuple[str, ...], most: int) -> tuple[str, ...]:
        return chosen or tuple(free.pop(0) for _ in range(min(most, len(free))))

    factors = filled(factors, 1)
    if not factors:  # a regression needs a factor: what else there is takes its place
        factors = next((columns for columns in (controls, mediators, moderators) if columns), ())
        controls = tuple(name for name in controls if name not in factors)
        mediators = tuple(name for name in mediators if name not in factors)
        moderators = tuple(name for name in moderators if name not in factors)
    controls, mediators, moderators = (filled(c, 1) for c in (controls, mediators, moderators))
    return Candidates(
        factors,
        controls,
        next(iter(mediators), None),
        next(iter(moderators), None),
        next((str(c) for c in panel.frame.columns if _groups(panel, str(c))), None),
        next(iter((*controls, *factors)), None),
    )


def _varies(panel: Panel, name: str) -> bool:
    """Whether a column can be told from the effects of entities, and is filled in most rows."""
    column = panel.frame[name]
    if column.isna().mean() > MOST_EMPTY or column.nunique() < 3:
        return False
    within = column.groupby(level=ENTITY).nunique()
    return len(panel.periods) == 1 or bool((within > 1).mean() > 0.5)


def _groups(panel: Panel, name: str) -> bool:
    """Whether every entity keeps one value and there are a few of them, each of several entities."""
    column = panel.frame[name]
    if column.isna().any() or column.nunique() not in MEMBERS:
        return False
    first = column.groupby(level=ENTITY).agg(["nunique", "first"])
    return bool((first["nunique"] == 1).all()) and bool((first["first"].value_counts() > 1).all())


SCORE = "efficiency"
LAGGED = 4
"""Periods from which a moderation with a lag is offered."""


def mechanism(
    columns: Candidates, panel: Panel, language: Language, *, outcome: str | None = None
) -> list[str]:
    """Offer the sections that explain the score; those that lack a column are left out and said.

    With an `outcome`, the baseline is not offered: it is part of the study.
    """
    write = partial(yaml_words, language=language)
    if not columns.factors:
        text = message(
            "To explain the efficiency, bring in other columns by a second file under `sources`."
        )
        return [write(text)]
    text = message(
        "Explain the efficiency. The sections below are not computed: choose among the columns, "
        "then remove the # signs in front of them (those of the variables above, too)."
    )
    lines = [
        write(text),
    ]
    if outcome is None:
        lines += [
            write(message("What you ask about, and what else may go with the efficiency:")),
            *tables_of(columns, panel),
        ]
    if columns.mediator:
        lines += [
            write(message("Through what: a variable between the factors and the efficiency.")),
            _section(
                "mediation: mechanism",
                f"through: {flow([columns.mediator])}, tests: [sobel, bootstrap], draws: 1000",
            ),
        ]
    if columns.mediator and columns.moderator:
        lines += [
            write(message("What strengthens or weakens a path, such as a policy:")),
            *_moderation(columns, panel, outcome or SCORE),
        ]
    lines += _offered_groups(columns, language)
    if columns.controls:
        lines += [
            write(message("Whether the answer depends on a choice: all combinations.")),
            "specification_curve: {of: baseline/1, vary: {controls: each"
            + (", effects: [[entity], [entity, period]]}}" if _is_panel(panel) else "}}"),
        ]
    return lines


def _is_panel(panel: Panel) -> bool:
    return len(panel.periods) > 1


def tables_of(columns: Candidates, panel: Panel, outcome: str = SCORE) -> list[str]:
    """Write the baseline and its variations."""
    x = "[factors, controls]" if columns.controls else "[factors]"
    more = ", {x: [factors]}" if columns.controls else ""
    sets = f"factors: {flow(columns.factors)}"
    sets += f", controls: {flow(columns.controls)}" if columns.controls else ""
    lines = [
        f"sets: {{{sets}}}",
        "tables:",
        "  baseline:",
        "    title: {zh: 基准回归, en: Baseline regressions}",
        f"    outcome: {quoted(outcome)}",
    ]
    if _is_panel(panel):
        lines += ["    effects: [entity, period]", "    covariance: {cluster: entity}"]
    else:
        lines += ["    effects: []", "    covariance: hc1"]
    lines += [f"    columns: [{{x: {x}}}{more}]"]
    checks = (
        "[{winsorise: [1, 99]}, {covariance: hc1}]"
        if _is_panel(panel)
        else "[{winsorise: [1, 99]}]"
    )
    return [*lines, f"  robustness: {{from: baseline/1, columns: {checks}}}"]


def _moderation(columns: Candidates, panel: Panel, outcome: str) -> list[str]:
    lag = 1 if len(panel.periods) >= LAGGED else 0
    arrows = [f"factors -> {columns.mediator}", f"{columns.mediator} -> {outcome}"]
    is_plain = quoted(columns.mediator) == columns.mediator and quoted(outcome) == outcome
    paths = f"[{', '.join(arrows)}]" if is_plain else f"[{', '.join(map(quoted, arrows))}]"
    moderators = flow([columns.moderator])
    return [_section("moderation: tools", f"moderators: {moderators}, lag: {lag}, paths: {paths}")]


def _offered_groups(columns: Candidates, language: Language) -> list[str]:
    groups: dict[str, str] = {}
    if columns.group:
        groups["kind"] = options({"column": columns.group, "label": columns.group})
    if columns.split:
        groups["size"] = options(
            {"column": columns.split, "split": "median", "label": columns.split}
        )
    if not groups:
        return []
    named = ", ".join(f"{name}: {of}" for name, of in groups.items())
    return [
        yaml_words(
            message(
                "Whether kinds of entities differ: a column that an entity keeps, or one cut at its median."
            ),
            language,
        ),
        f"groups: {{{named}}}",
        _section(
            "heterogeneity: places",
            f"by: [{', '.join(groups)}], difference: [interaction, permutation], draws: 1000",
        ),
    ]


def _section(place: str, more: str) -> str:
    """Write a section that starts from the baseline, such as `mediation: mechanism`, on one line."""
    key, name = place.split(": ")
    return f"{key}: {{{name}: {{from: baseline/1, {more}}}}}"


def columns_listed(names: Sequence[str], most: int) -> str:
    """List columns, the first ones by name."""
    shown = ", ".join(map(quoted, names[:most]))
    return f"{shown} … ({len(names)})" if len(names) > most else shown
