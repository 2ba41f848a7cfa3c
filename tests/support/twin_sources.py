"""The packaged sources of the twin as arrays, read and prepared by the package."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
from ruamel.yaml import YAML
from scipy.stats import norm

from simulation.models import models
from simulation.places import groups, read_places
from simulation.printed import FOLDER, published
from xinzhi.prepare.step import prepare
from xinzhi_core.panel.panel import Panel
from xinzhi_frontier.evaluate import evaluate
from xinzhi_frontier.result import Activities, ActivityRoles
from xinzhi_panel.io.read import RecordFile, read_panel, read_series

OLD = {"思茅市": "普洱市", "毕节地区": "毕节市"}
YAML_SAFE = YAML(typ="safe")
POLLUTANTS = ("工业废水", "工业二氧化硫", "工业烟粉尘")


def sources(spec):
    """Read everything but the panels, each as its kind."""
    found = {}
    for name, source in spec["sources"].items():
        path = FOLDER / source["file"]
        if source["kind"] == "series":
            found[name] = read_series(path, keys=source["keys"]).frame
        elif source["kind"] == "records":
            roles = {k: v for k, v in source.items() if k not in ("file", "kind", "read")}
            found[name] = RecordFile(path, roles)
    for path in (*FOLDER.glob("*_terms.yaml"), FOLDER / "emerging_codes.csv"):
        table = path.suffix == ".csv"
        found[path.name] = (
            pd.read_csv(path, dtype={"code": str}) if table else YAML_SAFE.load(path.read_bytes())
        )
    return found


@cache
def spec():
    """Read the study file."""
    return YAML_SAFE.load((FOLDER / "study.yaml").read_text("utf-8"))


@cache
def prepared():
    """Return the panel after all steps, with the score and what it was computed from."""
    frames = []
    for name in spec()["panel"]["from"]:
        source = spec()["sources"][name]
        read = read_panel(FOLDER / source["file"], entity=source["entity"], period=source["period"])
        frame = read.panel.frame.reset_index().replace({"entity": OLD})
        frames.append(frame.set_index(["entity", "period"]).sort_index())
    steps = [next(iter(step.items())) for step in spec()["prepare"]]
    panel = prepare(Panel(frames[0].join(frames[1:])), steps, sources=sources(spec())).frame
    use = spec()["efficiency"]["GTFP"]
    roles = ActivityRoles(*(tuple(use[k]) for k in ("inputs", "good_outputs", "bad_outputs")))
    columns = [panel[list(part)].to_numpy() for part in (roles.inputs, roles.good_outputs)]
    bads = panel[list(roles.bad_outputs)].to_numpy()
    result = evaluate(Activities(tuple(panel.index), *columns, bads, roles))
    panel["GTFP"] = result.scores
    return panel, result


def by_city(column):
    """Return a column as (cities, years), cities in the order of the registry."""
    return np.stack([column.loc[p.name].to_numpy() for p in read_places()]).astype(float)


@cache
def variables():
    """Take all variables as ln(1+x), (cities, years), from the raw files."""
    panel = prepared()[0]
    return {
        name: np.log1p(by_city(panel[what.get("column") or what["from"]]))
        for name, what in spec()["variables"].items()
        if name != "transform"
    }


class Yearbook:
    """Columns of the yearbook by name, gaps filled."""

    def __init__(self):
        self.cities = [p.name for p in read_places()]

    def __getitem__(self, name):
        return by_city(prepared()[0][name])

    def output(self):
        """Return output at prices of 2008."""
        return self["gdp"]


def scores():
    """Return the scores, (cities, years)."""
    return by_city(prepared()[0]["GTFP"])


def peers():
    """Return how many rows name each peer, and each peer's share of all intensities."""
    result = prepared()[1]
    named, weight = np.zeros(result.n), np.zeros(result.n)
    for position, row in enumerate(result.peers):
        for peer in row:
            if peer.position != position:
                named[peer.position] += 1
                weight[peer.position] += 1
    return named, weight / weight.sum()


def regression(model, values):
    """Estimate a model with one dummy for each city (and year); HC1 errors.

    Returns
    -------
    Slopes, errors, adjusted R², constant.
    """
    rows = groups(read_places())[model.group] == 1
    start, stop = model.first - 2008, model.last - 2008 + 1
    late, early = slice(start + model.lag, stop), slice(start, stop - model.lag)

    def cells(name, years):
        product = np.prod([values[part] for part in name.split("*")], axis=0)
        return product[rows][:, years].ravel()

    y = cells(model.outcome, late)
    x = np.stack([cells(name, early) for name in model.regressors], axis=1)
    n_cities, n_years = int(rows.sum()), stop - start - model.lag
    dummies = [np.kron(np.eye(n_cities), np.ones((n_years, 1)))]
    if model.two_way:
        dummies.append(np.tile(np.eye(n_years)[:, 1:], (n_cities, 1)))
    z = np.hstack([x, *dummies])
    b = np.linalg.lstsq(z, y, rcond=None)[0]
    e, df, k = y - z @ b, len(y) - z.shape[1], x.shape[1]
    bread = np.linalg.inv(z.T @ z)
    errors = np.sqrt(np.diag(bread @ (z.T * e**2) @ z @ bread) * len(y) / df)[:k]
    r2 = 1 - (e @ e / df) / (((y - y.mean()) ** 2).sum() / (len(y) - 1))
    return b[:k], errors, r2, y.mean() - x.mean(axis=0) @ b[:k]


def stated_interactions():
    """Return the p-values of the interactions of Figure 3 that the text states."""
    found = []
    for model in (m for m in models() if m.lag):
        stated = published()["moderation"][model.key.split(".")[1]]
        b, errors, *_ = regression(model, variables())
        for name, t in zip(model.regressors, b / errors, strict=True):
            if "*" in name and f"{name.partition('*')[0]} -> {model.outcome}" in stated:
                found.append(2 * norm.sf(abs(t)))
    return found
