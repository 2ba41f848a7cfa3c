"""What a table of regressions must show, from the estimates alone."""

from __future__ import annotations

from printed import count, error, estimate, number, p_value, words

EFFECTS = {"entity": "Entity fixed effects", "period": "Period fixed effects"}
FIT = {
    "r2_adj": ("Adjusted R²", lambda one: number(one.fit.r2_adjusted)),
    "r2_within": ("Within R²", lambda one: number(one.fit.r2_within)),
    "f": ("F", lambda one: number(one.fit.f)),
    "f_p": ("p-value of F", lambda one: p_value(one.fit.f_p)),
}


def regression_cells(estimates, slopes, names, judged=None):
    """Give labels of rows, and cells by (row, column); `judged` holds the p-values behind the stars."""
    rows, cells = {}, {}
    columns = [(f"c{at}", one) for at, one in enumerate(estimates, 1)]
    judged = judged or estimates
    for name in slopes:
        rows |= {name: names[name], f"{name}:std_error": ""}
        for (column, one), judge in zip(columns, judged, strict=True):
            if name in one.names:
                at, by = one.names.index(name), judge.names.index(name)
                cells[name, column] = estimate(one.estimate[at], judge.p_value[by])
                cells[f"{name}:std_error", column] = error(one.std_error[at])
    rows["_cons"] = "Constant"
    for column, one in columns:
        if one.constant is None:  # beside instruments it has no test
            cells["_cons", column] = number(one.fit.constant)
        else:
            rows["_cons:std_error"] = ""
            cells["_cons", column] = estimate(one.fit.constant, one.constant.p_value)
            cells["_cons:std_error", column] = error(one.constant.std_error)
    effects = dict.fromkeys(e for _, one in columns for e in one.regression.effects)
    for effect in effects:
        rows[f"effects:{effect}"] = EFFECTS[effect]
        for column, one in columns:
            has = effect in dict(one.effects)
            cells[f"effects:{effect}", column] = words("yes" if has else "no")
    rows |= {"n": "Observations (N)", "n_entities": "Entities"}
    for column, one in columns:
        cells["n", column] = count(len(one.residuals))
        cells["n_entities", column] = count(one.residuals.index.get_level_values(0).nunique())
    counted, shown = _counted(columns)
    rows |= counted
    cells |= shown
    for key, (label, cell) in FIT.items():
        rows[key] = label
        cells |= {(key, column): cell(one) for column, one in columns}
    return rows, cells


def _counted(columns):
    """Clusters and rows left out, where there are any."""
    rows, cells = {}, {}
    clustered = {
        c: min(n for _, n in one.covariance.clusters)
        for c, one in columns
        if one.covariance.clusters
    }
    if clustered:
        rows["n_clusters"] = "Clusters"
        cells |= {("n_clusters", column): count(n) for column, n in clustered.items()}
    for key, label in (
        ("n_missing", "Excluded: missing values"),
        ("n_singletons", "Excluded: singletons"),
    ):
        if any(getattr(one, key) for _, one in columns):
            rows[key] = label
            cells |= {(key, column): count(getattr(one, key)) for column, one in columns}
    return rows, cells
