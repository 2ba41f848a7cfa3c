"""The equations of mediation, in symbols."""

from __future__ import annotations

from collections.abc import Iterator

from xinzhi.analyses.analysis import Shown
from xinzhi.analyses.in_symbols import Symbols
from xinzhi.analyses.mediation.compute import Mediation
from xinzhi.present.equation.tree import Meaning, NumberedEquation, Symbol
from xinzhi.present.regression.fitted import name_of
from xinzhi.wording import listed, message


def equations_in_symbols(result: Mediation, shown: Shown) -> Iterator[NumberedEquation]:
    """Write the mediator on the factors, the outcome on the mediator, and on both."""
    if not result.through:
        return
    symbols = Symbols(shown.style.labels, shown.panel.has_periods)
    asked = result.total.regression
    mediators = [equations.mediator for equations in result.through]
    name = mediators[0] if len(mediators) == 1 else "M"
    mediator, outcome = symbols.variable(name), symbols.variable(asked.outcome)
    factors = [symbols.variable(factor) for factor in asked.regressors]
    words = listed([name_of(mediator, shown.style.labels) for mediator in mediators])
    meaning: Meaning = (
        Symbol(name),
        words
        if len(mediators) == 1
        else message("the mediator, one at a time: {names}", names=words),
    )
    named = symbols.meanings(asked.outcome, *asked.regressors)
    yield NumberedEquation(
        f"{shown.name}_first",
        message("{title}: the mediator on the factors", title=shown.title),
        symbols.sum(mediator, "α", factors, asked),
        (meaning, *named, *symbols.rest("αφθ", asked)),
    )
    yield NumberedEquation(
        f"{shown.name}_alone",
        message("{title}: the outcome on the mediator", title=shown.title),
        symbols.sum(outcome, "φ", [mediator], asked),
    )
    yield NumberedEquation(
        f"{shown.name}_second",
        message("{title}: the outcome on the factors and the mediator", title=shown.title),
        symbols.sum(outcome, "θ", [*factors, mediator], asked),
    )
