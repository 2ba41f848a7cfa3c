"""How each keyword of each function is set to something else; flags are the same words."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from xinzhi.analyses.analysis import ANALYSES
from xinzhi.cli.commands.efficiency import FLAGS
from xinzhi_core.vocabulary import in_file

ROLES = {"inputs": ["labour", "capital"], "good_outputs": ["gdp"], "bad_outputs": ["waste"]}
PLAIN = {"inputs": ["labour", "capital"], "good_outputs": ["gdp"]}
MODEL = {"outcome": "firms", "regressors": ["talent"], "controls": ["control"]}
CLASSES = {"low": "< 20", "high": ">= 20"}
SPACE = {"score": "gdp", "permutations": 99, "neighbours": "built_in"}
INDEX = {"positive": ["talent", "gdp"], "negative": ["waste"]}
BASES: dict[str, dict[str, Any]] = {
    "evaluate": {**ROLES, "measure": "sbm"},
    "productivity": {**ROLES, "index": "global_luenberger", "measure": "sbm"},
    "bootstrap_scores": {**PLAIN, "measure": "radial", "draws": 49, "size": 5, "seed": 1},
    "explain_scores": {
        **ROLES,
        "measure": "radial",
        "orientation": "input",
        "reference": "global",
        "disposability": "strong",
        "column": "score",
    },
    "scale_efficiency": {**ROLES, "measure": "radial"},
    "second_stage": {
        **ROLES,
        "measure": "radial",
        "regressors": ["talent"],
        "draws": 49,
        "bias_draws": 5,
        "seed": 1,
    },
    "fit": MODEL,
    "regress": MODEL,
    "describe": {"variables": ["firms", "talent"]},
    "diagnose": {**MODEL, "tests": ["influence", "serial_correlation", "effects_f"]},
    "mediate": {**MODEL, "outcome": "gdp", "through": ["firms"], "draws": 49},
    "moderate": {
        **MODEL,
        "outcome": "gdp",
        "moderators": ["policy"],
        "paths": ["talent -> firms", "firms -> gdp"],
        "draws": 49,
    },
    "compare_groups": {**MODEL, "by": ["region"], "draws": 49},
    "specification_curve": {**MODEL, "vary": {"controls": "each"}},
    "rank": {"score": "gdp", "top": 3},
    "convergence": {"score": "gdp"},
    "inequality": {"score": "gdp", "regions": "region"},
    "entropy_index": INDEX,
    "obstacles": INDEX,
    "coupling": {"of": ["low", "high"]},
    "tapio": {"of": "waste", "by": "gdp"},
    "decompose": {"of": "product", "factors": ["labour", "capital"]},
    "ellipse": {"score": "gdp", "x": "far", "y": "wide"},
    "density": {"score": "gdp", "by": "region"},
    "detector": {"outcome": "gdp", "factors": ["talent"], "by": ["region"], "strata": "best"},
    "transitions": {"score": "gdp", "classes": CLASSES},
    "spatial_markov": {"score": "gdp", "neighbours": "built_in", "classes": 2},
    "classify": {"score": "gdp", "classes": CLASSES},
    "moran": SPACE,
    "hot_spots": SPACE,
    "local_moran": SPACE,
    "vif": {**MODEL, "controls": ["control", "second"]},
    "hausman": {**MODEL, "controls": ["control", "second"]},
    "profile": {},
}
"""Function -> keywords of a call."""


@dataclass(frozen=True)
class Call:
    """One keyword with one other value; `beside` holds in both calls."""

    verb: str
    name: str
    value: Any
    beside: dict[str, Any] = field(default_factory=dict)
    is_idle: bool = False
    """The result is the same by its promise: of `jobs`, and of a seed where nothing is drawn."""

    def __str__(self) -> str:
        """Name the case."""
        beside = "".join(f", {name}={value}" for name, value in self.beside.items())
        return f"{self.verb}: {self.name}={self.value}{beside}"


Values = list[tuple[Any, dict[str, Any]]]


def alone(*values: Any) -> Values:
    """List values that need nothing beside them."""
    return [(value, {}) for value in values]


DDF = {"measure": "directional"}
MEASUREMENT: dict[str, Values] = {
    "inputs": alone(["labour"]),
    "good_outputs": alone(["firms"]),
    "bad_outputs": alone(["other"], []),
    "measure": alone("radial", "additive", "super_sbm", "russell", "directional", "epsilon_based"),
    "returns_to_scale": alone(
        "variable", "non_increasing", "non_decreasing", "free_disposal_hull", (0.8, 1.2)
    ),
    "orientation": alone("output", "input"),
    "reference": alone("contemporaneous", "sequential", "biennial"),
    "window": [(2, {"reference": "window", "window": 3}), (2, {})],
    "base_period": [(2012, {"reference": "base", "base_period": 2010}), (2012, {})],
    "exclude": [("entity", {"measure": "super_sbm"}), ("entity", {})],
    "bads": alone("inputs"),
    "group": [("sized", {"reference": "group", "group": "region"})],
    "disposability": [
        ("weak", DDF),
        ("kuosmanen", {**DDF, "returns_to_scale": "variable"}),
        ("weak", {}),
    ],
    "direction": [("mean", DDF), ({"gdp": 1.0, "waste": 0.5}, DDF), ("mean", {})],
    "epsilon": [(0.3, {"measure": "epsilon_based"}), (0.3, {})],
    "nonseparable": [
        (
            ["gdp", "waste", "labour"],
            {"measure": "sbm_nonseparable", "nonseparable": ["gdp", "waste"]},
        ),
        (["gdp", "waste"], {}),
    ],
    "alpha_min": [
        (
            0.9,
            {
                "measure": "sbm_nonseparable_free",
                "nonseparable": ["gdp", "waste"],
                "alpha_min": 0.1,
            },
        ),
        (0.9, {}),
    ],
    "noncontrollable": [(["capital"], {"measure": "radial", "orientation": "input"})],
    "nondiscretionary": [
        (["capital"], {"measure": "radial", "orientation": "input", "returns_to_scale": "variable"})
    ],
    "fallback": [
        (
            "two_stage",
            {
                "measure": "super_sbm",
                "returns_to_scale": "variable",
                "reference": "contemporaneous",
            },
        ),
        (
            "form_b",
            {
                "measure": "super_sbm",
                "returns_to_scale": "variable",
                "reference": "contemporaneous",
            },
        ),
        ("two_stage", {}),
    ],
    "zeros": [
        (word, {"measure": "sbm", "inputs": ["zero", "capital"]})
        for word in ("keep", "drop_row", "drop_term")
    ],
    "missing": [("leave_out", {"inputs": ["empty", "capital"]})],
    "weights": [
        ({"labour": 1.0, "capital": 2.0, "gdp": 1.0, "waste": 1.0}, {"measure": "additive"}),
        ({"labour": 1.0}, {"measure": "radial"}),
    ],
    "solver": alone("highs", "exact"),
}
REGRESSION: dict[str, Values] = {
    "outcome": alone("works"),
    "regressors": alone(["skill"]),
    "controls": alone(["second"]),
    "effects": alone(["entity"], ["period"], []),
    "covariance": alone("iid", "hc1", {"driscoll_kraay": 2}),
    "cluster": alone(["region"], ["entity", "period"]),
    "estimator": [
        ("random_effects", {"effects": ["entity"]}),
        ("fractional_logit", {"outcome": "share", "effects": ["period"]}),
    ],
    "singletons": [("keep", {"effects": ["entity", "alone"]})],
    "instruments": alone({"talent": ["outside"]}),
    "replace": alone({"talent": "skill"}),
    "window": alone((2011, 2015)),
    "winsorise": alone((10, 90)),
    "drop": alone({"sized": [1]}),
    "tau": [(0.2, {"instruments": {"talent": ["outside"]}}), (0.2, {})],
    "lag": [(1, {"covariance": "driscoll_kraay", "lag": 3})],
    "rule": alone("stata", "areg"),
}
NAMES_CHANGE_NOTHING = ("describe", "profile", "vif", "specification_curve")
ANYWAY: dict[str, dict[str, Values]] = {
    "describe": {"variables": alone(["talent"])},
    "specification_curve": {
        "vary": alone(
            {"effects": [["entity"], ["entity", "period"]]},
            {"window": [[2010, 2014], [2011, 2015]]},
            {"covariance": ["iid", "hc1"]},
        )
    },
    # The outcome chooses the rows only.
    "vif": {"outcome": alone("empty")},
}
OF_INDEX: dict[str, Values] = {
    "columns": alone(["talent"]),
    "positive": alone(["talent"]),
    "negative": alone(["waste", "firms"]),
    "dimensions": alone({"one": ["talent", "waste"]}),
    "weights": alone("critic", {"talent": 0.5, "gdp": 0.3, "waste": 0.2}),
    "combine": alone(["equal"]),
    "score": alone("topsis"),
    "shift": alone(0.1),
    "pool": alone("period"),
    "standardise": alone(False),
    "prepared": alone("gdp"),
}
OWN: dict[str, dict[str, Values]] = {
    "productivity": {
        "index": alone("luenberger", "malmquist_luenberger"),
        "base_period": [
            (
                2012,
                {
                    "index": "base_malmquist",
                    "measure": "radial",
                    "bad_outputs": [],
                    "base_period": 2010,
                },
            )
        ],
    },
    "bootstrap_scores": {
        "measure": alone("directional"),
        # Subsamples give no interval of measures of slacks.
        "zeros": [
            (
                "keep",
                {"measure": "sbm", "resampling": "sensitivity", "inputs": ["zero", "capital"]},
            )
        ],
        "resampling": alone("smoothed", "sensitivity"),
        "draws": alone(59),
        "level": alone(0.8),
        "scale": alone("efficiency"),
        "size": alone(4),
    },
    "explain_scores": {
        "column": alone("other_score"),
        "theirs": [],
        "their_entity": [],
        "their_period": [],
    },
    "second_stage": {
        "regressors": alone(["control"]),
        "algorithm": alone(1),
        "draws": alone(59),
        "bias_draws": alone(9),
        "level": alone(0.8),
    },
    "fit": {"level": alone(0.8)},
    "diagnose": {"tests": alone(["vif"], ["hausman"])},
    "mediate": {
        "through": alone(["works"]),
        "tests": [(["bootstrap"], {}), (["sobel"], {"draws": None})],
        "draws": alone(59),
    },
    "moderate": {
        "moderators": alone(["other"]),
        "paths": alone(["talent -> works", "works -> gdp"]),
        "lag": alone(0, 2),
        "lagged": alone("moderator"),
        "draws": alone(59),
    },
    "compare_groups": {
        "by": alone(["sized"]),
        "difference": alone(["permutation"]),
        "draws": alone(59),
    },
    "rank": {"regions": alone("region"), "dates": alone([2011, 2014]), "top": alone(2)},
    "convergence": {"convergence": alone(["sigma"], ["beta"])},
    "ellipse": {
        "dates": alone([2011, 2014]),
        "x": alone("wide"),
        "y": alone("far"),
        "entity": alone("nowhere"),
        "weights": alone("works"),
    },
    "density": {
        "dates": alone([2011, 2014]),
        "by": alone("sized"),
        "bandwidth": alone("normal_reference"),
        "kernel": alone("epanechnikov"),
        "grid": alone([10.0, 20.0]),
        "entity": alone("nowhere"),
    },
    "detector": {
        "outcome": alone("works"),
        "factors": alone(["control"]),
        "by": alone(["sized"]),
        "strata": [({"quantiles": 2}, {"permutations": None})],
        "interaction": alone(False),
        "date": alone(2011),
        "period": alone("nowhere"),
        "permutations": alone(199),
    },
    "inequality": {"inequality": alone(["theil"], ["dagum"]), "regions": alone("sized")},
    "entropy_index": OF_INDEX,
    "obstacles": {
        **OF_INDEX,
        "dates": alone([2011, 2014]),
        "top": alone(1),
    },
    "coupling": {
        "of": alone(["low", "share"]),
        "form": alone("ratio"),
        "weights": alone([0.2, 0.8]),
        "prepared": alone("gdp"),
    },
    "tapio": {
        "of": alone("labour"),
        "by": alone("capital"),
        "every": alone(2),
        "prepared": alone("gdp"),
    },
    "decompose": {
        "of": alone("gdp"),
        "factors": alone(["labour", "waste"]),
        "dates": alone([2011, 2014]),
    },
    "transitions": {
        "regions": alone("region"),
        "dates": alone([2011, 2014]),
        "classes": alone({"low": "< 15", "high": ">= 15"}),
    },
    "spatial_markov": {
        "neighbours": alone({"queen": 1}),
        "weights": alone("queen"),
        "classes": alone(3),
        "lag_classes": alone(3),
        "bounds": alone([15.0, 20.0]),
        "lag_bounds": alone([15.0, 20.0]),
        "relative": alone(True),
    },
    "classify": {"classes": alone({"low": "< 15", "high": ">= 15"})},
    "moran": {
        "permutations": alone(199),
        "neighbours": alone({"queen": 1}),
        "weights": alone("nearest 2"),
    },
    "hot_spots": {
        "permutations": alone(199),
        "dates": alone([2011]),
        "local_test": alone("one_sided"),
        "neighbours": alone({"queen": 1}),
        "weights": alone("nearest 2"),
    },
    "local_moran": {
        "permutations": alone(199),
        "dates": alone([2011]),
        "local_test": alone("one_sided"),
        "neighbours": alone({"queen": 1}),
        "weights": alone("nearest 2"),
    },
    # Other names of the rows, and years in another order, are the same effects.
    "hausman": {
        "effects": alone(["entity", "period"]),
        "entity": alone("nowhere"),
        "period": alone("nowhere"),
    },
    # Descriptions are the same whatever names the rows; a column that is not there is refused.
    **{
        verb: {"entity": alone("nowhere"), "period": alone("nowhere")} | ANYWAY.get(verb, {})
        for verb in NAMES_CHANGE_NOTHING
    },
}
SCORED = {"score": alone("works")}
SHARED: dict[str, Values] = {
    "entity": alone("town"),
    "period": alone("later"),
    "seed": alone(2),
    "jobs": alone(2),
}
DRAWS_NOTHING = {
    "describe",
    "diagnose",
    "specification_curve",
    "rank",
    "convergence",
    "inequality",
    "entropy_index",
    "obstacles",
    "coupling",
    "tapio",
    "decompose",
    "density",
    "ellipse",
    "spatial_markov",
    "classify",
    "scale_efficiency",
}
"""Functions whose seed has nothing to start; all functions have the keyword."""
SHOWN_ONLY = {
    "obstacles: top=1",
    "mediate: tests=['bootstrap']",
    "compare_groups: difference=['permutation']",
}
"""Calls whose keyword chooses what is shown: the object in Python holds every test whatever they say."""
MEASURES = {
    "evaluate",
    "productivity",
    "bootstrap_scores",
    "explain_scores",
    "scale_efficiency",
    "second_stage",
}
"""Functions that measure scores."""
FROM_A_REGRESSION = {
    *("fit", "regress", "diagnose", "mediate", "moderate", "compare_groups", "specification_curve"),
    *("vif", "hausman"),
}
KEYS = {
    analysis.verb: key
    for key, analysis in ANALYSES
    if analysis.verb and not analysis.is_written_by_hand
}
"""Function -> key of `xinzhi analyse`."""


def values_of(verb: str, name: str) -> Values:
    """List the other values of a keyword."""
    if name in OWN.get(verb, {}):
        return OWN[verb][name]
    if verb in MEASURES and name in MEASUREMENT:
        # Each value once, for the scores themselves; elsewhere it is asked whether the keyword arrives.
        return MEASUREMENT[name] if verb == "evaluate" else MEASUREMENT[name][:1]
    if verb in FROM_A_REGRESSION and name in REGRESSION:
        return REGRESSION[name] if verb == "fit" else REGRESSION[name][:1]
    return SHARED.get(name) or SCORED.get(name, [])


LISTS = {
    *(
        "inputs",
        "good_outputs",
        "bad_outputs",
        "regressors",
        "controls",
        "variables",
        "tests",
        "by",
    ),
    *(
        "positive",
        "negative",
        "columns",
        "combine",
        "of",
        "factors",
        "grid",
        "bounds",
        "lag_bounds",
    ),
    *("through", "moderators", "paths", "dates", "convergence", "inequality", "effects", "cluster"),
    *("difference", "nonseparable", "noncontrollable", "nondiscretionary"),
}
"""Keywords whose flags take names by commas."""


def flags(words: Mapping[str, Any]) -> Iterator[str]:
    """Write keywords as flags: names by commas, numbers by name as a=1,b=2, the rest as in the study file."""
    for name, value in words.items():
        yield FLAGS.get(name, (f"--{in_file(name).replace('_', '-')}",))[0]
        if name in LISTS and not isinstance(value, str):
            yield ",".join(map(str, value)) or "none"
        elif name in ("weights", "direction") and isinstance(value, dict):
            yield ",".join(f"{key}={number}" for key, number in value.items())
        elif name == "weights" and isinstance(value, list):
            yield ",".join(map(str, value))
        elif name == "returns_to_scale" and isinstance(value, tuple):
            yield f"{value[0]}..{value[1]}"
        elif name == "covariance" and isinstance(value, dict):
            yield next(iter(value))
            yield "--lag"
            yield str(next(iter(value.values())))
        else:
            yield value if isinstance(value, str) else json.dumps(value)
