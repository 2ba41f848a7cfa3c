"""Industries as registries write them."""

from __future__ import annotations

import pytest

from xinzhi.prepare.industries import industries, read_industry


@pytest.mark.parametrize(
    ("cell", "codes"),
    [
        ("3973", ("3973",)),
        (3973, ("3973",)),
        ("C3973", ("3973",)),
        ("c3973", ("3973",)),
        ("C3973 集成电路制造", ("3973",)),
        ("集成电路制造（3973）", ("3973",)),
        ("集成电路制造", ("3973",)),
        ("C39", ("39",)),
        ("39", ("39",)),
        (39.0, ("39",)),
        ("397", ("397",)),
        ("C3900", ("39",)),
        ("C3970", ("397",)),
        ("3940", ("3940",)),
        ("I65软件和信息技术服务业", ("65",)),
        ("I65软件…", ("65",)),
        ("6513.0", ("6513",)),
        (6513.0, ("6513",)),
        ("６５１３", ("6513",)),
        ("Ｃ３９", ("39",)),
        ("计算机、通信和其他电子设备制造业", ("39",)),
        ("计算机通信及其他电子设备制造", ("39",)),
        ("电子设备制造业", ("39",)),
        ("软件和信息技术服务", ("65",)),
        ("集成电路", ("3973",)),
        ("信息传输、软件和信息技术服务业", ("63", "64", "65")),
        ("I", ("63", "64", "65")),
        ("制造业/计算机、通信和其他电子设备制造业/集成电路制造", ("3973",)),
        ("制造业 > 汽车制造业", ("36",)),
        ("C-39-397-3973", ("3973",)),
        ("行业代码：3491", ("3491",)),
        ("GB/T 4754-2017 C3491", ("3491",)),
        ("3911、3912", ("3911", "3912")),
        ("39、3911", ("3911",)),
        ("3911、39、3912", ("3911", "3912")),
        ("通信设备、计算机及其他电子设备制造业", ("39",)),
        (111.0, ("0111",)),
        ("瓶(罐)装饮用水制造", ("1522",)),
    ],
)
def test_each_way_of_writing_an_industry_is_read(cell, codes):
    """Codes of any length, letters, names in full or in part, full width, points, paths."""
    found = read_industry(cell)
    assert found is not None
    assert sorted(found.codes) == sorted(codes)
    assert not found.differs


@pytest.mark.parametrize(
    "cell",
    [None, float("nan"), True, "", "不详", "其他", "A3973", "9811", "39111", "某某", 0.5, 12345],
)
def test_what_says_no_industry_is_not_guessed(cell):
    """Letters of another section, numbers that are no codes, empty cells and vague words."""
    assert read_industry(cell) is None


def test_a_name_beside_the_code_of_another_edition_is_taken_and_told():
    """3963 was 集成电路制造 in 2011 and is 智能无人飞行器制造 in 2017."""
    found = read_industry("3963 集成电路制造")
    assert found.codes == ("3973",)
    assert found.differs
    assert not read_industry("3963 智能无人飞行器制造").differs


def test_a_code_that_the_edition_of_2017_does_not_have_is_kept_as_it_stands():
    """A table of the user may be one of an older edition."""
    found = read_industry("3998")
    assert (found.codes, found.written) == (("3998",), "3998")


def test_the_packaged_table_has_the_numbers_of_the_standard():
    """20 sections, 97 divisions, 473 groups; 1,381 classes, each under a division."""
    table = industries()
    assert len(table.sections) == 20
    assert sum(map(len, table.sections.values())) == 97
    assert len(table.classes) == 1381
    assert len({code[:3] for code in table.classes}) == 473
    assert all(code[:2] in table.names for code in table.classes)
    assert len(set(table.names)) == len(table.names)
