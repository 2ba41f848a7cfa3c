"""The field's words: canonical option values and the short forms understood at the border.

Inside the package only canonical words are used. `canonical` is called where options come in: by
the study file, the command line and the Python door.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from xinzhi.errors import Problem, SpecError, Where, suggestion
from xinzhi.wording import message

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
            "group": ("meta",),
            "rows": (),
        },
        "exclude": {"observation": ("row",), "entity": ("unit",)},
        "bads": {"outputs": ("a", "form_a"), "inputs": ("b", "form_b")},
        "orientation": {"none": ("non_oriented",), "input": ("io",), "output": ("oo",)},
        "disposability": {"strong": ("free",), "weak": (), "kuosmanen": ()},
        "zeros": {"refuse": (), "drop_term": ()},
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


def canonical(option: str, word: str, *, where: Where | None = None) -> str:
    """Turn a customary word for an option's value into the canonical one.

    >>> canonical("returns_to_scale", "VRS"), canonical("measure", "super-SBM")
    ('variable', 'super_sbm')
    """
    choices = CHOICES[option]
    folded = word.strip().casefold().replace("-", "_").replace(" ", "_")
    for name, short_forms in choices.items():
        if folded == name or folded in short_forms:
            return name
    raise SpecError(
        Problem(
            code="option.unknown",
            what=message("'{word}' is not a choice for {option}.", word=word, option=option),
            where=where or Where(),
            remedy=suggestion(folded, tuple(choices)),
        )
    )
