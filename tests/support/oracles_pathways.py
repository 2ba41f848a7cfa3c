"""The advice for each entity, by hand: from slopes, covariances and values, with numpy and scipy alone.

Nothing of `xinzhi.analyses.pathways` is called: what it finds is held against this.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy import stats

import cr2_by_hand


@dataclass
class Advice:
    """What an entity must be told of one pathway."""

    status: str
    effects: dict[tuple[str, str], float]
    """(grouping, group) that speaks -> slope."""
    tools: dict[str, str] = field(default_factory=dict)
    at_level: dict[tuple[str, str], tuple[float, float, float]] = field(default_factory=dict)
    """(tool, path) -> effect, error, p at the own level."""
    lacks: list[str] = field(default_factory=list)


def slope(found, name):
    """Slope, p and degrees of freedom of one regressor."""
    at = found.position(name)
    return float(found.estimate[at]), float(found.p_value[at])


def verdict(b, p, level):
    """Say what an effect does."""
    if not np.isfinite(p):
        return "untested"
    if p >= level or b == 0:
        return "null"
    return "works" if b > 0 else "harms"


def together(verdicts):
    """Judge several verdicts: one voice, or contested."""
    voices = set(verdicts)
    if not voices or "untested" in voices:
        return "untested"
    return voices.pop() if len(voices) == 1 else "contested"


def holm(p_values):
    """Adjust p-values: the k-th smallest times the number of those not smaller, never falling."""
    order, found, highest = np.argsort(p_values), np.empty(len(p_values)), 0.0
    for rank, at in enumerate(order):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p_values[at]))
        found[at] = highest
    return found


class Study:
    """A study that has been run, as the oracle reads it."""

    def __init__(self, result, baseline, mediation, moderation, heterogeneity):
        self.found = result.results
        self.baseline = self.found["tables"][baseline].columns[0]
        self.mediated = self.found["mediation"][mediation].effects
        self.moderated = self.found["moderation"][moderation].paths
        self.compared = self.found["heterogeneity"][heterogeneity].groupings
        self.typology = self.found["typology"]["typology"]
        self.spec = result.spec
        declared = getattr(result.spec, "inference", None)
        self.level = declared.level if declared else 0.05
        self.indirect = declared.indirect if declared else "bootstrap"
        self.family = declared.family if declared else "holm"
        self.frame = result.panel.frame
        self.judges = {}

    def values(self, variable):
        """Last known value of each entity in own units."""
        column = self.spec.variables.named[variable].column
        return self.frame[column].astype(float).dropna().groupby(level="entity").last()

    def transformed(self, variable, value):
        """The value as the regressions have it."""
        kind = self.spec.variables.transform_of(self.spec.variables.named[variable])
        return {"none": lambda x: x, "ln": np.log, "ln1p": np.log1p}[kind](value)

    def differences(self, factor):
        """Grouping -> adjusted p-value of the difference between its groups."""
        found = {
            name: one.interaction.p_value
            for name, compared in self.compared.items()
            for one in compared.differences
            if one.regressor == factor
        }
        if self.family == "holm":
            return dict(zip(found, holm(np.array(list(found.values()))), strict=True))
        return found

    def speaking(self, factor, groups):
        """(grouping, group) -> slope and p of the estimates that apply to an entity."""
        own = {}
        for grouping, p in self.differences(factor).items():
            if p < self.level and grouping in groups:
                estimates = dict(self.compared[grouping].groups)[groups[grouping]]
                own[grouping, groups[grouping]] = slope(estimates, factor)
        return own or {("", ""): slope(self.baseline, factor)}

    def channel(self, factor, mediator):
        """What the mediated effect does, by the declared test."""
        for one in self.mediated:
            if (one.factor, one.mediator) == (factor, mediator):
                # where the study draws no bootstrap, Sobel's test is what there is
                is_drawn = self.indirect == "bootstrap" and hasattr(one.interval, "p_value")
                test = one.interval if is_drawn else one.sobel.sobel
                return verdict(one.indirect, test.p_value, self.level)
        return "untested"

    def p_of(self, found, names, weights, t):
        """P of a sum of two slopes: by CR2 where it judges one of them, over all rows; else by t."""
        if np.isnan(t) or "cr2" not in {found.judge[found.position(name)] for name in names}:
            return float(2 * stats.t.sf(abs(t), found.covariance.df))
        key = (id(found), *names)
        if key not in self.judges:
            rows = cr2_by_hand.rows_of(self.variables(), found)
            own = list(found.names)
            self.judges[key] = cr2_by_hand.judge_of(rows, own, found.regression.outcome)
        given = dict(zip(names, weights, strict=True))
        b, error, df = self.judges[key]([given.get(name, 0.0) for name in found.names])
        return float(2 * stats.t.sf(abs(b) / error, df))

    def variables(self):
        """The variables as the regressions have them, under their names."""
        columns = {name: one.column or one.score for name, one in self.spec.variables.named.items()}
        made = {
            name: self.transformed(name, self.frame[column].astype(float))
            for name, column in columns.items()
            if column in self.frame
        }
        return self.frame.assign(**made)

    def step(self, path, tool, value):
        """Interaction of a tool with a step, and the effect at a level of the tool."""
        focal, outcome = path
        for one in self.moderated:
            if (one.focal, one.outcome, one.moderator) == (focal, outcome, tool):
                found, terms = one.found.estimates, one.found.terms
                act = verdict(*slope(found, terms.interaction), self.level)
                at = [found.position(terms.focal), found.position(terms.interaction)]
                w = np.array([1.0, self.transformed(tool, value)])
                b = float(found.estimate[at] @ w)
                se = float(np.sqrt(w @ found.vcov[np.ix_(at, at)] @ w))
                return act, (b, se, self.p_of(found, (terms.focal, terms.interaction), w, b / se))
        return None


def advice(study, entity, groups, pathway, all_groups):
    """Find the advice of one pathway for one entity.

    Parameters
    ----------
    groups
        Grouping -> group of the entity.
    pathway
        Name, factor, mediators, moderators.
    all_groups
        Entity -> its groups.
    """
    _, factor, mediators, moderators = pathway
    outcome = study.baseline.regression.outcome
    spoken = study.speaking(factor, groups)
    judged = together(verdict(*one, study.level) for one in spoken.values())
    works = [m for m in mediators if study.channel(factor, m) == "works"]
    statuses = {"harms": "opposed", "null": "unsupported"}
    status = statuses.get(judged, judged)
    if judged == "works":
        status = "supported" if works else "effect_only"
    found = Advice(status, {key: b for key, (b, _) in spoken.items()})
    like = [key for key in spoken if key[0]]
    steps = [(factor, m) for m in (works if status == "supported" else mediators)]
    steps += [(m, outcome) for _, m in steps] + [(factor, outcome)]
    for tool in moderators:
        values = study.values(tool)
        value = float(values.get(entity, np.nan))
        told = {path: one for path in steps if (one := study.step(path, tool, value))}
        found.at_level |= {(tool, " -> ".join(path)): one[1] for path, one in told.items()}
        if status == "supported":
            found.tools[tool] = what_it_does(list(told.values()), study.level)
    if status == "supported":
        strengthen = [t for t, does in found.tools.items() if does in ("helps", "needs_more")]
        for name in (factor, *strengthen):
            if is_below(study.values(name), entity, like, all_groups):
                found.lacks.append(name)
    return found


def what_it_does(told, level):
    """Say what a tool does at the own level: by its interactions, and by the steps that these act on."""
    acts = [act for act, _ in told]
    if not acts:
        return "untested"
    if "works" in acts and "harms" in acts:
        return "mixed"
    for sign, shown, not_shown in (("works", "helps", "needs_more"), ("harms", "none", "hinders")):
        if sign in acts:
            at = [one for act, one in told if act == sign]
            if any(np.isnan(b) for b, _, _ in at):
                return "unknown"
            return shown if all(verdict(b, p, level) == "works" for b, _, p in at) else not_shown
    return "none"


def is_below(values, entity, like, all_groups):
    """Whether an entity lies below the median of the entities with the same groups."""
    peers = [
        value
        for name, value in values.items()
        if all(all_groups[name].get(grouping) == group for grouping, group in like)
    ]
    return entity in values and len(peers) > 1 and values[entity] < np.median(peers) - 1e-9
