"""An R script: fixest where it is installed, else base R with sandwich."""

from __future__ import annotations

from xinzhi.regression.export.exported import Exported, ExportedModel

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
