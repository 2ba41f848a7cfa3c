"""Pathways, what-if and the comparison: every printed cell, verdict word and sentence is what it says."""

from __future__ import annotations

import pytest
from scipy.stats import t as student

from printed import (
    Expected,
    check,
    check_sentences,
    count,
    digits,
    error,
    estimate,
    in_english,
    number,
    p_value,
    percent,
    stars,
    words,
)
from printed_charts import Arrow, arrows_of
from xinzhi.report.material import material_of

RULES = {
    "education_upgrading": "Education-driven upgrading of factors",
    "equipment_diversifying": "Equipment-driven diversification",
    "technology_substitution": "Technology-led industrial succession",
}
OURS = "technology_substitution"
LEVEL = 0.05
BADS = ("labour", "capital", "waste")


@pytest.fixture(scope="module")
def results(everything):
    return everything.result.results


@pytest.fixture(scope="module")
def total(results):
    """Effect of talent on the score, of the first table."""
    found = results["tables"]["baseline"].columns[0]
    at = found.position("talent")
    return found, *(float(x[at]) for x in (found.estimate, found.std_error, found.p_value))


@pytest.fixture(scope="module")
def mediated(results):
    (found,) = results["mediation"]["mechanism"].effects
    return found


@pytest.fixture(scope="module")
def last(everything):
    """Last score of each entity, its talent then, and its rank."""
    frame = everything.result.panel.frame[["green", "talent"]].astype(float)
    rank = frame["green"].groupby(level="period").rank(ascending=False, method="min")
    return frame.assign(rank=rank).groupby(level="entity").last()


def verdict(b, p):
    """Say what an effect does."""
    if p >= LEVEL:
        return "not statistically significant"
    return f"{sign(b)} association"


def sign(b):
    """Name the sign."""
    return "positive" if b > 0 else "negative"


def test_empowerment(everything, results, total):
    """Slopes with their errors and stars: of all, of each group, and the test between them."""
    _, b, se, p = total
    cells = {("/", "talent"): estimate(b, p), ("/:std_error", "talent"): error(se)}
    rows = {"/": "All", "/:std_error": ""}
    groups = results["heterogeneity"]["cities"].groupings["region"]
    for name, one in groups.groups:
        at = one.position("talent")
        key = f"region/{name}"
        rows |= {key: f"region: {name}", f"{key}:std_error": ""}
        cells[key, "talent"] = estimate(float(one.estimate[at]), float(one.p_value[at]))
        cells[f"{key}:std_error", "talent"] = error(float(one.std_error[at]))
    rows["region:difference"] = "region: p of the difference"
    test = results["typology"]["typology"].inputs.differences
    assert list(test["path"]) == ["talent -> green"]
    cells["region:difference", "talent"] = p_value(float(test["p"].iloc[0]))
    check(everything, "empowerment", Expected({"talent": "Talent"}, rows, cells, "Group"))
    check_sentences(
        everything,
        "empowerment",
        [f"Talent and Green efficiency, all entities: {verdict(b, p)}."],
    )


def test_counts_of_pathways(everything, total, mediated):
    """The factor works and so does the channel: the pathway of both is open to all entities."""
    assert total[3] < LEVEL
    assert mediated.interval.p_value < LEVEL
    assert mediated.indirect > 0
    cells = {(rule, "untested"): count(12) for rule in RULES} | {
        (rule, "supported"): count(0) for rule in RULES
    }
    cells |= {(OURS, "supported"): count(12), (OURS, "untested"): count(0)}
    columns = {"supported": "supported", "untested": "not estimated"}
    check(everything, "pathways", Expected(columns, RULES, cells, "Pathway"))
    check_sentences(
        everything,
        "pathways",
        [
            "The estimates support a pathway for 12 of 12 entities.",
            f"{RULES[OURS]}: 12 of 12 entities.",
        ],
    )


def test_evidence(everything, results, mediated):
    """Channel and tools: estimate, error, interval that leaves out zero where p is below the level."""
    rows, cells = {}, {}
    test = mediated.sobel
    key = "talent -> firms -> green | "
    rows[key] = "Talent → firms → Green efficiency"
    drawn = mediated.interval
    b, p = mediated.indirect, drawn.p_value
    assert (p < LEVEL) == (not drawn.low <= 0 <= drawn.high)
    cells |= _evidence(key, b, test.std_error, p, (drawn.low, drawn.high), verdict(b, p))
    for path in results["moderation"]["tools"].paths:
        found = path.found.estimates
        at = found.position(path.found.interaction)
        b, se, p = (float(x[at]) for x in (found.estimate, found.std_error, found.p_value))
        focal, outcome = path.focal, path.outcome
        key = f"{focal} -> {outcome} | policy"
        labels = {"talent": "Talent", "green": "Green efficiency"}
        rows[key] = f"policy on {labels.get(focal, focal)} → {labels.get(outcome, outcome)}"
        reach = student.ppf(1 - LEVEL / 2, found.covariance.df) * se
        said = "not statistically significant" if p >= LEVEL else f"{sign(b)} interaction"
        cells |= _evidence(key, b, se, p, (b - reach, b + reach), said)
    columns = {
        "b": "b",
        "se": "Standard error",
        "low": "Lower bound",
        "high": "Upper bound",
        "p": "p",
        "verdict": "Meaning",
    }
    _check_close(everything, "pathways_evidence", Expected(columns, rows, cells, "Effect"))


def _evidence(key, b, se, p, bounds, said):
    return {
        (key, "b"): estimate(b, p),
        (key, "se"): number(se),
        (key, "low"): number(bounds[0]),
        (key, "high"): number(bounds[1]),
        (key, "p"): p_value(p),
        (key, "verdict"): words(said),
    }


def test_pathways_by_entity(everything, results, last):
    """Last score, what is found of each pathway, and the role models with their shares."""
    columns = {"score": "Score", **RULES}
    columns |= {"helps": "Tools that help", "hinders": "Tools that hinder", "models": "Role models"}
    shares = results["typology"]["typology"].role_models.by_city["share"]
    assert shares.groupby(level="entity").sum().round(9).max() <= 1
    names = results["typology"]["typology"].role_models.by_city["model"]
    cells = {}
    for entity in last.index:
        cells[entity, "score"] = number(float(last["green"][entity]))
        cells |= {(entity, rule): words("not estimated") for rule in RULES}
        cells[entity, OURS] = words("supported")
        cells |= {(entity, key): words("—") for key in ("helps", "hinders")}
        told = [
            f"{names[key]} ({100 * shares[key]:.0f}%)" for key in shares.index if key[0] == entity
        ]
        cells[entity, "models"] = words(", ".join(told) or "—")
    rows = {entity: entity for entity in last.index}
    check(everything, "pathways_by_city", Expected(columns, rows, cells, "Entity"))


def test_what_if(everything, last, total):
    """Talent ten per cent higher: slope times a tenth of its value, and the interval of the slope."""
    found, b, se, _ = total
    cells = {}
    for entity in last.index:
        move = 0.1 * float(last["talent"][entity])
        reach = student.ppf(0.975, found.covariance.df) * se * move
        cells[entity, "talent:change"] = number(b * move)
        cells[entity, "talent:low"] = number(b * move - reach)
        cells[entity, "talent:high"] = number(b * move + reach)
    above = "Talent +10%"
    columns = {
        "talent:change": (above, "Change"),
        "talent:low": (above, "Lower bound"),
        "talent:high": (above, "Upper bound"),
    }
    rows = {entity: entity for entity in last.index}
    _check_close(everything, "what_if", Expected(columns, rows, cells, "Entity"))
    median = digits(float((b * 0.1 * last["talent"]).median()))
    check_sentences(
        everything,
        "what_if",
        [
            (
                f"Talent +10%: the median implied change is {median}; the estimate behind it is "
                "statistically significant for 12 of 12 entities."
            )
        ],
    )


def _check_close(printed, name, expected):
    """Compare texts exactly; numbers behind them may differ by the order of operations."""
    grid = printed.grid(name, "html", "en")
    assert grid.headings == expected.headings
    for row, shown in zip(expected.rows, grid.rows, strict=True):
        wanted = [expected.cells[row, column].text for column in expected.columns]
        assert list(shown) == [in_english(expected.rows[row]), *wanted]


def test_distance(everything, results):
    """What each entity would use and emit less, and make more, on the frontier."""
    found = results["efficiency"]["green"]
    frame = everything.result.panel.frame
    variables = list(found.variables)
    columns = {
        f"{name}:{key}": (name, heading)
        for name in variables
        for key, heading in (("gap", "Gap"), ("share", "Share"))
    }
    rows, cells = {}, {}
    for at, (entity, period) in sorted(enumerate(found.labels), key=lambda one: one[1]):
        if period != 2015:
            continue
        key = f"{entity} {period}"
        rows[key] = f"{entity}, {period}"
        for name, target in zip(variables, found.targets[at], strict=True):
            value = float(frame[name][entity, period])
            gap = value - target if name in BADS else target - value
            gap = gap if abs(gap) > 1e-6 * value else 0.0
            cells[key, f"{name}:gap"] = number(gap)
            cells[key, f"{name}:share"] = percent(gap / value)
    order = list(results["typology"]["typology"].measured_variables)
    assert order == variables
    _check_close(
        everything, "distance_to_frontier", Expected(columns, rows, cells, "Entity, period")
    )


def test_the_page_of_an_entity(everything, last):
    """Score and rank of its last year, what its pathway rests on, what a move of the factor implies."""
    profiles = material_of(everything.result).profiles
    assert [one.key for one in profiles.items] == list(last.index)
    for page in profiles.items:
        own = last.loc[page.key]
        said = [str(one) for one in page.sentences]
        assert said[0] == f"Score {digits(own['green'])} in 2015: rank {int(own['rank'])} of 12."
        assert f"{RULES[OURS]}: Talent works, through firms." in said
        tables = {one.id: one for one in page.tables}
        (score, rank, _) = tables["scores"].rows[-1].cells
        assert (score.value, rank.value) == (float(own["green"]), own["rank"])
        (row,) = tables["what_if"].rows
        values = [cell.value for cell in row.cells]
        assert str(row.label) == "Talent +10%"
        assert values[0] == 2015
        assert values[1:4] == pytest.approx([own["talent"], 1.1 * own["talent"], own["green"]])
        assert values[4] - values[3] == pytest.approx(values[5])
        assert values[6] < values[5] < values[7]


def test_arrows_of_the_pathways(everything, results):
    """The diagram has the equations of the mediation: factor to channel, channel to outcome."""
    (one,) = results["mediation"]["mechanism"].through
    drawn = arrows_of(everything.charts["pathways_mechanism"].drawings["en"])
    labels = {"talent": "Talent", "green": "Green efficiency"}
    wanted = []
    for found, source, target in (
        (one.first, "talent", "firms"),
        (one.second, "firms", "green"),
        (one.second, "talent", "green"),
    ):
        at = found.position(source)
        b, p = float(found.estimate[at]), float(found.p_value[at])
        look = "unclear" if p >= LEVEL else "positive" if b > 0 else "negative"
        names = labels.get(source, source), labels.get(target, target)
        wanted.append(Arrow(*names, look, ("+" if b > 0 else "") + digits(b) + stars(p)))
    assert set(drawn) <= set(wanted)
    assert {wanted[0], wanted[1]} <= set(drawn)


def test_comparison(everything, total, mediated):
    """Published beside computed: reached, missed, what differs, and that nobody says why."""
    found, b, se, _ = total
    test = mediated.sobel.sobel
    computed = {
        "table5.col1.N": "72",
        "table5.col1.talent": f"{_rounded(b)}*** ({_rounded(se)})",
        "table3.firms.talent": f"{_rounded(mediated.indirect)}* (z {_rounded(test.value)}), —",
    }
    published = {
        "table5.col1.N": "72",
        "table5.col1.talent": "0.1 (0.1)",
        "table3.firms.talent": "0.1 (z 1.0), 50%",
    }
    agrees = dict.fromkeys(computed, "missed") | {"table5.col1.N": "yes"}
    columns = {"printed": "Published", "computed": "Computed", "agrees": "Agrees"}
    rows = {key: key for key in computed}
    cells = {(key, "printed"): words(text) for key, text in published.items()}
    cells |= {(key, "computed"): words(text) for key, text in computed.items()}
    cells |= {(key, "agrees"): words(text) for key, text in agrees.items()}
    assert found.n == 72
    check(everything, "comparison", Expected(columns, rows, cells, "Printed in"))
    check_sentences(everything, "comparison", ["1 of 3 printed figures are reached."])
    differs = {
        "table5.col1.talent": "standard error, stars",
        "table3.firms.talent": "z, stars, share",
    }
    del columns["agrees"]
    columns |= {"differs": "What differs", "reason": "Reason"}
    cells = {key: one for key, one in cells.items() if key[0] in differs and key[1] != "agrees"}
    cells |= {(key, "differs"): words(text) for key, text in differs.items()}
    cells |= {(key, "reason"): words("none is given") for key in differs}
    rows = {key: key for key in differs}
    check(everything, "comparison_missed", Expected(columns, rows, cells, "Printed in"))


def _rounded(value):
    return f"{value:.5g}".replace("-", "−")
