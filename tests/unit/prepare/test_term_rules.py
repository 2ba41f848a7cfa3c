"""When a term in a text counts: negation, other meanings, trade, gaps; lists that add and remove."""

from __future__ import annotations

import pandas as pd
import pytest

from xinzhi.prepare.step import TermList, read_terms, without_negated
from xinzhi_core.errors import SpecError

TERMS = TermList(
    ("人工智能", "云计算", "集成电路", "铅蓄电池", "废水…超标", "MES"),
    exclude=("手机零售",),
    ignore=("人工智能餐厅",),
    trade=("销售", "零售", "批发"),
    make=("研发", "制造", "生产", "集成"),
    void=("培训",),
)


def found(text, terms=TERMS):
    return terms.find_included(pd.Series([text], dtype=object))[0]


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("人工智能研发", "人工智能"),
        ("软件开发（不含人工智能、云计算业务）", None),
        ("软件开发（不包括人工智能，云计算）", None),
        ("软件开发，不含人工智能、云计算", None),
        ("不得从事人工智能，云计算研发", "云计算"),
        ("电池制造；铅蓄电池除外", None),
        ("电池制造（铅蓄电池除外）", None),
        ("集成电路制造（不含）", None),
        ("除人工智能外的软件开发", None),
        ("除尘设备、海外贸易、人工智能研发", "人工智能"),
        ("清除外排物；人工智能研发", "人工智能"),
        ("（含云计算，不含人工智能）研发", "云计算"),
        ("国家禁止的除外；云计算研发", "云计算"),
        ("非人工智能类软件", None),
        ("人工智能餐厅", None),
        ("集成电路销售", None),
        ("集成电路的研发、销售", "集成电路"),
        ("集成电路及元件的批发、零售", None),
        ("集成电路制造设备零售", None),
        ("集成电路生产企业用品零售", None),
        ("集成电路的系统集成、零售", "集成电路"),
        ("人工智能培训、研发", None),
        ("外排废水化学需氧量超标", "废水…超标"),
        ("废水处理；噪声超标", None),
        ("MES系统研发", "MES"),
        ("GAMES 研发", None),
        ("ＭＥＳ研发", "MES"),
    ],
)
def test_a_term_counts_where_it_says_what_is_done(text, term):
    """Each rule on one text."""
    assert found(text) == term


def test_a_negated_exclusion_excludes_nothing():
    """不含手机零售 is no 手机零售."""
    texts = pd.Series(["人工智能研发（不含手机零售）", "人工智能研发，手机零售"], dtype=object)
    assert TERMS.find_excluded(texts).tolist() == [None, "手机零售"]


def test_what_always_counts_overrules_an_exclusion():
    """A statute named as broken counts beside the word of another field."""
    terms = TermList(("废水",), exclude=("广告",), always=("违反《水污染防治法",))
    texts = pd.Series(["废水广告", "违反《水污染防治法》，广告"], dtype=object)
    assert terms.find_excluded(texts).tolist() == ["广告", None]
    assert terms.find_included(texts).tolist() == ["废水", "违反《水污染防治法"]


def test_blanking_keeps_the_length_of_a_text():
    """Places in the text stay those of the text."""
    text = "软件开发(不含人工智能、云计算);数据处理"
    assert len(without_negated(text)) == len(text)


def test_lists_add_to_and_take_out_of_those_before():
    """A user's list extends ours; `remove` takes terms out."""
    sources = {
        "ours": pd.DataFrame(
            {
                "class": ["a", "a", ""],
                "term": ["x", "y", "z"],
                "kind": ["include", "include", "ignore"],
            }
        ),
        "own": {"a": {"include": ["w"], "remove": ["x"]}},
    }
    lists = read_terms(sources, ["ours", "own"], step="s")
    assert lists["a"].include == ("y", "w")
    assert lists[""].ignore == ("z",)
    with pytest.raises(SpecError, match="is not a list of terms"):
        read_terms({"own": {"a": {"remove": ["x"]}}}, ["own"], step="s")
