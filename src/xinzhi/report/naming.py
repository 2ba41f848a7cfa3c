"""What things are called in the report: scores, classes, entities, tables."""

from __future__ import annotations

from xinzhi.analyses.section import Words
from xinzhi.study.result import StudyResult
from xinzhi.wording import Label, Wording


def score_label(result: StudyResult, name: str) -> Wording:
    """Word a score: the label of the variable that is made from it."""
    for variable in result.spec.variables.named.values():
        if variable.score == name:
            return variable.label.label(name)
    return Label(name)


def entity_labels(result: StudyResult) -> dict[str, Wording]:
    """Words for entities, from the columns that the study file names."""
    frame = result.panel.frame
    first = frame[~frame.index.get_level_values("entity").duplicated()].droplevel("period")
    found: dict[str, Wording] = {}
    for source in result.spec.sources.values():
        columns = {
            language: first[column].dropna().astype(str)
            for language, column in (("zh", source.names.zh), ("en", source.names.en))
            if column is not None and column != source.entity
        }
        if columns:
            found |= {
                str(entity): Label(str(entity), **{k: c.get(entity) for k, c in columns.items()})
                for entity in first.index
            }
    return found


def words_of(words: Words) -> Wording:
    """Word what the study file says in one or two languages; nothing where it says nothing."""
    return words.label("") if words.zh or words.en else ""
