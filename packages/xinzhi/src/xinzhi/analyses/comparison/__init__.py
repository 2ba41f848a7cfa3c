"""Comparison: the figures of a publication beside those that the study computed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from xinzhi.analyses.analysis import ANALYSES, Analysis, Given, Reads, Shown, Study
from xinzhi.analyses.capabilities import OfFiles, ShownLast
from xinzhi.analyses.comparison.compute import (
    Comparison,
    ComparisonSection,
    Published,
    compare_tables,
    nested,
    parse_published,
)
from xinzhi.analyses.comparison.show import comparison_tables
from xinzhi.analyses.exhibits import Exhibits, Place
from xinzhi_core.errors import Problem, StudyError
from xinzhi_core.wording import Wording, message


class ComparisonAnalysis(
    Analysis[ComparisonSection, Published],
    ShownLast[ComparisonSection, Published],
    OfFiles[ComparisonSection],
):
    r"""Compare the tables of a study with published figures, at their printed digits.

    What is computed is the published side alone: its figures, and their audit among themselves. The
    other side are the tables of all other analyses, which is why this one is shown last.

    A published figure stands for all numbers that round to it at its printed digits. The study has
    been run; options that are left out are those of its study file.

    Returns
    -------
    Comparison
        One row of `.to_frame()` a published figure: printed and computed, in the unit in which it is
        printed, and whether they agree.

    Raises
    ------
    DataError
        The file holds something else than figures.

    Examples
    --------
    >>> from importlib.resources import files
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> import xinzhi as xz
    >>> study = xz.run(files("xinzhi") / "examples" / "oecd" / "study.yaml", only="baseline")
    >>> with TemporaryDirectory() as folder:
    ...     figures = Path(folder) / "figures.toml"
    ...     _ = figures.write_text("[baseline.col1]\nN = 224\n")
    ...     found = xz.compare(study, published=str(figures))
    >>> found.to_frame()["agrees"].tolist()
    [True]
    """

    section = ComparisonSection
    is_single = True
    verb = "compare"
    id = "comparison"
    description = "Printed figures to set beside the computed ones."
    title = message("Published and computed figures")
    place = Place("comparison", message("Published figures"), 58, appendix="comparison")
    shown_only = frozenset({"tables", "reasons"})

    def reads(self, section: ComparisonSection, study: Study) -> Reads:
        """Read the file of published figures."""
        return Reads(files=(section.published,))

    def inspect_files(
        self, section: ComparisonSection, files: Mapping[str, bytes]
    ) -> Iterator[Problem]:
        """Refuse a file with anything other than figures."""
        try:
            parse_published(files[section.published], section.published)
        except StudyError as error:
            yield from error.problems

    def compute(self, section: ComparisonSection, given: Given) -> Published:
        """Audit the published figures."""
        return parse_published(given.files[section.published], section.published)

    def show(self, section: ComparisonSection, result: Published, shown: Shown) -> Exhibits:
        """Set each published figure beside the computed one."""
        comparison = self.answer(section, result, shown)
        return Exhibits(
            comparison_tables(*self.heading(section, shown), comparison, _labels(shown)),
            problems=comparison.problems,
            blocks={"comparison": nested(comparison)},
        )

    def answer(self, section: ComparisonSection, result: Published, shown: Shown) -> Comparison:
        """Compare with the tables that stand beside."""
        return compare_tables(section, result, shown.tables, is_partial=shown.is_partial)

    def heading(self, section: ComparisonSection, shown: Shown) -> tuple[str, Wording]:
        """Name the table of all published figures."""
        return self.id, self.title


def _labels(shown: Shown) -> dict[str, Wording]:
    """Name variables, and the members of groups that have no name of a variable."""
    study = shown.study
    members = {
        member: study.member_label(grouping, member)
        for grouping in study.groupings
        for member in study.members(grouping)
    }
    return {**members, **shown.style.labels}


ANALYSES.add("compare")(ComparisonAnalysis())
