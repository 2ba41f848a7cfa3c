"""The table of moderated paths: interactions with conditional effects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from types import MappingProxyType

from xinzhi.analyses.moderation.moderated_effect import ModeratedTerms, Moderation, lagged_name
from xinzhi.present import numbers
from xinzhi.present.coverage import coverage_of
from xinzhi.present.plain_effects import slope
from xinzhi.present.regression.fitted import (
    advice_in_words,
    kind_of_errors,
    name_of,
    staggered_in_words,
    star_note,
)
from xinzhi.present.style import Style
from xinzhi.present.table import EMPTY, Cell, Column, Row, Table
from xinzhi_core.wording import Wording, listed, message
from xinzhi_econometrics.estimates import Estimates
from xinzhi_econometrics.inference import Inapplicable
from xinzhi_econometrics.verdict import Verdict, judge_slope

Ends = tuple[str, str, str]
"""Where a path starts, where it ends, what moderates it."""
Failed = Mapping[Ends, Wording]
MANY = 5
"""Interactions from which the number that chance alone would give is stated."""


def moderation_table(
    id: str,  # noqa: A002 - the name of the field it fills
    title: Wording,
    paths: Sequence[Moderation],
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
    judged = paths if judged is None else judged
    # Where an effect is significant is a judgement, whatever errors are printed.
    paths = [replace(path, region=by.region) for path, by in zip(paths, judged, strict=True)]
    verdicts = [judge_slope(path.estimates, path.interaction, style.inference) for path in judged]
    rows = [row for path in paths for row in _path_rows(path, style)]
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
            *_path_notes(paths, style),
            *failed_notes(failed, style.labels),
        ),
        reading=tuple(_path_reading(judged, verdicts, style)),
        machine=MappingProxyType(
            {
                "paths": list(map(_plain_path, paths, verdicts)),
                "refused": plain_refusals(failed),
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


def with_lag(ends: Ends, lag: int, lagged: str) -> Ends:
    """Name what is lagged of a path by its lag.

    >>> with_lag(("x", "y", "w"), 1, "all"), with_lag(("x", "y", "w"), 1, "moderator")
    (('L1.x', 'y', 'L1.w'), ('x', 'y', 'L1.w'))
    """
    focal = lagged_name(ends[0], lag) if lagged == "all" else ends[0]
    return focal, ends[1], lagged_name(ends[2], lag)


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


def lag_notes(lags: Iterable[tuple[int, str]]) -> Iterator[Wording]:
    """Say what is lagged, each lag once."""
    yield from (lag_note(lag, lagged) for lag, lagged in dict.fromkeys(lags) if lag)


def plain_refusals(failed: Failed) -> list[dict[str, str]]:
    """Give the paths that could not be estimated as plain values."""
    return [
        {"focal": focal, "outcome": outcome, "moderator": moderator, "reason": str(why)}
        for (focal, outcome, moderator), why in failed.items()
    ]


def _path_rows(path: Moderation, style: Style) -> tuple[Row, Row]:
    stars, decimals = style.stars, style.decimals
    b, error, p = _slope(path.estimates, path.interaction)
    inner, inner_error = Cell(None), EMPTY
    if isinstance(path.double_demeaned, Estimates):
        inner_b, inner_se, inner_p = _slope(path.double_demeaned, path.interaction)
        inner = Cell(inner_b, "estimate", numbers.marks(inner_p, stars), decimals)
        inner_error = Cell(inner_se, "std_error", decimals=decimals)
    top = (
        Cell(b, "estimate", numbers.marks(p, stars), decimals),
        Cell(p, "p_value"),
        *(
            Cell(c.effect, "estimate", numbers.marks(c.p_value, stars), decimals)
            for c in path.conditional
        ),
        Cell(path.region.share, "percent"),
        inner,
        Cell(path.estimates.n, "count"),
    )
    beneath = (
        Cell(error, "std_error", decimals=decimals),
        EMPTY,
        *(Cell(c.std_error, "std_error", decimals=decimals) for c in path.conditional),
        EMPTY,
        inner_error,
        EMPTY,
    )
    name = key((path.focal, path.outcome, path.moderator))
    return Row(_words(path, style), top, key=name), Row("", beneath, key=f"{name}:std_error")


def _slope(estimates: Estimates, name: str) -> tuple[float, float, float]:
    """Take a slope, its standard error and its p-value."""
    i = estimates.position(name)
    return (
        float(estimates.estimate[i]),
        float(estimates.std_error[i]),
        float(estimates.p_value[i]),
    )


def _words(path: Moderation, style: Style) -> Wording:
    """Word a path by the names in its equation, which state the lag."""
    return path_in_words((path.terms.focal, path.outcome, path.terms.moderator), style.labels)


def _path_notes(paths: Sequence[Moderation], style: Style) -> Iterator[Wording]:
    level, estimates = numbers.level(style.level), [path.estimates for path in paths]
    for rule in dict.fromkeys(kind_of_errors(e.covariance, style.labels) for e in estimates):
        yield message("{rule} in parentheses.", rule=rule)
    yield star_note(style.stars, style.level)
    yield from advice_in_words(estimates)
    yield from staggered_in_words(estimates, style.labels)
    yield from lag_notes((path.lag, path.lagged) for path in paths)
    if not paths:
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
    yield from coverage_of("conditional_effect", estimates)
    for path in paths:
        # Bounds that end no stretch lie outside of the range that was observed.
        ends = {end for stretch in path.region.intervals for end in stretch}
        bounds = [bound for bound in path.region.bounds if bound in ends]
        if bounds:
            yield message(
                "{path}: the effect crosses the {level} line where the moderator is {bounds}.",
                level=level,
                path=_words(path, style),
                bounds=listed([numbers.number(bound) for bound in bounds]),
            )
        if isinstance(path.double_demeaned, Inapplicable):
            yield message(
                "{path}: interaction within entities: {why}",
                path=_words(path, style),
                why=path.double_demeaned.reason,
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
    paths: Sequence[Moderation], verdicts: Sequence[Verdict], style: Style
) -> Iterator[Wording]:
    for path, verdict in zip(paths, verdicts, strict=True):
        yield _read_path(path, verdict, style)
    if len(verdicts) >= MANY:
        yield message(
            "{k} of {n} interactions have p < {level}; if all were zero, about {chance} would be "
            "expected.",
            one="{k} of {n} interactions has p < {level}; if all were zero, about {chance} would be expected.",
            counting="k",
            k=sum(verdict.is_significant for verdict in verdicts),
            n=len(verdicts),
            level=f"{style.level:g}",
            chance=numbers.number(len(verdicts) * style.level, 1),
        )


def _read_path(path: Moderation, verdict: Verdict, style: Style) -> Wording:
    labels, decimals = style.labels, style.decimals
    low, _, high = path.conditional
    words: dict[str, object] = {
        "x": name_of(path.terms.focal, labels),
        "y": name_of(path.outcome, labels),
        "w": name_of(path.terms.moderator, labels),
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


def _plain_path(path: Moderation, verdict: Verdict) -> dict[str, object]:
    """Give a moderated path: interaction, conditional effects, region."""
    inner = path.double_demeaned
    return {
        "focal": path.focal,
        "outcome": path.outcome,
        "moderator": path.moderator,
        "lag": path.lag,
        "lagged": path.lagged if path.lag else "none",
        "terms": plain_terms(path.terms),
        "n": path.estimates.n,
        "interaction": slope(path.estimates, path.interaction),
        "verdict": verdict.direction,
        "moderator_mean": path.moderator_mean,
        "moderator_sd": path.moderator_sd,
        "conditional": [asdict(effect) for effect in path.conditional],
        "region": {
            "bounds": list(path.region.bounds),
            "intervals": [list(stretch) for stretch in path.region.intervals],
            "share": path.region.share,
        },
        "double_demeaned": {"inapplicable": str(inner.reason)}
        if isinstance(inner, Inapplicable)
        else slope(inner, path.interaction),
    }


def plain_terms(terms: ModeratedTerms) -> dict[str, str]:
    """Give the names that the terms of a moderated effect have in its equation."""
    return {**asdict(terms), "interaction": terms.interaction}
