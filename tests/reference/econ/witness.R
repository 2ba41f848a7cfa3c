# Figures of regressions that R finds, for tests that need no cases from outside the repository.
#   Rscript tests/reference/econ/witness.R, in the folder of the repository; needs plm, sandwich and lmtest.
# Grunfeld: ten firms, 1935-1954, public domain (docs/gallery/data/grunfeld). Longley: docs/gallery/data/longley.
# unbalanced.csv: simulated, ours (unbalanced.py).
suppressMessages({library(plm); library(sandwich); library(lmtest)})
out <- "tests/reference/econ"
put <- function(name, value) cat(sprintf("%s = [%s]\n", name, paste(sprintf("%.15g", value), collapse = ", ")), file = con)

# Least squares with a dummy for each level, and the rule that leaves out nested effects (fixest, reghdfe) or counts all (areg).
clustered <- function(m, by, k) {
  n <- nobs(m); g <- length(unique(by))
  vcovCL(m, cluster = by, type = "HC0", cadjust = FALSE) * g / (g - 1) * (n - 1) / (n - k)
}
block <- function(key, m, v, slopes, df) {
  cat(sprintf("\n[vcov.%s]\n", key), file = con)
  b <- coef(m)[slopes]; se <- sqrt(diag(v)[slopes])
  put("coef", b); put("se", se); put("t", b / se); put("p", 2 * pt(-abs(b / se), df)); cat(sprintf("df = %d\n", df), file = con)
}
wald <- function(m, v, slopes) drop(coef(m)[slopes] %*% solve(v[slopes, slopes], coef(m)[slopes])) / length(slopes)

d <- read.csv("docs/gallery/data/grunfeld/data.csv")
names(d) <- c("firm", "year", "inv", "value", "capital")
slopes <- c("value", "capital")
m <- lm(inv ~ value + capital + factor(firm) + factor(year), d)
con <- file(file.path(out, "grunfeld_fe_twoway.toml"), "w")
cat(sprintf("# Made by witness.R with %s, sandwich %s. Two-way within estimates by dummies.\n", R.version.string, packageVersion("sandwich")), file = con)
s <- summary(m); rss <- sum(resid(m)^2); df <- m$df.residual
without <- lm(inv ~ factor(firm) + factor(year), d)
cat(sprintf("N = %d\ndf_absorbed = %d\nF_iid_df = [2, %d]\nF_cluster_df = [2, 9]\n", nobs(m), nobs(m) - df - 2, df), file = con)
one <- function(name, x) cat(sprintf("%s = %.15g\n", name, x), file = con)
one("r2", s$r.squared); one("r2_adj", s$adj.r.squared); one("r2_within", 1 - rss / sum(resid(without)^2)); one("rss", rss)
f <- wald(m, vcov(m), slopes); one("F_iid", f); one("F_iid_p", pf(f, 2, df, lower.tail = FALSE))
one("cons_stata", mean(d$inv) - sum(colMeans(d[slopes]) * coef(m)[slopes]))
# fixest and reghdfe: k slopes, a constant and the 19 years that are not nested in firms; areg: all effects.
nested <- clustered(m, d$firm, 2 + 1 + 19); all <- clustered(m, d$firm, 2 + 1 + 19 + 9)
one("F_cluster", wald(m, nested, slopes))
pooled <- lm(inv ~ value + capital, d); firms <- lm(inv ~ value + capital + factor(firm), d)
a <- anova(pooled, m); one("F_all", a$F[2]); one("F_all_p", a$`Pr(>F)`[2])
b <- anova(firms, m); one("F_year", b$F[2]); one("F_year_p", b$`Pr(>F)`[2])
block("iid", m, vcov(m), slopes, df); block("hc1", m, vcovHC(m, "HC1"), slopes, df)
block("cluster", m, nested, slopes, 9L); block("cluster_areg", m, all, slopes, 9L)
close(con)

con <- file(file.path(out, "grunfeld_re_hausman.toml"), "w")
cat(sprintf("# Made by witness.R with plm %s: random effects of Swamy and Arora, Hausman's test, Breusch and Pagan's. Baltagi (2013), table 2.1 and section 4.3.\n", packageVersion("plm")), file = con)
p <- pdata.frame(d, c("firm", "year"))
re <- plm(inv ~ value + capital, p, model = "random"); fe <- plm(inv ~ value + capital, p, model = "within")
put("coef", coef(re)); put("se", sqrt(diag(vcov(re))))
e <- ercomp(re); one("sigma2_e", e$sigma2[["idios"]]); one("sigma2_u", e$sigma2[["id"]]); one("theta", unname(e$theta)[1])
h <- phtest(fe, re); one("hausman", h$statistic); one("hausman_p", h$p.value); put("diff", coef(fe) - coef(re)[slopes])
lm1 <- plmtest(pooled <- plm(inv ~ value + capital, p, model = "pooling"), type = "bp"); one("bp_lm", lm1$statistic); one("bp_lm_p", lm1$p.value)
close(con)

u <- read.csv(file.path(out, "unbalanced.csv"))
con <- file(file.path(out, "unbalanced.toml"), "w")
cat("# Made by witness.R. Simulated panel with gaps, missing cells and singletons; cities are nested in provinces.\n", file = con)
for (how in c("keep", "drop")) {
  v <- u[!is.na(u$x), ]
  if (how == "drop") v <- v[ave(v$x, v$city, FUN = length) > 1, ]
  m <- lm(y ~ x + c1 + factor(city) + factor(year), v); slopes <- c("x", "c1"); s <- summary(m)
  nc <- length(unique(v$city)); nt <- length(unique(v$year))
  cat(sprintf("\n[%s]\nN = %d\n", how, nobs(m)), file = con)
  put("coef", coef(m)[slopes]); root <- function(q) sqrt(diag(q)[slopes])
  put("se_iid", root(vcov(m)))
  # Rows with leverage 1 have residual 0: HC1 by hand.
  x <- model.matrix(m); bread <- chol2inv(qr.R(qr(x))); dimnames(bread) <- list(colnames(x), colnames(x))
  put("se_hc1", root(bread %*% crossprod(x * resid(m)) %*% bread * nobs(m) / m$df.residual))
  put("se_cluster_city", root(clustered(m, v$city, 2 + 1 + nt - 1)))
  put("se_cluster_prov", root(clustered(m, v$prov, 2 + 1 + nt - 1)))
  put("se_cluster_prov_full", root(clustered(m, v$prov, 2 + 1 + nt - 1 + nc - 1)))
  rss <- sum(resid(m)^2); within <- sum(resid(lm(y ~ factor(city) + factor(year), v))^2)
  put("r2", c(s$r.squared, s$adj.r.squared, 1 - rss / within))
}
close(con)
