"""What a study says, part by part, as plain text: two runs are compared by it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence

from xinzhi.analyses.exhibits import MethodPart
from xinzhi.present.table import Table
from xinzhi.report.build import text_of, with_charts
from xinzhi.report.document import grid
from xinzhi.report.method import methods_of
from xinzhi.study.result import StudyResult
from xinzhi_core.wording import say

LANGUAGES = ("en", "zh")


def said(result: StudyResult, *, drawn: bool = False) -> dict[str, str]:
    """List the parts of a study: panel, variables, tables, their notes, sentences, charts."""
    content = text_of(result)
    if drawn:
        content = with_charts(content, result)
    parts = {
        "panel": result.panel.frame.to_csv(float_format="%.12g") + str(result.panel.frame.dtypes),
        "variables": result.variables.to_csv(float_format="%.12g"),
        "title": words([content.title, content.subtitle]),
        "simulated": str(content.simulated),
        "profile": content.profile,
        "head": words(line.sentence for line in content.told),
        "abstract": words((*content.abstract, *content.keywords)),
        "methods": words(sentence for part in content.methods for sentence in part.sentences),
        "sample": words(content.sample),
        "summary": words(content.data_summary),
        "equations": str([str(one) for part in content.methods for one in part.equations]),
        "blocks": json.dumps(content.blocks, default=str, sort_keys=True, ensure_ascii=False),
        "scripts": str(result.scripts),
        "provenance": words(content.provenance),
    }
    parts |= {f"prose {place}": words(texts) for place, texts in content.prose.items()}
    for notice in content.notices:
        key = f"notice {notice.code}"
        parts[key] = parts.get(key, "") + words([notice.text])
    for tables in content.tables.values():
        for table in tables:
            parts |= dict(parts_of(table))
    for charts in content.charts.values() if drawn else ():
        for chart in charts:
            parts[f"chart {chart.id}"] = str((chart.specifications, chart.drawings, chart.still))
            parts[f"chart {chart.id}: words"] = words((chart.title, *chart.notes, *chart.reading))
    if content.profiles is not None:
        parts["profiles"] = str(content.profiles)
    return parts


def method_sentences(result: StudyResult, declared: Sequence[MethodPart]) -> list[str]:
    """List the sentences of the chapter on method."""
    parts = methods_of(result, declared)
    return [str(sentence) for part in parts for sentence in part.sentences]


def parts_of(table: Table) -> Iterator[tuple[str, str]]:
    """Give the numbers and cells of a table, and apart from them what stands around."""
    cells = [grid(table, language, 4) for language in LANGUAGES]
    machine = json.dumps(table.machine, default=str, sort_keys=True, ensure_ascii=False)
    yield table.id, machine + str(cells)
    yield f"{table.id}: words", words((table.title, *table.notes, *table.reading))


def words(texts: Iterable[object]) -> str:
    """Say texts in both languages."""
    return "\n".join(say(text, language) for text in texts for language in LANGUAGES)  # type: ignore[arg-type]


def changed(before: dict[str, str], after: dict[str, str]) -> set[str]:
    """Name the parts that differ, are gone or are new."""
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
