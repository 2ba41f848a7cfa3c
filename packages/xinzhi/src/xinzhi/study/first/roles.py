"""Propose what the columns of a panel could be in a frontier, and say why; a person checks it.

Real values come before nominal ones and wholes before their parts. Price levels, indices, shares,
areas and amounts per head are never proposed: none is put in or produced.

Columns that could stand in the sections that are offered: factors, controls, mediators, moderators, groups.

Sections that a first study offers: regressions, mediation, moderation, groups, specification curve.

They name columns of the data that could stand there, so that a person removes the signs and changes
names; nothing of it is computed before.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType

from xinzhi.study.first.key_columns import heading_says
from xinzhi.study.first.yaml_text import flow, options, quoted
from xinzhi.study.first.yaml_text import words as yaml_words
from xinzhi_core.panel.panel import ENTITY, Panel
from xinzhi_core.wording import Language, Message, listed, message, say
from xinzhi_panel.columns import vocabulary as words
from xinzhi_panel.columns.indicators import Vocabulary, packaged
from xinzhi_panel.columns.kinds import Basis, price_basis
from xinzhi_panel.columns.meaning import HeadingReading, read_heading
from xinzhi_panel.columns.recognise import fold, found
from xinzhi_panel.columns.seen import is_share
from xinzhi_panel.io.recognise.cells import has_chinese

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


def propose_roles(
    panel: Panel, named: NamedRoles = NOTHING_NAMED, vocabulary: Vocabulary | None = None
) -> ProposedRoles:
    """Propose inputs, good and bad outputs among the columns of numbers; what is named is taken.

    A heading that the vocabulary knows goes by its indicator; a Chinese one that it does not know is not guessed.
    """
    columns = _ReadColumns(panel, vocabulary)
    proposed = _proposed(columns, without=frozenset(named.all))
    if not named.all:
        return proposed
    given = (named.inputs, named.good_outputs, named.bad_outputs)
    found = (proposed.inputs, proposed.good_outputs, proposed.bad_outputs)
    inputs, goods, bads = (f if g is None else g for g, f in zip(given, found, strict=True))
    roles = (*inputs, *goods, *bads)
    reasons = {**proposed.reasons, **dict.fromkeys(named.all, NAMED)}
    others = (*proposed.inputs, *proposed.good_outputs, *proposed.bad_outputs, *proposed.others)
    return ProposedRoles(
        inputs,
        goods,
        bads,
        tuple(
            name for name in map(str, panel.frame.columns) if name in others and name not in roles
        ),
        MappingProxyType({name: why for name, why in reasons.items() if name in roles}),
        is_real=all(columns.price_rank(name) == 0 for name in goods),
    )


class _ReadColumns:
    """The columns of a panel with what their headings mean."""

    def __init__(self, panel: Panel, vocabulary: Vocabulary | None) -> None:
        numeric = [str(c) for c in panel.frame.columns if panel.frame[c].dtype.kind in "fiub"]
        self.texts: dict[str, tuple[str, ...]] = {}
        """What each is called: its name, its label where the file has one, and its unit where prices stand there."""
        for name in numeric:
            label, unit = panel.label(name), panel.units.get(name, "")
            texts = (
                name,
                say(label, "zh"),
                say(label, "en"),
                *([unit] if price_basis(unit) else []),
            )
            self.texts[name] = tuple(dict.fromkeys(texts))
        self.read = {name: meaning_of(panel, name, vocabulary) for name in numeric}
        if panel.per_year > 1:
            # What accumulates from the start of each year is not an amount of a quarter.
            self.read |= {
                name: HeadingReading(unit=read.unit, derived="part")
                for name, read in self.read.items()
                if any(map(CUMULATIVE.search, self.texts[name]))
            }

    def is_open(self, name: str) -> bool:
        """Whether words may say what a column is: neither known to the vocabulary nor in Chinese."""
        return self.read[name].indicator is None and not has_chinese(name)

    def is_amount(self, name: str) -> bool:
        """Whether a column can be put in or produced, as far as its heading says."""
        if self.is_open(name):
            texts = self.texts[name]
            return not (_word(texts, words.NEVER) or _word(texts, words.PRICES))
        return bool(FRONTIER & set(self.read[name].roles))

    def is_share(self, name: str) -> bool:
        """Whether a column is a share of something, as far as its heading says."""
        read = self.read[name]
        if read.indicator is None:
            return is_share(name)
        return read.derived == "share" or read.indicator.dimension == "share"

    def place(self, name: str, use: str) -> int | None:
        """Say how well a column serves for a use, the smaller the better; None where it does not."""
        read = self.read[name]
        if read.indicator is None:
            fits = self.is_open(name) and _word(self.texts[name], words.USES[use])
            return len(words.MEANT.get(use, ())) if fits else None
        if use == "bad output":
            return 0 if "bad_output" in read.roles else None
        fitting = words.MEANT[use]
        own = {"good output": "good_output"}.get(use, "input")
        if read.id in fitting and not read.derived:
            return fitting.index(read.id)
        # An entry of one's own serves for what its role and its unit say.
        says = (
            own in read.roles and DIMENSIONS_OF.get(read.indicator.dimension, "good output") == use
        )
        is_own = read.id not in packaged().indicators and (own == "good_output" or says)
        return len(fitting) if is_own and own in read.roles else None

    def why(self, name: str, use: str) -> Message:
        """Say why a column serves for a use."""
        read = self.read[name]
        word = _word(self.texts[name], words.USES[use])
        why = (
            heading_says(word)
            if word
            else message("the vocabulary knows it as '{label}'", label=read.indicator.label)
            if read.indicator
            else NAMED
        )
        if read.is_districts:
            why = message("{why}; of the districts alone", why=why)
        if read.may_be:
            others = [one.label for one in read.may_be if one != read.indicator]
            if others:
                why = message("{why}; or is it {others}?", why=why, others=listed(others))
        return why

    def price_rank(self, name: str) -> int:
        """Constant prices before unmarked ones before those of each year."""
        basis = price_basis(*self.texts[name])
        return 0 if basis == "constant" else 1 if basis is None else 2


FRONTIER = frozenset(("input", "good_output", "bad_output"))
DIMENSIONS_OF: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("persons", "person_years", "households"), "labour"),
        **dict.fromkeys(("money", "dollars", "power"), "capital"),
        **dict.fromkeys(("energy", "electricity"), "energy"),
        "volume": "water",
    }
)
"""What is measured -> the input that it is."""


CUMULATIVE = re.compile(r"累计|(?<![a-z])(?:ytd|year.to.date|cumulative)(?![a-z])", re.IGNORECASE)
"""Headings of amounts that accumulate within each year."""


def meaning_of(panel: Panel, name: str, vocabulary: Vocabulary | None = None) -> HeadingReading:
    """Read what a column means: by its label in the file, which says more than a short name, or else by its name."""
    unit = panel.units.get(name)
    read = [read_heading(text, unit, vocabulary) for text in (*labels_in_file(panel, name), name)]
    return next((one for one in read if one.indicator), read[-1])


def labels_in_file(panel: Panel, name: str) -> tuple[str, ...]:
    """List the labels that a file gives a column beside its name, such as those of Stata."""
    label = panel.label(name)
    return tuple(dict.fromkeys(text for text in (label.zh, label.en) if text and text != name))


def _proposed(columns: _ReadColumns, without: frozenset[str]) -> ProposedRoles:
    """Propose roles by the headings, but for columns that have one."""
    reasons: dict[str, Message] = {}
    numeric = [n for n in columns.read if n not in without and not found(n, words.IDENTIFIER)]
    numeric = [n for n in numeric if not KEYS & set(columns.read[n].roles)]
    amounts = [name for name in numeric if columns.is_amount(name)]
    every_bad = _fitting(amounts, columns, "bad output", reasons)
    bads = _without_doubles(every_bad, columns)[:MOST_BADS]
    # Bad outputs beyond those that are proposed are not goods or inputs either.
    goods = _fitting([n for n in amounts if n not in every_bad], columns, "good output", reasons)[
        :1
    ]
    inputs = _inputs([n for n in amounts if n not in (*every_bad, *goods)], columns, reasons)
    goods, inputs = _electricity(amounts, columns, goods, inputs, bads, reasons)
    bads = bads or _carbon_letter(amounts, goods, inputs, reasons)
    roles = (*inputs, *goods, *bads)
    return ProposedRoles(
        inputs,
        goods,
        bads,
        tuple(name for name in numeric if name not in roles),
        MappingProxyType({name: why for name, why in reasons.items() if name in roles}),
        is_real=all(columns.price_rank(name) == 0 for name in goods),
    )


KEYS = frozenset(("key_entity", "key_period"))


def _without_doubles(bads: Sequence[str], columns: _ReadColumns) -> tuple[str, ...]:
    """Take of a pollutant the whole or the part, of pollutants their index or themselves, of masses and air masses."""
    read = columns.read
    composite = [name for name in bads if read[name].id == words.POLLUTION_INDEX]
    if composite:
        return tuple(composite[:1])
    ids = {read[name].id for name in bads}
    wholes = {n: one.part_of for n in bads if (one := read[n].indicator)}
    kept = [n for n in bads if not ids & set(wholes.get(n, ()))]
    doubled = {
        "so2_industrial": "so2_total",
        "nox_industrial": "nox_total",
        "cod_industrial": "cod_emissions",
    }
    kept = [n for n in kept if doubled.get(read[n].id) not in ids]
    masses = [n for n in kept if "outcome" not in read[n].roles]
    return tuple(masses or kept)


def _word(texts: Sequence[str], among: Sequence[str]) -> str | None:
    return next((word for text in texts if (word := found(text, among))), None)


def _fitting(
    names: Sequence[str], columns: _ReadColumns, use: str, reasons: dict[str, Message]
) -> tuple[str, ...]:
    """Columns whose headings speak of a use, the best first."""
    places = {name: place for name in names if (place := columns.place(name, use)) is not None}
    for name in places:
        reasons[name] = columns.why(name, use)
    if use == "bad output":
        return tuple(places)
    ordered = tuple(
        sorted(
            places,
            key=lambda n: (columns.read[n].is_districts, columns.price_rank(n), places[n]),
        )
    )
    if use == "good output":
        texts = columns.texts
        for name in ordered:
            word = _word(texts[name], words.USES[use])
            if word not in WITHOUT_PRICES or price_basis(*texts[name]):
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
    names: Sequence[str], columns: _ReadColumns, reasons: dict[str, Message]
) -> tuple[str, ...]:
    """One column for each kind of input: the best one whose heading fits."""
    inputs: list[str] = []
    for use in words.INPUTS:
        fitting = _fitting([n for n in names if n not in inputs], columns, use, {})
        if fitting:
            why = columns.why(fitting[0], use)
            reasons[fitting[0]] = message("{use}: {why}", use=USES[use], why=why)
            inputs.append(fitting[0])
    return tuple(inputs)


def _electricity(
    amounts: Sequence[str],
    columns: _ReadColumns,
    goods: tuple[str, ...],
    inputs: tuple[str, ...],
    bads: tuple[str, ...],
    reasons: dict[str, Message],
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Electricity is what power plants make; elsewhere it is used."""
    texts = columns.texts
    for name in amounts:
        if name in (*goods, *bads) or not _word(texts[name], words.ELECTRICITY):
            continue
        if not goods and not has_chinese(name):
            reasons[name] = message(
                "electricity is the only possible output: it seems to be the product"
            )
            return (name,), tuple(n for n in inputs if n != name)
        has_energy = any(columns.place(n, "energy") is not None for n in inputs)
        if goods and not has_energy and columns.is_open(name):
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

    def called(self, names: Mapping[str, str]) -> Candidates:
        """Name the regressors otherwise; groupings are of columns."""
        mediator, moderator = (
            None if name is None else names.get(name, name)
            for name in (self.mediator, self.moderator)
        )
        factors, controls = (
            tuple(names.get(name, name) for name in each) for each in (self.factors, self.controls)
        )
        return Candidates(factors, controls, mediator, moderator, self.group, self.split)

    @property
    def variables(self) -> tuple[str, ...]:
        """Columns that are needed as variables."""
        named = (*self.factors, *self.controls, self.mediator, self.moderator)
        return tuple(dict.fromkeys(name for name in named if name is not None))


def candidates(
    panel: Panel, others: Sequence[str], vocabulary: Vocabulary | None = None
) -> Candidates:
    """Choose among the columns that have no role, by what they mean; each is offered once, none as a filler."""
    columns = _ReadColumns(panel, vocabulary)
    usable = [name for name in others if name in columns.read and _varies(panel, name)]
    used: list[str] = []

    def choose(use: str, most: int, *, first: bool) -> tuple[str, ...]:
        fitting = [n for n in usable if n not in used and _serves(columns, n, use, first=first)]
        used.extend(fitting[:most])
        return tuple(fitting[:most])

    chosen: dict[str, tuple[str, ...]] = {}
    # What a column is for in the first place goes before what it can be for as well; but nothing is
    # explained without a factor, so that one is chosen before the roles that need it.
    for use, most, firsts in (
        ("factor", FACTORS, (True, False)),
        ("mediator", 1, (True,)),
        ("moderator", 1, (True,)),
        ("control", CONTROLS, (True,)),
        ("mediator", 1, (False,)),
        ("moderator", 1, (False,)),
        ("control", CONTROLS, (False,)),
    ):
        for first in firsts:
            chosen[use] = chosen.get(use) or choose(use, most, first=first)
    factors, controls = chosen["factor"], chosen["control"]
    return Candidates(
        factors,
        controls,
        next(iter(chosen["mediator"]), None),
        next(iter(chosen["moderator"]), None),
        next((str(c) for c in panel.frame.columns if _groups(panel, str(c))), None),
        # An amount or a level parts entities better than a share of something.
        min((*controls, *factors), key=columns.is_share, default=None),
    )


def _serves(columns: _ReadColumns, name: str, use: str, *, first: bool) -> bool:
    """Whether a column can stand in a role of regressions: by its indicator, or by a word of an English heading."""
    read = columns.read[name]
    if read.indicator is None:
        return columns.is_open(name) and not first and bool(found(name, words.MECHANISM[use]))
    if read.id in words.MADE_OF and use == "control":
        return False  # it is the capital, put in
    roles = read.roles
    return bool(roles) and (roles[0] == use if first else use in roles)


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


def smallest_group(panel: Panel, name: str) -> int:
    """Count the entities of the smallest group that a column makes."""
    kept = panel.frame[name].groupby(level=ENTITY).first()
    return int(kept.value_counts().min())


SCORE = "efficiency"
LAGGED = 4
"""Periods from which a moderation with a lag is offered."""


def mechanism(
    columns: Candidates,
    panel: Panel,
    language: Language,
    *,
    outcome: str = SCORE,
    has_baseline: bool = False,
    active: frozenset[str] = frozenset(),
    labels: Mapping[str, object] = MappingProxyType({}),
) -> tuple[list[str], list[str]]:
    """Write the sections that explain the score: those that are part of the study, and those that are offered.

    Sections that lack a column are left out, and a line says which column that would be.

    Parameters
    ----------
    columns
        Their regressors by the names of variables, their groupings by those of columns.
    outcome
        Variable that is explained.
    has_baseline
        Whether the baseline is part of the study already, and so not offered.
    active
        Analyses that are part of the study, too.
    labels
        Column -> its name in print, where it is known.
    """
    write = partial(yaml_words, language=language)
    if not columns.factors:
        text = message(
            "To explain the efficiency, bring in other columns by a second file under `sources`."
        )
        return [], [write(text)]
    found = {
        **_paths_sections(columns, panel, outcome, write),
        "heterogeneity": _groups_section(columns, panel, active, labels, write),
        "specification_curve": _curve(columns, panel, write),
    }
    part = [line for key, lines in found.items() if key in active for line in lines]
    part += [write(text) for text in _lacking(columns)]
    more = [line for key, lines in found.items() if key not in active for line in lines]
    if not has_baseline:
        words = message("What you ask about, and what else may go with the efficiency:")
        more = [write(words), *tables_of(columns, panel, outcome), *more]
    if not more:
        return part, []
    text = message(
        "Explain the efficiency. The sections below are not computed: choose among the columns, "
        "then remove the # signs in front of them (those of the variables above, too)."
    )
    return part, [write(text), *more]


LACKING: Mapping[str, Message] = MappingProxyType(
    {
        "mediator": message(
            "No mediator found: bring in what the factors may work through, such as new firms or the "
            "structure of industry. Mediation and moderation need it."
        ),
        "moderator": message(
            "No moderator found: bring in what may strengthen or weaken a path, such as environmental "
            "regulation or a policy."
        ),
    }
)
"""Role of a mechanism -> what is said where no column has it."""


def _lacking(columns: Candidates) -> list[Message]:
    """Name the roles of a mechanism that no column has."""
    has = {"mediator": columns.mediator, "moderator": columns.moderator}
    return [text for role, text in LACKING.items() if has[role] is None]


def _paths_sections(
    columns: Candidates, panel: Panel, outcome: str, write: Callable[[Message], str]
) -> dict[str, list[str]]:
    """Write mediation and moderation where there are columns for them: analysis -> its lines."""
    found: dict[str, list[str]] = {}
    if columns.mediator:
        found["mediation"] = [
            write(message("Through what: a variable between the factors and the efficiency.")),
            _section(
                "mediation: mechanism",
                f"through: {flow([columns.mediator])}, tests: [sobel, bootstrap], draws: 1000",
            ),
        ]
    if columns.mediator and columns.moderator:
        found["moderation"] = [
            write(message("What strengthens or weakens a path, such as a policy:")),
            *_moderation(columns, panel, outcome),
        ]
    return found


def _curve(columns: Candidates, panel: Panel, write: Callable[[Message], str]) -> list[str]:
    if not columns.controls:
        return []
    return [
        write(message("Whether the answer depends on a choice: all combinations.")),
        "specification_curve: {of: baseline/1, vary: {controls: each"
        + (", effects: [[entity], [entity, period]]}}" if _is_panel(panel) else "}}"),
    ]


def _is_panel(panel: Panel) -> bool:
    return len(panel.periods) > 1


def tables_of(columns: Candidates, panel: Panel, outcome: str = SCORE) -> list[str]:
    """Write the baseline and its variations."""
    x = "[factors, controls]" if columns.controls else "[factors]"
    steps = [
        f"{{x: [{', '.join(['factors', *map(quoted, columns.controls[:n])])}]}}"
        for n in range(len(columns.controls))
    ]
    # One control after the other, as papers print it; the first column has all of them.
    more = "".join(f", {step}" for step in (steps[:1] + steps[1:][:2]))
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


MEMBERS_IN_ENGLISH: Mapping[str, str] = MappingProxyType(
    {
        "东部": "East",
        "中部": "Central",
        "西部": "West",
        "东北": "Northeast",
        "东部地区": "East",
        "中部地区": "Central",
        "西部地区": "West",
        "东北地区": "Northeast",
        "北方": "North",
        "南方": "South",
        "沿海": "Coastal",
        "内陆": "Inland",
        "资源型": "Resource-based",
        "非资源型": "Other",
        "资源型城市": "Resource-based",
        "国有": "State-owned",
        "民营": "Private",
        "外资": "Foreign-owned",
        "国企": "State-owned",
    }
)
"""Members of the usual groupings -> their names in English."""


def members_in_both(panel: Panel, column: str) -> dict[str, object]:
    """Name the members of a grouping in both languages, where all are known."""
    names = [str(value) for value in panel.frame[column].drop_duplicates()]
    if not all(name in MEMBERS_IN_ENGLISH for name in names):
        return {}
    return {"labels": {n: {"zh": n, "en": MEMBERS_IN_ENGLISH[n]} for n in sorted(names)}}


def _groups_section(
    columns: Candidates,
    panel: Panel,
    active: frozenset[str],
    labels: Mapping[str, object],
    write: Callable[[Message], str],
) -> list[str]:
    """Write the groupings, each called as its column; a study has one section of them."""
    splits = {} if "heterogeneity" in active and columns.group else {columns.split: "median"}
    groups = {
        quoted(column): {
            "column": column,
            **({"split": how} if how else {}),
            "label": labels.get(column, column),
            **({} if how else members_in_both(panel, column)),
        }
        for column, how in {columns.group: "", **splits}.items()
        if column is not None
    }
    if not groups:
        return []
    return [
        write(
            message(
                "Whether kinds of entities differ: a column that an entity keeps, or one cut at its median."
            )
        ),
        f"groups: {options(groups)}",
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
