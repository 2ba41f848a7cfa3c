"""`xinzhi evaluate-terms`: how well lists of codes and terms tell records that a person judged."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from xinzhi.cli.console import (
    choose_format,
    language,
    names,
    prepare_output,
    print_json,
    print_table,
)
from xinzhi.cli.flags import DryRun, Lang, Overwrite, print_plan, targets
from xinzhi.cli.frame_output import FORMATS, write_frame
from xinzhi.cli.streams import open_given
from xinzhi_core.errors import Problem, SpecError, Where, suggestion
from xinzhi_core.problems import MISSING_COLUMN
from xinzhi_core.wording import Language, Wording, message, say
from xinzhi_panel.io.json_text import json_text

if TYPE_CHECKING:
    import pandas as pd

    from xinzhi.prepare.judged_terms import JudgedRecords, Share

HEADINGS = {
    "id": ("id", "编号", "案号", "企业名称", "统一社会信用代码", "处罚决定书文号"),
    "code": (
        "industry",
        "code",
        "行业",
        "行业代码",
        "所属行业",
        "行业分类",
        "国标行业",
        "行业类别",
    ),
    "text": ("text", "scope", "cause", "经营范围", "案由", "违法事实", "处罚事由", "违法行为"),
}
"""Headings by which a column is known where no option names it."""
OUTCOMES: dict[str, Wording] = {
    "missed": message("missed"),
    "wrong": message("wrongly taken"),
}
REASONS: dict[str, Wording] = {
    "term": message("term"),
    "no term": message("no term"),
    "exclusion": message("exclusion"),
    "product or industry": message("product or industry"),
    "no business scope": message("no business scope"),
    "starred code, no term": message("starred code, no term"),
    "whole code, no term": message("whole code, no term"),
    "broad industry, no term": message("broad industry, no term"),
    "no readable industry": message("no readable industry"),
    "no readable industry, term found": message("no readable industry, term found"),
    "no code": message("no code of the tables"),
}
"""Reason of a verdict, as csv and JSON have it -> its words on the console."""
SHOWN = 40
"""Characters of a text, and terms, that are shown on the console."""


def evaluate_terms(
    records: Annotated[
        Path, typer.Argument(help="Judged records: csv, xlsx or Parquet; - is standard input.")
    ],
    truth: Annotated[
        str, typer.Option(help="Column of the judgement: 1 or 0, yes or no, 是 or 否.")
    ],
    text: Annotated[
        str | None, typer.Option(help="Column of the scope or the cause; found by its heading.")
    ] = None,
    code: Annotated[
        str | None,
        typer.Option(
            help="Column of the industry; with one the records are firms, else penalties."
        ),
    ] = None,
    identifier: Annotated[
        str | None, typer.Option("--id", help="Column of the identifier; else the row.")
    ] = None,
    terms: Annotated[
        str | None,
        typer.Option(
            help="Lists of terms: ours by name, or files; several are separated by commas."
        ),
    ] = None,
    codes: Annotated[
        str | None,
        typer.Option(
            help="Tables of codes: ours by name, or files, the table of the order among them."
        ),
    ] = None,
    classes: Annotated[
        str | None, typer.Option(help="Classes that belong; all of the tables where left out.")
    ] = None,
    sheet: Annotated[str | None, typer.Option(help="Sheet of a workbook.")] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            help="File of the records with what the lists say: .csv, .xlsx, .dta or .json; - is stdout."
        ),
    ] = None,
    output_format: Annotated[
        Literal["table", "json", "csv", "xlsx", "dta"] | None,
        typer.Option("--format", help="Form of the output; table unless the file says another."),
    ] = None,
    dry_run: DryRun = False,
    overwrite: Overwrite = False,
    lang: Lang = None,
) -> None:
    """Measure precision and recall of lists of codes and terms on records that a person judged."""
    form = choose_format(output, output_format, FORMATS, "table")
    target = prepare_output(output, overwrite=overwrite, sources=(records,))
    with open_given(records) as path:
        frame = _table(path, sheet)
    columns = _columns(
        frame, {"truth": truth, "text": text, "code": code, "id": identifier}, records
    )
    judged = _judge(frame, columns, names(terms), names(codes), names(classes), records.name)
    if dry_run:
        work = message(
            "precision and recall on {n} records",
            one="precision and recall on {n} record",
            n=len(judged.table),
        )
        print_plan(lang, reads=(records,), computes=(work,), writes=targets(target))
        return
    if form == "json" and target is None:
        print_json(document(judged))
    elif form == "table":
        _print(judged, lang)
    elif form == "json" and target is not None:
        target.write(json_text(document(judged)), is_json=True)
    else:
        title = message("Records with what the lists say of them")
        write_frame(target, judged.table, form, title, lang=lang)


def _table(path: Path, sheet: str | None) -> pd.DataFrame:
    """Read the records with every cell as it stands."""
    import pandas as pd

    from xinzhi_panel.io.raw import sniff
    from xinzhi_panel.io.read import read_table
    from xinzhi_panel.io.recognise.note_marks import bare_names

    if sniff(path) == "parquet":
        return pd.read_parquet(path).astype(object)
    rows = [list(row) for row in read_table(path, sheet=sheet, plain=True).rows]
    names_of = bare_names(rows[0]) if rows else []
    headings = ["" if cell is None else str(cell).strip() for cell in names_of]
    return pd.DataFrame(rows[1:], columns=headings, dtype=object)


def _columns(frame: pd.DataFrame, given: dict[str, str | None], file: Path) -> dict[str, str]:
    """Find the columns: those that are named, else those whose heading says what they are."""
    found: dict[str, str] = {}
    for role, name in given.items():
        if name is not None and name not in frame.columns:
            text = message("Column '{name}' is not in the data.", name=name)
            remedy = suggestion(name, tuple(map(str, frame.columns)))
            raise SpecError(Problem(MISSING_COLUMN, text, Where(file=file.name), remedy))
        known = name or next((h for h in HEADINGS.get(role, ()) if h in frame.columns), None)
        if known is not None and (name or known not in found.values()):
            found[role] = known
    if "text" not in found:
        text = message("It is not clear which column holds the scope or the cause.")
        remedy = message("name it with --text.")
        raise SpecError(Problem(MISSING_COLUMN, text, Where(file=file.name), remedy))
    return found


def _judge(
    frame: pd.DataFrame,
    columns: dict[str, str],
    terms: tuple[str, ...],
    codes: tuple[str, ...],
    classes: tuple[str, ...],
    name: str,
) -> JudgedRecords:
    """Hold the lists against the records."""
    from xinzhi.prepare.emerging_codes import CodeTable, classes_in, terms_of, terms_of_codes
    from xinzhi.prepare.judged_terms import judge_firms, judge_penalties
    from xinzhi.prepare.step import all_terms, read_terms
    from xinzhi.study.file.step_inputs import list_inputs_of

    picked = frame[list(columns.values())].set_axis(list(columns), axis=1)
    picked = picked if "id" in picked else picked.assign(id=[str(i + 2) for i in range(len(frame))])
    if "code" not in columns:
        terms = terms or ("environmental_penalties",)
        sources = list_inputs_of(dict.fromkeys(terms, "terms"), Path())
        return judge_penalties(
            picked, all_terms(read_terms(sources, terms, step="terms")), name=name
        )
    terms, codes = terms or ("emerging_terms",), codes or ("emerging_codes",)
    kinds = dict.fromkeys(terms, "terms") | dict.fromkeys(codes, "codes")
    sources = list_inputs_of(kinds, Path())
    tables: list[tuple[str, Any]] = [(table, sources[table]) for table in codes]
    table = CodeTable.of_tables(tables, classes or classes_in(tables))
    return judge_firms(
        picked,
        table,
        terms_of(sources, terms, table.classes, step="terms"),
        name=name,
        coded=terms_of_codes(sources, terms, step="terms"),
    )


def document(judged: JudgedRecords) -> dict[str, object]:
    """Write an evaluation as the contract of the command says."""
    rows = judged.table.astype(object).where(judged.table.notna(), None)
    kept = [c for c in ("id", "code", "text", "class", "reason", "term", "review") if c in rows]
    return {
        "n": len(rows),
        "unjudged": judged.unjudged,
        "right": judged.count("right"),
        "wrong": judged.count("wrong"),
        "missed": judged.count("missed"),
        "rejected": judged.count("rejected"),
        "missed_in_review": judged.in_review,
        "precision": _share(judged.precision),
        "recall": _share(judged.recall),
        "terms": judged.by_term().to_dict("records"),
        **{
            key: rows[rows["outcome"] == outcome][kept].to_dict("records")
            for key, outcome in (("records_missed", "missed"), ("records_wrong", "wrong"))
        },
    }


def _share(share: Share) -> dict[str, float | None]:
    low, high = share.interval or (None, None)
    return {"value": share.value, "low": low, "high": high}


def _print(judged: JudgedRecords, lang: str | None) -> None:
    from xinzhi.prepare.judged_terms import shown

    spoken = language(lang)
    for words in _summary(judged, shown):
        typer.echo(say(words, spoken))
    for outcome, words in OUTCOMES.items():
        rows = judged.table[judged.table["outcome"] == outcome]
        if len(rows):
            typer.echo("")
            print_table(
                say(message("{outcome}: {n}", outcome=words, n=len(rows)), spoken),
                [
                    say(words, spoken)
                    for words in (message("record"), message("text"), message("reason"))
                ],
                [
                    (str(row.id), str(row.text)[:SHOWN], _why(str(row.reason), row.term, spoken))
                    for row in rows.itertuples(index=False)
                ],
                text_columns=3,
            )
    terms = judged.by_term()
    if len(terms):
        typer.echo("")
        shown_terms = terms.head(SHOWN)
        print_table(
            say(message("Terms on which records were taken ({n})", n=len(terms)), spoken),
            [say(words, spoken) for words in (message("term"), message("right"), message("wrong"))],
            [
                (str(r.term), str(r.right), str(r.wrong))
                for r in shown_terms.itertuples(index=False)
            ],
        )


def _summary(judged: JudgedRecords, shown: Any) -> list[Wording]:
    lines: list[Wording] = [
        message(
            "{n} records: {right} rightly taken, {wrong} wrongly, {missed} missed, {rejected} rightly "
            "left out.",
            one="{n} record: {right} rightly taken, {wrong} wrongly, {missed} missed, {rejected} rightly left out.",
            n=len(judged.table),
            right=judged.count("right"),
            wrong=judged.count("wrong"),
            missed=judged.count("missed"),
            rejected=judged.count("rejected"),
        ),
        message(
            "Precision {precision}, recall {recall} (in brackets the interval of 95 %).",
            precision=shown(judged.precision),
            recall=shown(judged.recall),
        ),
    ]
    if judged.in_review:
        lines.append(
            message(
                "Of the missed records {n} are undecided: they are offered for review.",
                one="Of the missed records {n} is undecided: it is offered for review.",
                n=judged.in_review,
            )
        )
    if judged.unjudged:
        lines.append(
            message(
                "{n} records without a judgement were left out.",
                one="{n} record without a judgement was left out.",
                n=judged.unjudged,
            )
        )
    return lines


def _why(reason: str, term: object, spoken: Language) -> str:
    """Say why a record was taken or not, with the term that decided."""
    words = REASONS[reason]
    if isinstance(term, str):
        words = message("{reason}: {term}", reason=words, term=term)
    return say(words, spoken)
