"""Running text on moderation: which associations become stronger or weaker with which moderator."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from xinzhi.analyses.analysis import Shown
from xinzhi.analyses.moderation.compute import Moderated
from xinzhi.analyses.moderation.moderated_effect import Moderation
from xinzhi.present import numbers
from xinzhi.present.references import see
from xinzhi.present.regression.fitted import name_of
from xinzhi.present.style import Style
from xinzhi.regression.verdict import Verdict
from xinzhi.wording import Wording, enumerated, in_a_row, listed, message


def prose(result: Moderated, shown: Shown) -> tuple[Wording, ...]:
    """Write the paragraph on moderation."""
    style = shown.style
    paths = [path.judged for path in result.paths if isinstance(path.judged, Moderation)]
    verdicts = [(path, _verdict(path, style)) for path in paths]
    significant = [(path, verdict) for path, verdict in verdicts if verdict.is_significant]
    moderators = dict.fromkeys(path.moderator for path in paths)
    if not significant:
        names = enumerated([name_of(name, style.labels) for name in moderators])
        sentence = message(
            "No path depends significantly on {moderators}{see}.",
            moderators=names,
            see=see(shown.name),
        )
        return (sentence,) if paths else ()
    sentences = [
        sentence
        for moderator in moderators
        for sentence in _slopes([p for p in significant if p[0].moderator == moderator], style)
    ]
    return (in_a_row([*sentences, *_brackets([path for path, _ in significant], shown)]),)


def _verdict(path: Moderation, style: Style) -> Verdict:
    i = path.estimates.position(path.interaction)
    return style.judge(float(path.estimates.estimate[i]), float(path.estimates.p_value[i]))


def _slopes(significant: Sequence[tuple[Moderation, Verdict]], style: Style) -> Iterator[Wording]:
    """Say which slopes are larger and which are smaller where one moderator is higher."""
    for direction in ("positive", "negative"):
        paths = [path for path, verdict in significant if verdict.direction == direction]
        if not paths:
            continue
        words = {
            "moderator": name_of(paths[0].moderator, style.labels),
            "paths": listed([_path(path, style) for path in paths]),
        }
        yield (
            message("With higher {moderator}, these slopes are larger: {paths}.", **words)
            if direction == "positive"
            else message("With higher {moderator}, these slopes are smaller: {paths}.", **words)
        )


def _path(path: Moderation, style: Style) -> Wording:
    low, _, high = path.conditional
    return message(
        "{factor} on {outcome} (from {low} to {high})",
        factor=name_of(path.focal, style.labels),
        outcome=name_of(path.outcome, style.labels),
        low=numbers.number(low.effect, style.decimals),
        high=numbers.number(high.effect, style.decimals),
    )


def _brackets(paths: Sequence[Moderation], shown: Shown) -> Iterator[Wording]:
    """Say what the two slopes in parentheses are, and what is lagged."""
    yield message(
        "In parentheses: the slope where the moderator is one standard deviation below and "
        "above its mean{see}.",
        see=see(shown.name),
    )
    for lag, lagged in dict.fromkeys((path.lag, path.lagged) for path in paths if path.lag):
        terms = message("all regressors") if lagged == "all" else message("the moderator")
        yield message(
            "Lag of {what}: {n} periods.", one="Lag of {what}: {n} period.", n=lag, what=terms
        )
