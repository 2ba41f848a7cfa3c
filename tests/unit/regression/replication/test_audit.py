"""The audit of printed tables: what it must find in the paper, and hand calculations."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from places import PUBLISHED
from xinzhi_core.errors import SpecError
from xinzhi_core.wording import say
from xinzhi_econometrics.replication.audit import audit
from xinzhi_econometrics.replication.published import PrintedRange, rounded
from xinzhi_econometrics.replication.published_tables import parse


def paper():
    """Audit the paper's own tables."""
    return audit(PUBLISHED.read_text(encoding="utf-8"))


def test_what_the_paper_contradicts():
    """Exactly the known contradictions are found, and nothing else is called one.

    Each by hand: 0.517/0.208 <= 0.5175/0.2075 = 2.494 < 2.576, so no third star; 0.529/0.211 >=
    0.5285/0.2115 = 2.499 > 1.995, so more than one; 0.035·0.048 >= 0.00164 > 0.0015;
    0.211·0.020 <= 0.00434 < 0.0045; 0.189·0.020 >= 0.00368 > 0.0035; the rest below.
    """
    found = {
        (c.table, c.column, c.row, c.check) for c in paper().checks if c.verdict == "inconsistent"
    }

    assert found == {
        ("table6", "col4", "_cons", "stars"),
        ("table8", "low_income", "_cons", "stars"),
        ("table7", "sobel.NEPP", "HEE", "sobel_effect"),
        ("table7", "sobel.SEE", "PGPP", "sobel_effect"),
        ("table7", "sobel.SEE", "IRD", "sobel_effect"),
        ("table7", "sobel.SEE", "PGPP", "sobel_z"),
        ("table7", "col4", "adj_r2", "nested_r2"),
        ("table5", "col3", "_cons", "constant"),
        ("table7", "sobel.SEE", "HEE", "share"),
        ("table7", "sobel.SEE", "PGPP", "share"),
        ("table7", "sobel.SEE", "IRD", "share"),
    }


def one(checks, **wanted):
    """Pick the only check with these fields."""
    (found,) = [c for c in checks if all(getattr(c, k) == v for k, v in wanted.items())]
    return found


def test_stars_by_a_hair():
    """UR and FI of Table 5 column 1 are undecidable: FI's 0.0245/0.0095 = 2.5789 beats 2.5787."""
    checks = paper().checks

    ur = one(checks, table="table5", column="col1", row="UR", check="stars")
    fi = one(checks, table="table5", column="col1", row="FI", check="stars")

    assert ur.verdict == fi.verdict == "undecidable"
    assert "t(1702) 1.6457/1.9614/2.5787: 3" in str(fi.arithmetic)
    assert "2.57895" in str(fi.arithmetic)


def test_sobel_z_cannot_be_reached():
    """Z of PGPP → SEE: 1/sqrt((0.0255/0.2115)² + (0.0095/0.0205)²) = 2.088 is the most."""
    z = one(paper().checks, column="sobel.SEE", row="PGPP", check="sobel_z")

    assert z.reachable[1] == pytest.approx(
        1 / ((0.0255 / 0.2115) ** 2 + (0.0095 / 0.0205) ** 2) ** 0.5, rel=1e-12
    )
    assert 2.08 < z.reachable[1] < 2.09


def test_nested_r2_cannot_be_reached():
    """Adding SEE raises 0.6946 by at most 0.0205²·0.0245·(1.5355/0.1745)²: about 0.695."""
    found = one(paper().checks, column="col4", row="adj_r2", check="nested_r2")
    most = 0.0205**2 * 0.0245 * (1.5355 / 0.1745) ** 2
    df = 1840 - 8 - 130

    assert found.reachable[1] == pytest.approx(1 - df / (df - 1) * (1 - 0.69465 - most), rel=1e-12)
    assert (
        one(paper().checks, column="col3", row="adj_r2", check="nested_r2").verdict == "consistent"
    )


def test_constant_by_hand():
    """_cons of Table 5 column 3 should be about 1.675, and columns 1, 2 and 4 fit."""
    checks = [c for c in paper().checks if c.check == "constant"]

    assert [(c.column, c.verdict) for c in checks] == [
        ("col1", "consistent"),
        ("col2", "consistent"),
        ("col3", "inconsistent"),
        ("col4", "consistent"),
    ]
    assert sum(checks[2].reachable) / 2 == pytest.approx(1.675, abs=5e-4)


def test_shares_say_both():
    """Each share fails against unrounded effects and holds as a quotient of rounded ones."""
    shares = [c for c in paper().checks if c.check == "share"]

    assert [c.verdict for c in shares] == ["inconsistent", "consistent"] * 3
    assert "unrounded" in str(shares[0].arithmetic)
    assert "rounded figures" in str(shares[1].arithmetic)


def test_groups_years_and_vif_of_the_paper():
    """All N, all 1/VIF and all total effects of the paper are consistent."""
    for name, count in (("n", 25), ("vif", 9), ("total_effect", 6)):
        checks = [c for c in paper().checks if c.check == name]
        assert {c.verdict for c in checks} == {"consistent"}
        assert len(checks) == count


VIFS = {
    "a": ("3.06", "0.327"),
    "b": ("2.84", "0.352"),
    "c": ("1.15", "0.870"),
    "d": ("1.93", "0.517"),
}


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({}, []),
        ({"a": ("6.03", "0.327"), "mean": "2.25"}, ["a", "mean"]),
        ({"a": ("30.6", "0.327")}, ["a", "mean"]),
        ({"a": ("3.06", "3.27")}, ["a"]),
        ({"b": ("2.84", "0.252")}, ["b"]),
        ({"b": ("0.284", "0.352")}, ["b", "mean"]),
        ({"a": ("6.03", "0.327"), "b": ("2.84", "0.052"), "mean": "2.99"}, ["a", "b"]),
        ({"mean": "2.42"}, ["mean"]),
    ],
)
def test_a_misprinted_vif_is_found_wherever_it_stands(changed, wrong):
    """The table is found by its shape though a pair of it is wrong by any factor; the mean is checked."""
    rows = {**VIFS, **{name: pair for name, pair in changed.items() if name != "mean"}}
    lines = [f"{name} = [{factor}, {tolerance}]" for name, (factor, tolerance) in rows.items()]
    text = "\n".join(["[v]", *lines, f"mean = {changed.get('mean', '2.24')}"])

    checks = [check for check in audit(text).checks if check.check == "vif"]

    assert [check.row for check in checks] == [*rows, "mean"]
    assert [check.row for check in checks if check.verdict == "inconsistent"] == wrong
    if changed.get("a") == ("6.03", "0.327"):
        assert str(checks[0].arithmetic) == "1/VIF = 1/6.03 = [0.1657, 0.165975]"


def test_pairs_that_are_no_vif_are_left_alone():
    """Where more than half of the pairs of a table are not reciprocal, they are something else."""
    text = "[ratios]\na = [3.06, 0.327]\nb = [4.0, 0.9]\nc = [5.0, 0.7]"

    assert audit(text).checks == ()


BASE = """
[audit]
means = "means"
clusters = 10
years = 5
default = {{ depvar = "y", effects = ["firm", "year"], N = 50, controls = [] }}
groups = {{ "t.part" = 4 }}
nested = [ {{ model = "t.second", of = "t.total", added = "m" }} ]
mediation = [ {{ mediator = "m", a = "t.first", b = "t.second", total = "t.total", sobel = "t.sobel" }} ]
[means]
y = [1.0, 2.0]
x = [3.0, 1.0]
m = [2.0, 2.0]
[v]
x = [2.00, {tolerance}]
mean = 2.00
[t.total]
adj_r2 = 0.500
x = {{ b = {total}, se = 0.10, stars = 3 }}
_cons = {{ b = {constant}, se = 0.9, stars = 0 }}
[t.first]
depvar = "m"
adj_r2 = 0.500
x = {{ b = 0.50, se = 0.10, stars = 3 }}
[t.second]
adj_r2 = {adj}
x = {{ b = 0.40, se = 0.10, stars = 3 }}
m = {{ b = 0.20, se = 0.05, stars = "***" }}
[t.part]
N = {n}
x = {{ b = 0.40, se = 0.10, stars = 3 }}
[t.sobel]
x = {{ effect = {effect}, z = {z}, stars = 3, share = {share} }}
"""
GOOD = {
    "tolerance": "0.50",
    "total": "0.50",
    "constant": "-0.5",
    "adj": "0.510",
    "n": "20",
    "effect": "0.10",
    "z": "3.12",
    "share": "0.20",
}


def verdicts(**changes):
    """Verdicts by (row, check) after changes of a small consistent study."""
    checks = audit(BASE.format(**{**GOOD, **changes})).checks
    return {(c.column, c.row, c.check): c.verdict for c in checks}


def test_a_consistent_study():
    """A study whose figures fit has no contradiction."""
    assert "inconsistent" not in verdicts().values()


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"tolerance": "0.40"}, ("", "x", "vif")),
        ({"total": "0.60"}, ("total", "x", "total_effect")),
        ({"constant": "0.5"}, ("total", "_cons", "constant")),
        ({"adj": "0.600"}, ("second", "adj_r2", "nested_r2")),
        ({"n": "24"}, ("part", "N", "n")),
        ({"effect": "0.20"}, ("sobel", "x", "sobel_effect")),
        ({"z": "5.00"}, ("sobel", "x", "sobel_z")),
        ({"z": "-3.12"}, ("sobel", "x", "sobel_z")),
    ],
)
def test_each_planted_contradiction_is_found(changes, where):
    """A figure that is changed beyond its rounding is found by its own check."""
    assert verdicts()[where] == "consistent"
    assert verdicts(**changes)[where] == "inconsistent"


def test_planted_share():
    """A share that fits neither way is inconsistent both ways."""
    checks = audit(BASE.format(**{**GOOD, "share": "0.90"})).checks

    assert [c.verdict for c in checks if c.check == "share"] == ["inconsistent"] * 2


def test_digits_count_as_printed():
    """0.03 may be anything from 0.025 to 0.035; 0.030 may not."""
    wide = audit("[t.c]\nx = { b = 0.084, se = 0.03, stars = 2 }").checks[0]
    narrow = audit("[t.c]\nx = { b = 0.084, se = 0.030, stars = 2 }").checks[0]

    assert (wide.verdict, narrow.verdict) == ("undecidable", "inconsistent")


def test_zero_errors_have_no_bound():
    """A standard error printed as 0.000 may be as small as you like: three stars are possible."""
    found = audit("[t.c]\nx = { b = 0.001, se = 0.000, stars = 3 }").checks[0]

    assert found.verdict == "undecidable"
    assert found.reachable == (0.0, 1.0, 2.0, 3.0)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("[t", "audit.toml"),
        ("[audit]\nmean = 'x'", "audit.key"),
        ("[audit]\nnested = [{ model = 't.a', of = 't.b', added = 'x' }]", "audit.link"),
        ("[audit]\nnested = [{ model = 't.a' }]", "audit.link"),
        ("[audit]\ngroups = { 't.a' = 3 }", "audit.link"),
        ("[audit]\nmeans = 't'", "audit.link"),
        ("[audit]\nwithout_controls = ['t']", "audit.link"),
        ("[audit]\ndefault = { n = 3 }", "audit.key"),
        ("[audit]\nclusters = 1.5", "audit.kind"),
        ("audit = 3", "audit.kind"),
        ("[t.c]\nN = 1.5\nx = { b = 1.0 }", "audit.number"),
        ("[t.c]\nx = { b = 'one' }", "audit.number"),
        ("[t.c]\nx = { b = nan }", "audit.toml"),
        ("[t.c]\neffects = 'city'\nx = { b = 1.0 }", "audit.number"),
    ],
)
def test_bad_transcripts(text, code):
    """Broken files, unknown keys and links to tables that are not there are refused."""
    with pytest.raises(SpecError) as caught:
        audit(text)

    assert caught.value.code == code


def test_unbalanced_samples_are_left_open():
    """An N that is no multiple of the groups may be an unbalanced sample: undecidable."""
    text = "[audit]\nclusters = 7\nyears = 4\n[t.c]\nN = 20\nx = { b = 1.0, se = 0.1, stars = 3 }"

    assert one(audit(text).checks, check="n").verdict == "undecidable"


def test_to_frame_has_the_columns_of_the_contract():
    """The frame has the keys of the JSON."""
    frame = audit(BASE.format(**GOOD)).to_frame()

    assert list(frame.columns) == [
        "table", "column", "row", "check", "verdict", "printed", "reachable", "arithmetic",
    ]  # fmt: skip
    assert parse(BASE.format(**GOOD)).vif_path == "v"


numbers = st.decimals(Decimal("-9.99"), Decimal("9.99"), places=2)


@settings(max_examples=100, deadline=None)
@given(numbers, numbers, st.fractions(0, 1), st.fractions(0, 1))
def test_interval_arithmetic_holds_every_value(a, b, s, t):
    """Sums, products, squares and quotients of values inside lie inside."""
    left, right = rounded(a), rounded(b)
    x = left.low + s * (left.ends[1] - left.low)
    y = right.low + t * (right.ends[1] - right.low)

    def holds(found: PrintedRange, value: Fraction) -> bool:
        return found.low <= value and (found.high is None or value <= found.high)

    assert holds(left + right, x + y)
    assert holds(left - right, x - y)
    assert holds(left * right, x * y)
    assert holds(left.square(), x * x)
    if y != 0:
        assert holds(left.size().over(right.size()), abs(x / y))


@pytest.mark.parametrize(
    ("row", "verdict"),
    [
        # F(2, 87): 2.36, 3.10 and 4.86 at 10, 5 and 1 %.
        ("F = { value = 4.95, stars = 3 }", "consistent"),
        ("F = { value = 0.495, stars = 3 }", "inconsistent"),
        ("F = { value = 3.00, stars = 2 }", "inconsistent"),
        ("F = { value = 3.1, stars = 2 }", "undecidable"),
        # chi²(2): 4.61, 5.99, 9.21.
        ("hausman = { value = 5.50, stars = 1 }", "consistent"),
        ("hausman = { value = 55.0, stars = 1 }", "inconsistent"),
        ("hausman = { value = 6.0, stars = 2 }", "undecidable"),
        ("hausman = { value = -3.1, stars = 0 }", "consistent"),
        ("hausman = { value = 5.50 }", None),
        ("F = 4.95", None),
    ],
)
def test_stars_of_joint_tests_follow_from_their_values(row, verdict):
    """F of the slopes and Hausman's statistic give their own p-values."""
    text = f"[t.c]\nN = 90\nx = {{ b = 1.0 }}\nz = {{ b = 1.0 }}\n{row}"

    found = [check for check in audit(text).checks if check.check == "test_stars"]

    assert [check.verdict for check in found] == ([] if verdict is None else [verdict])


@pytest.mark.parametrize(
    ("groups", "stars", "verdict"),
    [
        (39, 0, "undecidable"),
        (39, 1, "undecidable"),
        (39, 2, "undecidable"),
        (39, 3, "consistent"),
        (40, 2, "inconsistent"),
    ],
)
def test_with_few_clusters_fewer_stars_are_no_contradiction(groups, stars, verdict):
    """CR2 and the wild bootstrap give fewer than |b|/se does, and neither follows from the print."""
    text = f"[t.c]\nx = {{ b = 3.0, se = 1.0, stars = {stars} }}\n[audit]\nclusters = {groups}"

    (check,) = audit(text).checks

    assert check.verdict == verdict
    assert ("CR2" in str(check.arithmetic)) == (verdict == "undecidable")
    assert stars in check.reachable or verdict == "inconsistent"


@pytest.mark.parametrize(
    ("settings", "n", "fewest", "verdict"),
    [
        ("years = 10", 1000, None, "inconsistent"),
        ("years = 10", 200, 20, "undecidable"),
        ("years = 10", 389, 39, "undecidable"),
        ("years = 10", 391, None, "inconsistent"),
        ("", 200, 20, "undecidable"),
        ("years = 10\ngroups = { 't.c' = 100 }", 200, None, "inconsistent"),
        ("years = 10\ngroups = { 't.c' = 20 }", 200, 20, "undecidable"),
    ],
)
def test_an_undeclared_part_of_the_sample_may_have_few_clusters(settings, n, fewest, verdict):
    """The whole has 100 clusters and 1000 rows: of 200 rows there may be as few as 20, if nothing is declared."""
    text = (
        f"[t.c]\nN = {n}\nx = {{ b = 9.0, se = 1.0, stars = 1 }}\n[audit]\nclusters = 100\n"
        f"default = {{ N = 1000 }}\n{settings}"
    )

    check = one(audit(text).checks, check="stars")

    assert check.verdict == verdict
    assert (f"with {fewest} clusters CR2" in str(check.arithmetic)) == (fewest is not None)


def test_with_few_clusters_more_stars_are_one():
    """No test gives more stars than the largest that |b|/se allows."""
    (check,) = audit("[t.c]\nx = { b = 1.0, se = 1.0, stars = 1 }\n[audit]\nclusters = 12").checks

    assert check.verdict == "inconsistent"


IDENTITIES = """
[s]
cities = 30
coal = 12
others = {others}
first = 2001
last = 2010
rows = {rows}
share = {share}
[audit]
identities = [
  "s.cities == s.coal + s.others",
  "s.rows == s.cities * (s.last - s.first + 1)",
  "s.share == 100 * s.coal / s.cities",
]
"""


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({}, []),
        ({"others": 81}, ["cities"]),
        ({"rows": 301}, ["rows"]),
        ({"share": "39.9"}, ["share"]),
        ({"share": "40"}, []),
        ({"others": 19, "share": "4.00"}, ["cities", "share"]),
    ],
)
def test_declared_identities_are_checked(changed, wrong):
    """Sums, products and quotients of printed figures; counts are exact, decimals stand for what rounds to them."""
    figures = {"others": 18, "rows": 300, "share": "40.0", **changed}
    checks = audit(IDENTITIES.format(**figures)).checks

    assert [(c.table, c.column, c.check) for c in checks] == [("s", "", "identity")] * 3
    assert [c.row for c in checks if c.verdict == "inconsistent"] == wrong


@pytest.mark.parametrize(
    ("identity", "says"),
    [
        ("s.a == s.b + s.c", "[audit] names 's.c', which is not a figure of the file."),
        ("s.a", "'s.a' is not an identity of printed figures."),
        ("s.a + 1 == s.b", "'s.a + 1 == s.b' is not an identity of printed figures."),
        ("s.a == ln(s.b)", "'s.a == ln(s.b)' is not an identity of printed figures."),
        ("s.a == s.b ^ 2", "'s.a == s.b ^ 2' is not an identity of printed figures."),
        ("s.a == s.b > 2", "'s.a == s.b > 2' is not an identity of printed figures."),
        ("s.a == ", "'s.a == ' is not an identity of printed figures."),
        ("s.a == (s.b", "')' is missing."),
    ],
)
def test_what_is_no_identity_is_refused(identity, says):
    """One figure, and arithmetic of others; nothing is evaluated that the grammar does not have."""
    with pytest.raises(SpecError) as caught:
        audit(f"[s]\na = 1\nb = 2\n[audit]\nidentities = ['{identity}']")

    assert says in str(caught.value)


def test_an_identity_that_may_divide_by_zero_is_undecidable():
    """The printed 0.0 stands for numbers on both sides of zero."""
    text = "[s]\na = 1\nb = 0.0\n[audit]\nidentities = ['s.a == 1 / s.b']"

    assert [(c.verdict, c.reachable) for c in audit(text).checks] == [("undecidable", ())]
    (check,) = audit(text).checks
    assert say(check.arithmetic, "en") == "1 / s.b may be divided by 0"
    assert say(check.arithmetic, "zh") == "1 / s.b 的除数可能为 0"


def test_rows_that_are_no_multiple_of_the_groups():
    """An unbalanced sample may be meant, so that nothing is decided."""
    text = "[t.col1]\nN = 103\nx = {b = 0.5, se = 0.1}\n[audit]\nclusters = 20\n"

    (check,) = [c for c in audit(text).checks if c.check == "n"]

    assert (check.verdict, check.column) == ("undecidable", "col1")
    assert say(check.arithmetic, "en") == (
        "103 is not a multiple of 20 groups: an unbalanced sample may be meant"
    )
    assert say(check.arithmetic, "zh") == "103 不是 20 个组的整数倍：可能是非平衡样本"
