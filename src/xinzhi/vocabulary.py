"""The field's words: canonical option values and the short forms understood at the border.

Inside the package only canonical words are used. `canonical` is called where options come in: by
the study file, the command line and the Python door. Some short forms name a model and so set more
than one option; `with_implied` spells them out.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from xinzhi.errors import Problem, SpecError, Where, suggestion
from xinzhi.wording import Message, message

CHOICES: Mapping[str, Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "returns_to_scale": {
            "constant": ("crs", "ccr"),
            "variable": ("vrs", "bcc"),
            "non_increasing": ("nirs", "drs"),
            "non_decreasing": ("ndrs", "irs"),
        },
        "reference": {
            "contemporaneous": (),
            "sequential": (),
            "window": (),
            "biennial": (),
            "global": ("pooled",),
            "group": (),
            "rows": (),
        },
        "exclude": {"observation": ("row",), "entity": ("unit",)},
        "bads": {"outputs": ("a", "form_a"), "inputs": ("b", "form_b")},
        "orientation": {"none": ("non_oriented",), "input": ("io",), "output": ("oo",)},
        "disposability": {"strong": ("free",), "weak": (), "kuosmanen": ()},
        "zeros": {"refuse": (), "keep": (), "drop_row": (), "drop_term": ()},
        "fallback": {"none": (), "form_b": (), "two_stage": ()},
        "solver": {"auto": (), "highs": (), "kernel": ()},
        "measure": {
            "radial": ("ccr", "bcc", "dea"),
            "super_radial": (),
            "additive": (),
            "range_adjusted": ("ram",),
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
distances under constant returns. All other short forms name one option: `ddf`, `ebm`, `ram` and
`dea` are used with any returns."""

AMBIGUOUS: Mapping[str, Mapping[str, Message]] = MappingProxyType(
    {
        "reference": {
            "meta": message(
                "a meta-frontier has two kinds of scores: write group for those within the groups "
                "(gap ratios come with them), global for those on the frontier of all."
            )
        }
    }
)
"""option -> word that could mean two things -> what to write instead."""


def canonical(option: str, word: str, *, where: Where | None = None) -> str:
    """Turn a customary word for an option's value into the canonical one.

    >>> canonical("returns_to_scale", "VRS"), canonical("measure", "super-SBM")
    ('variable', 'super_sbm')
    """
    choices = CHOICES[option]
    folded = _folded(word)
    for name, short_forms in choices.items():
        if folded == name or folded in short_forms:
            return name
    raise SpecError(
        Problem(
            code="option.unknown",
            what=message("'{word}' is not a choice for {option}.", word=word, option=option),
            where=where or Where(),
            remedy=AMBIGUOUS.get(option, {}).get(folded) or suggestion(folded, tuple(choices)),
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
        implied = short_forms.get(_folded(word), {}) if isinstance(word, str) else {}
        for other, values in implied.items():
            asked = given.get(other)
            if asked is None:
                options[other] = values[0]
            elif _canonical_or_same(other, asked) not in values:
                problems.append(_contradiction(option, str(word), other, str(asked), values))
        if implied:
            options[option] = canonical(option, str(word))
    if problems:
        raise SpecError(problems)
    return options


def _contradiction(
    option: str, word: str, other: str, asked: str, values: tuple[str, ...]
) -> Problem:
    return Problem(
        "option.contradiction",
        message(
            "{option} '{word}' means {other} '{implied}', but {other} is '{asked}'.",
            option=option,
            word=word,
            other=other,
            implied=values[0],
            asked=asked,
        ),
        Where(key=other),
        message(
            "leave {other} out, or write '{canonical}' for {option}.",
            other=other,
            canonical=canonical(option, word),
            option=option,
        ),
    )


def _canonical_or_same(option: str, word: object) -> object:
    """Translate a word; one that is unknown is refused elsewhere, or is a part of a user's own."""
    folded = _folded(word) if isinstance(word, str) else word
    for name, short_forms in CHOICES[option].items():
        if folded == name or folded in short_forms:
            return name
    return folded


def _folded(word: str) -> str:
    return word.strip().casefold().replace("-", "_").replace(" ", "_")
