"""Moderated effects and differences between groups as plain values with stable keys, for results.json."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from xinzhi.econometrics.estimates import Estimates
from xinzhi.econometrics.interaction import Terms
from xinzhi.econometrics.moderated_mediation import ModeratedMediation
from xinzhi.econometrics.moderation import Moderation
from xinzhi.econometrics.permutation import Permutation
from xinzhi.econometrics.resample import Interval
from xinzhi.econometrics.statistic import Inapplicable, Statistic


def interval(found: Interval | Inapplicable) -> dict[str, object]:
    """Give an interval, or why there is none."""
    if isinstance(found, Inapplicable):
        return {"inapplicable": str(found.reason)}
    return {
        "low": found.low,
        "high": found.high,
        "se": found.std_error,
        "level": found.level,
        "draws": found.n_draws,
        "lost": found.n_lost,
    }


def machine_path(found: Moderation) -> dict[str, object]:
    """Give a moderated path: interaction, conditional effects, region."""
    return {
        "focal": found.focal,
        "outcome": found.outcome,
        "moderator": found.moderator,
        "lag": found.lag,
        "lagged": found.lagged if found.lag else "none",
        "terms": plain_terms(found.terms),
        "n": found.estimates.n,
        "interaction": slope(found.estimates, found.interaction),
        "moderator_mean": found.moderator_mean,
        "moderator_sd": found.moderator_sd,
        "conditional": [asdict(one) for one in found.conditional],
        "region": {
            "bounds": list(found.region.bounds),
            "intervals": [list(piece) for piece in found.region.intervals],
            "share": found.region.share,
        },
        "double_demeaned": {"inapplicable": str(found.double_demeaned.reason)}
        if isinstance(found.double_demeaned, Inapplicable)
        else slope(found.double_demeaned, found.interaction),
    }


def plain_terms(terms: Terms) -> dict[str, str]:
    """Give the names that the terms of a moderated effect have in its equation."""
    return {
        "focal": terms.focal,
        "moderator": terms.moderator,
        "interaction": terms.interaction,
    }


def slope(found: Estimates, name: str) -> dict[str, float]:
    """Give one slope with its error and p."""
    at = found.position(name)
    return {
        "b": float(found.estimate[at]),
        "se": float(found.std_error[at]),
        "p": float(found.p_value[at]),
        "ci_low": float(found.ci_low[at]),
        "ci_high": float(found.ci_high[at]),
    }


def machine_chain(found: ModeratedMediation) -> dict[str, object]:
    """Give a moderated mediated effect at low, mean and high moderator, and the index."""
    return {
        "focal": found.focal,
        "mediator": found.mediator,
        "moderator": found.moderator,
        "lag": found.lag,
        "lagged": found.lagged if found.lag else "none",
        "first_terms": plain_terms(found.first_terms),
        "second_terms": plain_terms(found.second_terms),
        "n": found.n,
        "conditional": [
            {
                "place": one.place,
                "moderator": one.moderator,
                "indirect": one.indirect,
                "se": one.std_error,
                "z": one.z,
                "p": one.p_value,
                "interval": interval(one.interval),
            }
            for one in found.conditional
        ],
        "index": found.index,
        "index_interval": interval(found.index_interval),
        "first_stage_index": found.first_stage_index,
    }


def machine_difference(
    test: Statistic | Inapplicable,
    pairs: Sequence[Permutation | Inapplicable],
    adjusted: float,
) -> dict[str, object]:
    """Give the tests of a difference between groups; `adjusted` is Holm's p over the groupings."""
    return {
        "interaction": {"inapplicable": str(test.reason)}
        if isinstance(test, Inapplicable)
        else {
            "value": test.value,
            "distribution": test.distribution,
            "p": test.p_value,
            "p_holm": adjusted,
        },
        "permutations": [
            {"inapplicable": str(p.reason)}
            if isinstance(p, Inapplicable)
            else {
                "groups": list(p.groups),
                "difference": p.observed,
                "p": p.p_value,
                "draws": len(p.permuted),
                "lost": p.n_lost,
            }
            for p in pairs
        ],
    }
