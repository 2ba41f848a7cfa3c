"""Propose what the columns of a panel could be in a frontier, and say why; a person checks it.

Real values come before nominal ones and wholes before their parts. Price levels, indices, shares,
areas and amounts per head are never proposed: none is put in or produced.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from xinzhi.columns import vocabulary as words
from xinzhi.columns.kinds import KINDS
from xinzhi.columns.prices import Basis, price_basis
from xinzhi.columns.recognise import fold, found, kind_of
from xinzhi.panel.panel import Panel
from xinzhi.study.first.key_columns import heading_says
from xinzhi.wording import Message, message, say

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
