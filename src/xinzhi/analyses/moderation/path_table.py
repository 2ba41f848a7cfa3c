"""The table of moderated paths: interactions with conditional effects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from types import MappingProxyType

from xinzhi.analyses.moderation.moderated_effect import Moderation
from xinzhi.analyses.moderation.terms import Terms, lagged_name
from xinzhi.present import numbers
from xinzhi.present.coverage import coverage_of
from xinzhi.present.plain_effects import slope
from xinzhi.present.regression.fitted import name_of
from xinzhi.present.regression.notes import advice_in_words, kind_of_errors, star_note
from xinzhi.present.style import Style
from xinzhi.present.table import EMPTY, Cell, Column, Row, Table
from xinzhi.regression.estimates import Estimates
from xinzhi.regression.inference import Inapplicable
from xinzhi.regression.verdict import Verdict, judge_slope
from xinzhi.wording import Wording, listed, message

Ends = tuple[str, str, str]
"""Where a path starts, where it ends, what moderates it."""
Failed = Mapping[Ends, Wording]
MANY = 5


def moderation_table(
    id: str,  # noqa: A002 - the name of the field it fills
    title: Wording,
    found: Sequence[Moderation],
    style: Style,
    *,
    failed: Failed = MappingProxyType({}),
    lag: int = 0,
    lagged: str = "all",
    judged: Sequence[Moderation] | None = None,
) -> Table:
    """Set each moderated path: its interaction, and the effect at low, mean and high moderator.

    Parameters
    ----------
    failed
        Paths that could not be estimated, each with its reason; they keep their rows.
    lag, lagged
        Of the paths that failed; all, or moderator: what is lagged. Those found say it themselves.
    judged
        The same paths with the errors that judge them; their own where left out.
    """
    judged = found if judged is None else judged
    # where an effect is significant is a judgement, whatever errors are printed
    found = [replace(one, region=by.region) for one, by in zip(found, judged, strict=True)]
    verdicts = [judge_slope(one.estimates, one.interaction, style.inference) for one in judged]
    rows = [row for one in found for row in _path_rows(one, style)]
    rows += failed_rows(failed, style, 8, lag=lag, lagged=lagged)
    where = message("Effect where the moderator is")
    return Table(
        id=id,
        title=title,
        stub=message("Path"),
        columns=(
            Column("interaction", message("interaction")),
            Column("p", message("p")),
            Column("low", message("low (mean − SD)"), where),
            Column("mean", message("at its mean"), where),
            Column("high", message("high (mean + SD)"), where),
            Column("share", message("rows with a significant effect")),
            Column("double_demeaned", message("interaction within entities")),
            Column("n", message("N")),
        ),
        rows=tuple(rows),
        notes=(
            *_path_notes(found, style),
            star_note(style.stars),
            *failed_notes(failed, style.labels),
        ),
        reading=tuple(_path_reading(judged, verdicts, style)),
        machine=MappingProxyType(
            {
                "paths": [_plain_path(*one) for one in zip(found, verdicts, strict=True)],
                "refused": [plain_refusal(ends, why) for ends, why in failed.items()],
            }
        ),
    )


def key(ends: Ends) -> str:
    """Write a path as the study file does, with its moderator."""
    return f"{ends[0]} -> {ends[1]} | {ends[2]}"


def path_in_words(ends: Ends, labels: Mapping[str, Wording]) -> Wording:
    """Word a path and its moderator."""
    focal, outcome, moderator = (name_of(name, labels) for name in ends)
    return message("{x} → {y} | {w}", x=focal, y=outcome, w=moderator)


def ends_of(one: Moderation) -> Ends:
    """Give where a path starts, where it ends, what moderates it."""
    return one.focal, one.outcome, one.moderator


def with_lag(ends: Ends, lag: int, lagged: str) -> Ends:
    """Name what is lagged of a path by its lag.

    >>> with_lag(("x", "y", "w"), 1, "all"), with_lag(("x", "y", "w"), 1, "moderator")
    (('L1.x', 'y', 'L1.w'), ('x', 'y', 'L1.w'))
    """
    focal = lagged_name(ends[0], lag) if lagged == "all" else ends[0]
    return focal, ends[1], lagged_name(ends[2], lag)


def terms_of(one: Moderation) -> Ends:
    """Give the same by the names in the equation, which state the lag."""
    return one.terms.focal, one.outcome, one.terms.moderator


def lag_note(lag: int, lagged: str) -> Wording:
    """Say what is lagged."""
    if lagged == "all":
        return message(
            "Lag of {n} inside the entity for everything on the right; a period without its "
            "predecessor is left out.",
            n=lag,
        )
    return message(
        "Lag of {n} inside the entity for the moderator; a period without its predecessor is "
        "left out.",
        n=lag,
    )


def plain_refusal(ends: Ends, why: Wording) -> dict[str, str]:
    """Give a path that could not be estimated as plain values."""
    return {"focal": ends[0], "outcome": ends[1], "moderator": ends[2], "reason": str(why)}


def _path_rows(one: Moderation, style: Style) -> tuple[Row, Row]:
    labels, stars, decimals = style.labels, style.stars, style.decimals
    at = one.estimates.position(one.interaction)
    p = float(one.estimates.p_value[at])
    inner = one.double_demeaned
    has = isinstance(inner, Estimates)
    place = inner.position(one.interaction) if isinstance(inner, Estimates) else 0
    top = (
        Cell(float(one.estimates.estimate[at]), "estimate", numbers.marks(p, stars), decimals),
        Cell(p, "p_value"),
        *(
            Cell(c.effect, "estimate", numbers.marks(c.p_value, stars), decimals)
            for c in one.conditional
        ),
        Cell(one.region.share, "percent"),
        _inner(inner, place, stars, decimals),
        Cell(one.estimates.n, "count"),
    )
    beneath = (
        Cell(float(one.estimates.std_error[at]), "std_error", decimals=decimals),
        EMPTY,
        *(Cell(c.std_error, "std_error", decimals=decimals) for c in one.conditional),
        EMPTY,
        Cell(float(inner.std_error[place]), "std_error", decimals=decimals)
        if has and isinstance(inner, Estimates)
        else EMPTY,
        EMPTY,
    )
    name = key(ends_of(one))
    return (
        Row(path_in_words(terms_of(one), labels), top, key=name),
        Row("", beneath, key=f"{name}:std_error"),
    )


def _inner(inner: object, place: int, stars: Mapping[str, float], decimals: int) -> Cell:
    if not isinstance(inner, Estimates):
        return Cell(None)
    mark = numbers.marks(float(inner.p_value[place]), stars)
    return Cell(float(inner.estimate[place]), "estimate", mark, decimals)


def _path_notes(found: Sequence[Moderation], style: Style) -> Iterator[Wording]:
    labels, level = style.labels, numbers.level(style.level)
    for rule in dict.fromkeys(kind_of_errors(one.estimates.covariance, labels) for one in found):
        yield message("{rule} in parentheses.", rule=rule)
    yield from advice_in_words([one.estimates for one in found])
    for lag, lagged in dict.fromkeys((one.lag, one.lagged) for one in found if one.lag):
        yield lag_note(lag, lagged)
    if not found:
        return
    yield message(
        "The factors of one path enter one equation with their interactions; standard errors of "
        "the effects at low, mean and high moderator are by the delta method. Rows with a "
        "significant effect: those whose moderator lies where the effect is statistically "
        "significant at the {level} level (Johnson-Neyman, pointwise).",
        level=level,
    )
    yield message(
        "Interaction within entities: both variables less their means by entity before they are "
        "multiplied; where it disagrees, the interaction compares entities."
    )
    yield from coverage_of("conditional_effect", [one.estimates for one in found])
    for one in found:
        ends = {end for piece in one.region.intervals for end in piece}
        crossed = [
            bound for bound in one.region.bounds if bound in ends
        ]  # others were not observed
        if crossed:
            yield message(
                "{path}: the effect crosses the {level} line where the moderator is {bounds}.",
                level=level,
                path=path_in_words(terms_of(one), labels),
                bounds=listed([numbers.number(bound) for bound in crossed]),
            )
        if isinstance(one.double_demeaned, Inapplicable):
            yield message(
                "{path}: interaction within entities: {why}",
                path=path_in_words(terms_of(one), labels),
                why=one.double_demeaned.reason,
            )


def failed_rows(failed: Failed, style: Style, n: int, *, lag: int, lagged: str) -> Iterator[Row]:
    """Keep the rows of paths that could not be estimated, with `n` empty cells."""
    for ends in failed:
        words = path_in_words(with_lag(ends, lag, lagged), style.labels)
        yield Row(words, (Cell(None),) * n, key=key(ends))


def failed_notes(failed: Failed, labels: Mapping[str, Wording]) -> Iterator[Wording]:
    """Say of each path why it could not be estimated."""
    for ends, why in failed.items():
        path = path_in_words(ends, labels)
        yield message("{name} could not be estimated: {why}", name=path, why=why)


def _path_reading(
    found: Sequence[Moderation], verdicts: Sequence[Verdict], style: Style
) -> Iterator[Wording]:
    for one, verdict in zip(found, verdicts, strict=True):
        yield _read_path(one, verdict, style)
    if len(verdicts) >= MANY:
        yield message(
            "{k} of {n} interactions have p < {level}; if all were zero, about {chance} would be "
            "expected.",
            k=sum(one.is_significant for one in verdicts),
            n=len(verdicts),
            level=f"{style.level:g}",
            chance=numbers.number(len(verdicts) * style.level, 1),
        )


def _read_path(one: Moderation, verdict: Verdict, style: Style) -> Wording:
    labels, decimals = style.labels, style.decimals
    low, _, high = one.conditional
    words: dict[str, object] = {
        "x": name_of(one.terms.focal, labels),
        "y": name_of(one.outcome, labels),
        "w": name_of(one.terms.moderator, labels),
        "p": numbers.p_equals(verdict.p),
        "low": numbers.number(low.effect, decimals),
        "high": numbers.number(high.effect, decimals),
    }
    if not verdict.is_significant:
        return message(
            "A change of the slope of {y} on {x} with {w} is not statistically significant ({p}).",
            **words,
        )
    if verdict.direction == "positive":
        return message(
            "The slope of {y} on {x} rises with {w} ({p}): from {low} where it is low to {high} where "
            "it is high.",
            **words,
        )
    return message(
        "The slope of {y} on {x} falls with {w} ({p}): from {low} where it is low to {high} where it "
        "is high.",
        **words,
    )


def _plain_path(found: Moderation, verdict: Verdict) -> dict[str, object]:
    """Give a moderated path: interaction, conditional effects, region."""
    return {
        "focal": found.focal,
        "outcome": found.outcome,
        "moderator": found.moderator,
        "lag": found.lag,
        "lagged": found.lagged if found.lag else "none",
        "terms": plain_terms(found.terms),
        "n": found.estimates.n,
        "interaction": slope(found.estimates, found.interaction),
        "verdict": verdict.direction,
        "moderator_mean": found.moderator_mean,
        "moderator_sd": found.moderator_sd,
        "conditional": [asdict(one) for one in found.conditional],
        "region": {
            "bounds": list(found.region.bounds),
            "intervals": [list(piece) for piece in found.region.intervals],
            "share": found.region.share,
        },
        "double_demeaned": {"inapplicable": str(found.double_demeaned.reason)}
        if isinstance(found.double_demeaned, Inapplicable)
        else slope(found.double_demeaned, found.interaction),
    }


def plain_terms(terms: Terms) -> dict[str, str]:
    """Give the names that the terms of a moderated effect have in its equation."""
    return {
        "focal": terms.focal,
        "moderator": terms.moderator,
        "interaction": terms.interaction,
    }
