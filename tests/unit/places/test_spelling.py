"""One spelling per name."""

from __future__ import annotations

import pytest

from xinzhi_panel.places.divisions import divisions, fold, is_latin, latin, stem


@pytest.mark.parametrize(
    ("name", "bare"),
    [
        ("大同市", "大同"),
        ("沁县", "沁县"),
        ("阿坝藏族羌族自治州", "阿坝"),
        ("海西蒙古族藏族自治州", "海西"),
        ("内蒙古自治区", "内蒙古"),
        ("西藏自治区", "西藏"),
        ("新疆维吾尔自治区", "新疆"),
        ("鄂温克族自治旗", "鄂温克族"),
        ("莫力达瓦达斡尔族自治旗", "莫力达瓦"),
        ("威宁彝族回族苗族自治县", "威宁"),
        ("双江拉祜族佤族布朗族傣族自治县", "双江"),
        ("神农架林区", "神农架"),
        ("六枝特区", "六枝"),
        ("浦东新区", "浦东"),
        ("白云鄂博矿区", "白云鄂博"),
        ("香港特别行政区", "香港"),
        ("矿区", "矿区"),
    ],
)
def test_names_without_rank(name, bare):
    """Rank and peoples are left out as long as two characters of a name remain."""
    assert stem(name) == bare


def test_no_name_of_a_people_remains():
    """The only bare names that end in 族 are those that consist of a people."""
    left = {stem(d.name) for d in divisions() if stem(d.name).endswith("族")}

    assert left == {"东乡族", "鄂温克族"}


@pytest.mark.parametrize(
    "text", ["大同市", "　大同市\u200d", "大\u00ad同\r\n市", "\u202a大同市\u202c", "“大同市”"]
)
def test_invisible_characters_and_quotes(text):
    """White space, format characters and quotes around or inside a name do not count."""
    assert fold(text) == "大同市"


def test_latin_letters():
    """Accents, apostrophes, case, hyphens and rank do not count in romanised names."""
    assert {latin(t) for t in ("Lüliang", "LULIANG", "Lu-liang City", "lüliáng shì")} == {"luliang"}
    assert is_latin("Ürümqi")
    assert not is_latin("大同 Datong")
    assert not is_latin("2008")
