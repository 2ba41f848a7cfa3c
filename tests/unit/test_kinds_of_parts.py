"""A part that no register holds is refused by its kind, which has a name in both languages."""

from __future__ import annotations

import pytest

from told import told
from xinzhi.analyses.analysis import ANALYSES
from xinzhi.prepare.step import STEPS
from xinzhi.report.format import FORMATS
from xinzhi_core.register import Register
from xinzhi_econometrics.diagnostics import DIAGNOSTICS
from xinzhi_econometrics.fit import ESTIMATORS
from xinzhi_econometrics.replication.audit import CHECKS
from xinzhi_frontier.measure import MEASURES
from xinzhi_frontier.productivity.index import INDICES
from xinzhi_panel.columns.seen import RULES

KINDS: dict[str, tuple[Register, str]] = {
    "analysis": (ANALYSES, "分析"),
    "check": (CHECKS, "检查"),
    "diagnostic": (DIAGNOSTICS, "检验"),
    "estimator": (ESTIMATORS, "估计方法"),
    "index": (INDICES, "指数"),
    "measure": (MEASURES, "效率测算"),
    "preparation step": (STEPS, "数据准备步骤"),
    "report format": (FORMATS, "报告格式"),
    "rule of plausibility": (RULES, "合理性规则"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_an_unknown_part_is_refused_in_one_language(kind):
    """No English word stands in the Chinese sentence, and the names that are known follow."""
    register, chinese = KINDS[kind]
    english, said = (told(lambda: register.get("qqq"), language) for language in ("en", "zh"))
    assert english.splitlines()[0] == f"Unknown {kind} 'qqq'."
    assert said.splitlines()[0] == f"没有名为“qqq”的{chinese}。"
    assert all(name in english for name in register.names())
