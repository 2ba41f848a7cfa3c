"""The choices on which programs differ, as combinations of declared options.

Programs agree on the linear program and differ in what surrounds it: form A or B for bad outputs, returns,
who is in the reference set and who leaves it, orientation, and how a score is printed (Tone 2002 prints
efficiency, some programs its reciprocal; scores beyond 1 are cut off, or printed by the super program alone).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from types import MappingProxyType
from typing import Any

import numpy as np

from xinzhi.frontier.measure import MEASURES, Traits
from xinzhi.frontier.options import DEFAULTS, Options
from xinzhi.frontier.result import Array
from xinzhi.vocabulary import CHOICES
from xinzhi.wording import Message, message

OVER_TIME = ("global", "contemporaneous", "sequential", "biennial", "base")
"""References of a panel; a window has a length of its own and is tried where it was asked for. The base is the first period."""
PRINTED: Mapping[str, Message] = MappingProxyType(
    {
        "score": message("as the score"),
        "reciprocal": message("as its reciprocal, 1/score"),
        "at_most_best": message("cut off at the score of an efficient row"),
        "at_least_best": message("by the super program alone, so that no score is below 1"),
        "complement": message("as 1 - score"),
    }
)
"""How a program prints a score -> the words for it."""


@dataclass(frozen=True, slots=True)
class Convention:
    """A combination of options, and how the score is printed."""

    options: Options
    printed: str = "score"

    @property
    def rank(self) -> tuple[int, int]:
        """Order conventions with the same scores: the plainest first, then the best-known measure."""
        names = ("returns_to_scale", "reference", "exclude", "bads", "disposability", "direction")
        changed: int = sum(getattr(self.options, n) != getattr(DEFAULTS, n) for n in names)
        measures, measure = [*CHOICES["measure"]], self.options.measure
        # Measures of other packages come last.
        place = measures.index(measure) if measure in measures else len(measures)
        return changed + 2 * (self.printed != "score"), place


def options_to_try(
    given: Mapping[str, Any], names: Sequence[str], *, has_periods: bool, has_bads: bool
) -> Iterator[Options]:
    """List combinations of options for columns of these names; what is given is kept in all of them."""
    for measure in [given["measure"]] if given.get("measure") else MEASURES.names():
        traits = MEASURES.get(measure).traits
        if traits.has_nonseparable and not given.get("nonseparable"):
            continue
        fixed = {name: (value,) for name, value in given.items() if value is not None}
        choices = _choices(traits, names, has_periods=has_periods, has_bads=has_bads)
        choices = {**choices, **fixed, "measure": (measure,)}
        for values in product(*choices.values()):
            options = Options(**dict(zip(choices, values, strict=True)))
            # Form B counts the bads with the inputs, which are strongly disposable.
            if options.bads == "outputs" or options.disposability == "strong":
                yield options


def _choices(
    traits: Traits, names: Sequence[str], *, has_periods: bool, has_bads: bool
) -> dict[str, tuple[Any, ...]]:
    """List the choices that a measure leaves open."""
    choices: dict[str, tuple[Any, ...]] = {
        "orientation": traits.orientations,
        "returns_to_scale": tuple(CHOICES["returns_to_scale"]),
        "reference": OVER_TIME if has_periods else ("global",),
        "zeros": ("keep",),
    }
    if traits.is_super and has_periods:
        choices["exclude"] = tuple(CHOICES["exclude"])
    if has_bads:
        choices["bads"] = tuple(CHOICES["bads"])
        choices["disposability"] = traits.disposabilities
    if traits.weights_are_sums:
        choices["weights"] = (None, dict.fromkeys(names, 1.0))
    if traits.has_direction:
        choices["direction"] = ("own", "mean")
    return choices


def prints_of(scores: Array, traits: Traits) -> dict[str, Array]:
    """Give the ways in which a program may print scores, shape (n,) each."""
    prints = {"score": scores}
    if traits.is_inefficiency:
        # 0 is efficient, so that its reciprocal is no score.
        prints["complement"] = 1.0 - scores
    else:
        with np.errstate(divide="ignore", invalid="ignore"):
            prints["reciprocal"] = 1.0 / scores
    if traits.is_super:
        prints["at_most_best"] = np.minimum(scores, traits.best)
        prints["at_least_best"] = np.maximum(scores, traits.best)
    return prints
