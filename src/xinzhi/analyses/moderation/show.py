"""The tables of moderation, its paragraphs of methods and its references."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from xinzhi.analyses.analysis import Shown
from xinzhi.analyses.exhibits import Exhibits
from xinzhi.analyses.moderation.chain_table import chains_table
from xinzhi.analyses.moderation.compute import Moderated, interactions
from xinzhi.analyses.moderation.moderated_effect import Moderation
from xinzhi.analyses.moderation.path_table import lag_note, moderation_table
from xinzhi.analyses.moderation.prose import prose
from xinzhi.analyses.moderation.regression_table import regression_table_of
from xinzhi.analyses.moderation.section import ModerationSection
from xinzhi.analyses.moderation.symbols import equations_in_symbols
from xinzhi.analyses.unavailable import Unavailable
from xinzhi.analyses.verdict_changes import (
    compare_with_defaults,
    compare_with_printed,
    pair_verdicts,
)
from xinzhi.present.table import Table
from xinzhi.regression.specification import Regression
from xinzhi.wording import Wording, message

BAUER = (
    "Bauer, D. J., & Curran, P. J. (2005). Probing interactions in fixed and multilevel regression: "
    "Inferential and graphical techniques. Multivariate Behavioral Research, 40(3), 373–400. "
    "doi:10.1207/s15327906mbr4003_5"
)
HAYES = (
    "Hayes, A. F. (2015). An index and test of linear moderated mediation. Multivariate Behavioral "
    "Research, 50(1), 1–22. doi:10.1080/00273171.2014.962683"
)


def exhibits(
    section: ModerationSection, base: Regression, result: Moderated, shown: Shown
) -> Exhibits:
    """Make the exhibits of a section; `base` gives the other regressors of its equations."""
    references = {BAUER, HAYES} if result.chains else {BAUER}
    paths, *chains = _tables(section, result, shown)
    return Exhibits(
        (*_regressions(base, result, shown), paths, *chains),
        tuple(_methods(section)),
        frozenset(references),
        prose=prose(result, shown),
        equations=tuple(equations_in_symbols(section, base, shown)),
    )


def _regressions(base: Regression, result: Moderated, shown: Shown) -> Iterator[Table]:
    """Set the estimated equations side by side, in the main text; nothing where there is none."""
    paths = [path.found for path in result.paths if isinstance(path.found, Moderation)]
    if paths:
        title = message("{title}: regressions", title=shown.title)
        yield regression_table_of(
            f"{shown.name}_regressions", title, paths, base.controls, shown.style
        )


def _tables(section: ModerationSection, result: Moderated, shown: Shown) -> Iterator[Table]:
    table = moderation_table(
        shown.name,
        shown.title,
        [path.found for path in result.paths if not isinstance(path.found, Unavailable)],
        shown.style,
        failed={
            (path.focal, path.outcome, path.moderator): path.found.problems[0].what
            for path in result.paths
            if isinstance(path.found, Unavailable)
        },
        lag=section.lag,
        lagged=section.lagged,
        judged=[path.judged for path in result.paths if not isinstance(path.judged, Unavailable)],
    )
    yield replace(table, reading=(*table.reading, *_other_verdicts(result, shown)))
    if result.chains:
        yield chains_table(
            f"{shown.name}_chains",
            message("{title}: mediated effects along the moderator", title=shown.title),
            [chain.found for chain in result.chains if not isinstance(chain.found, Unavailable)],
            shown.style,
            failed={
                (chain.focal, chain.mediator, chain.moderator): chain.found.problems[0].what
                for chain in result.chains
                if isinstance(chain.found, Unavailable)
            },
            lag=section.lag,
            lagged=section.lagged,
        )


def _other_verdicts(result: Moderated, shown: Shown) -> Iterator[Wording]:
    """Say which interactions the printed errors, or the default ones, judge otherwise."""
    inference, paths = shown.style.inference, result.paths
    declared = [path.declared for path in paths if path.declared is not None]
    if declared:
        printed = interactions(path.found for path in paths if path.declared is not None)
        pairs = pair_verdicts(interactions(declared), printed, inference)
        yield from compare_with_printed(pairs, declared[0].estimates.covariance, shown)
    judged = interactions(path.judged for path in paths if path.default is not None)
    by_default = interactions(path.default for path in paths)
    yield from compare_with_defaults(pair_verdicts(judged, by_default, inference), shown)


def _methods(section: ModerationSection) -> Iterator[Wording]:
    yield message(
        "Moderation: interactions with the moderator; effects at its mean and one standard "
        "deviation below and above.",
    )
    if section.lag:
        yield lag_note(section.lag, section.lagged)
