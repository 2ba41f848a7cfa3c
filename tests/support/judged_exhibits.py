"""What tables, charts, pathways and results of a report say of each effect."""

from __future__ import annotations

from judged_sentences import (
    FACTORS,
    MAIN,
    MEDIATORS,
    MODERATOR,
    NEGATIVE,
    NOTHING,
    OUTCOME,
    POSITIVE,
    SOME,
    VERDICTS,
    Judgement,
    printed,
)
from printed_charts import arrows_of, bends_of, lanes_of, layers_of, points_of, rows_of

CODES = {"works": POSITIVE, "harms": NEGATIVE, "null": NOTHING}
"""Verdicts in results.json."""


def of_tables(material):
    """Read the verdicts that stand in cells of the pathways."""
    names = _paths()
    for group in material.tables.values():
        for table in group:
            columns = [one.key for one in table.columns]
            if "verdict" in columns:
                for row in table.rows:
                    cell = row.cells[columns.index("verdict")]
                    yield from _row(row.key, str(cell.value), names, table.id)
    pages = material.profiles.items if material.profiles else ()
    for table in (table for page in pages for table in page.tables if table.id == "pathways"):
        for row in table.rows:
            effect, group = names.get(str(row.label)), str(row.cells[-2].value)
            if effect is not None and str(row.cells[0].value) in VERDICTS:
                yield Judgement(_of_group(effect, group), "page", VERDICTS[str(row.cells[0].value)])


def _of_group(effect, words):
    """Name the effect in a group, such as `Region: east`; that of all where there is no group."""
    grouping, _, group = words.partition(": ")
    return ("group", effect[-1], grouping, group) if group else effect


def _paths():
    """Words and keys of paths -> effects."""
    found = {}
    for factor in FACTORS:
        found[f"{factor} → {OUTCOME}"] = ("slope", *MAIN, factor)
        for mediator in MEDIATORS:
            found[f"{factor} → {mediator} → {OUTCOME}"] = ("mediated", factor, mediator)
    keys = {words.replace("→", "->").lower(): effect for words, effect in found.items()}
    return found | keys


def _row(key, said, names, place):
    path, _, tool = key.partition(" | ")
    if tool:
        ends = (one.capitalize() for one in path.split(" -> "))
        yield Judgement(("interaction", tool.capitalize(), *ends), place, VERDICTS[said])
        return
    parts = path.split("/")
    path = parts[0] if parts[0] in names else parts[1] if len(parts) > 1 else ""
    if path in names and said in VERDICTS:
        grouping, group = parts[-2:] if len(parts) > 2 else ("", "")
        effect = _of_group(names[path], f"{grouping.capitalize()}: {group}" if group else "")
        yield Judgement(effect, place, VERDICTS[said])


def of_results(material):
    """Read the codes of verdicts in results.json."""
    by_id = {one.id: one for group in material.tables.values() for one in group}
    labels = {one.lower(): one for one in (*FACTORS, *MEDIATORS)}
    for one in by_id["empowerment"].machine["empowerment"]:
        effect = ("slope", *MAIN, labels[one["factor"]])
        if one["grouping"]:
            effect = _of_group(effect, f"{one['grouping'].capitalize()}: {one['group']}")
        if one["verdict"] in CODES:
            yield Judgement(effect, "results: empowerment", CODES[one["verdict"]])
    for one in by_id["mechanism_effects"].machine["effects"]:
        yield Judgement(
            ("mediated", labels[one["factor"]], labels[one["mediator"]]), "results", one["verdict"]
        )
    for one in by_id["tools"].machine["paths"]:
        ends = (one[key].capitalize() for key in ("moderator", "focal", "outcome"))
        yield Judgement(("interaction", *ends), "results", one["verdict"])
    for one in by_id["cities_differences"].machine["differences"]:
        if one.get("verdict", "not_tested") != "not_tested":
            told = NOTHING if one["verdict"] == NOTHING else SOME
            yield Judgement(
                ("difference", labels[one["name"]], one["grouping"].capitalize()), "results", told
            )
    for one in by_id["what_if"].machine["what_if"]:
        effect = ("slope", *MAIN, labels[one["factor"]])
        group = f"{one['grouping'].capitalize()}: {one['group']}" if one["grouping"] else ""
        if one["verdict"] in CODES:
            yield Judgement(_of_group(effect, group), "results: what_if", CODES[one["verdict"]])


def of_pathways(material):
    """Read the status of each pathway of each entity: the effect of its factor, and the channels that it names."""
    by_id = {one.id: one for group in material.tables.values() for one in group}
    for city in by_id["pathways_by_city"].machine["cities"].values():
        for one in city["pathways"].values():
            factor, told = one["factor"].capitalize(), STATUSES.get(one["status"])
            if told is not None and len(one["evidence"]) == 1:
                (e,) = one["evidence"]
                group = f"{e['grouping'].capitalize()}: {e['group']}" if e["grouping"] else ""
                yield Judgement(_of_group(("slope", *MAIN, factor), group), "status", told)
            for mediator in one["channels"]:
                yield Judgement(("mediated", factor, mediator.capitalize()), "status", POSITIVE)


STATUSES = {
    "supported": POSITIVE,
    "effect_only": POSITIVE,
    "opposed": NEGATIVE,
    "unsupported": NOTHING,
}


def of_charts(material):
    """Read points, colours, arrows and stars."""
    for group in material.charts.values():
        for chart in group:
            for suffix, read in CHARTS.items():
                if chart.id.endswith(suffix):
                    for effect, told in read(chart):
                        yield Judgement(effect, f"chart: {chart.id}", told)


def _sign(estimate, is_clear):
    return NOTHING if not is_clear else POSITIVE if estimate > 0 else NEGATIVE


def _coefficients(chart):
    table = chart.id.removesuffix("_coefficients")
    for point in points_of(chart):
        words, _, column = point.words.rpartition(" ")
        if words in FACTORS:
            yield printed(table, column, words), _sign(point.estimate, point.is_filled)


def _told_first(chart):
    """Read the picture at the head: as declared; where errors are those of the study, once."""
    for point in points_of(chart):
        words = point.words.removesuffix(", as declared")
        if words in FACTORS:
            yield ("slope", *MAIN, words), _sign(point.estimate, point.is_filled)


def _mediated_points(chart):
    for point in points_of(chart):
        yield ("mediated", *point.words.split(" → ")), _sign(point.estimate, point.is_filled)


def _group_points(chart):
    for point in points_of(chart):
        factor, _, group = point.words.partition(" | ")
        yield ("group", factor, *group.split(": ")), _sign(point.estimate, point.is_filled)


def _heat(chart):
    specification = chart.specifications["en"]
    (rect,), (text,) = layers_of(specification, "rect"), layers_of(specification, "text")
    stars = text["encoding"]["text"]["field"]
    for row in rows_of(specification, rect):
        share = row[rect["encoding"]["color"]["field"]]
        effect = ("group", row["column_en"], *row["row_en"].split(": "))
        yield effect, NOTHING if share is None else _sign(share, is_clear=True)
        if "*" in row[stars]:
            yield effect, SOME


def _arrows(chart):
    for arrow in arrows_of(chart.drawings["en"]):
        effect = ("arrow", arrow.source, arrow.target)
        if arrow.target == OUTCOME and arrow.source in FACTORS:
            effect = ("slope", *MAIN, arrow.source)
        yield effect, NOTHING if arrow.look == "unclear" else arrow.look
        if "*" in arrow.words:
            yield effect, SOME


def _lanes(chart):
    for arrow, tools in lanes_of(chart.drawings["en"]):
        ends = arrow.source, arrow.target
        yield ("arrow", *ends), NOTHING if arrow.look == "unclear" else arrow.look
        if "*" in arrow.words:
            yield ("arrow", *ends), SOME
        told = [words.rpartition(" ")[::2] for words in tools]
        for tool, size in told:
            yield ("interaction", tool, *ends), POSITIVE if size.startswith("+") else NEGATIVE
        if ends != (MEDIATORS[1], OUTCOME) and ends[1] != MEDIATORS[1] and not told:
            yield ("interaction", MODERATOR, *ends), NOTHING


def _bends(chart):
    signs = {"up": POSITIVE, "down": NEGATIVE, "none": NOTHING}
    for bend in bends_of(chart.drawings["en"]):
        effect = ("interaction", bend.moderator, bend.source, bend.target)
        yield effect, signs[bend.sign]
        if "*" in bend.words:
            yield effect, SOME


CHARTS = {
    "_coefficients": _coefficients,
    "_told_first": _told_first,
    "_mediated": _mediated_points,
    "_groups": _group_points,
    "_heat": _heat,
    "mechanism_mechanism": _arrows,
    "pathways_mechanism": _lanes,
    "_diagram": _bends,
}
"""End of the id of a chart -> what it says of each effect."""
