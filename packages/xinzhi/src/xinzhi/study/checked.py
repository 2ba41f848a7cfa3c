"""What a check of data or of a study found, as the JSON of the contract."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from xinzhi.study.file.listing import copies_beside
from xinzhi_core.errors import Problem, StudyError, group_problems
from xinzhi_core.periods import period_key
from xinzhi_core.wording import Language, say
from xinzhi_panel.io.json_text import problem_json

if TYPE_CHECKING:
    from xinzhi_core.panel.panel import Panel
    from xinzhi_core.panel.profile import PanelProfile
    from xinzhi_panel.io.raw import Decision
    from xinzhi_panel.io.row_ledger import RowLedger


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found out about data or a study."""

    problems: tuple[Problem, ...]
    panel: Panel | None = None
    decisions: Sequence[Decision] = ()
    stated: Mapping[str, object] | None = None
    profile: PanelProfile | None = None
    ledgers: Sequence[RowLedger] = ()
    """What became of every row of the files."""

    @property
    def status(self) -> str:
        """Severity of the worst problem."""
        severities = {problem.severity for problem in self.problems}
        return "error" if "error" in severities else "warning" if severities else "ok"


def check_study_file(file: Path, settings: Sequence[str] = ()) -> Checked:
    """Go all the way to the variables of the tables; measure and estimate nothing."""
    from xinzhi.study.run import check_study

    try:
        return check_study(file, settings).summary
    except StudyError as error:
        return Checked((*error.problems, *copies_beside(file)))


def checked_json(checked: Checked, language: Language = "en") -> dict[str, object]:
    """Write all problems, their groups, the table and its profile, as the contract says."""
    return {
        "status": checked.status,
        "problems": [problem_json(problem, language) for problem in checked.problems],
        "groups": [
            {
                **problem_json(group.first, language),
                "count": len(group.problems),
                "columns": dict(group.columns),
                "examples": [problem_json(problem, language) for problem in group.examples()],
            }
            for group in group_problems(checked.problems)
        ],
        "table": _table_json(checked.panel),
        "profile": checked.profile.to_dicts() if checked.profile else [],
        "decisions": [
            {
                "what": say(d.what, language),
                "where": d.where.in_words(language),
                "count": d.count,
                "code": d.code,
            }
            for d in checked.decisions
        ],
        "rows": [ledger.to_dict() for ledger in checked.ledgers],
        "stated": dict(checked.stated or {}),
    }


def _table_json(panel: Panel | None) -> dict[str, object] | None:
    if panel is None:
        return None
    return {
        "columns": [str(column) for column in panel.frame.columns],
        "n_rows": len(panel.frame),
        "n_entities": len(panel.entities),
        "periods": [*map(period_key, panel.periods)] if panel.has_periods else [],
        "units": dict(panel.units),
        "missing": {str(c): int(n) for c, n in panel.frame.isna().sum().items() if n},
    }
