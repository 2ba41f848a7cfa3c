"""The audit never accuses a table that was printed from its own regressions."""

# The tables are our own fits, rounded as papers do; any accusation is a fault of the audit.

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pandas as pd
import pytest

from xinzhi.analyses.mediation.compute import sobel
from xinzhi_econometrics.diagnostics.vif import vif
from xinzhi_econometrics.fit import fit
from xinzhi_econometrics.inference import Statistic
from xinzhi_econometrics.replication.audit import audit
from xinzhi_econometrics.specification import Covariance, Regression

N_CITIES, N_YEARS = 40, 8
HOWS = (Covariance(), Covariance("hc1"), Covariance("cluster", ("entity",)))


def printed(value, digits):
    """Round as papers do."""
    return str(Decimal(float(value)).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP))


def panel(draw):
    """Draw a panel of a mechanism with planted effects of any size."""
    index = pd.MultiIndex.from_product(
        [range(N_CITIES), range(2000, 2000 + N_YEARS)], names=["entity", "period"]
    )
    city = draw.normal(size=N_CITIES)[index.codes[0]]
    frame = pd.DataFrame(draw.normal(size=(len(index), 3)), columns=["x", "z", "e"], index=index)
    frame["x"] += city
    frame["m"] = draw.normal() * 0.3 * frame["x"] + city + draw.normal(size=len(index))
    frame["y"] = draw.normal() * 0.2 * frame["x"] + draw.normal() * 0.2 * frame["m"] + city
    frame["y"] += 0.3 * frame["z"] + frame["e"]
    return frame * draw.uniform(0.3, 3.0)


def stars(p):
    return sum(p < level for level in (0.10, 0.05, 0.01))


def column(path, found, digits, *, depvar="y"):
    """Write a column of a table as it would be printed and typed."""
    lines = [f"[{path}]", f'depvar = "{depvar}"', f"N = {found.n}"]
    lines.append(f"adj_r2 = {printed(found.fit.r2_adjusted, 4)}")
    for j, name in enumerate(found.names):
        b, se = printed(found.estimate[j], digits), printed(found.std_error[j], digits)
        lines.append(f"{name} = {{ b = {b}, se = {se}, stars = {stars(found.usual_p[j])} }}")
    if "_cons" not in found.names:
        lines.append(f"_cons = {{ b = {printed(found.fit.constant, digits)} }}")
    return "\n".join(lines)


def honest(seed):
    """Print the tables of one study with its own digits, kind of errors and effects."""
    draw = np.random.default_rng(seed)
    frame, digits = panel(draw), int(draw.integers(2, 5))
    effects = (("entity", "period"), ("entity",), ())[seed % 3]
    asked = Regression("y", ("x",), ("z",), effects, HOWS[seed // 3 % 3])
    other = frame.iloc[N_YEARS * 4 :] if seed % 4 == 3 else frame  # a mediation on fewer cities
    total, first, second = (
        fit(frame, asked),
        fit(other, Regression("m", ("x",), ("z",), effects, asked.covariance)),
        fit(other, Regression("y", ("x", "m"), ("z",), effects, asked.covariance)),
    )
    a, b = (e.position(name) for e, name in ((first, "x"), (second, "m")))
    test = sobel(first.estimate[a], first.std_error[a], second.estimate[b], second.std_error[b])
    test = test.goodman if seed % 2 and isinstance(test.goodman, Statistic) else test.sobel
    effect = first.estimate[a] * second.estimate[b]
    share = effect / total.estimate[total.position("x")]
    names = {"entity": "city", "period": "year"}
    factors = vif(frame, Regression("y", ("x", "z", "m"))).to_frame()["vif"]
    return "\n".join(
        [
            "[audit]",
            'means = "means"',
            f"clusters = {N_CITIES}",
            f"years = {N_YEARS}",
            f'default = {{ depvar = "y", effects = {[names[e] for e in effects]}, N = {len(frame)}, controls = [] }}',
            'nested = [ { model = "t.second", of = "t.total", added = "m" } ]',
            'mediation = [ { mediator = "m", a = "t.first", b = "t.second", total = "t.total", sobel = "t.sobel" } ]',
            f"groups = {{ 't.first' = {len(other) // N_YEARS}, 't.second' = {len(other) // N_YEARS} }}",
            "[means]",
            *(f"{v} = [{printed(frame[v].mean(), 3)}, {printed(frame[v].std(), 3)}]" for v in "yxzm"),
            "[v]",
            *(f"{n} = [{printed(v, 2)}, {printed(1 / v, 3)}]" for n, v in factors.items()),
            f"mean = {printed(factors.mean(), 2)}",
            column("t.total", total, digits),
            column("t.first", first, digits, depvar="m"),
            column("t.second", second, digits),
            "[t.sobel]",
            f"x = {{ effect = {printed(effect, digits)}, z = {printed(test.value, 3)}, stars = {stars(test.p_value)}, share = {printed(share, 3)} }}",
        ]
    )  # fmt: skip


@pytest.mark.parametrize("seed", [*range(20), 54, 142, 242, 1007])
def test_an_honest_table_is_never_accused(seed):
    """Whatever digits, errors and effects: what the regressions gave is not called inconsistent."""
    found = audit(honest(seed))

    assert [c for c in found.checks if c.verdict == "inconsistent"] == []
    assert {"stars", "n", "vif", "share", "sobel_effect", "sobel_z"} <= {
        c.check for c in found.checks
    }
