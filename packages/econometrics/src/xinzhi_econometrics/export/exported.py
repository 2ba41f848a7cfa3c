"""What the scripts need: the panel they read, and for each regression its columns and rows.

An R script: fixest where it is installed, else base R with sandwich.

A Stata script: reghdfe and ivreghdfe for fixed effects, areg and xtscc where the rule asks.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

import pandas as pd

from xinzhi_core.panel.panel import ENTITY, PERIOD, Panel
from xinzhi_core.problems import require_columns
from xinzhi_econometrics.estimates import Estimates
from xinzhi_econometrics.instruments.estimate import Instrumented
from xinzhi_econometrics.specification import LEAST_SQUARES, frame_of, key_of

FILE = "panel.csv"
"""Name under which the panel stands beside the scripts."""


@dataclass(frozen=True, slots=True)
class ExportedModel:
    """One regression as a script needs it."""

    name: str
    outcome: str
    slopes: tuple[str, ...]
    """Those that were kept, in the order of the estimates."""
    effects: tuple[str, ...]
    clusters: tuple[str, ...]
    kind: str
    rule: str
    lag: int | None
    rows: str
    """Column of the exported panel that is 1 in the rows used; empty if all are."""
    keeps_singletons: bool
    endogenous: tuple[str, ...] = ()
    """Slopes that are instrumented; empty for least squares."""
    instruments: tuple[str, ...] = ()
    to_xtscc: float = 1.0
    """Driscoll-Kraay errors of the study divided by those that xtscc gives."""
    has_gaps: bool = False
    """Whether periods are missing between others, which xtscc takes as neighbours."""


@dataclass(frozen=True, slots=True, eq=False)
class Exported:
    """The panel of the scripts and its regressions."""

    frame: pd.DataFrame
    """Columns entity, period, variables, marks of the rows used."""
    models: tuple[ExportedModel, ...]
    file: str
    left_out: tuple[tuple[str, str], ...] = ()
    """(Name, estimator) of regressions that are not least squares, which the scripts do not repeat."""

    def to_csv(self) -> str:
        """Write the panel with all digits."""
        # 17 digits give every number back as it was.
        return str(self.frame.to_csv(index=False, float_format="%.17g"))


def export(
    data: Panel | pd.DataFrame, estimates: Mapping[str, Estimates | Instrumented]
) -> Exported:
    """Gather what scripts need to estimate regressions again.

    Parameters
    ----------
    data
        The panel with all columns of the regressions, lags and interactions included.
    estimates
        Name of the regression -> its estimates; those of other estimators than least squares, in one
        or two stages, are named in `left_out`.

    Raises
    ------
    MissingColumn
        A regression uses a column that the panel has not.
    """
    frame = frame_of(data)
    others = {
        name: result.estimator
        for name, result in estimates.items()
        if isinstance(result, Estimates) and result.estimator != LEAST_SQUARES
    }
    estimates = {name: result for name, result in estimates.items() if name not in others}
    table = frame[list(_columns(frame, estimates))].copy()
    models = []
    for number, (name, result) in enumerate(estimates.items(), start=1):
        stage, endogenous, instruments = _parts(result)
        used = table.index.isin(stage.residuals.index)
        mark = "" if used.all() else f"rows_{number}"
        # The rows used are marked, not selected again: other software may treat singletons otherwise.
        if mark:
            table[mark] = used.astype(int)
        plain = _model(frame, name, stage, mark)
        models.append(replace(plain, endogenous=endogenous, instruments=instruments))
    table.index = table.index.set_names([ENTITY, PERIOD])
    return Exported(table.reset_index(), tuple(models), FILE, tuple(others.items()))


def _parts(result: Estimates | Instrumented) -> tuple[Estimates, tuple[str, ...], tuple[str, ...]]:
    """Give estimates, endogenous regressors and instruments."""
    if isinstance(result, Instrumented):
        return result.estimates, result.endogenous, result.instruments
    return result, (), ()


def _columns(
    frame: pd.DataFrame, estimates: Mapping[str, Estimates | Instrumented]
) -> tuple[str, ...]:
    wanted: dict[str, None] = {}
    for result in estimates.values():
        stage, _, instruments = _parts(result)
        r = stage.regression
        keys = (key_of(frame, key) for key in (*r.effects, *r.covariance.clusters))
        columns = (key for key in keys if key not in {ENTITY, PERIOD})
        wanted |= dict.fromkeys((r.outcome, *_slopes(stage), *instruments, *columns))
    require_columns(wanted, frame.columns)
    return tuple(wanted)


def _slopes(estimates: Estimates) -> tuple[str, ...]:
    return tuple(name for name in estimates.names if name != "_cons")


def _model(frame: pd.DataFrame, name: str, estimates: Estimates, mark: str) -> ExportedModel:
    regression, how = estimates.regression, estimates.regression.covariance
    return ExportedModel(
        name=name,
        outcome=regression.outcome,
        slopes=_slopes(estimates),
        effects=tuple(key_of(frame, effect) for effect in regression.effects),
        clusters=tuple(key_of(frame, cluster) for cluster in how.clusters),
        kind=how.kind,
        rule=how.rule,
        lag=estimates.covariance.lag,
        rows=mark,
        keeps_singletons=regression.singletons == "keep",
        to_xtscc=_to_xtscc(frame, estimates),
        has_gaps=estimates.covariance.has_gaps,
    )


def _to_xtscc(frame: pd.DataFrame, estimates: Estimates) -> float:
    """Compare K of the rule with that of xtscc, which counts slopes, constant and dummies."""
    n, rule = estimates.n, estimates.covariance
    if rule.kind != "driscoll_kraay":
        return 1.0
    others = [levels - 1 for name, levels in estimates.effects if key_of(frame, name) != ENTITY]
    counted_by_xtscc = len(_slopes(estimates)) + 1 + sum(others)
    # V is proportional to 1/(N-K), all else is the same in both.
    return math.sqrt((n - counted_by_xtscc) / (n - rule.counted))


HEAD = """\
# Estimates the regressions of the study again. Run it in this folder: Rscript study.R
# With fixest where it is installed, else with base R and sandwich.
panel <- read.csv({file}, check.names = FALSE, fileEncoding = "UTF-8")
has_fixest <- requireNamespace("fixest", quietly = TRUE)
if (!has_fixest && !requireNamespace("sandwich", quietly = TRUE))
  stop("install.packages(\\"fixest\\") or install.packages(\\"sandwich\\")")

with_fixest <- function(work, slopes, effects, kind, clusters, endogenous, instruments) {{
  plus <- function(names) paste(names, collapse = " + ")
  right <- plus(c("1", setdiff(slopes, endogenous)))
  if (length(effects)) right <- paste(right, "|", plus(effects))
  if (length(endogenous)) right <- paste(right, "|", plus(endogenous), "~", plus(instruments))
  how <- switch(kind, iid = "iid", hc1 = "hetero",
                as.formula(paste("~", paste(clusters, collapse = " + "))))
  m <- fixest::feols(as.formula(paste("y ~", right)), work, vcov = how, notes = FALSE,
                     fixef.rm = "none", fixef.tol = 1e-11, fixef.iter = 1e5)
  shown <- c(if (!length(effects)) "(Intercept)",
             ifelse(slopes %in% endogenous, paste0("fit_", slopes), slopes))
  cbind(coef(m)[shown], sqrt(diag(vcov(m)))[shown])
}}

is_nested <- function(effect, cluster)
  all(tapply(as.integer(cluster), effect, function(v) length(unique(v)) == 1))

# parameters that the rule of clustered errors counts
counted <- function(work, m, k, effects, clusters, rule) {{
  if (rule == "areg" || !length(effects)) return(m$rank)
  asked <- if (rule == "stata") effects[1] else effects
  nested <- Filter(function(e) any(sapply(clusters, function(g) is_nested(work[[e]], work[[g]]))), asked)
  if (!length(nested)) return(m$rank)
  others <- setdiff(effects, nested)
  if (!length(others)) return(k + 1)
  k + qr(model.matrix(reformulate(others), work))$rank
}}

# K of Driscoll-Kraay errors: as clusters of periods; as xtscc, which counts no entities
counted_over_time <- function(work, m, k, effects, entities, rule) {{
  if (rule != "stata" || !length(entities)) return(counted(work, m, k, effects, "period", rule))
  others <- setdiff(effects, entities)
  if (!length(others)) return(k + 1)
  k + qr(model.matrix(reformulate(others), work))$rank
}}

# Bartlett weights by the distance in time, in units of the smallest step between two periods
driscoll_kraay <- function(m, period, lag, K) {{
  sums <- rowsum(sandwich::estfun(m), period)
  periods <- nrow(sums)
  at <- suppressWarnings(as.numeric(rownames(sums)))
  if (anyNA(at)) at <- seq_len(periods)
  apart <- abs(outer(at, at, "-")) / min(diff(at))
  meat <- crossprod(sums, pmax(1 - apart / (lag + 1), 0) %*% sums)
  bread <- summary(m)$cov.unscaled
  n <- length(residuals(m))
  bread %*% meat %*% bread * periods / (periods - 1) * (n - 1) / (n - K)
}}

# negative eigenvalues of two-way errors are set to 0 on the scale of correlations, so that units
# do not matter (Cameron, Gelbach and Miller 2011); a constant is moved to the means for it
semidefinite <- function(V, added, means) {{
  move <- diag(nrow(V))
  if (length(means)) move[1, -1] <- means
  scale <- sqrt(diag(move %*% added %*% t(move)))
  parts <- eigen(move %*% V %*% t(move) / outer(scale, scale), symmetric = TRUE)
  if (min(parts$values) >= -1e-12 * max(parts$values, 1)) return(V)
  half <- scale * parts$vectors %*% diag(sqrt(pmax(parts$values, 0)), nrow(V))
  if (length(means)) move[1, -1] <- -means
  move %*% tcrossprod(half) %*% t(move)
}}

# two stages: fitted values take the place of endogenous regressors, residuals stay the true ones
two_stages <- function(work, slopes, effects, endogenous, instruments) {{
  true <- as.matrix(work[endogenous])
  outside <- c(setdiff(slopes, endogenous), instruments, effects)
  work[endogenous] <- lapply(endogenous, function(v) fitted(lm(reformulate(outside, v), work)))
  m <- lm(reformulate(c(slopes, effects), "y"), work)
  m$residuals <- m$residuals + drop((as.matrix(work[endogenous]) - true) %*% coef(m)[endogenous])
  m
}}

with_sandwich <- function(work, slopes, effects, kind, clusters, endogenous, instruments, rule, lag,
                          entities) {{
  m <- if (length(endogenous)) two_stages(work, slopes, effects, endogenous, instruments) else
    lm(reformulate(c(slopes, effects), "y"), work)
  n <- nrow(work)
  shown <- c(if (!length(effects)) "(Intercept)", slopes)
  V <- switch(kind,
    iid = vcov(m)[!is.na(coef(m)), !is.na(coef(m))],
    hc1 = sandwich::vcovHC(m, type = "HC1"),
    driscoll_kraay = driscoll_kraay(m, work$period, lag,
      counted_over_time(work, m, length(slopes), effects, entities, rule)),
    {{
      G <- min(sapply(clusters, function(g) nlevels(droplevels(work[[g]]))))
      K <- counted(work, m, length(slopes), effects, clusters, rule)
      plain <- function(g) sandwich::vcovCL(m, cluster = g, type = "HC0", cadjust = FALSE)
      V <- plain(work[[clusters[1]]])
      if (length(clusters) == 2) {{
        both <- interaction(work[[clusters[1]]], work[[clusters[2]]], drop = TRUE)
        added <- (V + plain(work[[clusters[2]]]))[shown, shown, drop = FALSE]
        means <- if (!length(effects)) colMeans(model.matrix(m)[, -1, drop = FALSE])
        V <- semidefinite(added - plain(both)[shown, shown, drop = FALSE], added, means)
        dimnames(V) <- list(shown, shown)
      }}
      V * G / (G - 1) * (n - 1) / (n - K)
    }})
  V <- V[shown, shown, drop = FALSE]
  cbind(coef(m)[shown], sqrt(diag(V)))
}}

estimate <- function(name, outcome, slopes, effects, kind, clusters, rule, lag, rows,
                     endogenous = character(), instruments = character()) {{
  d <- if (rows == "") panel else panel[panel[[rows]] == 1, , drop = FALSE]
  x <- paste0("x", seq_along(slopes))
  e <- if (length(effects)) paste0("e", seq_along(effects)) else character()
  g <- if (length(clusters)) paste0("g", seq_along(clusters)) else character()
  z <- if (length(instruments)) paste0("z", seq_along(instruments)) else character()
  work <- data.frame(y = d[[outcome]], period = d[["period"]])
  work[x] <- d[slopes]
  work[z] <- d[instruments]
  work[e] <- lapply(effects, function(v) factor(d[[v]]))
  work[g] <- lapply(clusters, function(v) factor(d[[v]]))
  fits_fixest <- has_fixest && rule == "fixest" && !kind %in% c("driscoll_kraay", "two_way")
  own <- x[slopes %in% endogenous]
  found <- if (fits_fixest) with_fixest(work, x, e, kind, g, own, z) else
    with_sandwich(work, x, e, kind, g, own, z, rule, lag, e[effects == "entity"])
  shown <- c(if (!length(effects)) "_cons", slopes)
  data.frame(model = name, name = shown, estimate = found[, 1], std_error = found[, 2],
             row.names = NULL)
}}

results <- rbind(
"""
TAIL = """\
)
print(results, digits = 6, row.names = FALSE)
results$estimate <- sprintf("%.17g", results$estimate)
results$std_error <- sprintf("%.17g", results$std_error)
write.csv(results, "study_R.csv", row.names = FALSE, fileEncoding = "UTF-8")
"""


def r_script(study: Exported) -> str:
    """Write an R script that estimates all regressions and leaves study_R.csv.

    Columns of study_R.csv: model, name, estimate, std_error, all digits.
    """
    calls = ",\n".join(f"  {_call(model)}" for model in study.models)
    others = "".join(
        f"# not repeated here: {_text(name)}, estimated by {estimator}\n"
        for name, estimator in study.left_out
    )
    return HEAD.format(file=_text(study.file)) + calls + "\n" + TAIL + others


def _call(model: ExportedModel) -> str:
    arguments = [
        f"name = {_text(model.name)}",
        f"outcome = {_text(model.outcome)}",
        f"slopes = {_vector(model.slopes)}",
        f"effects = {_vector(model.effects)}",
        f"kind = {_text(model.kind)}",
        f"clusters = {_vector(model.clusters)}",
        f"rule = {_text(model.rule)}",
        f"lag = {model.lag or 0}",
        f"rows = {_text(model.rows)}",
    ]
    if model.endogenous:
        arguments += [
            f"endogenous = {_vector(model.endogenous)}",
            f"instruments = {_vector(model.instruments)}",
        ]
    return f"estimate({', '.join(arguments)})"


def _text(value: str) -> str:
    """Quote a string for R."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    escaped = escaped.replace("\n", "\\n").replace("\r", "\\r")
    return f'"{escaped}"'


def _vector(values: tuple[str, ...]) -> str:
    return f"c({', '.join(_text(value) for value in values)})" if values else "character()"


STATA_HEAD = """\
* Estimates the regressions of the study again. Needs reghdfe: ssc install reghdfe, ssc install ftools{more}
version 14
clear all
import delimited using "{file}", varnames(nonames) rowrange(2) stringcols(1) asdouble encoding("UTF-8")
"""
PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,31}\Z")
RESERVED = re.compile(
    r"(_all|_b|_coef|_cons|_n|_N|_pi|_pred|_rc|_skip|byte|double|float|if|in|int|long|str|strL|using"
    r"|with|v\d+|id_\d+|var_\d+_*)\Z"
)
"""Words of Stata; v1, v2 … are the names before renaming, id_ and var_ those that the script gives."""


def stata_script(study: Exported) -> str:
    """Write a Stata script that estimates all regressions.

    Variables get names that Stata takes; what they were called stands in their labels.
    """
    names = safe_names(tuple(str(column) for column in study.frame.columns))
    more = ", ssc install ivreghdfe, ssc install ivreg2, ssc install ranktest"
    has_instruments = any(model.endogenous for model in study.models)
    lines = [STATA_HEAD.format(file=_inside(study.file), more=more if has_instruments else "")]
    for number, (column, name) in enumerate(names.items(), start=1):
        lines.append(f"rename v{number} {name}")
        lines.append(f'label variable {name} "{_inside(column)}"')
    texts = [
        str(column)
        for column in study.frame.columns
        if column != ENTITY and study.frame[column].dtype.kind not in "fiub"
    ]
    lines += [
        f"capture destring {name}, replace"
        for column, name in names.items()
        if column not in {ENTITY, *texts}
    ]
    groups = dict.fromkeys(
        key for model in study.models for key in (*model.effects, *model.clusters)
    )
    ids = {key: f"id_{number}" for number, key in enumerate(groups, start=1)}
    lines += [f"egen {ids[key]} = group({names[key]})" for key in groups]
    lines.append("")
    for model in study.models:
        lines += [f"* {_comment(model.name)}", *_commands(model, names, ids), ""]
    lines += [
        f"* not repeated here: {_comment(name)}, estimated by {estimator}"
        for name, estimator in study.left_out
    ]
    return "\n".join(lines)


def safe_names(columns: tuple[str, ...]) -> dict[str, str]:
    """Give each column a name that Stata takes: its own if it is one, else var_1, var_2.

    >>> safe_names(("gdp", "地区生产总值", "x × w"))
    {'gdp': 'gdp', '地区生产总值': 'var_2', 'x × w': 'var_3'}
    """
    used = {column for column in columns if _is_plain(column)}
    names: dict[str, str] = {}
    for number, column in enumerate(columns, start=1):
        name = column if _is_plain(column) else f"var_{number}"
        while name in used and name != column:
            name += "_"
        used.add(name)
        names[column] = name
    return names


def _is_plain(column: str) -> bool:
    return bool(PLAIN.match(column)) and not RESERVED.match(column)


def _commands(model: ExportedModel, names: dict[str, str], ids: dict[str, str]) -> list[str]:
    body = " ".join(names[column] for column in (model.outcome, *model.slopes))
    where = f" if {names[model.rows]} == 1" if model.rows else ""
    if model.endogenous:
        return [_two_stages(model, where, names, ids)]
    if model.kind == "driscoll_kraay":
        return _xtscc(model, body, where, names, ids)
    errors = _errors(model, ids)
    if not model.effects:
        return [f"regress {body}{where}{',' + errors if errors else ''}"]
    if model.rule == "areg" and len(model.clusters) < 2:
        first, *others = (ids[effect] for effect in model.effects)
        dummies = "".join(f" i.{other}" for other in others)
        return [f"areg {body}{dummies}{where}, absorb({first}){errors}"]
    absorbed = " ".join(ids[effect] for effect in model.effects)
    singletons = " keepsingletons" if model.keeps_singletons else ""
    return [f"reghdfe {body}{where}, absorb({absorbed}){errors}{singletons}"]


def _errors(model: ExportedModel, ids: dict[str, str]) -> str:
    if model.kind == "iid":
        return ""
    if model.kind == "hc1":
        return " vce(robust)"
    return f" vce(cluster {' '.join(ids[cluster] for cluster in model.clusters)})"


def _two_stages(
    model: ExportedModel, where: str, names: dict[str, str], ids: dict[str, str]
) -> str:
    """Two-stage least squares: ivreghdfe with effects, Stata's own command without."""

    def join(columns: tuple[str, ...]) -> str:
        return " ".join(names[column] for column in columns)

    exogenous = tuple(slope for slope in model.slopes if slope not in model.endogenous)
    left = f"{names[model.outcome]} {join(exogenous)}".rstrip()
    body = f"{left} ({join(model.endogenous)} = {join(model.instruments)}){where},"
    if not model.effects:
        return f"ivregress 2sls {body}{_errors(model, ids)} small"
    absorbed = " ".join(ids[effect] for effect in model.effects)
    # ivreghdfe takes robust and cluster() in the place of vce().
    errors = re.sub(r"vce\(cluster (.*)\)", r"cluster(\1)", _errors(model, ids))
    return f"ivreghdfe {body} absorb({absorbed}){errors.replace('vce(robust)', 'robust')}"


def _xtscc(
    model: ExportedModel, body: str, where: str, names: dict[str, str], ids: dict[str, str]
) -> list[str]:
    """Driscoll and Kraay's errors; xtscc leaves the entities out of the parameters it counts."""
    others = (effect for effect in model.effects if effect != ENTITY)
    dummies = "".join(f" i.{names[PERIOD] if e == PERIOD else ids[e]}" for e in others)
    fixed = " fe" if ENTITY in model.effects else ""
    remark = f": the study's errors are those of xtscc times {model.to_xtscc:.12g}"
    gaps = "* periods are missing: xtscc takes both sides of a gap as neighbours or stops, the study does not"
    return [
        *([gaps] if model.has_gaps else []),
        f"* xtscc (ssc install xtscc){remark if model.to_xtscc != 1.0 else ''}",
        "capture egen entity_id = group(entity)",
        f"xtset entity_id {names[PERIOD]}",
        f"xtscc {body}{dummies}{where},{fixed} lag({model.lag or 0})",
    ]


def _inside(value: str) -> str:
    """Keep a text inside quotes from being read as a macro, a comment or an end."""
    return _apart(re.sub(r"[\"`$\r\n]", " ", value))[:80]


def _comment(value: str) -> str:
    """Keep a text in a comment line from opening a block or going on in the next line."""
    return _apart(re.sub(r"[`$\r\n]", " ", value))


def _apart(value: str) -> str:
    """Set the signs of comments apart: Stata reads them in comment lines and inside quotes too.

    >>> _apart("a/*b*/ // c ///"), _apart("tools/x -> y | w")
    ('a/ *b* / / / c / / /', 'tools/x -> y | w')
    """
    return re.sub(r"(?<=/)(?=[/*])|(?<=\*)(?=/)", " ", value)
