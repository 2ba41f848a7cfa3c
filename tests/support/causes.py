"""Words that claim a cause, and the few sentences that may use them."""

from __future__ import annotations

import re
from html import unescape

import polib
from ruamel.yaml import YAML

from layout import LOCALE
from xinzhi.present.style import ENTITIES, NOUNS
from xinzhi.report.notes import END
from xinzhi.report.terms import terms_of

CATALOGUE = LOCALE / "zh.po"
ENGLISH = re.compile(
    r"\b(causes?|caused|causing|leads? to|led to|leading to|dr(?:ives?|ove|iven|iving)(?! time)|promot(?:es?|ed|ing)"
    r"|boost(?:s|ed|ing)?|increas(?:es?|ed|ing)|decreas(?:es?|ed|ing)|rais(?:es?|ed|ing)|lower(?:s|ed|ing)"
    r"|enhanc(?:es?|ed|ing)|improv(?:es?|ed|ing)|affect(?:s|ed|ing)?|impacts?|influences?|thanks to|due to"
    r"|effects? of \S+ on)\b",
    re.IGNORECASE,
)
"""Words that say of one variable what it does to another."""
CHINESE = re.compile(
    "导致|促使|促进|提升|使得|推动|提高|降低|影响|作用于|拉动|驱动|抑制|带来|造成|引起"
)
TERMS = {
    # what the returns to scale are called
    "Decreasing returns", "Increasing returns", "Efficiency, non-increasing returns",
    "non-decreasing returns to scale", "non-increasing returns to scale",
    "Mean scale efficiency is {mean}; of {n} rows {increasing} have increasing, {constant} constant and {decreasing} decreasing returns to scale.",
    "Scale efficiency of {score} is the efficiency under constant returns over that under variable returns ({options}). Returns to scale are constant where the two agree, increasing where the efficiency under non-increasing returns is that under constant returns, and decreasing elsewhere.",
    # the influence of observations on an estimate
    "Influence of single entities",
    "Change of the coefficient, in standard errors, when all rows of the entity are left out; the ten entities with the largest influence on a coefficient.",
    # the chapter on regressions, as Chinese papers call it
    "Effects",
    # what a penalty was imposed for: the cause of action of its record
    "It is not clear which column holds the scope or the cause.",
    # a tool at a higher level of itself
    "Tools that would help at a higher level", "would help at a higher level",
    "A tool helps where it weakens no step of a supported pathway and strengthens one that is statistically significant at the entity's own level. Where that step is not significant, the tool would help at a higher level. It hinders where it weakens a step that is not significant at this level.",
}  # fmt: skip
"""Terms of art, word for word."""
DENIALS = {
    "The decomposition describes associations: a common cause of mediator and outcome would give the same result.",
    "Stepwise mediation is a decomposition, not a causal proof: a common cause of mediator and outcome biases b and hence ab.",
    "This decomposes an effect; it does not show that the mediator is a cause: a common cause of mediator and outcome would give the same result.",
}  # fmt: skip
"""Sentences that say that no cause is shown."""
METHODS = {
    "an instrument affects the outcome only through the regressor.",
    "The second stage assumes that its variables do not affect the frontier itself (separability).",
    "{factor} → {mediator}: ab is zero if the correlation between the errors of the two equations is {rho}; an omitted cause that explains {share} of the residual variance of mediator and outcome makes b zero.",
    "a direction is finite and not negative; it improves every variable.",
    "close other programs or raise the limits of the system, or save the table as csv.",
    "Overlap: entities of the region with the lower mean whose scores exceed some in the other region.",
}  # fmt: skip
"""What a method assumes or does, and what a user can do."""
SIZES = {
    "A {share} increase from the mean goes with a change in {outcome} of {items}.",
    "A {share} increase in {factor} from its mean goes with a change in {outcome} of {change}.",
    "An increase of one standard deviation from the mean goes with a change in {outcome} of {items}.",
    "An increase of one standard deviation in {factor} from its mean goes with a change in {outcome} of {change}.",
}  # fmt: skip
"""A difference in one variable that goes with a difference in another."""
VERDICTS = re.compile("leads? to (another|the same) verdicts?")
"""Tests lead to verdicts."""
PAPER = "新质要素驱动资源型城市产业转型（模拟数据）"
"""Title of the paper that the example of cities computes."""
ALLOWED = TERMS | DENIALS | METHODS | SIZES


def claims(text):
    """Find the words in either language that say of one thing what it does to another."""
    text = VERDICTS.sub("", text)
    return bool(ENGLISH.search(text) or CHINESE.search(text))


def catalogue():
    """Give all sentences: English template -> Chinese."""
    return {entry.msgid: entry.msgstr for entry in polib.pofile(str(CATALOGUE))}


def claims_in(folder):
    """List the sentences of the report of a study that claim a cause.

    What the study file says in the user's words, such as the names of pathways, is left out; the tests of the
    examples read it apart.
    """
    page = (folder / "results" / "report.html").read_text(encoding="utf-8")
    study = YAML(typ="safe").load(folder / "study.yaml")
    text = re.sub(r"<(script|style|svg)\b.*?</\1>", " ", page, flags=re.DOTALL)
    text = unescape(re.sub(r"<[^>]+>", "\n", text))
    known = catalogue()
    allowed = {
        form
        for template in ALLOWED
        for language, words in (("en", template), ("zh", known[template]))
        for form in _printed(words, language)
    }
    for pattern in sorted((_pattern(one) for one in allowed), key=len, reverse=True):
        text = re.sub(pattern, " ", text)
    own = {*_strings(study), "with improved finite sample properties"}
    for words in sorted(own, key=len, reverse=True):
        text = text.replace(words, " ")
    sentences = re.split(r"(?<=[.。;；!?])\s+|\n+", text)
    return sorted({one.strip() for one in sentences if claims(one)})


def _printed(template, language):
    """List the forms of a sentence in a report: in the words of a study, whole and as its single sentences."""
    for noun in (ENTITIES, *NOUNS.values()):
        words = terms_of(noun, has_years=True).put(template, language)
        yield from (words, *END[language].split(words))
    yield template


def _strings(found):
    """List the words of a study file that are no keys."""
    if isinstance(found, str):
        yield from [found] if len(found) > 3 else []
    elif isinstance(found, dict | list):
        for one in found.values() if isinstance(found, dict) else found:
            yield from _strings(one)


def _pattern(template):
    parts = re.split(r"\{\w+[^}]*\}", template)
    return r"[^\n]{0,200}?".join(re.escape(part) for part in parts)
