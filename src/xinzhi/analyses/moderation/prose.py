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
    paths = [one.judged for one in result.paths if isinstance(one.judged, Moderation)]
    found = [(one, verdict) for one in paths if (verdict := _verdict(one, style)).is_significant]
    moderators = dict.fromkeys(one.moderator for one in paths)
    if not found:
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
        for sentence in _of_moderator([p for p in found if p[0].moderator == moderator], style)
    ]
    return (in_a_row([*sentences, *_brackets([one for one, _ in found], shown)]),)


def _verdict(one: Moderation, style: Style) -> Verdict:
    at = one.estimates.position(one.interaction)
    return style.judge(float(one.estimates.estimate[at]), float(one.estimates.p_value[at]))


def _of_moderator(found: Sequence[tuple[Moderation, Verdict]], style: Style) -> Iterator[Wording]:
    """Say which slopes are larger and which are smaller where one moderator is higher."""
    for direction in ("positive", "negative"):
        paths = [one for one, verdict in found if verdict.direction == direction]
        if not paths:
            continue
        words = {
            "moderator": name_of(paths[0].moderator, style.labels),
            "paths": listed([_path(one, style) for one in paths]),
        }
        yield (
            message("With higher {moderator}, these slopes are larger: {paths}.", **words)
            if direction == "positive"
            else message("With higher {moderator}, these slopes are smaller: {paths}.", **words)
        )


def _path(one: Moderation, style: Style) -> Wording:
    low, _, high = one.conditional
    return message(
        "{factor} on {outcome} (from {low} to {high})",
        factor=name_of(one.focal, style.labels),
        outcome=name_of(one.outcome, style.labels),
        low=numbers.number(low.effect, style.decimals),
        high=numbers.number(high.effect, style.decimals),
    )


def _brackets(paths: Sequence[Moderation], shown: Shown) -> list[Wording]:
    """Say what the two slopes in parentheses are, and what is lagged."""
    sentences: list[Wording] = [
        message(
            "In parentheses: the slope where the moderator is one standard deviation below and "
            "above its mean{see}.",
            see=see(shown.name),
        )
    ]
    for lag, lagged in dict.fromkeys((one.lag, one.lagged) for one in paths if one.lag):
        what = message("all regressors") if lagged == "all" else message("the moderator")
        sentences.append(
            message(
                "Lag of {what}: {n} periods.", one="Lag of {what}: {n} period.", n=lag, what=what
            )
        )
    return sentences
