"""Tables of space and time: every cell is computed again from the scores."""

from __future__ import annotations

import math
from statistics import fmean, stdev

import pytest

from printed import Expected, check, check_sentences, count, digits, number, p_value, percent, words
from score_cells import scores_of, settled

YEARS = range(2010, 2016)
DATES = (2010, 2015)
REGIONS = ("east", "other")


@pytest.fixture
def scores(everything):
    return scores_of(everything)


@pytest.fixture
def region(everything):
    """The region of each place, from the raw column."""
    codes = everything.result.panel.frame["region"].groupby(level=0).first()
    return {place: REGIONS[int(code) != 1] for place, code in codes.items()}


def of_year(scores, year):
    return {place: s for (place, y), s in scores.items() if y == year}


def test_regions(everything, scores, region):
    """Scores of each class by region at the dates."""
    rows, cells = {}, {}
    for year in DATES:
        for name in REGIONS:
            key = f"{year}/{name}"
            values = [s for place, s in of_year(scores, year).items() if region[place] == name]
            low = sum(s < 0.7 for s in values)
            rows[key] = f"{year} {name}"
            cells |= {
                (key, "low"): count(low), (key, "high"): count(len(values) - low),
                (key, "total"): count(len(values)),
            }  # fmt: skip
    columns = {"low": "low", "high": "high", "total": "Total"}

    check(everything, "green_regions", Expected(columns, rows, cells, "Period and region"))


def test_transitions(everything, scores):
    """From the class in a row to the class in a column, counted from year to year."""
    moves = dict.fromkeys([(a, b) for a in ("low", "high") for b in ("low", "high")], 0)
    for (place, year), score in scores.items():
        if (place, year + 1) in scores:
            after = scores[place, year + 1]
            moves["low" if score < 0.7 else "high", "low" if after < 0.7 else "high"] += 1
    rows, cells = {}, {}
    for a in ("low", "high"):
        n = moves[a, "low"] + moves[a, "high"]
        rows[a] = a
        cells |= {(a, b): number(moves[a, b] / n) for b in ("low", "high")} | {(a, "n"): count(n)}
    rows |= {"long_run": "In the long run", "long_run:interval": "95% interval"}
    rise = moves["low", "high"] / (moves["low", "low"] + moves["low", "high"])
    fall = moves["high", "low"] / (moves["high", "low"] + moves["high", "high"])
    long_run = {"low": fall / (rise + fall), "high": rise / (rise + fall)}
    found = everything.result.results["transitions"]["green"].transitions
    for b in ("low", "high"):
        assert found.long_run[b] == pytest.approx(long_run[b])  # rounding
        low, high = found.long_run_interval.loc[b]
        cells["long_run", b] = number(found.long_run[b])
        cells["long_run:interval", b] = words(f"[{low:.2f}, {high:.2f}]")
    for a in ("low", "high"):
        rows |= {f"{a}:moves": f"Transitions from {a}", f"{a}:interval": "95% interval"}
        n = moves[a, "low"] + moves[a, "high"]
        for b in ("low", "high"):
            low, high = wilson(moves[a, b], n)
            cells[f"{a}:moves", b] = count(moves[a, b])
            cells[f"{a}:interval", b] = words(f"[{low:.2f}, {high:.2f}]")
    columns = {"low": "low", "high": "high", "n": "Number of transitions"}

    check(everything, "green_transitions", Expected(columns, rows, cells, "From class"))


def wilson(k, n):
    """Wilson's 95 % interval of a share."""
    z = 1.959963984540054
    centre, half = (
        (k + z**2 / 2) / (n + z**2),
        z / (n + z**2) * math.sqrt(k * (n - k) / n + z**2 / 4),
    )
    return centre - half, centre + half


def test_paths(everything, scores):
    """Paths from the first date to the last, most common first, and what they come to."""
    first, last = (of_year(scores, year) for year in DATES)
    paths = {}
    for place in first:
        path = tuple("low" if one[place] < 0.7 else "high" for one in (first, last))
        paths[path] = paths.get(path, 0) + 1
    ordered = sorted(paths, key=lambda path: -paths[path])
    assert len(set(paths.values())) == len(paths)
    rows = {" > ".join(path): " → ".join(path) for path in ordered}
    cells = {(" > ".join(path), "n"): count(paths[path]) for path in ordered}
    kinds = {
        "stayed": (
            "stayed in its class",
            paths.get(("low", "low"), 0) + paths.get(("high", "high"), 0),
        ),
        "rose": ("rose", paths.get(("low", "high"), 0)),
        "fell": ("fell", paths.get(("high", "low"), 0)),
        "mixed": ("rose and fell", 0),
    }
    rows |= {key: label for key, (label, _) in kinds.items()}
    cells |= {(key, "n"): count(n) for key, (_, n) in kinds.items()}

    check(everything, "green_paths", Expected({"n": "Entities"}, rows, cells, "Path"))


@pytest.mark.parametrize(("name", "is_top"), [("green_top", True), ("green_bottom", False)])
def test_ends(everything, scores, region, name, is_top):
    """The three highest, or lowest, of each date in order, and how many of each region."""
    rows = {str(n): str(n) for n in (1, 2, 3)} | {f"region/{one}": one for one in REGIONS}
    cells = {}
    for year in DATES:
        found = of_year(scores, year)
        places = sorted(found, key=lambda place: -found[place] if is_top else found[place])[:3]
        cells |= {(str(n), str(year)): words(place) for n, place in enumerate(places, 1)}
        for one in REGIONS:
            n = sum(region[place] == one for place in places)
            cells[f"region/{one}", str(year)] = count(n)
    columns = {str(year): str(year) for year in DATES}

    check(everything, name, Expected(columns, rows, cells, "Place"))


def test_ranks(everything, scores):
    """One is the highest score of its year; the best of the last date stands first."""
    ranks = {
        year: {
            p: 1 + sum(o > s for o in of_year(scores, year).values())
            for p, s in of_year(scores, year).items()
        }
        for year in DATES
    }
    ordered = sorted(ranks[2015], key=lambda place: ranks[2015][place])
    cells = {(p, str(year)): count(ranks[year][p]) for p in ordered for year in DATES}
    columns = {str(year): str(year) for year in DATES}

    check(everything, "green_ranks", Expected(columns, {p: p for p in ordered}, cells, "Entity"))


def test_sigma(everything, scores):
    """Dispersion of each year."""
    rows, cells, numbers = {str(year): str(year) for year in YEARS}, {}, {}
    for year in YEARS:
        values = list(of_year(scores, year).values())
        logs = [math.log(s) for s in values]
        cells[str(year), "n"] = count(len(values))
        numbers |= {
            (str(year), "mean"): fmean(values),
            (str(year), "sd"): stdev(values),
            (str(year), "cv"): stdev(values) / fmean(values),
            (str(year), "sd_log"): stdev(logs),
        }
    cells |= settled(everything, "green_sigma", numbers)
    columns = {
        "n": "n",
        "mean": "Mean",
        "sd": "SD",
        "cv": "Coefficient of variation",
        "sd_log": "SD of logs",
    }

    check(everything, "green_sigma", Expected(columns, rows, cells, "Period"))


def test_beta(everything, scores):
    """Growth regressed on the start, by the formula of one regressor."""
    first, last = of_year(scores, 2010), of_year(scores, 2015)
    x = [math.log(first[p]) for p in first]
    y = [(math.log(last[p]) - math.log(first[p])) / 5 for p in first]
    slope = sum((a - fmean(x)) * b for a, b in zip(x, y, strict=True)) / sum(
        (a - fmean(x)) ** 2 for a in x
    )
    speed = -math.log(1 + 5 * slope) / 5
    found = everything.result.results["convergence"]["green"].beta
    assert (found.beta, found.speed, found.half_life) == pytest.approx(
        (slope, speed, math.log(2) / speed)
    )
    cells = {
        ("beta", "value"): number(found.beta), ("std_error", "value"): number(found.std_error),
        ("p", "value"): p_value(found.p_value), ("speed", "value"): number(found.speed),
        ("speed_error", "value"): number(found.speed_error),
        ("half_life", "value"): number(found.half_life),
        ("span", "value"): count(5), ("n", "value"): count(len(x)),
    }  # fmt: skip
    rows = {
        "beta": "β", "std_error": "Standard error", "p": "p", "speed": "Speed per period",
        "speed_error": "Standard error of the speed", "half_life": "Half-life in periods",
        "span": "Periods of growth", "n": "Growth rates",
    }  # fmt: skip

    check(everything, "green_beta", Expected({"value": "Value"}, rows, cells))


def theil_of(values):
    """Theil's T: mean of the relative scores times their logarithms."""
    return fmean(s / fmean(values) * math.log(s / fmean(values)) for s in values)


def test_theil(everything, scores, region):
    """Inequality in all, within the regions and between their means; the share is that between."""
    rows, cells, numbers, shares = {str(year): str(year) for year in YEARS}, {}, {}, {}
    for year in YEARS:
        found = of_year(scores, year)
        parts = [[s for p, s in found.items() if region[p] == one] for one in REGIONS]
        total, everyone = sum(found.values()), list(found.values())
        within = sum(sum(part) / total * theil_of(part) for part in parts)
        between = sum(sum(part) / total * math.log(fmean(part) / fmean(everyone)) for part in parts)
        key = str(year)
        cells[key, "n"] = count(len(everyone))
        numbers |= {
            (key, "total"): theil_of(everyone), (key, "within"): within, (key, "between"): between,
        }  # fmt: skip
        shares[key, "share_between"] = between / theil_of(everyone)
    cells |= settled(everything, "green_theil", numbers)
    cells |= {
        key: percent(shown.value)
        for key, shown in settled(everything, "green_theil", shares).items()
    }
    columns = {
        "n": "n", "total": "Theil T", "within": "Within regions", "between": "Between regions",
        "share_between": "Share between",
    }  # fmt: skip
    chinese = {"within": "区域内", "between": "区域间"}

    check(everything, "green_theil", Expected(columns, rows, cells, "Period", chinese))
    first, last = (shares[str(year), "share_between"] for year in DATES)
    sentence = (
        f"{digits(100 * last, 1)}% of the inequality in 2015 lies between the regions, after "
        f"{digits(100 * first, 1)}% in 2010."
    )
    check_sentences(everything, "green_theil", [sentence])


def gini_of(one, other):
    """Mean difference of two groups beside the sum of their means."""
    gaps = [abs(a - b) for a in one for b in other]
    return fmean(gaps) / (fmean(one) + fmean(other))


def test_dagum(everything, scores, region):
    """Gini's ratio, what lies within the regions, between their means, and where they overlap."""
    rows, cells, numbers, shares = {str(year): str(year) for year in YEARS}, {}, {}, {}
    for year in YEARS:
        found = of_year(scores, year)
        high, low = sorted(
            ([s for p, s in found.items() if region[p] == one] for one in REGIONS),
            key=fmean,
            reverse=True,
        )
        everyone = [*high, *low]
        gini = gini_of(everyone, everyone)
        n, mean = len(everyone), fmean(everyone)
        within = sum(gini_of(g, g) * len(g) / n * sum(g) / (n * mean) for g in (high, low))
        ahead = fmean(max(a - b, 0) for a in high for b in low)
        behind = fmean(max(b - a, 0) for a in high for b in low)
        weight = (len(high) * sum(low) + len(low) * sum(high)) / (n * n * mean)
        affluence = (ahead - behind) / (ahead + behind)
        between = gini_of(high, low) * weight * affluence
        key = str(year)
        cells[key, "n"] = count(n)
        numbers[key, "gini"] = gini
        shares |= {
            (key, "share_within"): within / gini, (key, "share_between"): between / gini,
            (key, "share_transvariation"): (gini - within - between) / gini,
        }  # fmt: skip
    cells |= settled(everything, "green_dagum", numbers)
    cells |= {
        key: percent(shown.value)
        for key, shown in settled(everything, "green_dagum", shares).items()
    }
    columns = {
        "n": "n", "gini": "Gini ratio", "share_within": "Share within regions",
        "share_between": "Share between regions (net)", "share_transvariation": "Share of overlap",
    }  # fmt: skip

    check(everything, "green_dagum", Expected(columns, rows, cells, "Period"))


def test_moran(everything):
    """Moran's I by year with both tests; without association it is -1/(n - 1)."""
    frame = everything.result.results["moran"]["green"].by_period
    rows, cells = {}, {}
    for year in YEARS:
        found, key = frame.loc[year], str(year)
        rows[key] = key
        assert found["expected"] == pytest.approx(-1 / (found["n"] - 1))
        cells |= {
            (key, "n"): count(int(found["n"])), (key, "moran"): number(found["moran"]),
            (key, "expected"): number(found["expected"]), (key, "z"): number(found["z"]),
            (key, "p"): p_value(found["p"]), (key, "p_permutation"): p_value(found["p_permutation"]),
        }  # fmt: skip
    columns = {
        "n": "n", "moran": "Moran's I", "expected": "Expected", "z": "z", "p": "p",
        "p_permutation": "p (permutation)",
    }  # fmt: skip

    check(everything, "green_moran", Expected(columns, rows, cells, "Period"))
