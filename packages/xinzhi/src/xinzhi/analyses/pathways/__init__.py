"""Pathways: what the estimates support for each entity, and what if a factor moved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from xinzhi.analyses.analysis import (
    ANALYSES,
    Analysis,
    EstimationData,
    Given,
    PlacedProblem,
    Reads,
    Shown,
    Study,
)
from xinzhi.analyses.capabilities import JointStatements, OfResults
from xinzhi.analyses.effects import JointSigns
from xinzhi.analyses.exhibits import Exhibits, Place
from xinzhi.analyses.pathways.compute import PathwayResult, compute_pathways, levels_read
from xinzhi.analyses.pathways.pathways import joint_signs
from xinzhi.analyses.pathways.section import (
    KEY,
    TypologySection,
    declared_pathways,
    find_outcome,
    find_outcomes,
    results_read,
)
from xinzhi.analyses.pathways.show import apply_labels, exhibits
from xinzhi.analyses.regressions.section import made_of
from xinzhi.analyses.unavailable import Failure, Unavailable
from xinzhi.present.chart import Chart
from xinzhi_core.errors import Problem
from xinzhi_core.notices import Notice
from xinzhi_core.wording import Wording, message
from xinzhi_frontier.measure import MEASURES


class PathwaysAnalysis(
    Analysis[TypologySection, PathwayResult],
    OfResults[TypologySection, PathwayResult],
    JointStatements[PathwayResult],
):
    """Find the pathways that the estimates support for each entity, and what a move implies.

    The estimates are those of a study that has been run. Options that are left out are those of its
    study file, so that `xz.pathways(study, what_if={"talent": "20%"})` asks for another move alone.

    Returns
    -------
    PathwayResult
        One row of `.to_frame()` an entity, rule and estimate; `.what_if.by_city` has the moves, in the units
        of the factors and of the outcome.

    Raises
    ------
    SpecError
        A name points to nothing in the study, or the sections named have no outcome, or several.
    MethodError
        The score of the outcome could not be measured.

    Examples
    --------
    >>> from importlib.resources import files
    >>> import xinzhi as xz
    >>> study = xz.run(files("xinzhi") / "examples" / "oecd" / "study.yaml", only="typology")
    >>> found = xz.pathways(study, what_if={"human_capital": "20%"})
    >>> found.what_if.by_city["entity"].nunique()
    32
    """

    section = TypologySection
    is_single = True
    id = "pathways"
    verb = "pathways"
    description = "Pathways that the estimates support for each entity, and what if a factor moved."
    title = message("Pathways that the estimates support")
    place = Place("pathways", message("Pathways"), 58, chapter="pathways")
    n_on_console = 1

    def reads(self, section: TypologySection, study: Study) -> Reads:
        """Read the results that the pathways name, the score of the outcome, and the groupings."""
        outcome = find_outcome(section, study)
        origins = [study.origin(name) for name in (outcome, *section.what_if) if name]
        score = study.origin(outcome).score if outcome else None
        measurement = study.section("efficiency", score) if score else None
        panel = [study.origin(outcome).column] if outcome else []
        results = list(results_read(section, study))
        if measurement is not None:
            panel += measurement.inputs
            panel += measurement.good_outputs
            panel += measurement.bad_outputs
            results.append(("efficiency", str(score)))
        levels = levels_read(declared_pathways(section, study))
        return Reads(
            # One by one, so that a variable that cannot be computed leaves the others.
            tuple(EstimationData((), (name,)) for name in levels),
            panel=tuple(dict.fromkeys(panel)),
            panel_of_a_part=tuple(study.origin(name).column for name in section.what_if),
            groupings=study.groupings,
            results=tuple(results),
            asked=(*origins, study.style.decimals, study.inference),
            methods=("frontier", "regression", "space", "present"),
        )

    def problems(self, section: TypologySection, study: Study) -> Iterator[PlacedProblem]:
        """Refuse sources without an outcome, or with several, and an outcome where more is worse."""
        for problem in _outcome_problems(find_outcomes(section, study), study):
            yield ("from",), problem
        yield from _moved_in_part(section, study)

    def compute(self, section: TypologySection, given: Given) -> PathwayResult:
        """Find pathways, role models, distances and implied changes."""
        return compute_pathways(section, given)

    def joint_signs(self, result: PathwayResult, study: Study) -> Iterator[JointSigns]:
        """List the supported pathways with the effects on which each rests."""
        del study
        return joint_signs(result.pathways)

    def statement(self, signs: JointSigns, shown: Shown) -> Wording:
        """Name the pathway by its label."""
        section = shown.study.section(KEY, KEY)
        declared = declared_pathways(section, shown.study)
        return next(pathway.label for pathway in declared if pathway.name == signs.name)

    def notices(self, result: PathwayResult) -> Iterator[Notice]:
        """Say where estimates disagree, what was not tested, and why there is no what-if."""
        yield from result.notices

    def failures(self, result: PathwayResult) -> Iterator[Failure]:
        """List the what-if that could not be computed."""
        if isinstance(result.what_if, Unavailable):
            yield result.what_if

    def heading(self, section: TypologySection, shown: Shown) -> tuple[str, Wording]:
        """Keep the place of the counts by pathway."""
        return self.id, self.title

    def show(self, section: TypologySection, result: PathwayResult, shown: Shown) -> Exhibits:
        """Set the tables, a page for each pathway and one for each entity."""
        return exhibits(section, apply_labels(result, section, shown), shown)

    def draw(
        self, section: TypologySection, result: PathwayResult, shown: Shown
    ) -> Iterator[Chart]:
        """Draw the arrows that the pathways rest on."""
        from xinzhi.analyses.pathways.charts import charts

        yield from charts(apply_labels(result, section, shown), shown)


def _outcome_problems(outcomes: Mapping[str, str], study: Study) -> Iterator[Problem]:
    if not outcomes:
        text = message("No section named here estimates the effect of a factor.")
        remedy = message("name a table of regressions, such as the one with the main results.")
        yield Problem("typology.no_outcome", text, remedy=remedy)
    elif len(set(outcomes.values())) > 1:
        pairs = ", ".join(f"{name}: {outcome}" for name, outcome in outcomes.items())
        text = message("The sections named here have different outcomes ({told}).", told=pairs)
        remedy = message("name sections with one and the same outcome.")
        yield Problem("typology.two_outcomes", text, remedy=remedy)
    elif _is_inefficiency(outcome := next(iter(outcomes.values())), study):
        text = message(
            "The outcome '{name}' is an inefficiency: the more, the worse, so that a "
            "positive association with it is not a pathway.",
            name=outcome,
        )
        remedy = message("measure an efficiency for the pathways, such as super_sbm.")
        yield Problem("typology.inefficiency", text, remedy=remedy)


def _is_inefficiency(outcome: str, study: Study) -> bool:
    """Whether more of a score is worse: what raises it would be taken for good."""
    score = study.origin(outcome).score
    measurement = study.section("efficiency", score) if score else None
    # A measure that is not registered is refused with the options of the score itself.
    if measurement is None or measurement.measure not in MEASURES.names():
        return False
    return MEASURES.get(measurement.measure).traits.is_inefficiency


def _moved_in_part(section: TypologySection, study: Study) -> Iterator[PlacedProblem]:
    """Refuse a what-if of a factor that stands in a formula beside itself: its slope is not its effect."""
    terms = {
        (regressor, term)
        for key, name in results_read(section, study)
        for equation in ANALYSES.get(key).reads(study.section(key, name), study).equations
        for regressor in equation.regression.regressors
        for term in (*equation.regression.regressors, *equation.regression.controls)
        if regressor in made_of(term)
    }
    for factor in section.what_if:
        for term in sorted(term for regressor, term in terms if regressor == factor):
            text = message("'{factor}' also acts through '{term}'.", factor=factor, term=term)
            remedy = message(
                "ask what if of a factor with one term, or estimate it without this one."
            )
            yield ("what_if", factor), Problem("typology.several_terms", text, remedy=remedy)


ANALYSES.add(KEY)(PathwaysAnalysis())
