"""Running text on effects, written a second time from drawn estimates: names, signs, counts and what is left of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

import made_report
import second_writer as again
from made_shown import asked
from xinzhi.analyses.effects import (
    Effect,
    Pair,
    compare_with_defaults,
    compare_with_printed,
    summarise_remaining,
)
from xinzhi.analyses.heterogeneity import show as of_groups
from xinzhi.analyses.heterogeneity.compute import GroupComparisons
from xinzhi.analyses.mediation import show as of_channels
from xinzhi.analyses.moderation import show as of_tools
from xinzhi.analyses.regressions import show as of_slopes
from xinzhi.analyses.regressions.compute import RegressionColumns
from xinzhi.analyses.regressions.show import Size, sizes_in_words
from xinzhi_core.wording import message, say
from xinzhi_econometrics.specification import Covariance
from xinzhi_econometrics.verdict import CUSTOMARY, judge

SEEDS = range(25)
FACTORS = {"talent": "Talent", "patents": "patents"}
MEDIATORS = {"firms": "Firms", "rivals": "Rivals"}
LEVEL = 0.1
METHOD = (
    "The associations are estimated by two-way fixed-effects regressions with standard errors clustered by entity "
    "and judged at the {level} level."
)
SAMPLE = "24 entities over 2008–2017"


def drawn_slopes(draw, names=tuple(FACTORS), level=LEVEL):
    """Draw slope, error and p of each name: both signs, on both sides of the level."""
    return {
        name: (
            float(draw.normal()),
            float(draw.uniform(0.1, 1)),
            float(draw.choice([level * draw.uniform(), level + (1 - level) * draw.uniform()])),
        )
        for name in names
    }


def estimated(slopes, like=None, outcome="green", level=LEVEL):
    """Make a column of slopes, over the rows of a real one, with the intervals that belong to a level."""
    made = made_report.estimates(slopes, outcome=outcome)
    ends = np.array([bounds(b, se, level) for b, se, _ in slopes.values()]).T
    regression = replace(made.regression, level=1 - level)
    made = replace(made, regression=regression, ci_low=ends[0], ci_high=ends[1])
    return replace(made, residuals=like.residuals) if like is not None else made


def bounds(b, se, level, df=114):
    """The interval at a level."""
    half = stats.t.ppf(1 - level / 2, df) * se
    return b - half, b + half


def as_told(slopes, level, names=FACTORS):
    """Give slopes as the second writer reads them."""
    return [(names[name], b, *bounds(b, se, level), p) for name, (b, se, p) in slopes.items()]


# regressions


def rise_of(values):
    """Amounts rise by a tenth of their mean; what lies on both sides of zero has no share, and rises by a deviation."""
    if values.min() >= 0:
        return 0.1 * float(values.mean()), "share"
    return float(values.std(ddof=1)), "sd"


@pytest.mark.parametrize("level", [0.1, 0.05])
@pytest.mark.parametrize("seed", SEEDS)
def test_associations_sizes_and_other_columns(mechanism, seed, level):
    """The whole chapter on effects, of drawn columns: clauses, changes in own units, k of n other columns."""
    draw = np.random.default_rng(seed)
    one = asked(mechanism.result, "tables", "baseline").with_inference(level=level)
    tables = mechanism.result.results["tables"]
    made = {
        key: [drawn_slopes(draw, level=level) for _ in table.columns]
        for key, table in tables.items()
    }
    like = tables["baseline"].columns[0]
    results = {
        key: RegressionColumns(tuple(estimated(some, like, level=level) for some in columns))
        for key, columns in made.items()
    }
    one = replace(one, result=results["baseline"]).with_tables(results)
    main = made["baseline"][0]
    verdict = {n: again.significance(b, p, level) for n, (b, _, p) in main.items()}
    # A column that asks of one factor tells of no other.
    others = [*made["baseline"][1:], *made["part"], *made["instrumented"]]
    frame = mechanism.result.panel.frame.loc[like.residuals.index]
    first = [again.associations(as_told(main, level), "Green", level) + "."]
    changes = [
        (FACTORS[n], move * main[n][0], kind)
        for n in main
        if verdict[n] != "none"
        for move, kind in [rise_of(frame[n])]
    ]
    counts = [
        (
            FACTORS[n],
            sum(again.significance(o[n][0], o[n][2], level) == verdict[n] for o in others),
            len(others),
        )
        for n in main
        if verdict[n] != "none"
    ]
    told = [" ".join([*first, *again.sizes(changes, "Green")]), *again.confirmed(counts)]

    assert [str(each) for each in of_slopes.prose(one.section, one.result, one.shown)] == told

    parts = [(each.part, str(each.text)) for each in of_slopes.abstract(one.result, one.shown)]
    whole = again.associations(as_told(main, level), f"Green of {SAMPLE}", level, "estimates")
    found = [text for part, text in parts if part in {"lead", "nothing"}]
    assert parts[0] == ("method", METHOD.format(level=f"{100 * level:g}%"))
    assert found == ([f"{whole}."] if changes else whole.split("; "))


@pytest.mark.parametrize("seed", SEEDS)
def test_what_clustered_errors_leave(mechanism, everything, seed):
    """Which associations remain, are lost and are gained, with and without pathways that rest on them."""
    draw = np.random.default_rng(seed)
    study, entity, rest = [
        (mechanism, "entity", ""),
        (everything, "province", ", on which the pathways rest,"),
    ][seed % 2]
    names = {**FACTORS, "firms": "Firms", "control": "control"} if study is mechanism else {
        "talent": "Talent", "firms": "firms", "policy": "policy", "control": "control"
    }  # fmt: skip
    one = asked(study.result, "tables", "baseline")
    level = one.shown.style.level
    keys = list(names)[: int(draw.integers(1, 5))]
    judged, other = drawn_slopes(draw, keys, level), drawn_slopes(draw, keys, level)
    result = RegressionColumns((estimated(judged),), clustered={0: estimated(other)})
    pairs = {
        n: tuple(again.significance(b, p, level) for b, _, p in (judged[n], other[n])) for n in keys
    }
    kept = [names[n] for n, (a, b) in pairs.items() if a == b != "none"]
    lost = [names[n] for n, (a, b) in pairs.items() if a not in {"none", b}]
    gained = [names[n] for n, (a, b) in pairs.items() if b not in {"none", a}]

    said = [str(each) for each in of_slopes.left_under_clusters(result, one.shown)]

    assert said == again.under_clusters(kept, lost, gained, entity, rest)


def test_changes_of_yes_and_no_are_told_alone(mechanism):
    """A regressor of 0 and 1 has a sentence of its own; shares are of those that rise, deviations of the others."""
    shown = asked(mechanism.result, "tables", "baseline").shown
    rising = [
        Size("talent", 5, 5.5, 1, 0.25, "share"),
        Size("patents", 3, 3.3, 1, -0.5, "share"),
    ]
    spread = [
        Size("talent", 0.5, 1.5, 1, 0.375, "sd"),
        Size("patents", -0.5, 0.75, 1, -0.625, "sd"),
    ]
    binary = Size("policy", 0, 1, 1, -0.125, "binary")

    said = [
        [str(each) for each in sizes_in_words(some, "Green", shown)]
        for some in (
            [binary],
            [*rising, binary],
            spread,
            [binary, rising[0], spread[1]],
            [spread[0], rising[1]],
        )
    ]

    spreading = "An increase of one standard deviation"
    alone = "Where Policy is 1 rather than 0, Green differs by −0.125."
    assert said == [
        [alone],
        [
            "A 10% increase from the mean goes with a change in Green of +0.250 for Talent and −0.500 for patents.",
            alone,
        ],
        [
            f"{spreading} from the mean goes with a change in Green of +0.375 for Talent and −0.625 for patents."
        ],
        [
            "A 10% increase in Talent from its mean goes with a change in Green of +0.250.",
            f"{spreading} in patents from its mean goes with a change in Green of −0.625.",
            alone,
        ],
        [
            "A 10% increase in patents from its mean goes with a change in Green of −0.500.",
            f"{spreading} in Talent from its mean goes with a change in Green of +0.375.",
        ],
    ]


# mediation


def drawn_effects(draw, real, level):
    """Draw mediated effects with two tests that need not agree."""
    effects = []
    for each in real:
        p, sobel = (
            float(draw.choice([level * draw.uniform(), level + 0.5 * draw.uniform()]))
            for _ in range(2)
        )
        test = replace(each.sobel.sobel, p_value=sobel)
        effects.append(
            replace(
                each,
                indirect=float(draw.normal()),
                share=float(draw.choice([draw.uniform(-0.5, 1.5), np.nan])),
                interval=replace(each.interval, p_value=p),
                sobel=replace(each.sobel, sobel=test),
            )
        )
    return tuple(effects)


@pytest.mark.parametrize("judged_by", ["bootstrap", "sobel"])
@pytest.mark.parametrize("seed", SEEDS)
def test_channels(mechanism, seed, judged_by):
    """Each significant pair under its mediator with share and p; the others by name; what the default test leaves."""
    draw = np.random.default_rng(seed)
    one = asked(mechanism.result, "mediation", "mechanism").with_inference(indirect=judged_by)
    effects = drawn_effects(draw, one.result.effects, LEVEL)
    result = replace(one.result, effects=effects)

    def p_of(effect, test):
        return effect.interval.p_value if test == "bootstrap" else effect.sobel.sobel.p_value

    rows = [
        (
            FACTORS[e.factor],
            MEDIATORS[e.mediator],
            e.indirect,
            None if np.isnan(e.share) else e.share,
            p_of(e, judged_by),
        )
        for e in effects
    ]
    significant = [row for row in rows if row[4] < LEVEL]
    kept = [e for e in effects if p_of(e, judged_by) < LEVEL and p_of(e, "bootstrap") < LEVEL]
    left = []
    if len(kept) < len(significant):
        head = "With the bootstrap over entities, "
        if not kept:
            left = [f"{head}none of {len(significant)} indirect effects remains significant."]
        elif len(kept) == 1:
            path = f"{FACTORS[kept[0].factor]} through {MEDIATORS[kept[0].mediator]}"
            left = [
                f"{head}only one of {len(significant)} indirect effects remains significant, that of {path}."
            ]
        else:
            left = [f"{head}{len(kept)} of {len(significant)} indirect effects remain significant."]

    (said,) = of_channels.prose(result, one.shown)
    brief = [(each.part, str(each.text)) for each in of_channels.abstract(result, one.shown)]

    if not significant:
        assert (
            str(said) == "No indirect effect through Firms and Rivals is statistically significant."
        )
        assert brief == [("neither", "indirect effects through Firms and Rivals")]
        return
    (*of_mediators,) = again.channels(rows, LEVEL)
    last = "The decomposition describes associations: a common cause of mediator and outcome would give the same result."
    assert str(said) == " ".join([*of_mediators, *left, last])
    test = "the bootstrap over entities" if judged_by == "bootstrap" else "Sobel's test"
    told = again.channels_in_brief([row[:2] for row in significant], test)
    k, n = len(kept), len(significant)
    noun = "indirect effects" if n > 1 else "indirect effect"
    remains = ("left", f"{k} of {n} {noun}") if k else ("gone", "indirect effect")
    # Where the declared test is the default one, nothing is counted again.
    counted = [] if judged_by == "bootstrap" else [remains]
    assert brief == [("finding", told), *counted]
    through = again.enumerated(list(dict.fromkeys(row[1] for row in significant)))
    assert [(each.line, str(each.text)) for each in of_channels.head(result, one.shown)] == [
        ("found", f"Significant indirect effects run through {through}."),
        *counted,
    ]


# moderation


@pytest.mark.parametrize("seed", SEEDS)
def test_moderated_slopes(mechanism, seed):
    """Which slopes grow and which shrink with the moderator, from low to high."""
    draw = np.random.default_rng(seed)
    one = asked(mechanism.result, "moderation", ["tools", "later"][seed % 2])
    lag = seed % 2
    paths, rows = [], []
    for path in one.result.paths:
        found = path.found
        i = found.estimates.position(found.interaction)
        b, p = found.estimates.estimate.copy(), found.estimates.p_value.copy()
        b[i], p[i] = draw.normal(), draw.choice([0.01, 0.099, 0.1, 0.5])
        ends = [replace(c, effect=float(draw.normal())) for c in found.conditional]
        made = replace(
            found,
            estimates=replace(found.estimates, estimate=b, p_value=p),
            conditional=tuple(ends),
        )
        paths.append(replace(path, found=made, declared=None, default=None))
        low, _, high = (each.effect for each in ends)
        names = {**FACTORS, **MEDIATORS, "policy": "Policy", "green": "Green"}
        rows.append(("Policy", names[path.focal], names[path.outcome], b[i], p[i], low, high))
    (said,) = of_tools.prose(replace(one.result, paths=tuple(paths)), one.shown)

    told = again.moderated(rows, LEVEL)
    if len(told) > 1 and lag:
        told.append("Lag of all regressors: 1 periods.".replace("periods", "period"))
    assert str(said) == " ".join(told)


# heterogeneity


@pytest.mark.parametrize("seed", SEEDS)
def test_groups_with_their_own_slopes(mechanism, seed):
    """Which association differs by which grouping, with the slope of each group under its own name."""
    draw = np.random.default_rng(seed)
    one = asked(mechanism.result, "heterogeneity", "cities")
    groupings, p_values, slopes = {}, {}, {}
    for by, real in one.result.groupings.items():
        groups = []
        for group, fitted in real.groups:
            made = drawn_slopes(draw, (*FACTORS, "control"))
            slopes[by, group] = made
            groups.append((group, estimated(made, fitted)))
        differences = []
        for each in real.differences:
            p = float(draw.choice([0.001, 0.04, 0.06, 0.5]))
            p_values[by, each.regressor] = p
            differences.append(replace(each, interaction=replace(each.interaction, p_value=p)))
        groupings[by] = replace(real, groups=tuple(groups), differences=tuple(differences))
    result = GroupComparisons(groupings)
    labels = {"region": "Region", "third": "third"}
    found, differ = {}, set()
    for name, label in FACTORS.items():
        adjusted = dict(zip(labels, again.holm([p_values[by, name] for by in labels]), strict=True))
        some = [
            (
                labels[by],
                [(group, slopes[by, group][name][0]) for group, _ in groupings[by].groups],
                adjusted[by],
            )
            for by in labels
            if adjusted[by] < LEVEL
        ]
        differ |= {by for by in labels if adjusted[by] < LEVEL}
        if some:
            found[label] = some
    without = [labels[by] for by in labels if by not in differ]
    # Factors stand in the order in which the groupings find them.
    order = dict.fromkeys(
        label
        for by in labels.values()
        for label in FACTORS.values()
        for g, *_ in found.get(label, ())
        if g == by
    )
    told = again.differing({label: found[label] for label in order})

    (said,) = of_groups.prose(one.section, result, one.shown)
    brief = [
        (each.part, str(each.text)) for each in of_groups.abstract(one.section, result, one.shown)
    ]

    if not found:
        names = again.enumerated(list(labels.values()))
        assert str(said) == f"No association differs significantly between groups by {names}."
        assert brief == [("neither", f"differences between groups by {names}")]
        return
    assert str(said) == " ".join(
        [
            told,
            *(
                [f"By {again.enumerated(without)}, no association differs significantly."]
                if without
                else []
            ),
        ]
    )
    in_brief = {factor: [grouping for grouping, *_ in some] for factor, some in found.items()}
    in_brief = again.differing_in_brief({label: in_brief[label] for label in order})
    assert brief == [("finding", in_brief)]


@pytest.mark.parametrize("fixture", ["mechanism", "everything", "resampled"])
def test_the_slopes_of_groups_stand_under_their_names(fixture, request):
    """In the real study each group has its own slope: no two groups share one."""
    one = asked(request.getfixturevalue(fixture).result, "heterogeneity", "cities")
    for by, comparison in one.result.groupings.items():
        told = []
        for group, estimates in comparison.judged.fitted:
            for name in estimates.regression.regressors:
                i = list(estimates.names).index(name)
                told.append((by, group, name, float(estimates.estimate[i])))
        assert len({slope for *_, slope in told}) == len(told)


# verdicts under other errors


def drawn_pairs(draw, n, level=LEVEL):
    """Draw effects that are judged twice."""
    names = (
        "talent",
        "patents",
        "firms",
        "rivals",
        "policy",
        "control",
        "coast",
        "noise",
        "distance",
    )
    pairs = []
    for name in names[:n]:
        judged, other = (
            judge(
                float(draw.normal()),
                float(draw.choice([0.01, 0.5])),
                replace(CUSTOMARY, level=level),
            )
            for _ in range(2)
        )
        pairs.append(
            Pair(Effect((name, "green"), judged.estimate, 1.0, judged.p, 100), judged, other)
        )
    return pairs


LABELS = {**FACTORS, **MEDIATORS, "policy": "Policy"}


def named(pairs, chosen):
    """Name some effects, or count them where they are many."""
    names = [LABELS.get(p.effect.links[0], p.effect.links[0]) for p in pairs if chosen(p)]
    return f"{len(names)} effects" if len(names) > 6 else again.listed(names)


def is_kept(pair):
    return (
        pair.judged.p < LEVEL
        and pair.other.p < LEVEL
        and pair.judged.estimate * pair.other.estimate > 0
    )


def is_lost(pair):
    return pair.judged.p < LEVEL and not is_kept(pair)


def is_gained(pair):
    return pair.other.p < LEVEL and not is_kept(pair)


def told_of_defaults(kept, lost, gained):
    """Write what the default errors leave."""
    how = "With standard errors clustered by entity"
    told = []
    if kept and lost:
        told.append(f"{how}, still statistically significant: {kept}; no longer: {lost}.")
    elif lost:
        told.append(f"{how}, no longer statistically significant: {lost}.")
    elif kept:
        told.append(f"{how}, still statistically significant: {kept}.")
    if gained:
        told.append(f"{how}, statistically significant only then: {gained}.")
    return told


def told_of_printed(lost, gained):
    """Write what the printed errors would judge otherwise."""
    only = "statistically significant only with those printed here"
    if gained and lost:
        return f"{only}: {gained}; not significant with these: {lost}"
    if gained:
        return f"{only}: {gained}"
    if lost:
        return f"not {only.replace('only ', '')}: {lost}"
    return "those printed here lead to the same verdicts"


@pytest.mark.parametrize("seed", SEEDS)
def test_what_other_errors_leave_of_effects(mechanism, seed):
    """Kept, lost and gained effects by name, of many their number; each under the right words."""
    one = asked(mechanism.result, "tables", "baseline")
    pairs = drawn_pairs(np.random.default_rng(seed), 1 + seed % 9)
    kept, lost, gained = (named(pairs, chosen) for chosen in (is_kept, is_lost, is_gained))

    by_default = list(compare_with_defaults(pairs, one.shown))
    (printed,) = compare_with_printed(pairs, one.result.columns[0].covariance, one.shown)

    assert [str(each) for each in by_default] == told_of_defaults(kept, lost, gained)
    assert str(printed) == (
        f"Standard errors clustered by Entity, as declared, decide; {told_of_printed(lost, gained)}."
    )
    for each in by_default:
        chinese = say(each, "zh")
        for key, words in (("kept", "仍然显著的有："), ("gained", "仅在此时显著的有：")):
            if key in each.values:
                assert f"{words}{say(each.values[key], 'zh')}" in chinese
        if "lost" in each.values:
            assert chinese.endswith(f"不再显著的有：{say(each.values['lost'], 'zh')}。")


@pytest.mark.parametrize("seed", SEEDS)
def test_how_many_effects_remain(mechanism, seed):
    """Nothing is said where all remain; else how many of how many."""
    one = asked(mechanism.result, "tables", "baseline").with_inference(errors=Covariance("hc1"))
    pairs = drawn_pairs(np.random.default_rng(seed), 1 + seed % 9)
    all_, k = sum(pair.judged.p < LEVEL for pair in pairs), sum(map(is_kept, pairs))
    told = []
    if k < all_:
        verb = "remain" if k > 1 else "remains"
        told = [
            f"With standard errors clustered by entity, {k or 'none'} of {all_} indirect effects {verb} significant."
        ]

    words = message("indirect effects")
    said = summarise_remaining(pairs, words, one.shown, has_other_errors=True)

    assert [str(each) for each in said] == told


@pytest.mark.parametrize(
    ("effect", "words"),
    [
        ({"links": ("talent", "green")}, "Talent"),
        ({"links": ("talent", "firms", "green")}, "Talent → Firms"),
        ({"links": ("talent", "firms"), "moderator": "policy"}, "Policy on Talent → Firms"),
        (
            {"links": ("talent", "green"), "grouping": "region", "test": "interaction"},
            "Talent by Region",
        ),
        ({"links": ("talent", "green"), "grouping": "region", "group": "east"}, "Talent in east"),
    ],
)
def test_each_kind_of_effect_has_its_name(mechanism, effect, words):
    """A slope by its factor, a mediated effect by its path, a difference by its grouping, a slope of a group by it."""
    one = asked(mechanism.result, "tables", "baseline")
    judged, other = (judge(1.0, p, replace(CUSTOMARY, level=LEVEL)) for p in (0.01, 0.5))
    pair = Pair(Effect(estimate=1.0, std_error=1.0, p_value=0.01, n=100, **effect), judged, other)

    (said,) = compare_with_printed([pair], one.result.columns[0].covariance, one.shown)

    assert str(said).endswith(f"not statistically significant with those printed here: {words}.")
