"""An R script: fixest where it is installed, else base R with sandwich."""

from __future__ import annotations

from xinzhi.econometrics.export.exported import Exported, ExportedModel

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

driscoll_kraay <- function(m, period, lag) {{
  sums <- rowsum(sandwich::estfun(m), period)
  periods <- nrow(sums)
  meat <- crossprod(sums)
  for (l in seq_len(lag)) {{
    g <- crossprod(sums[(l + 1):periods, , drop = FALSE], sums[1:(periods - l), , drop = FALSE])
    meat <- meat + (1 - l / (lag + 1)) * (g + t(g))
  }}
  bread <- summary(m)$cov.unscaled
  n <- length(residuals(m))
  bread %*% meat %*% bread * n / (n - m$rank)
}}

# negative eigenvalues of two-way errors are set to 0 (Cameron, Gelbach and Miller 2011)
semidefinite <- function(V) {{
  parts <- eigen(V, symmetric = TRUE)
  if (min(parts$values) >= 0) return(V)
  parts$vectors %*% (pmax(parts$values, 0) * t(parts$vectors))
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

with_sandwich <- function(work, slopes, effects, kind, clusters, endogenous, instruments, rule, lag) {{
  m <- if (length(endogenous)) two_stages(work, slopes, effects, endogenous, instruments) else
    lm(reformulate(c(slopes, effects), "y"), work)
  n <- nrow(work)
  V <- switch(kind,
    iid = vcov(m)[!is.na(coef(m)), !is.na(coef(m))],
    hc1 = sandwich::vcovHC(m, type = "HC1"),
    driscoll_kraay = driscoll_kraay(m, work$period, lag),
    {{
      G <- min(sapply(clusters, function(g) nlevels(droplevels(work[[g]]))))
      K <- counted(work, m, length(slopes), effects, clusters, rule)
      plain <- function(g) sandwich::vcovCL(m, cluster = g, type = "HC0", cadjust = FALSE)
      V <- plain(work[[clusters[1]]])
      if (length(clusters) == 2) {{
        both <- interaction(work[[clusters[1]]], work[[clusters[2]]], drop = TRUE)
        V <- V + plain(work[[clusters[2]]]) - plain(both)
      }}
      V * G / (G - 1) * (n - 1) / (n - K)
    }})
  shown <- c(if (!length(effects)) "(Intercept)", slopes)
  V <- V[shown, shown, drop = FALSE]
  if (kind == "two_way") V <- semidefinite(V)
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
  fits_fixest <- has_fixest && rule == "fixest" && kind != "driscoll_kraay"
  own <- x[slopes %in% endogenous]
  found <- if (fits_fixest) with_fixest(work, x, e, kind, g, own, z) else
    with_sandwich(work, x, e, kind, g, own, z, rule, lag)
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
    return HEAD.format(file=_text(study.file)) + calls + "\n" + TAIL


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
