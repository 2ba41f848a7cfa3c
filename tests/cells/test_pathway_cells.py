"""Pathways, what-if and the comparison: every printed cell, verdict word and sentence is what it says."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from scipy.stats import t as student

import cr2_by_hand
from printed import (
    BLANK,
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
from printed_charts import SVG, lanes_of
from xinzhi.report.build import content_of

OURS, LABEL = "talent_firms", "Talent through firms"
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
def judged(everything, total):
    """Error and degrees of freedom by which the effect of talent is judged: CR2 by hand, as 12 clusters are few."""
    return _judged(everything, total[0], {"talent": 1.0}, total[1], total[3])


def _judged(everything, found, weights, b, p):
    """Error and degrees of freedom of a sum of slopes from all rows; its estimate and p are those given."""
    again, error, df = cr2_by_hand.effect_in(everything.result.panel.frame, found, weights)
    # rounding: dummies instead of means
    assert (again, 2 * student.sf(abs(b) / error, df)) == pytest.approx((b, p))
    return error, df


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


def test_empowerment(everything, results, total, judged):
    """Slopes with the errors that judge them and stars: of all, of each group, and the test between them."""
    found, b, _, p = total
    judging = float(found.errors[found.position("talent")])
    assert judging == pytest.approx(judged[0])  # rounding
    cells = {("/", "talent"): estimate(b, p), ("/:std_error", "talent"): error(judging)}
    rows = {"/": "All", "/:std_error": ""}
    groups = results["heterogeneity"]["cities"].groupings["region"]
    for name, one in groups.groups:
        at = one.position("talent")
        key = f"region/{name}"
        rows |= {key: f"region: {name}", f"{key}:std_error": ""}
        cells[key, "talent"] = estimate(float(one.estimate[at]), float(one.p_value[at]))
        own = everything.result.panel.frame.loc[one.residuals.index]
        again = cr2_by_hand.effect_in(own, one, {"talent": 1.0})
        shown = (one.estimate[at], one.errors[at], one.df[at])
        assert again == pytest.approx(tuple(map(float, shown)))  # rounding
        cells[f"{key}:std_error", "talent"] = error(float(one.errors[at]))
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


def test_pathways_by_group(everything, total, judged, mediated):
    """The estimates that speak for all entities, with their bounds, and for how many it is supported."""
    _, b, _, p = total
    assert p < LEVEL
    assert mediated.interval.p_value < LEVEL
    assert mediated.indirect > 0
    reach = _reach(judged)
    drawn = mediated.interval
    effect, channel = f"{OURS}/talent -> green//", f"{OURS}/talent -> firms -> green//"
    rows = {
        OURS: LABEL,
        effect: "Talent, all entities",
        channel: "through firms",
    }
    cells = {(row, "n"): count(12) for row in rows} | {
        (row, "supported"): count(12) for row in rows
    }
    for row, value, low, high, tested in (
        (effect, b, b - reach, b + reach, p),
        (channel, mediated.indirect, drawn.low, drawn.high, drawn.p_value),
    ):
        cells |= {
            (row, "b"): number(value),
            (row, "low"): number(low),
            (row, "high"): number(high),
            (row, "p"): p_value(tested),
            (row, "verdict"): words(verdict(value, tested)),
        }
    columns = {
        "b": "b",
        "low": "Lower bound",
        "high": "Upper bound",
        "p": "p",
        "verdict": "Meaning",
        "n": "Entities",
        "supported": "Supported",
    }
    _check_close(
        everything,
        "pathways",
        Expected(columns, rows, cells, "Pathway, effect on Green efficiency"),
    )
    check_sentences(
        everything,
        "pathways",
        [
            "The estimates support a pathway for 12 of 12 entities.",
            f"{LABEL}: supported for 12 of 12 entities (all entities).",
            f"{LABEL}, by the entity's own level of policy: makes no difference that is shown (12).",
        ],
    )
    assert everything.tables["pathways"].part == "text"


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
        b, p = (float(x[at]) for x in (found.estimate, found.p_value))
        se, df = _judged(everything, found, {path.found.interaction: 1.0}, b, p)
        focal, outcome = path.focal, path.outcome
        key = f"{focal} -> {outcome} | policy"
        labels = {"talent": "Talent", "green": "Green efficiency"}
        rows[key] = f"policy on {labels.get(focal, focal)} → {labels.get(outcome, outcome)}"
        reach = _reach((se, df))
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


def _models(results, entity):
    """Name the peers of an entity with their years, shares, and whether they are in its region."""
    frame = results["typology"]["typology"].role_models.by_city
    assert frame["share"].groupby(level="entity").sum().round(9).max() <= 1
    groups = results["typology"]["typology"].groups["region"]
    told = []
    for key, row in frame.iterrows():
        if key[0] == entity:
            same = "; same region" if groups[entity] == groups[row["model"]] else ""
            told.append(f"{row['model']} {row['periods']} ({100 * row['share']:.0f}%{same})")
    return ", ".join(told[:3]) or "—"


def test_pathways_by_entity(everything, results, last):
    """Last score, what is found of the pathway, what lies below the median, and the role models."""
    columns = {"score": "Score", OURS: LABEL, "lacks": "Below the median of its group"}
    columns |= {"models": "Role models"}
    median = float(last["talent"].median())
    cells = {}
    for entity in last.index:
        own = float(last["talent"][entity])
        cells[entity, "score"] = number(float(last["green"][entity]))
        cells[entity, OURS] = words("supported")
        below = f"Talent ({digits(own)}, median {digits(median)})" if own < median else "—"
        cells[entity, "lacks"] = words(below)
        cells[entity, "models"] = words(_models(results, entity))
    rows = {entity: entity for entity in last.index}
    check(everything, "pathways_by_city", Expected(columns, rows, cells, "Entity"))


def test_two_rules(everything, results, last, total):
    """By entity: its own region significant and the other not, beside what the test of the difference says."""
    typology = results["typology"]["typology"]
    grouping = results["heterogeneity"]["cities"].groupings["region"]
    works = {}
    for name, one in grouping.groups:
        at = one.position("talent")
        works[name] = bool(one.estimate[at] > 0 and one.p_value[at] < LEVEL)
    _, b, _, p = total
    common = b > 0 and p < LEVEL
    assert float(typology.inputs.differences["p"].iloc[0]) >= LEVEL  # the common estimate speaks
    tells = len(set(works.values())) > 1
    columns = {
        f"{OURS}/significance": (LABEL, "As papers judge"),
        f"{OURS}/difference": (LABEL, "As the difference test judges"),
    }
    cells, pairs = {}, []
    for entity in last.index:
        region = str(typology.groups.loc[entity, "region"])
        first = works[region] if tells else common
        pairs.append((first, common))
        said = f"yes (region: {region})" if tells and first else "yes" if first else "no"
        cells[entity, f"{OURS}/significance"] = words(said)
        cells[entity, f"{OURS}/difference"] = words("yes" if common else "no")
    rows = {entity: entity for entity in last.index}
    check(everything, "pathways_two_rules", Expected(columns, rows, cells, "Entity"))
    both, first, second, neither = (
        pairs.count(pair) for pair in ((True, True), (True, False), (False, True), (False, False))
    )
    sentence = (
        f"{LABEL}: by both rules for {both} entities, only as papers judge for {first}, only as the "
        f"difference test judges for {second}, by neither for {neither}."
    )
    check_sentences(everything, "pathways_two_rules", [sentence])


def _reach(judged):
    """Half the width of the interval at the declared level."""
    error, df = judged
    return student.ppf(1 - LEVEL / 2, df) * error


def at_level(everything, path, w):
    """The effect along a moderated path at a level with error, p and degrees of freedom: CR2 by hand."""
    weights = {path.found.terms.focal: 1.0, path.found.interaction: w}
    frame = everything.result.panel.frame
    b, se, df = cr2_by_hand.effect_in(frame, path.found.estimates, weights)
    return b, se, float(2 * student.sf(abs(b / se), df)), df


def test_the_page_of_a_pathway(everything, results, last, total):
    """Effect, factor beside the median, and for the tool its level and the steps at this level."""
    paths = {f"{p.focal} -> {p.outcome}": p for p in results["moderation"]["tools"].paths}
    policy = everything.result.panel.frame["policy"].groupby(level="entity").last()
    columns = {
        "score": "Score",
        "effect": "b",
        "of": "Estimate for",
        "channels": "Channels",
        "level": ("Talent", "Value"),
        "median": ("Talent", "Median"),
        "policy:level": ("policy", "Value"),
        "policy:median": ("policy", "Median"),
        "policy:talent -> firms": ("policy", "Talent → firms"),
        "policy:firms -> green": ("policy", "firms → Green efficiency"),
        "policy:help": ("policy", "At this level"),
    }
    cells = {}
    for entity in last.index:
        w = float(policy[entity])
        cells |= {
            (entity, "score"): number(float(last["green"][entity])),
            (entity, "effect"): words(digits(total[1])),
            (entity, "of"): words("All"),
            (entity, "channels"): words("firms"),
            (entity, "level"): number(float(last["talent"][entity])),
            (entity, "median"): number(float(last["talent"].median())),
            (entity, "policy:level"): number(w),
            (entity, "policy:median"): number(float(policy.median())),
            (entity, "policy:help"): words("makes no difference that is shown"),
        }
        for name, path in paths.items():
            b, _, p, _ = at_level(everything, path, w)
            cells[entity, f"policy:{name}"] = estimate(b, p)
    rows = {entity: entity for entity in last.index}
    _check_close(everything, f"pathway_{OURS}", Expected(columns, rows, cells, "Entity"))
    check_sentences(
        everything,
        f"pathway_{OURS}",
        ["Factor: Talent. Channel: firms.", "region: east 6 of 6, other 6 of 6."],
    )


NOT_SHOWN = "no dose: the tool is not shown to change the step"


def test_doses_where_no_interaction_is_shown(everything, results, last):
    """No step is significant today and no tool is shown to change one: said once, no table."""
    policy = everything.result.panel.frame["policy"].groupby(level="entity").last()
    for path in results["moderation"]["tools"].paths:
        found = path.found.estimates
        assert float(found.p_value[found.position(path.found.interaction)]) >= LEVEL
        for entity in last.index:
            b, _, p, _ = at_level(everything, path, float(policy[entity]))
            assert not (b > 0 and p < LEVEL)
    table = everything.tables["pathways_doses"]
    assert (table.columns, table.rows, table.notes) == ((), (), ())
    check_sentences(
        everything,
        "pathways_doses",
        [
            f"policy on {step}: {NOT_SHOWN} ({len(last)})."
            for step in ("Talent → firms", "firms → Green efficiency")
        ],
    )
    written = table.machine["doses"]
    assert {row["answer"] for row in written} == {"not_shown"}
    assert [row["own"] for row in written[: len(last)]] == pytest.approx(policy.tolist())


def test_what_if(everything, last, total, judged):
    """Talent ten per cent higher: slope times a tenth of its value, and the interval of the slope."""
    b = total[1]
    cells = {}
    for entity in last.index:
        move = 0.1 * float(last["talent"][entity])
        reach = _reach(judged) * move
        cells[entity, "talent::change"] = number(b * move)
        cells[entity, "talent::ci_low"] = number(b * move - reach)
        cells[entity, "talent::ci_high"] = number(b * move + reach)
    above = "Talent +10%"
    columns = {
        "talent::change": (above, "Change"),
        "talent::ci_low": (above, "Lower bound"),
        "talent::ci_high": (above, "Upper bound"),
    }
    rows = {entity: entity for entity in last.index}
    _check_close(everything, "what_if", Expected(columns, rows, cells, "Entity"))
    median = digits(float((b * 0.1 * last["talent"]).median()))
    check_sentences(
        everything,
        "what_if",
        [
            f"Talent +10%: the median implied change is {median} (12 entities).",
        ],
    )


def _check_close(printed, name, expected):
    """Compare texts exactly; numbers behind them may differ by the order of operations."""
    grid = printed.grid(name, "html", "en")
    assert grid.headings == expected.headings
    for row, shown in zip(expected.rows, grid.rows, strict=True):
        wanted = [expected.cells.get((row, column), BLANK).text for column in expected.columns]
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


def test_the_page_of_an_entity(everything, results, last, total, judged, mediated):
    """Score and rank of its last year, what its pathway rests on, what a move of the factor implies."""
    profiles = content_of(everything.result).profiles
    assert [one.key for one in profiles.items] == list(last.index)
    b, reach = total[1], _reach(judged)
    for page in profiles.items:
        own = last.loc[page.key]
        said = [str(one) for one in page.sentences]
        assert said[0] == f"Score {digits(own['green'])} in 2015: rank {int(own['rank'])} of 12."
        assert set(_course(everything, page.key)) <= set(said)
        assert (
            f"{LABEL}: higher Talent goes with higher Green efficiency ({digits(b)}, 95% interval "
            f"{digits(b - reach)} to {digits(b + reach)}, estimate for all entities), in part through firms."
        ) in said
        assert in_english(f"Role models: {_models(results, page.key)}.") in said
        tables = {one.id: one for one in page.tables}
        (score, rank, _) = tables["scores"].rows[-1].cells
        assert (score.value, rank.value) == (float(own["green"]), own["rank"])
        effect, channel = ([c.value for c in row.cells[:4]] for row in tables["pathways"].rows[1:])
        assert effect == pytest.approx([b, b - reach, b + reach, total[3]])
        drawn = mediated.interval
        assert channel == [mediated.indirect, drawn.low, drawn.high, drawn.p_value]
        _check_own_level(everything, results, page.key, tables)
        (row,) = tables["what_if"].rows
        values = [cell.value for cell in row.cells]
        assert str(row.label) == "Talent +10%"
        assert values[0] == 2015
        assert values[1:4] == pytest.approx([own["talent"], 1.1 * own["talent"], own["green"]])
        assert values[4] - values[3] == pytest.approx(values[5])
        assert values[6] < values[5] < values[7]


def _course(everything, entity):
    """Write a second time how a score went: first, last and highest, and the class of the last."""
    scores = everything.result.results["efficiency"]["green"]
    own = {
        t: float(score)
        for (name, t), score in zip(scores.labels, scores.scores, strict=True)
        if name == entity
    }
    first, last, top = min(own), max(own), max(own, key=own.get)
    yield (
        f"The score was {digits(own[first])} in {first} and {digits(own[last])} in {last}; "
        f"its highest was {digits(own[top])} in {top}."
    )
    yield f"Class of the last score: {'low' if own[last] < 0.7 else 'high'}."


def _check_own_level(everything, results, entity, tables):
    """The effects at the level of the entity, and its levels beside the medians of all."""
    frame = everything.result.panel.frame[["talent", "policy"]].groupby(level="entity").last()
    rows = tables["tools"].rows
    assert str(rows[0].label) == f"{LABEL}: policy"
    for row, path in zip(rows[1:], results["moderation"]["tools"].paths, strict=True):
        b, se, p, df = at_level(everything, path, float(frame["policy"][entity]))
        reach = student.ppf(1 - LEVEL / 2, df) * se
        assert [c.value for c in row.cells[:4]] == pytest.approx([b, b - reach, b + reach, p])
        assert str(row.cells[4].value) == verdict(b, p)
    for row, name in zip(tables["levels"].rows, ("talent", "policy"), strict=True):
        values = [cell.value for cell in row.cells[:4]]
        assert values == pytest.approx([2015, frame[name][entity], frame[name].median(), 12])


def test_diagram_of_the_pathways(everything, results):
    """Each lane has its steps with their coefficients, the tools that change them, and for how many it holds."""
    (one,) = results["mediation"]["mechanism"].through
    svg = everything.charts["pathways_mechanism"].drawings["en"]
    said = [text.text for text in ET.fromstring(svg).iter(f"{SVG}text")]  # noqa: S314 - our own drawing
    pathway = results["typology"]["typology"].pathways

    names = {"talent": "Talent", "firms": "firms", "green": "Green efficiency"}
    lanes = {(arrow.source, arrow.target): (arrow.words, under) for arrow, under in lanes_of(svg)}
    assert len(lanes) == 2
    for found, source, target in ((one.first, "talent", "firms"), (one.second, "firms", "green")):
        at = found.position(source)
        b, p = float(found.estimate[at]), float(found.p_value[at])
        words = ("+" if b > 0 else "") + digits(b) + (stars(p) if p < LEVEL else "")
        over, under = lanes[names[source], names[target]]
        assert over == words, (source, target)
        tools = [
            f"policy {'+' if b > 0 else ''}{digits(b)}{stars(p)}"
            for path in results["moderation"]["tools"].paths
            for b, p in [_interaction(path.found)]
            if p < LEVEL and (path.focal, path.outcome) == (source, target)
        ]
        assert list(under) == tools, (source, target)
    n = sum(city.pathways[0].status == "supported" for city in pathway.by_city.values())
    total = len(pathway.by_city)
    held = " ".join(words for words in said if words.startswith(("supported", "entities")))
    assert held == (
        f"supported for {n} of {total} entities" if n else f"supported for none of {total} entities"
    )


def _interaction(found):
    at = found.estimates.position(found.interaction)
    return float(found.estimates.estimate[at]), float(found.estimates.p_value[at])


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
    agrees = dict.fromkeys(computed, "no") | {"table5.col1.N": "yes"}
    columns = {"printed": "Published", "computed": "Computed", "agrees": "Agrees"}
    rows = {
        "table5.col1.N": "table5, col1, N",
        "table5.col1.talent": "table5, col1, Talent",
        "table3.firms.talent": "table3, firms, Talent",
    }
    cells = {(key, "printed"): words(text) for key, text in published.items()}
    cells |= {(key, "computed"): words(text) for key, text in computed.items()}
    cells |= {(key, "agrees"): words(text) for key, text in agrees.items()}
    assert found.n == 72
    check(everything, "comparison", Expected(columns, rows, cells, "Printed in"))
    check_sentences(everything, "comparison", ["1 of 3 published figures agrees."])
    differs = {
        "table5.col1.talent": "standard error, stars",
        "table3.firms.talent": "z, stars, share",
    }
    del columns["agrees"]
    columns |= {
        "differs": "What differs",
        "explained_by": "Explained by",
        "reason": "Reason",
    }
    cells = {key: one for key, one in cells.items() if key[0] in differs and key[1] != "agrees"}
    cells |= {(key, "differs"): words(text) for key, text in differs.items()}
    cells |= {(key, "explained_by"): words("unexplained") for key in differs}
    cells |= {(key, "reason"): words("none is given") for key in differs}
    rows = {key: label for key, label in rows.items() if key in differs}
    check(everything, "comparison_missed", Expected(columns, rows, cells, "Printed in"))
    sentence = "2 of 3 published figures differ: 2 unexplained."
    check_sentences(everything, "comparison_missed", [sentence])


def _rounded(value):
    return f"{value:.5g}".replace("-", "−")
