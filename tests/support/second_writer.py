"""A second writer of the running text: it shares no code with the package, only the results behind the sentences.

Each function writes in English what the text must say of numbers, names, years and verdicts that it is given. A test
that compares whole sentences notices any exchange: of a name, a year, a count, a verb, an order.
"""

from __future__ import annotations

from printed import digits

NUMBER_WORDS = {2: "two", 3: "three", 4: "four", 5: "five", 6: "six"}
ENDS_NAMED = 3


def listed(items):
    """a, b, c."""
    return ", ".join(items)


def enumerated(items):
    """a, b and c."""
    return listed(items) if len(items) < 2 else f"{listed(items[:-1])} and {items[-1]}"


def p_equals(p):
    """Write p = 0.046, or that it is below or above what three digits show."""
    if p < 0.001:
        return "p < 0.001"
    return "p > 0.999" if p < 1 and digits(p) == "1.000" else f"p = {digits(p)}"


def percent(share, decimals=1):
    """12.3%."""
    return f"{digits(100 * share, decimals)}%"


def signed(value):
    """A change with its sign."""
    return ("+" if value > 0 else "") + digits(value)


def count(n):
    """Whole numbers, with commas from 10,000."""
    return f"{n:,}" if n >= 10_000 else str(n)


def things(n, one, many):
    """Count entities."""
    return f"{count(n)} {one if n == 1 else many}"


# scores


def level_of_scores(score, means, *, comparable):
    """Say where the mean began and where it ended; of frontiers that differ, only the mean of all."""
    years = [year for year in means if year != "all"]
    if len(years) < 2 or not comparable:
        return f"Mean {score} is {digits(means['all'])}."
    start, end = years[0], years[-1]
    first, last = digits(means[start]), digits(means[end])
    if first == last:
        return f"Mean {score} was {first} in {start} and {last} in {end}."
    verb = "rose" if means[end] > means[start] else "fell"
    return f"Mean {score} {verb} from {first} in {start} to {last} in {end}."


def level_in_brief(score, means, *, comparable):
    """Say the same of the periods of the sample."""
    years = [year for year in means if year != "all"]
    told = level_of_scores(score, means, comparable=comparable)
    if " rose from " not in told and " fell from " not in told:
        return told
    start, end = years[0], years[-1]
    verb = "rose" if means[end] > means[start] else "fell"
    return f"Over these periods mean {score} {verb} from {digits(means[start])} to {digits(means[end])}."


def extreme_years(means, *, comparable):
    """Say which years were lowest and highest; nothing of two years, or where all are the same."""
    by_year = {year: mean for year, mean in means.items() if year != "all"}
    if len(by_year) < 3 or not comparable or len(set(by_year.values())) == 1:
        return []
    low, high = min(by_year.values()), max(by_year.values())
    first = {value: year for year, value in reversed(by_year.items())}
    return [
        f"It was lowest in {first[low]} ({digits(low)}) and highest in {first[high]} ({digits(high)})."
    ]


def best_and_worst(ranking):
    """Name who is best and who is worst: three each of more than six, else one each. Ranking: (name, mean), best first."""
    if len(ranking) < 2:
        return []
    k = ENDS_NAMED if len(ranking) > 2 * ENDS_NAMED else 1
    best, worst = (
        listed([f"{name} ({digits(mean)})" for name, mean in some])
        for some in (ranking[:k], ranking[::-1][:k])
    )
    if k == 1:
        return [
            f"Over all periods the highest mean is that of {best}; the lowest is that of {worst}."
        ]
    return [
        f"Over all periods the highest means are those of {best}; the lowest are those of {worst}."
    ]


def counts_of_classes(names, first, last, start, end, many, one):
    """Say how many are in each class: of one period its counts, of several how they changed."""
    if start == end:
        return (
            f"Of {things(sum(last.values()), one, many)}, {enumerated([str(last[n]) for n in names])} are in the "
            f"classes {enumerated(list(names))}."
        )
    told = [n for n in names if first[n] or last[n]] or names
    moves = listed([f"from {first[n]} to {last[n]} in the class {n}" for n in told])
    return f"Between {start} and {end}, the number of {many} went {moves}."


def changes_of_classes(names, first, last, many):
    """Say by how many each class grew or shrank."""
    moves = [last[n] - first[n] for n in names]
    items = [
        f"{'+' if move > 0 else ''}{digits(move, 0)} in {n}"
        for n, move in zip(names, moves, strict=True)
    ]
    return f"The number of {many} in each class changed by {enumerated(items)}."


def class_by_region(name, counts, period, many):
    """Say how many of each region are in a class, the largest share first. Counts: {region: (in the class, all)}."""
    order = sorted(counts, key=lambda one: -counts[one][0] / counts[one][1])
    items = listed([f"{counts[one][0]} of {counts[one][1]} in {one}" for one in order])
    return f"In {period}, the class {name} comprises the following {many}: {items}."


# effects


def significance(b, p, level):
    """Judge an effect."""
    return "none" if p >= level or b == 0 else "positive" if b > 0 else "negative"


def associations(slopes, outcome, level, detail="intervals"):
    """Say of each factor how it goes with the outcome. Slopes: [(label, b, low, high, p)].

    In detail with intervals, with estimates alone, or by names alone.
    """
    verdicts = {"positive": [], "negative": [], "none": []}
    for slope in slopes:
        verdicts[significance(slope[1], slope[4], level)].append(slope)
    told = [(kind, some) for kind, some in verdicts.items() if some]
    is_first, clauses = True, []
    for kind, some in told:
        words = []
        for label, b, low, high, _ in some:
            name = f"{100 * (1 - level):g}% confidence interval " if is_first else ""
            words.append(
                {
                    "intervals": f"{label} ({digits(b)}, {name}{digits(low)} to {digits(high)})",
                    "estimates": f"{label} ({digits(b)})",
                    "names": label,
                }[detail]
            )
            is_first = False
        n, it = len(words), "it" if clauses else outcome
        how = {"positive": "positively", "negative": "negatively", "none": "not significantly"}[
            kind
        ]
        if n > 1 and len(told) == 1:
            head = (
                f"{'Neither factor' if n == 2 else f'None of the {NUMBER_WORDS.get(n, n)} factors'} is "
                f"significantly associated with {it}"
                if kind == "none"
                else f"All {NUMBER_WORDS.get(n, n)} factors are {how} associated with {it}"
            )
            clauses.append(f"{head}: {listed(words)}")
        else:
            verb = "is" if n == 1 else "are"
            clauses.append(f"{enumerated(words)} {verb} {how} associated with {it}")
    return "; ".join(clauses)


def sizes(changes, outcome, share="10%"):
    """Say what a rise of each factor goes with: by a tenth of its mean, else by a deviation. Changes: [(label, change, kind)]."""
    said = []
    for kind, rise in (
        ("share", f"A {share} increase"),
        ("sd", "An increase of one standard deviation"),
    ):
        alike = [(label, change) for label, change, how in changes if how == kind]
        goes = f"goes with a change in {outcome} of"
        if len(alike) == 1:
            ((label, change),) = alike
            said.append(f"{rise} in {label} from its mean {goes} {signed(change)}.")
        elif alike:
            items = enumerated([f"{signed(change)} for {label}" for label, change in alike])
            said.append(f"{rise} from the mean {goes} {items}.")
    return said


def confirmed(counts):
    """Say in how many other columns each factor keeps sign and significance. Counts: [(label, k, n)]."""
    if not counts:
        return []
    items = enumerated([f"{label} in {k} of {n}" for label, k, n in counts])
    return [
        f"In other specifications of the same outcome, sign and significance are confirmed for {items}."
    ]


def under_clusters(kept, lost, gained, entity, pathways=""):
    """Say what errors clustered by entity leave of the associations."""
    head, said = f"With standard errors clustered by {entity}, ", []
    if lost and kept:
        said.append(
            f"{head}only {enumerated(kept)} remain{'s' if len(kept) == 1 else ''} significant."
        )
    elif len(lost) == 1:
        said.append(f"{head}the association{pathways} is no longer significant.")
    elif lost:
        said.append(f"{head}none of these associations{pathways} remains significant.")
    if gained:
        said.append(
            f"{head}{enumerated(gained)} become{'s' if len(gained) == 1 else ''} significant."
        )
    return said


def channels_in_brief(effects, test):
    """Say through which mediators which factors act. Effects: [(factor, mediator)]."""
    parts = []
    for mediator in dict.fromkeys(m for _, m in effects):
        words = enumerated([factor for factor, m in effects if m == mediator])
        parts.append(f"through {mediator} for {words}")
    head = "an indirect effect is" if len(effects) == 1 else "indirect effects are"
    return f"By {test}, {head} significant {'; '.join(parts)}."


def channels(effects, level):
    """Say it at length. Effects: [(factor, mediator, ab, share or None, p)]."""
    said, others = [], {}
    for mediator in dict.fromkeys(m for _, m, *_ in effects):
        words = []
        for factor, m, ab, share, p in effects:
            if m != mediator:
                continue
            if p >= level or ab == 0:
                others.setdefault(mediator, []).append(factor)
                continue
            part = "" if share is None else f"{percent(share)} of the total effect, "
            words.append(f"{factor} ({digits(ab)}, {part}{p_equals(p)})")
        if words:
            head = (
                f"An indirect effect through {mediator} is"
                if len(words) == 1
                else f"Indirect effects through {mediator} are"
            )
            said.append(f"{head} significant for {enumerated(words)}.")
    if others:
        items = listed([f"{enumerated(some)} through {m}" for m, some in others.items()])
        said.append(f"None is significant for {items}.")
    return said


def moderated(paths, level):
    """Say which slopes are larger or smaller where a moderator is higher. Paths: [(w, x, y, b3, p, low, high)]."""
    said = []
    for w in dict.fromkeys(path[0] for path in paths):
        for sign, word in ((1, "larger"), (-1, "smaller")):
            items = [
                f"{x} on {y} (from {digits(low)} to {digits(high)})"
                for v, x, y, b3, p, low, high in paths
                if v == w and p < level and b3 * sign > 0
            ]
            if items:
                said.append(f"With higher {w}, these slopes are {word}: {listed(items)}.")
    if not said:
        names = enumerated(list(dict.fromkeys(path[0] for path in paths)))
        return [f"No path depends significantly on {names}."]
    return [
        *said,
        "In parentheses: the slope where the moderator is one standard deviation below and above its mean.",
    ]


def holm(p_values):
    """Adjust p-values by Holm's method: in rising order, each by the number of those not yet passed."""
    order = sorted(range(len(p_values)), key=lambda i: p_values[i])
    adjusted, largest = [0.0] * len(p_values), 0.0
    for passed, i in enumerate(order):
        largest = max(largest, min(1.0, (len(p_values) - passed) * p_values[i]))
        adjusted[i] = largest
    return adjusted


def differing(found):
    """Say which association differs by what. Found: {factor: [(grouping, [(group, slope)], Holm's p)]}."""
    clauses = []
    for factor, some in found.items():
        items = enumerated(
            [
                f"{grouping} ({listed([f'{group} {digits(b)}' for group, b in slopes])}; Holm-adjusted {p_equals(p)})"
                for grouping, slopes, p in some
            ]
        )
        clauses.append(f"{'the' if clauses else 'The'} association of {factor} differs by {items}")
    return "; ".join(clauses) + "." if clauses else ""


def differing_in_brief(found):
    """Say which association differs by what. Found: {factor: [grouping]}."""
    clauses = []
    for factor, groupings in found.items():
        article = "the" if clauses else "The"
        clauses.append(f"{article} association of {factor} differs by {enumerated(groupings)}")
    return "; ".join(clauses) + "." if clauses else ""


# pathways


def supported(counts, n_any, n, one, many):
    """Say for how many a pathway is supported. Counts: [(label, k)] of those with any."""
    items = listed([f"{label} for {k}" for label, k in counts])
    whole = (
        f"all {things(n, one, many)}" if n_any == n > 1 else f"{n_any} of {things(n, one, many)}"
    )
    return f"The estimates support at least one pathway for {whole} (several may apply): {items}."


def supported_in_brief(n_any, n, one, many):
    """Say it without the pathways."""
    if n_any == n:
        return f"At least one pathway is supported for every {one}."
    return f"At least one pathway is supported for {n_any} of {things(n, one, many)}."
