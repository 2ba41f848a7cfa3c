"""The proof page: made from its facts, which are computed again where no other program is needed."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any

import pytest

import xinzhi as xz
from needs import CASES
from places import ROOT, SHARED

DOCS = ROOT / "docs"
FACTS = json.loads((DOCS / "proof.json").read_text(encoding="utf-8"))
LAST_BITS = 1e-11
"""A difference that another processor or another version of a library may make."""


@pytest.fixture(scope="module")
def proof() -> Iterator[Any]:
    """The script that writes the page, with the modules beside it."""
    before = list(sys.path)
    sys.path.insert(0, str(ROOT / "tools" / "pages"))
    import generate_proof

    yield generate_proof
    sys.path[:] = before


def test_both_pages_say_the_facts(proof: Any) -> None:
    """Every number of the pages is one of docs/proof.json; `just proof` renews all three."""
    for path, text in proof.pages(FACTS).items():
        assert path.read_text(encoding="utf-8") == text


def test_every_comparison_is_on_the_page(proof: Any) -> None:
    """No witness is left out, and the tests that the page names exist."""
    assert list(FACTS["comparisons"]) == [one.name for one in proof.WITNESSES]
    for one in FACTS["comparisons"].values():
        assert (ROOT / one["test"]).is_file()
        assert float(one["largest"]) < 1e-6


QUICK = [
    "two_way_linearmodels", "driscoll_kraay_linearmodels", "random_effects_linearmodels", "two_stages_linearmodels",
    "fractional_logit_statsmodels", "vif_statsmodels", "mediation_linearmodels", "malmquist_scipy", "nist_filip", "nist_wampler", "radial_scipy",
    "directional_scipy", "super_sbm_scipy", "tone_exact", "moran_spdep", "local_spdep", "inequality_pysal",
]  # fmt: skip


@pytest.mark.one_in(8)
@pytest.mark.parametrize("name", QUICK)
def test_a_comparison_is_found_again(proof: Any, name: str) -> None:
    """Same figures, theirs and ours, and no larger difference than the page says."""
    (one,) = (one for one in proof.WITNESSES if one.name == name)
    told, found = FACTS["comparisons"][name], proof.compared(one)

    assert one.is_quick
    assert found["figures"] == told["figures"]
    assert float(found["largest"]) <= max(2 * float(told["largest"]), LAST_BITS)
    if found["figures"] <= proof.SHOWN:
        for (label, *numbers, _), (told_label, *told_numbers, _) in zip(
            found["shown"], told["shown"], strict=True
        ):
            assert label == told_label
            assert [float(v) for v in numbers] == pytest.approx(
                [float(v) for v in told_numbers], rel=1e-7
            )


def test_quick_comparisons_are_all_found_again(proof: Any) -> None:
    """What needs no other program is in the list above."""
    assert {one.name for one in proof.WITNESSES if one.is_quick} == set(QUICK)


def test_the_gallery_is_counted(proof: Any) -> None:
    """Figures that agree, as the index of the gallery says; its pages are compared in test_gallery."""
    index = (DOCS / "gallery" / "index.md").read_text(encoding="utf-8")
    assert [one["name"] for one in FACTS["gallery"]] == list(proof.gallery.ORDER)
    for one in FACTS["gallery"]:
        (line,) = (line for line in index.splitlines() if f"({one['name']}.md)" in line)
        assert line.endswith(f" {one['agree']} / {one['figures']} |")


def test_coverage_is_that_of_the_tables(proof: Any) -> None:
    """The tables of simulated coverage are quoted digit by digit."""
    assert FACTS["coverage"] == proof.coverage()


def test_sizes_of_verdicts_are_those_of_the_tables(proof: Any) -> None:
    """The tables of how often a true zero is called found are quoted digit by digit, and none is far above its level."""
    assert FACTS["verdicts"] == proof.verdicts()
    doors = ("xz.table", "table of the report", "abstract", "pathway")
    rates = [float(row[d]) for row in FACTS["verdicts"]["doors"] for d in doors if row[d]]
    page = (ROOT / "benchmarks" / "verdict_doors.md").read_text(encoding="utf-8")
    samples = int(page.split(" studies a row")[0].rsplit("\n", 1)[1])
    # Nominal 5 %, 2 points above which the report says the measured size, and three simulation errors.
    assert max(rates) < 7 + 3 * 100 * (0.05 * 0.95 / samples) ** 0.5


def test_no_more_is_counted_than_there_is(proof: Any) -> None:
    """Laws and mutants become more; a page that is older may count fewer, never more."""
    now = proof.counts()
    assert FACTS["laws"]["broken"] == now["laws"]["broken"] == 0
    assert all(FACTS["laws"][key] <= now["laws"][key] for key in FACTS["laws"])
    assert sum(FACTS["mutants"].values()) <= sum(now["mutants"].values())
    assert sum(FACTS["tests"].values()) <= sum(now["tests"].values())
    assert FACTS["kills"] == now["kills"]
    assert FACTS["delivery"] == now["delivery"]


def test_hard_data_are_proved() -> None:
    """Hard rows are certified or infeasible, as the page counts them; test_hard_data compares the solvers."""
    told = FACTS["hard"]
    assert told["certified"] + told["infeasible"] == told["scores"]
    assert float(told["worst"]) <= 1e-9


@pytest.mark.usefixtures("proof")
def test_scores_of_the_example_are_certified() -> None:
    """All scores of the OECD, measured again, have residuals below the limit."""
    from data import oecd

    found = xz.evaluate(
        oecd(), inputs=("labour", "capital", "energy"), good_outputs="gdp", bad_outputs="waste"
    )
    told = FACTS["certificates"]["oecd"]

    assert (found.n, found.count("certified")) == (told["scores"], told["certified"])
    assert max(found.certificate.worst().values()) <= 1e-9
    assert all(
        float(v) <= 1e-9 for one in FACTS["certificates"].values() for v in one["worst"].values()
    )


@pytest.mark.skipif(not SHARED.exists(), reason=CASES)
def test_reference_cases_are_counted(proof: Any) -> None:
    """The cases beside the repository are as many as the page says."""
    assert FACTS["cases"] == proof.reference_cases()


@pytest.mark.usefixtures("proof")
def test_the_chinese_page_names_everything_in_chinese() -> None:
    """Parts, intervals, faults and cases have a Chinese name."""
    from proof_words import NAMES

    coverage = FACTS["coverage"]
    keys = [
        *FACTS["mutants"], *FACTS["cases"], *coverage["scores"], *(row["interval"] for row in coverage["effects"]),
        *(row["interval"] for row in coverage["whole_study"]), *(row["killed"] for row in FACTS["kills"]),
        *(row["fault"] for row in FACTS["delivery"]),
    ]  # fmt: skip
    assert [key for key in keys if key not in NAMES] == []
