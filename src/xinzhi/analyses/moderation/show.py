"""The tables of moderation, its paragraphs of methods and its references."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from xinzhi.analyses.analysis import Shown
from xinzhi.analyses.exhibits import Exhibits
from xinzhi.analyses.moderation import verdicts
from xinzhi.analyses.moderation.chain_table import chains_table
from xinzhi.analyses.moderation.compute import Moderated
from xinzhi.analyses.moderation.moderated_effect import Moderation
from xinzhi.analyses.moderation.path_table import lag_note, moderation_table
from xinzhi.analyses.moderation.prose import prose
from xinzhi.analyses.moderation.regression_table import regression_table_of
from xinzhi.analyses.moderation.section import ModerationSection
from xinzhi.analyses.moderation.symbols import equations_in_symbols
from xinzhi.analyses.unavailable import Unavailable
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
    found = [one.found for one in result.paths if isinstance(one.found, Moderation)]
    if found:
        title = message("{title}: regressions", title=shown.title)
        yield regression_table_of(
            f"{shown.name}_regressions", title, found, base.controls, shown.style
        )


def _tables(section: ModerationSection, result: Moderated, shown: Shown) -> Iterator[Table]:
    table = moderation_table(
        shown.name,
        shown.title,
        [one.found for one in result.paths if not isinstance(one.found, Unavailable)],
        shown.style,
        failed={
            (one.focal, one.outcome, one.moderator): one.found.problems[0].what
            for one in result.paths
            if isinstance(one.found, Unavailable)
        },
        lag=section.lag,
        lagged=section.lagged,
        judged=[one.judged for one in result.paths if not isinstance(one.judged, Unavailable)],
    )
    yield replace(table, reading=(*table.reading, *verdicts.other_verdicts(result, shown)))
    if result.chains:
        yield chains_table(
            f"{shown.name}_chains",
            message("{title}: mediated effects along the moderator", title=shown.title),
            [one.found for one in result.chains if not isinstance(one.found, Unavailable)],
            shown.style,
            failed={
                (one.focal, one.mediator, one.moderator): one.found.problems[0].what
                for one in result.chains
                if isinstance(one.found, Unavailable)
            },
            lag=section.lag,
            lagged=section.lagged,
        )


def _methods(section: ModerationSection) -> Iterator[Wording]:
    yield message(
        "Moderation: interactions with the moderator; effects at its mean and one standard "
        "deviation below and above.",
    )
    if section.lag:
        yield lag_note(section.lag, section.lagged)
