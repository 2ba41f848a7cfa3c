"""What a first study prepares before it measures: real output of nominal, a capital stock of investment.

A step is part of the study where the data allow it: its columns are there and filled. Otherwise the role that
lacks a column is named, with the remedy.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from xinzhi.study.first.roles import ProposedRoles, meaning_of
from xinzhi.study.first.yaml_text import quoted
from xinzhi_core.panel.panel import Panel
from xinzhi_core.wording import Message, message
from xinzhi_panel.columns import vocabulary as words
from xinzhi_panel.columns.indicators import Vocabulary
from xinzhi_panel.columns.meaning import HeadingReading
from xinzhi_panel.io.recognise.cells import has_chinese

PREVIOUS_YEAR = (80.0, 130.0)
"""An index that stays between these may have the previous year as 100."""
RISING = 0.8
"""Share of rising years beyond which an index whose heading does not say it has one base."""


@dataclass(frozen=True, slots=True)
class Preparation:
    """Steps of a first study, and the roles with the columns that they make."""

    roles: ProposedRoles
    steps: tuple[str, ...] = ()
    """Lines under `prepare`."""
    made: tuple[tuple[str, str], ...] = ()
    """(Column that a step makes, indicator that it is)."""
    sources: tuple[str, ...] = ()
    """Columns that the steps use."""
    missing: tuple[Message, ...] = ()
    """Roles without a column, each with the remedy."""
    hints: tuple[str, ...] = ()
    """A step that wants a column more, as a line to be completed."""


def prepared(
    roles: ProposedRoles, panel: Panel, vocabulary: Vocabulary | None = None
) -> Preparation:
    """Add the steps that the columns of a panel allow, and name the roles that no column has."""
    read = {
        str(name): meaning_of(panel, str(name), vocabulary)
        for name in panel.frame.columns
        if panel.frame[name].dtype.kind in "fiu"
    }
    if panel.per_year > 1:
        # Indices with the year before as 100, and depreciation, are of years: no step is proposed.
        done = _of_quarters(Preparation(roles), read)
    else:
        done = _with_capital(_with_real_output(Preparation(roles), panel, read), panel, read)
    uses = {use for name in roles.inputs for use in uses_of(roles, read, name)}
    more = [text for use, text in LACKING.items() if roles.inputs and not uses & {use, ""}]
    # What is said of capital comes last: the line to be completed stands right below it.
    return replace(done, missing=(*more, *done.missing))


LACKING: Mapping[str, Message] = MappingProxyType(
    {
        "labour": message("No labour found: bring in persons employed."),
        "energy": message("No energy found: bring in energy consumption or electricity."),
    }
)
"""Input -> what is said where no column is one."""


def uses_of(roles: ProposedRoles, read: Mapping[str, HeadingReading], name: str) -> Iterator[str]:
    """Say what an input is; empty where only a person knows."""
    one = read.get(name)
    found = [use for use in words.INPUTS if one is not None and one.id in words.MEANT[use]]
    yield from found
    why = roles.reasons.get(name)
    said = [use for use in words.INPUTS if why is not None and str(why).startswith(f"{use}:")]
    yield from said
    if not found and not said:
        yield ""


def _one(read: Mapping[str, HeadingReading], ids: Sequence[str], panel: Panel) -> str | None:
    """Find the filled column of the first of several indicators that has one."""
    for wanted in ids:
        for name, one in read.items():
            column = panel.frame[name]
            is_filled = bool(column.notna().all()) and bool((column > 0).all())
            if one.id == wanted and not one.derived and is_filled:
                return name
    return None


def _index_kind(panel: Panel, name: str, reading: HeadingReading) -> str:
    """Say whether an index has the previous year as 100: by its heading, or by its values."""
    if reading.price_basis.startswith("index_base"):
        return "fixed_base"
    said = f"{name} {panel.units.get(name) or ''}".casefold()
    if "上年" in said or "previous" in said:
        return "previous_year"
    column = panel.frame[name]
    low, high = PREVIOUS_YEAR
    # A base index is a running product: it rises nearly every year, growth itself about every other one.
    steps = column.groupby(level=0).diff().dropna()
    is_running = len(steps) > 0 and float((steps > 0).mean()) > RISING
    return "previous_year" if column.between(low, high).all() and not is_running else "fixed_base"


def _name(panel: Panel, like: str, chinese: str, english: str) -> str:
    """Name a new column in the language of another, unlike any that is there."""
    name = chinese if has_chinese(like) else english
    while name in panel.frame.columns:
        name += "_2"
    return name


def _with_real_output(
    done: Preparation, panel: Panel, read: Mapping[str, HeadingReading]
) -> Preparation:
    """Bring GDP at the prices of each year to those of the first one, where the index of its growth is there."""
    roles = done.roles
    if len(panel.periods) < 2 or len(roles.good_outputs) != 1:
        return done
    good = roles.good_outputs[0]
    reading = read.get(good)
    if reading is None or reading.id != "gdp" or reading.price_basis != "current":
        return done
    index = _one(read, words.REAL_GROWTH, panel)
    if index is None or not bool(panel.frame[good].notna().all()):
        return done
    name = _name(panel, good, "实际地区生产总值", "real_gdp")
    base = int(panel.periods[0])
    step = {
        "step": "real_output",
        "nominal": good,
        "index": index,
        "index_kind": _index_kind(panel, index, read[index]),
        "base": base,
    }
    why = message(
        "made of '{nominal}' by `real_output`, at prices of {base}", nominal=good, base=str(base)
    )
    reasons = {**{k: v for k, v in roles.reasons.items() if k != good}, name: why}
    return replace(
        done,
        roles=replace(roles, good_outputs=(name,), reasons=reasons, is_real=True),
        steps=(*done.steps, _line(name, step)),
        made=(*done.made, (name, "gdp_constant")),
        sources=(*done.sources, good, index),
    )


def _line(name: str, step: dict[str, object]) -> str:
    plain = {
        key: str(value) if isinstance(value, (int, float)) else quoted(value)
        for key, value in step.items()
    }
    return f"  - {quoted(name)}: {{{', '.join(f'{key}: {value}' for key, value in plain.items())}}}"


def _no_investment(panel: Panel, read: Mapping[str, HeadingReading]) -> Message:
    """Say why no capital stock can be made: investment has gaps, or is not there."""
    found = (n for n, one in read.items() if one.id in words.MADE_OF and not one.derived)
    some = next(found, None)
    if some and len(panel.periods) > 1:
        return message(
            "No capital found: '{investment}' has empty cells, and only without them can "
            "`capital_stock` make a stock of it; see the step `interpolate`.",
            investment=some,
        )
    return message(
        "No capital found: bring in a stock of capital, or fixed-asset investment "
        "and its price index, of which the step `capital_stock` makes one."
    )


def _of_quarters(done: Preparation, read: Mapping[str, HeadingReading]) -> Preparation:
    """Say of a panel of quarters that capital is missing: no step makes a stock of it by quarters."""
    roles = done.roles
    if not roles.inputs or any(
        {"capital", ""} & set(uses_of(roles, read, name)) for name in roles.inputs
    ):
        return done
    text = message(
        "No capital found: bring in a stock of capital at the end of each quarter, or aggregate to years and make one "
        "by `capital_stock`."
    )
    return replace(done, missing=(*done.missing, text))


def _with_capital(
    done: Preparation, panel: Panel, read: Mapping[str, HeadingReading]
) -> Preparation:
    """Make the capital stock of investment and its prices; say what is missing where that cannot be."""
    roles = done.roles
    # An input that only a person knows may be capital.
    is_there = any({"capital", ""} & set(uses_of(roles, read, name)) for name in roles.inputs)
    if not roles.inputs or is_there:
        return done
    investment = _one(read, words.MADE_OF, panel)
    if investment is None or len(panel.periods) < 2:
        return replace(done, missing=(*done.missing, _no_investment(panel, read)))
    name = _name(panel, investment, "资本存量", "capital_stock")
    base = int(panel.periods[0])
    price = _one(read, words.INVESTMENT_PRICES, panel)
    step: dict[str, object] = {
        "step": "capital_stock",
        "investment": investment,
        "price": price or "…",
        "index_kind": _index_kind(panel, price, read[price]) if price else "previous_year",
        "base": base,
        "depreciation": 0.096,
    }
    if read[investment].price_basis.startswith("constant"):
        # Prices that are taken out twice would be a silent error.
        text = message(
            "No capital found: '{investment}' is at constant prices already, so its price index is a column "
            "of 100 in every row; add it, then write under `prepare`:",
            investment=investment,
        )
        hint = _line(name, {**step, "price": "…", "index_kind": "fixed_base"})
        return replace(done, missing=(*done.missing, text), hints=(*done.hints, hint))
    if price is None:
        text = message(
            "No capital found: it can be made of '{investment}' by `capital_stock`, with a price index "
            "of investment; bring that in by a second file, then write under `prepare`:",
            investment=investment,
        )
        hint = _line(name, step)
        return replace(done, missing=(*done.missing, text), hints=(*done.hints, hint))
    why = message(
        "capital: made of '{investment}' and '{price}' by `capital_stock`, at prices of {base}",
        investment=investment,
        price=price,
        base=str(base),
    )
    return replace(
        done,
        roles=replace(
            roles,
            inputs=(roles.inputs[0], name, *roles.inputs[1:]),
            others=tuple(other for other in roles.others if other != investment),
            reasons={**roles.reasons, name: why},
        ),
        steps=(*done.steps, _line(name, step)),
        made=(*done.made, (name, "capital_stock")),
        sources=(*done.sources, investment, price),
    )
