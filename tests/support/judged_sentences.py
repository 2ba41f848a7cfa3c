"""What the sentences of a report say of each effect, read by their templates and the values in them.

One reader serves both languages. A template that judges and that nobody reads is an error: it is added to `READERS`,
or to `SILENT` where it judges no effect.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from xinzhi_core.wording import Message, catalogue

FACTORS, MEDIATORS, MODERATOR, OUTCOME = (
    ("Talent", "Patents"),
    ("Firms", "Rivals"),
    "Policy",
    "Green",
)
MAIN = "baseline", "(1)"
POSITIVE, NEGATIVE, NOTHING, SOME = "positive", "negative", "not_significant", "significant"


@dataclass(frozen=True)
class Judgement:
    """What one place says of one effect."""

    effect: tuple[str, ...]
    place: str
    direction: str
    """positive, negative, not_significant; significant where the place does not say the sign."""


LISTS = {
    "{first}, {rest}",
    "{first} and {last}",
    "{first}; {rest}",
    "{first} {second}",
    "{sentence}.",
}


def inside(words):
    """Give the values of a message by their names; of other words none."""
    return getattr(words, "values", {}) if isinstance(words, Message) else {}


def items(words):
    """Take lists apart."""
    if isinstance(words, Message) and words.template in LISTS:
        return [one for value in inside(words).values() for one in items(value)]
    return [words] if str(words) else []


def name(item):
    """Name what an item of a list is about: the words before its parentheses."""
    values = inside(item)
    return str(next((values[key] for key in ("name", "factor", "grouping") if key in values), item))


def slopes(direction):
    """Read clauses on several factors, of the first column."""
    return lambda v, _: [(("slope", *MAIN, name(one)), direction) for one in items(v["names"])]


def printed(table, column, name):
    """Name a coefficient as its column prints it: by the errors of the column, which judge the first one alone."""
    return ("slope" if (table, column) == MAIN else "printed", table, column, name)


def slope(direction):
    """Read a sentence on one coefficient of a column."""
    return lambda v, place: [(printed(place, str(v["column"]), str(v["name"])), direction)]


def mediated(direction):
    """Read a sentence on one mediated effect."""
    return lambda v, _: [(("mediated", str(v["factor"]), str(v["mediator"])), direction)]


def interaction(direction):
    """Read a sentence on one interaction."""
    return lambda v, _: [(("interaction", str(v["w"]), str(v["x"]), str(v["y"])), direction)]


def difference(direction):
    """Read a sentence on one difference."""
    return lambda v, _: [(("difference", str(v["name"]), str(v["grouping"])), direction)]


def differences(v, _):
    """Read a sentence on groupings without any difference."""
    return [(("difference", f, str(g)), NOTHING) for f in FACTORS for g in items(v["groupings"])]


def differing(v, _):
    """Read by which groupings the association of a factor differs."""
    return [(("difference", str(v["factor"]), str(g)), SOME) for g in items(v["groupings"])]


def no_channel(v, _):
    """Read a sentence on mediators without any mediated effect."""
    return [(("mediated", f, str(m)), NOTHING) for f in FACTORS for m in items(v["mediators"])]


def channel(direction):
    """Read a sentence on one mediator and several factors."""
    return lambda v, _: [
        (("mediated", name(one), str(v["mediator"])), direction) for one in items(v["factors"])
    ]


def moved(direction):
    """Read which slopes a moderator changes."""
    return lambda v, _: [
        (
            (
                "interaction",
                str(v["moderator"]),
                str(inside(one)["factor"]),
                str(inside(one)["outcome"]),
            ),
            direction,
        )
        for one in items(v["paths"])
    ]


def in_columns(v, place):
    """Read in which columns a coefficient counts, and in which it does not."""
    told = {str(one) for one in items(v["columns"])}
    columns = {f"({at})" for at in range(1, 1 + int(v.get("n", len(told))))}
    return [
        (printed(place, one, str(v["name"])), SOME if one in told else NOTHING)
        for one in columns | told
    ]


def no_path(_, __):
    """Read that no path is moderated."""
    paths = (*((factor, "Firms") for factor in FACTORS), ("Firms", OUTCOME))
    return [(("interaction", MODERATOR, *path), NOTHING) for path in paths]


def nothing(_, __):
    """Read what says nothing of the effects as they are judged."""
    return []


VERDICTS = {
    "positive association": POSITIVE,
    "negative association": NEGATIVE,
    "not statistically significant": NOTHING,
    "positive interaction": POSITIVE,
    "negative interaction": NEGATIVE,
}
"""Words of verdicts in tables and results."""


def everyone(v, _):
    """Read the verdict on the effect in all entities."""
    return [(("slope", *MAIN, str(v["factor"])), VERDICTS[str(v["verdict"])])]


def in_group(v, _):
    """Read the verdict on a group that differs from others."""
    grouping, group = (str(inside(v["group"])[key]) for key in ("grouping", "group"))
    factor = str(v["factor"])
    return [
        (("group", factor, grouping, group), VERDICTS[str(v["verdict"])]),
        (("difference", factor, grouping), SOME),
    ]


def nowhere(v, _):
    """Read that a factor differs in no grouping."""
    return [(("difference", str(v["factor"]), g), NOTHING) for g in ("Region", "Third")]


def other(told):
    """Read what other errors or tests change; `told` says of each list how its effects are judged as declared."""

    def read(v, place):
        lost = {str(one) for one in items(v.get("lost", ""))}
        return [
            (effect, direction)
            for key, direction in told.items()
            for one in items(v[key])
            for effect in changed(one, place)
            if key != "gained" or str(one) not in lost
        ]

    return read


def changed(one, place):
    """Name the effect behind the words of a list of changes."""
    template, v = (getattr(one, "template", ""), inside(one))
    if template == "{n} effects":
        return []
    if template == "{tool} on {path}":
        return [("interaction", str(v["tool"]), *(str(x) for x in inside(v["path"]).values()))]
    if template == "{first} → {second}":
        return [("mediated", str(v["first"]), str(v["second"]))]
    if template == "{effect} by {grouping}":
        return [("difference", str(v["effect"]), str(v["grouping"]))]
    if template == "{effect} in {group}":
        return [("group", str(v["effect"]), "", str(v["group"]))]
    return [("slope", *place.split("/"), str(one))] if "/" in place else []


LEFT = other({"kept": SOME, "lost": SOME})
READERS = {
    "Column {column}: {name} is positively associated with {outcome}: {b}, {p}; {level} interval from {low} to {high}.": slope(POSITIVE),
    "Column {column}: {name} is negatively associated with {outcome}: {b}, {p}; {level} interval from {low} to {high}.": slope(NEGATIVE),
    "Column {column}: the association of {name} with {outcome} is not statistically significant: {b}, {p}; {level} interval from {low} to {high}.": slope(NOTHING),
    "Column {column}: {name} is positively associated with {outcome}: {b}, {p}; {level} set of the Anderson-Rubin test {set}.": slope(POSITIVE),
    "Column {column}: {name} is negatively associated with {outcome}: {b}, {p}; {level} set of the Anderson-Rubin test {set}.": slope(NEGATIVE),
    "Column {column}: the association of {name} with {outcome} is not statistically significant: {b}, {p}; {level} set of the Anderson-Rubin test {set}.": slope(NOTHING),
    "{name} is statistically significant in {k} of {n} columns only: {columns}.": in_columns,
    "The sign of {name} changes between columns {columns}.": lambda v, place: in_columns({k: v[k] for k in ("name", "columns")} | {"n": 0}, place),
    "{names} are positively associated with {outcome}": slopes(POSITIVE),
    "{names} are negatively associated with {outcome}": slopes(NEGATIVE),
    "{names} are not significantly associated with {outcome}": slopes(NOTHING),
    "All {k} factors are positively associated with {outcome}: {names}": slopes(POSITIVE),
    "All {k} factors are negatively associated with {outcome}: {names}": slopes(NEGATIVE),
    "None of the {k} factors is significantly associated with {outcome}: {names}": slopes(NOTHING),
    "Neither factor is significantly associated with {outcome}: {names}": slopes(NOTHING),
    "In other specifications of the same outcome, sign and significance are confirmed for {items}{see}.": lambda v, _: [(("slope", *MAIN, name(one)), SOME) for one in items(v["items"])],
    "The mediated effect of {factor} through {mediator} on {outcome} is not statistically significant: ab = {ab}; {sure}.": mediated(NOTHING),
    "The mediated effect of {factor} through {mediator} on {outcome} is statistically significant: ab = {ab}; {sure}; no share of the total effect is given: {why}.": mediated(SOME),
    "Part of the association of {factor} with {outcome} is mediated by {mediator}: ab = {ab}, {share} of the total effect; {sure}.": mediated(SOME),
    "Indirect effects through {mediator} are significant for {factors}{see}.": channel(SOME),
    "through {mediator} for {factors}": channel(SOME),
    "None is significant for {items}.": lambda v, _: [
        (("mediated", str(f), str(inside(one)["mediator"])), NOTHING) for one in items(v["items"]) for f in items(inside(one)["factors"])
    ],
    "No indirect effect through {mediators} is statistically significant{see}.": no_channel,
    "indirect effects through {mediators}": no_channel,
    "The slope of {y} on {x} rises with {w} ({p}): from {low} where it is low to {high} where it is high.": interaction(POSITIVE),
    "The slope of {y} on {x} falls with {w} ({p}): from {low} where it is low to {high} where it is high.": interaction(NEGATIVE),
    "A change of the slope of {y} on {x} with {w} is not statistically significant ({p}).": interaction(NOTHING),
    "With higher {moderator}, these slopes are larger: {paths}.": moved(POSITIVE),
    "With higher {moderator}, these slopes are smaller: {paths}.": moved(NEGATIVE),
    "No path depends significantly on {moderators}{see}.": no_path,
    "{grouping}: the slope of {name} differs between the groups ({p}).": difference(SOME),
    "{grouping}: the difference between the groups in the slope of {name} is not statistically significant ({p}).": difference(NOTHING),
    "The association of {factor} differs by {items}": lambda v, _: [(("difference", str(v["factor"]), name(one)), SOME) for one in items(v["items"])],
    "the association of {factor} differs by {items}": lambda v, _: [(("difference", str(v["factor"]), name(one)), SOME) for one in items(v["items"])],
    "The association of {factor} differs by {groupings}": differing,
    "the association of {factor} differs by {groupings}": differing,
    "Significant indirect effects run through {mediators}.": nothing,
    "{marks}; the text calls effects significant at p < {level}.": nothing,
    "Clustered by {entity}, still significant: {kept}.": lambda v, _: [(("slope", *MAIN, str(one)), SOME) for one in items(v["kept"])],
    "Clustered by {entity}, also significant: {gained}.": lambda v, _: [(("slope", *MAIN, str(one)), NOTHING) for one in items(v["gained"])],
    "Clustered by {entity}, none remains significant.": nothing,
    "No association is significant, so that none is given a size.": lambda *_: [(("slope", *MAIN, f), NOTHING) for f in FACTORS],
    "That associations are absent: not significant is not zero.": nothing,
    "No association differs significantly between groups by {groupings}{see}.": differences,
    "By {groupings}, no association differs significantly.": differences,
    "differences between groups by {groupings}": differences,
    "{factor} and {outcome}, all entities: {verdict}.": everyone,
    "{factor} in {group}: {verdict} (difference between the groups: {p}).": in_group,
    "{factor}: no grouping shows a difference below {level}; the estimate for all entities is used throughout.": nowhere,
    "{tool} weakens the step {step}.": lambda v, _: [
        (("interaction", str(v["tool"]), *map(str, inside(v["step"]).values())), SOME)
    ],
    "With {how}, still statistically significant: {kept}; no longer: {lost}.": LEFT,
    "With {how}, still statistically significant: {kept}.": other({"kept": SOME}),
    "With {how}, no longer statistically significant: {lost}.": other({"lost": SOME}),
    "With {how}, statistically significant only then: {gained}.": nothing,
    "With standard errors clustered by {entity}, only {kept} remain significant.": lambda v, _: [(("slope", *MAIN, str(one)), SOME) for one in items(v["kept"])],
    "{errors}, as declared, decide; statistically significant only with those printed here: {gained}; not significant with these: {lost}.": other({"lost": SOME, "gained": NOTHING}),
    "{errors}, as declared, decide; statistically significant only with those printed here: {gained}.": other({"gained": NOTHING}),
    "{errors}, as declared, decide; not statistically significant with those printed here: {lost}.": other({"lost": SOME}),
}  # fmt: skip
"""Template of a judgement -> what it says, of its values and its table."""
SILENT = {
    # what other errors than the declared ones would say
    "With {errors}, {names} are no longer significant{see}.",
    "With {errors}, {names} become significant{see}.",
    # legends and methods
    "As papers judge: the effect of the factor is positive and statistically significant in a group of the entity and not in another group of the same grouping. As the difference test judges: the estimate of a group is used only where the groups differ by a test. That one estimate is significant and another is not shows no difference between them (Gelman and Stern 2006).",
    "In simulated panels with about {n} effective clusters this test calls a true slope of 0 significant at the {level} level in up to {share}% of samples.",
    "Points: coefficients, with the column of the table in parentheses; lines: {coverage} intervals; hollow: not statistically significant (p ≥ {level}).",
    "Points: coefficients; lines: {coverage} intervals; hollow: not statistically significant (p ≥ {level}).",
    "Lines: {coverage} intervals; hollow: not statistically significant (p ≥ {level}).",
    "Lines: {level} percentile intervals of the cluster bootstrap, which judges the effects; hollow: not statistically significant.",
    "Lines: {level} intervals of Sobel's test, which judges the effects; hollow: not statistically significant.",
    "Lines: {level} intervals of the test that judges each effect, the cluster bootstrap or, where it has no draws, Sobel's test; hollow: not statistically significant.",
    "Arrow up or down: sign of the coefficient of the interaction, which stands beside it; {stars}. A moderator strengthens an effect that it shifts away from zero and weakens one that it shifts towards zero; where the effect at the mean of the moderator is not statistically significant (p ≥ {level}), only the sign of the interaction is given.",
    "On the arrows: coefficients of the steps; beneath them: moderators whose interaction with the step is statistically significant, with its coefficient. Blue: positive; dashed orange: negative; dotted grey: not statistically significant.",
    "Blue: positive; orange: negative; without colour: not statistically significant; shade: size relative to the largest coefficient of the variable. The table tests whether the groups differ.",
    "Line: effect at each value of the moderator, over its mean ± 2 SD as far as it was observed; band: {band}, pointwise; thick: statistically significant at the {level} level.",
    "Numbers: coefficients ({stars}); dotted grey: not statistically significant (p ≥ {level}). The width of an arrow shows the size of an effect relative to the others on the same variable.",
    "The factors of one path enter one equation with their interactions; standard errors of the effects at low, mean and high moderator are by the delta method. Rows with a significant effect: those whose moderator lies where the effect is statistically significant at the {level} level (Johnson-Neyman, pointwise).",
    "Interaction: Wald test in one model in which all slopes and fixed effects differ by group; Holm's method adjusts for the number of groupings.",
    "An effect that is statistically significant in one group and not in another is not in itself evidence of a difference; only these tests compare groups.",
    "Empty where the effect is not statistically significant for the entity, or the estimates for its groups disagree.",
    "A tool helps where it weakens no step of a supported pathway and strengthens one that is statistically significant at the entity's own level. Where that step is not significant, the tool would help at a higher level. It hinders where it weakens a step that is not significant at this level.",
    "Supported: {outcome} is positively associated with the factor, and positively through a channel, both with p below {level}. The estimates are those that apply to the entity: those of its groups where the groups differ, otherwise those for all. Bounds: interval of {confidence}.",
    "{k} of {n} factors are positively associated with {outcome}",
    "{k} of {n} factors are negatively associated with {outcome}",
    "{k} of {n} factors are not significantly associated with {outcome}",
    "More needed: what an entity lacks of the tool, in its units, until the effect of the step is positive and statistically significant at the {level} level. This is a bound of the region of Johnson and Neyman (1936), by the test that judges. A dose is given only where the interaction is significant and positive, and within the range of the data. An association, not a forecast.",
    # frames around judgements, which are read inside of them
    "By {test}, indirect effects are significant {channels}.", "There are no significant {effects}.", "nor are there significant {effects}",
    *VERDICTS, "strengthens", "weakens",
    # of pathways; see `of_pathways`
    "effect not significant",
    "effect significant, channel not",
    "factor negatively associated",
    "The effect of the factor is significant, but no mediated effect through {mediators} is.",
    "No change is implied for any entity: no effect of {factors} is statistically significant, or the estimates for the groups disagree.",
    "strengthens one step and weakens another",
    "{tool} strengthens one step and weakens another, at the level of this entity ({level}): {pathways}.",
    # of doses, each beside its number; `test_doses_are_those_by_hand` reads them
    "significant at today's level", "more of it weakens the step", "Significant from",
    "Doses of the tools: where more of one would make a step significant",
    "More of the tool until it is significant",
    "{step} would be significant only beyond the largest amount of {tool} in the data ({largest}).",
    "{step} is significant at no amount of {tool} in the data.",
    "{step} is significant from {tool} {level} on: {more} more than today ({confidence} interval: {low} more to beyond the data).",
    "{step} is significant from {tool} {level} on: {more} more than today ({confidence} interval: {low} to {high} more).",
    # that stand in one place
    "A change of the mediated effect of {x} through {m} along {w} is not statistically significant: index {index}, {level} interval from {low} to {high}.",
    "The mediated effect of {x} through {m} differs along {w}: index {index}, {level} interval from {low} to {high}.",
    # that count; see `counts`
    "Coefficients of interest that are statistically significant at the {level} level: none of {n}.",
}  # fmt: skip
"""Templates with words of judgements that judge no single effect: the test below lists what is missing."""
JUDGING = re.compile(
    r"significan|associated|\bdiffers? (by|between)|larger|smaller|rises|falls|confirmed"
    r"|strengthens|weakens|(positive|negative) (association|interaction)"
)

OTHERWISE = "With {how}", "With standard errors clustered by"
"""Beginnings of sentences on what other errors and tests would leave, where these do not say what is lost."""


def of_sentences(material):
    """Read all sentences; gives the judgements, and templates that judge and that nobody reads."""
    found, unread = [], set()
    for place, words in sentences_of(material):
        for one, where in _with_columns(words, place):
            if one.template in READERS:
                pairs = READERS[one.template](inside(one), where)
                found += [Judgement(effect, f"sentence: {place}", told) for effect, told in pairs]
            elif JUDGING.search(one.template) and not (
                one.template in SILENT or one.template.startswith(OTHERWISE)
            ):
                unread.add(one.template)
    return found, unread


def _with_columns(words, place):
    """Walk through a sentence; inside a note on a column the place is the table and its column."""
    if not isinstance(words, Message):
        return
    yield words, place
    if words.template == "Column {column}: {note}":
        place = f"{place}/{inside(words)['column']}"
    for value in inside(words).values():
        yield from _with_columns(value, place)


def sentences_of(material):
    """List every sentence of a report with its place."""
    tables = [one for group in material.tables.values() for one in group]
    for profile in material.profiles.items if material.profiles else ():
        yield from (("page", one) for one in profile.sentences)
        tables += profile.tables
    for table in tables:
        yield from ((table.id, one) for one in (*table.notes, *table.reading))
    for group in material.charts.values():
        yield from ((chart.id, one) for chart in group for one in chart.notes)
    for where, paragraphs in material.prose.items():
        yield from ((where, one) for one in paragraphs)
    yield from (("head", line.sentence) for line in material.told)
    yield from (("abstract", one) for one in material.abstract)
    yield from (("notice", one.text) for one in material.notices)


def of_english(template):
    """Tell whether an English template says of something that it is not there."""
    return bool(
        re.search(
            r"not (statistically )?significant|\b[Nn]o (indirect|path|assoc|group|longer)|None (is|of)|Neither|none remains",
            template,
        )
    )


def of_chinese(template):
    """Tell the same of its Chinese."""
    return bool(re.search("不显著|均不|不再显著|没有|无显著|均无", catalogue("zh")[template]))
