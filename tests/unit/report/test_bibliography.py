"""References are taken apart and put together again in the style of the report."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import xinzhi
from xinzhi.report.bibliography import references, work_of

ROOT = Path(xinzhi.__file__).parent
REFERENCE = re.compile(r"[^\n]{3,200}? \(\d{4}\)\. .{10,500}")


def cited(*, within: re.Pattern[str]) -> list[str]:
    """All references of the program, as they stand in the code of the files that contain a pattern."""
    texts = (path.read_text(encoding="utf-8") for path in ROOT.rglob("*.py"))
    found = {
        node.value
        for text in texts
        if within.search(text)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if "\n" not in node.value and REFERENCE.fullmatch(node.value)
    }
    return sorted(found)


# Every process that collects the tests does this: only files with a year of publication are parsed.
CITED = cited(within=re.compile(r"\d{4}\)\. "))


@pytest.mark.parametrize("text", CITED)
def test_every_reference_is_understood(text):
    """Its parts give the same text again, and each part has what it should."""
    work = work_of(text)

    assert work is not None
    assert references([text], "apa") == (text,)
    assert work.authors
    assert all(re.fullmatch(r"(\w\.[ -]?)+", initials) for _, initials in work.authors)
    assert work.inside or work.publisher
    (written,) = references([text], "gbt_7714")
    assert f"[{'M' if work.kind == 'C' else work.kind}]" in written
    assert work.year in written
    assert work.doi in written


def test_there_are_references():
    """The search above finds those of all analyses, and none is in a file that it passes over."""
    assert len(CITED) > 40
    assert cited(within=re.compile("")) == CITED


def test_gbt_7714():
    """Article, book, chapter and report; more than three authors; a text of another form."""
    tone = (
        "Tone, K., & Tsutsui, M. (2010). An epsilon-based measure of efficiency in DEA. European Journal of "
        "Operational Research, 207(3), 1554–1563. doi:10.1016/j.ejor.2010.07.014"
    )
    stock = (
        "Stock, J. H., & Yogo, M. (2005). Testing for weak instruments. In D. W. K. Andrews & J. H. Stock "
        "(Eds.), Identification (pp. 80–108). Cambridge University Press. doi:10.1017/C.006"
    )
    fare = (
        "Färe, R., Grosskopf, S., Norris, M., & Zhang, Z. (1994). Growth. American Economic Review, 84(1), "
        "66–83."
    )
    report = (
        "Tone, K. (2003). Outputs (GRIPS Research Report Series I-2003-0005). National Institute."
    )

    assert references([tone, stock, fare, report, "doi:10.1/x"], "gbt_7714") == (
        "[1] FÄRE R, GROSSKOPF S, NORRIS M, et al. Growth[J]. American Economic Review, 1994, 84(1): 66-83.",
        (
            "[2] STOCK J H, YOGO M. Testing for weak instruments[M]//ANDREWS D W K, STOCK J H. Identification. "
            "Cambridge University Press, 2005: 80-108. DOI: 10.1017/C.006."
        ),
        "[3] TONE K. Outputs[R]. GRIPS Research Report Series I-2003-0005. National Institute, 2003.",
        (
            "[4] TONE K, TSUTSUI M. An epsilon-based measure of efficiency in DEA[J]. European Journal of "
            "Operational Research, 2010, 207(3): 1554-1563. DOI: 10.1016/j.ejor.2010.07.014."
        ),
        "[5] doi:10.1/x",
    )
