"""Equations say what is computed: the options in force, each path, the lags."""

from __future__ import annotations

import pytest

from xinzhi.analyses.efficiency.show import program
from xinzhi.analyses.equation import Symbols, regression_equation
from xinzhi.present.equation.tree import tex
from xinzhi_econometrics.specification import Regression
from xinzhi_frontier.options import Options

ALL = ["inputs", "goods", "bads"]


def written(options, roles=ALL, **how):
    return tex(program(options, roles, **how), "en")


def test_the_super_program_makes_the_frontier_worse():
    """Form A: the bads stand in the denominator; the row itself is not among its peers."""
    lines = written(Options(), is_super=True).split("\n")

    assert lines[1] == (
        r"& \rho_{o}^{*} = \min \frac{1+ \frac{1}{m} \sum_{i=1}^{m} \frac{s_{i}^{-}}{x_{io}}}"
        r"{1- \frac{1}{s+k} \left(\sum_{r=1}^{s} \frac{s_{r}^{+}}{y_{ro}} + "
        r"\sum_{q=1}^{k} \frac{s_{q}^{b}}{b_{qo}}\right)} \\"
    )
    assert r"x_{io} \geq \sum_{j \neq o} \lambda_{j} x_{ij} - s_{i}^{-}" in lines[2]
    assert r"y_{ro} \leq \sum_{j \neq o} \lambda_{j} y_{rj} + s_{r}^{+}" in lines[3]
    assert r"b_{qo} \geq \sum_{j \neq o} \lambda_{j} b_{qj} - s_{q}^{b}" in lines[4]


def test_form_b_puts_the_bads_into_the_numerator():
    """Form B averages the bads with the inputs."""
    first = written(Options(measure="sbm", bads="inputs")).split("\n")[1]
    above = first.partition("}{1+")[0]

    assert r"\frac{1}{m+k}" in above
    assert "b_{qo}" in above
    assert r"\frac{1}{s}" in first


@pytest.mark.parametrize(
    ("returns", "bound"),
    [
        ("constant", None),
        ("variable", r"\sum_{j} \lambda_{j} =1"),
        ("non_increasing", r"\sum_{j} \lambda_{j} \leq 1"),
        ("non_decreasing", r"\sum_{j} \lambda_{j} \geq 1"),
        ("0.8..1.2", r"0.8 \leq \sum_{j} \lambda_{j} \leq 1.2"),
    ],
)
def test_returns_to_scale_bound_the_intensities(returns, bound):
    """The sum of the intensities is bounded as the returns say, or free."""
    text = written(Options(measure="sbm", returns_to_scale=returns))

    assert (bound in text) if bound else (r"\sum_{j} \lambda_{j}" + " =" not in text)
    assert text.count("\n") == 6 + bool(bound)


def test_an_orientation_keeps_one_side():
    """Input-oriented: nothing is divided by, and outputs have no slack that makes them worse."""
    text = written(Options(orientation="input"), ["inputs", "goods"], is_super=True)

    assert r"\min 1+ \frac{1}{m} \sum" in text
    assert "s_{r}" not in text


def test_weights_stand_in_the_sums():
    """Declared weights take the place of the means."""
    text = written(Options(measure="sbm", weights={"x": 1.0}), ["inputs", "goods"])

    assert r"\sum_{i=1}^{m} w_{i} \frac{s_{i}^{-}}{x_{io}}" in text
    assert r"\frac{1}{m}" not in text


def test_a_regression_in_symbols():
    """Lags and products, controls as a vector, one letter an effect."""
    asked = Regression("y", ("x", "L1.x", "x:w"), ("c",), ("entity", "period", "region"))
    found = regression_equation("e", "", asked, Symbols({"x": "Talent"}))

    assert tex(found.tree, "en") == (
        r"y_{it} = \beta_{0} + \beta_{1} x_{it} + \beta_{2} x_{i,t-1} + \beta_{3} x_{it} \times w_{it} "
        r"+ \beta_{c}^{\prime} Z_{it} + \mu_{i} + \lambda_{t} + \eta_{1} + \varepsilon_{it}"
    )
    assert [tex(symbol, "en") for symbol, _ in found.where][:3] == ["y", "x", "w"]
    words = {tex(symbol, "en"): str(text) for symbol, text in found.where}
    assert words["x"] == "Talent"
    assert words["Z"] == "the controls (c)"
    assert words[r"\eta_{1}"] == "region fixed effects"


def test_a_cross_section_has_one_index():
    """Without periods nothing has a t."""
    asked = Regression("y", ("x",), (), ())
    found = regression_equation("e", "", asked, Symbols({}, has_periods=False))

    assert tex(found.tree, "en") == r"y_{i} = \beta_{0} + \beta_{1} x_{i} + \varepsilon_{i}"
    assert [tex(symbol, "en") for symbol, _ in found.where] == [
        "y",
        "x",
        r"\beta",
        r"\varepsilon",
        "i",
    ]
