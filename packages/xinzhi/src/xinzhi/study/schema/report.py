"""What is written, and how."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from xinzhi.analyses.section import Section
from xinzhi.options import Refused
from xinzhi.present.numbers import STARS
from xinzhi_core.wording import Language, message

FormatName = Literal["html", "docx", "xlsx", "md", "tex", "svg", "png", "pdf"]

ProfileName = Literal["paper", "chinese_journal", "full"]


class ReportSection(Section):
    """Languages, formats and the look of tables."""

    languages: tuple[Language, ...] = Field(default=("zh", "en"), min_length=1)
    """zh, en or both; the first is shown first."""
    formats: tuple[FormatName, ...] = ("html", "xlsx")
    """Formats beside results.json, run.json and scores.csv."""
    profile: ProfileName = "paper"
    """What stands in the text and what in the appendix, and how: paper, chinese_journal or full."""
    under: Literal["std_error", "t"] = "std_error"
    """What stands under a coefficient, in brackets: std_error, or t, its t or z statistic."""
    stars: dict[str, float] = Field(default_factory=lambda: dict(STARS))
    """Stars -> largest p-value."""
    decimals: int = Field(default=3, ge=0, le=8)
    """Digits after the point in tables."""
    template: str | None = Field(default=None, min_length=1)
    """Word file (docx, dotx) whose styles, page, header and footer the Word documents take."""

    @model_validator(mode="after")
    def _template_is_used(self) -> ReportSection:
        if self.template is not None and "docx" not in self.formats:
            raise Refused(
                message("'template' has no effect: no Word document is written."),
                message("add docx to `report.formats`, or leave the template out."),
            )
        return self

    @model_validator(mode="after")
    def _stars_are_levels(self) -> ReportSection:
        wrong = [f"{k}: {v}" for k, v in self.stars.items() if not 0 < v < 1 or set(k) != {"*"}]
        if wrong:
            raise Refused(
                message(
                    "Stars are '*', '**', '***' with levels between 0 and 1, not {wrong}.",
                    wrong=wrong[0],
                ),
                message("write {{'*': 0.1, '**': 0.05, '***': 0.01}}."),
            )
        return self
