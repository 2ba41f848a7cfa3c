"""Precision of scores: confidence intervals, bias, or sensitivity to the sample, score by score."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from xinzhi.analyses.analysis import ANALYSES, Analysis, Given, Reads, RequiredDraws, Shown, Study
from xinzhi.analyses.capabilities import SharedKey
from xinzhi.analyses.efficiency.compute import groups_of, measured_rows, options_of
from xinzhi.analyses.exhibits import Exhibits, Place
from xinzhi.analyses.inference.section import Inference, ScoreResampling
from xinzhi.analyses.inference.show import (
    inference_notes,
    references_of,
    score_inference_table,
    title_of,
)
from xinzhi_core.errors import Where
from xinzhi_core.notices import Notice
from xinzhi_core.wording import Wording, message
from xinzhi_frontier.inference.intervals import ResampledScores, Resampling, infer


class InferenceAnalysis(Analysis[ScoreResampling, ResampledScores], SharedKey):
    """Resample scores: confidence intervals, bias, or sensitivity to the sample."""

    section = ScoreResampling
    in_file = Inference
    is_single = True
    verb = "bootstrap_scores"
    is_written_by_hand = True
    description = "How effects are judged, and the precision of the scores."
    title = message("Precision of scores")
    place = Place("efficiency", message("Efficiency"), 32, chapter="efficiency")

    def sections(self, key: str, options: Any) -> Mapping[str, ScoreResampling]:
        """Resample each score by itself, so that one more score computes no other one again."""
        inference: Inference | None = getattr(options, key)
        if inference is None or inference.scores is None:
            return {}
        # Only what the file sets: what it leaves out keeps the default of the section.
        given = {
            name: getattr(inference.scores, name) for name in inference.scores.model_fields_set
        }
        scores = given.pop("of", None) or options.sections("efficiency")
        return {name: ScoreResampling(score=name, **given) for name in scores}

    def left_out(self, in_file: Inference) -> Inference:
        """Keep how effects are judged."""
        others = {key: None for key, analysis in ANALYSES if analysis.under == "inference"}
        return in_file.model_copy(update={"scores": None, **others})

    def drawn(self, section: ScoreResampling, study: Study) -> Iterator[RequiredDraws]:
        """List the draws of intervals; a bias and a spread judge nothing."""
        if section.resampling == "subsampling":
            yield RequiredDraws(
                "draws", section.draws, 1.0 - study.inference.coverage(section.level)
            )

    def reads(self, section: ScoreResampling, study: Study) -> Reads:
        """Read what the score is measured on."""
        return Reads(
            panel=study.section("efficiency", section.score).columns,
            results=(("efficiency", section.score),),
            asked=(study.inference.coverage(section.level),),
            methods=("frontier", "regression"),
        )

    def compute(self, section: ScoreResampling, given: Given) -> ResampledScores:
        """Resample the score; its notices name it."""
        measurement = given.study.section("efficiency", section.score)
        plan = Resampling(
            method=section.resampling,
            draws=section.draws,
            seed=given.study.seed,
            level=given.study.inference.coverage(section.level),
            scale=section.scale,
            size=section.size,
        )
        result = infer(
            measured_rows(measurement, given.panel),
            options_of(measurement),
            plan,
            groups=groups_of(measurement, given.panel),
            jobs=given.jobs,
        )
        # What resamples a frontier does not know the name of its score.
        where = Where(key=f"efficiency.{section.score}")
        notices = tuple(replace(notice, where=where) for notice in result.notices)
        return replace(result, notices=notices)

    def notices(self, result: ResampledScores) -> Iterator[Notice]:
        """Say what a reader of the intervals must know."""
        yield from result.notices

    def heading(self, section: ScoreResampling, shown: Shown) -> tuple[str, Wording]:
        """Name the table of intervals."""
        score = shown.study.score_label(section.score)
        title = message("{score}: intervals by resampling", score=score)
        return f"{section.score}_intervals", title

    def show(self, section: ScoreResampling, result: ResampledScores, shown: Shown) -> Exhibits:
        """Set the last period, and say how the numbers came about."""
        score = shown.study.score_label(section.score)
        table = score_inference_table(
            section.score,
            score,
            shown.panel.frame[section.score],
            result,
            labels=shown.style.entities,
            decimals=shown.style.decimals,
        )
        title = title_of(result, score)
        methods = (message("{title}. {note}", title=title, note=n) for n in inference_notes(result))
        return Exhibits((table,), tuple(methods), references_of(result))


ANALYSES.add("inference")(InferenceAnalysis())
