"""What the report says of scores: tables, the paragraph of methods, references."""

from __future__ import annotations

from xinzhi.analyses.analysis import Shown
from xinzhi.analyses.efficiency.references import references_of
from xinzhi.analyses.efficiency.section import Measurement
from xinzhi.analyses.efficiency.tables import efficiency_ranking, efficiency_summary
from xinzhi.analyses.exhibits import Exhibits
from xinzhi.efficiency.result import EfficiencyResult
from xinzhi.tables.options import options_in_words
from xinzhi.wording import Wording, listed, message


def by_period(shown: Shown) -> tuple[str, Wording]:
    """Give id and title of the table of scores by period."""
    score = shown.study.score_label(shown.name)
    return f"{shown.name}_by_period", message("{score} by period", score=score)


def exhibits(section: Measurement, result: EfficiencyResult, shown: Shown) -> Exhibits:
    """Set scores by period and the entities at both ends, and say how they were measured."""
    score, style = shown.study.score_label(shown.name), shown.style
    return Exhibits(
        tables=(
            efficiency_summary(
                *by_period(shown),
                result,
                decimals=style.decimals,
            ),
            efficiency_ranking(
                f"{shown.name}_ranking",
                message("{score}: highest and lowest means", score=score),
                result,
                labels=style.entities,
                decimals=style.decimals,
            ),
        ),
        methods=(_measured(section, result, shown, score),),
        references=references_of([result.options]),
    )


def _measured(
    section: Measurement, result: EfficiencyResult, shown: Shown, score: Wording
) -> Wording:
    def columns(names: tuple[str, ...]) -> Wording:
        return listed([shown.column(name) for name in names])

    return message(
        "{name} was measured with the inputs {inputs}, the good outputs {goods} and the bad "
        "outputs {bads}: {options}. Every score was proved optimal by weak duality over all "
        "columns of its reference set.",
        name=score,
        inputs=columns(section.inputs),
        goods=columns(section.good_outputs),
        bads=columns(section.bad_outputs) or message("(none)"),
        options=listed(options_in_words(result.options, has_bads=result.has_bads)),
    )
