"""Vocabulary of the field: canonical option values and the short forms that interfaces understand.

Inside the package only canonical words are used. `canonical` is called where options come in: by
the study file, the command line and Python. Some short forms name a model and so set more
than one option; `with_implied` spells them out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from keyword import iskeyword
from types import MappingProxyType
from typing import Any

from xinzhi_core.errors import Problem, SpecError, Where, suggestion
from xinzhi_core.problems import unknown_choice
from xinzhi_core.wording import Message, message

CHOICES: Mapping[str, Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "returns_to_scale": {
            "constant": ("crs", "ccr"),
            "variable": ("vrs", "bcc"),
            "non_increasing": ("nirs", "drs"),
            "non_decreasing": ("ndrs", "irs"),
            "free_disposal_hull": ("fdh",),
        },
        "reference": {
            "contemporaneous": (),
            "sequential": (),
            "window": (),
            "biennial": (),
            "global": ("pooled",),
            "base": ("base_period",),
            "group": (),
            "rows": (),
        },
        "exclude": {"observation": ("row",), "entity": ("unit",)},
        "bads": {"outputs": ("a", "form_a"), "inputs": ("b", "form_b")},
        "orientation": {"none": ("non_oriented",), "input": ("io",), "output": ("oo",)},
        "disposability": {"strong": ("free",), "weak": (), "kuosmanen": ()},
        "zeros": {"refuse": (), "keep": (), "drop_row": (), "drop_term": ()},
        "fallback": {"none": (), "form_b": (), "two_stage": ()},
        "solver": {"auto": ("kernel",), "highs": (), "exact": ()},
        "measure": {
            "radial": ("ccr", "bcc", "dea"),
            "super_radial": (),
            "additive": (),
            "range_adjusted": ("ram",),
            "range_directional": ("rdm",),
            "russell": (),
            "sbm": (),
            "super_sbm": ("ssbm",),
            "sbm_nonseparable": (),
            "sbm_nonseparable_free": ("sbm_ns",),
            "directional": ("ddf",),
            "nonradial_directional": ("nddf",),
            "epsilon_based": ("ebm",),
        },
        "index": {
            "malmquist": ("fgnz",),
            "ray_desli": (),
            "ray_desli_base": (),
            "base_malmquist": (),
            "global_malmquist": ("gm",),
            "malmquist_luenberger": ("ml",),
            "global_malmquist_luenberger": ("gml",),
            "luenberger": (),
            "global_luenberger": (),
        },
        "covariance": {
            "iid": ("classical",),
            "hc1": ("robust",),
            "cluster": ("clustered",),
            "two_way": ("twoway",),
            "driscoll_kraay": ("dk",),
        },
        "estimator": {
            "least_squares": ("ols",),
            "fractional_logit": ("fracreg",),
            "random_effects": ("re",),
        },
        "rule": {"fixest": ("reghdfe",), "stata": (), "areg": ()},
    }
)
"""option -> canonical value -> short forms."""

RADIAL = ("radial", "super_radial")
IMPLIED: Mapping[str, Mapping[str, Mapping[str, tuple[str, ...]]]] = MappingProxyType(
    {
        "measure": {
            "ccr": {"returns_to_scale": ("constant",)},
            "bcc": {"returns_to_scale": ("variable",)},
            "rdm": {"returns_to_scale": ("variable", "free_disposal_hull")},
        },
        "returns_to_scale": {
            "ccr": {"measure": RADIAL},
            "bcc": {"measure": RADIAL},
        },
        "index": {"fgnz": {"measure": ("radial",), "returns_to_scale": ("constant",)}},
    }
)
"""option -> short form -> other option -> values that agree with it; the first one is set.

Charnes, Cooper and Rhodes (1978) is the radial measure under constant returns, Banker, Charnes and
Cooper (1984) the one under variable returns; Färe, Grosskopf, Norris and Zhang (1994) take radial
distances under constant returns; Portela, Thanassoulis and Simpson (2004) define theirs under variable
ones. All other short forms name one option: `ddf`, `ebm`, `ram` and
`dea` are used with any returns."""

BOUNDS_MISSING = message("write the two bounds of the sum of intensities: 0.8..1.2.")
AMBIGUOUS: Mapping[str, Mapping[str, Message]] = MappingProxyType(
    {
        "returns_to_scale": dict.fromkeys(("generalised", "generalized", "grs"), BOUNDS_MISSING),
        "reference": {
            "meta": message(
                "a meta-frontier has two kinds of scores: write group for those within the groups "
                "(gap ratios come with them), global for those on the frontier of all."
            )
        },
    }
)
"""option -> word that could mean two things, or says too little -> what to write instead."""
NUMBER = r"(\d+(?:\.\d+)?(?:e[-+]?\d+)?)"
BOUNDS = re.compile(rf"\s*{NUMBER}\s*\.\.\s*{NUMBER}\s*", re.IGNORECASE)
"""Generalised returns to scale as they are written: 0.8..1.2."""


def canonical(option: str, word: str, *, where: Where | None = None) -> str:
    """Turn a customary word for an option's value into the canonical one.

    >>> canonical("returns_to_scale", "VRS"), canonical("measure", "super-SBM")
    ('variable', 'super_sbm')
    """
    # Bounds are numbers, not a word of a list: they are written in one way and checked.
    if option == "returns_to_scale" and (pair := bounds(word)):
        return _bounds_word(*pair, where=where)
    choices = CHOICES[option]
    folded = fold(word)
    for name, short_forms in choices.items():
        if folded == name or folded in short_forms:
            return name
    remedy = AMBIGUOUS.get(option, {}).get(folded) or suggestion(folded, tuple(choices))
    raise SpecError(replace(unknown_choice(word, option, (), where), remedy=remedy))


def bounds(returns_to_scale: str) -> tuple[float, float] | None:
    """Return the bounds of the sum of intensities under generalised returns; None under others.

    >>> bounds("0.8..1.2"), bounds("variable")
    ((0.8, 1.2), None)
    """
    match = BOUNDS.fullmatch(returns_to_scale)
    return None if match is None else (float(match[1]), float(match[2]))


def bounds_word(returns_to_scale: str | tuple[float, float] | None) -> str | None:
    """Write a pair of bounds as a word; words stay as they are.

    >>> bounds_word((0.8, 1.2)), bounds_word("vrs")
    ('0.8..1.2', 'vrs')

    Raises
    ------
    SpecError
        1 does not lie between the bounds.
    """
    if returns_to_scale is None or isinstance(returns_to_scale, str):
        return returns_to_scale
    low, high = returns_to_scale
    return _bounds_word(float(low), float(high))


def _bounds_word(low: float, high: float, *, where: Where | None = None) -> str:
    """Write bounds in one way, so that what is equal is written equally."""
    word = "..".join(repr(bound).removesuffix(".0") for bound in (low, high))
    if 0.0 <= low <= 1.0 <= high < float("inf"):
        return word
    raise SpecError(
        Problem(
            code="option.bounds",
            what=message(
                "Returns to scale of {word} leave out the row itself, whose intensity is 1.",
                word=word,
            ),
            where=where or Where(key="returns_to_scale"),
            remedy=message("write bounds from 0 to 1 and from 1 upwards: 0.8..1.2."),
        )
    )


def with_implied(given: Mapping[str, Any]) -> dict[str, Any]:
    """Set every option that a short form implies.

    Parameters
    ----------
    given
        What was asked for; an option that was left out is missing or None.

    Raises
    ------
    SpecError
        Another option contradicts the short form.

    Examples
    --------
    >>> with_implied({"measure": "bcc"})
    {'measure': 'radial', 'returns_to_scale': 'variable'}
    """
    options = dict(given)
    problems = []
    for option, short_forms in IMPLIED.items():
        word = given.get(option)
        implied = short_forms.get(fold(word), {}) if isinstance(word, str) else {}
        for other, values in implied.items():
            asked = given.get(other)
            # What was asked for beside the short form is never overwritten: it agrees, or is an error.
            if asked is None:
                options[other] = values[0]
            elif canonical_or_same(other, asked) not in values:
                problems.append(_contradiction(option, str(word), other, str(asked), values))
        if implied:
            options[option] = canonical(option, str(word))
    if problems:
        raise SpecError(problems)
    return options


def _contradiction(
    option: str, word: str, other: str, asked: str, values: tuple[str, ...]
) -> Problem:
    text = message(
        "{option} '{word}' means {other} '{implied}', but {other} is '{asked}'.",
        option=option,
        word=word,
        other=other,
        implied=values[0],
        asked=asked,
    )
    remedy = message(
        "leave {other} out, or write '{canonical}' for {option}.",
        other=other,
        canonical=canonical(option, word),
        option=option,
    )
    return Problem("option.contradiction", text, Where(key=other), remedy)


def canonical_or_same(option: str, word: object) -> object:
    """Translate a word; one that is unknown is refused elsewhere, or is a part of a user's own."""
    folded = fold(word) if isinstance(word, str) else word
    for name, short_forms in CHOICES[option].items():
        if folded == name or folded in short_forms:
            return name
    return folded


def fold(word: str) -> str:
    """Write a word as declared ones are: `Free-Disposal Hull` as free_disposal_hull."""
    return word.strip().casefold().replace("-", "_").replace(" ", "_")


def in_python(option: str) -> str:
    """Name a key of the study file as Python can: with a line below where Python has the word itself.

    >>> in_python("from"), in_python("what_if")
    ('from_', 'what_if')
    """
    return f"{option}_" if iskeyword(option) else option


def in_file(option: str) -> str:
    """Name a keyword of Python as the study file does.

    >>> in_file("from_")
    'from'
    """
    return option.removesuffix("_")
