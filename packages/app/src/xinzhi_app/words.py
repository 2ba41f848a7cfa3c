"""The words of the page, each written once; the browser gets them in both languages.

The words of the pages of the run and of the results.
"""

from __future__ import annotations

from collections.abc import Mapping

from xinzhi.events import STAGES
from xinzhi_core.wording import LANGUAGES, Message, catalogue, message

RUN: dict[str, Message] = {
    "run.title": message("Run"),
    "run.planning": message("Finding out what there is to do …"),
    "run.unchanged": message("Nothing has changed since the last run: its results are in place."),
    "run.reads": message("Reads {files}."),
    "run.computes": message("Stages to compute: {n}; unchanged since the last run: {stored}."),
    "run.estimate": message("The last time they took {time}."),
    "run.at_least": message(
        "Some took {time} the last time; others are new, and their time is not known."
    ),
    "run.unknown_time": message(
        "They have not been computed before: how long they take is not known yet."
    ),
    "run.computed": message("What is computed, and why"),
    "run.stored": message("What is taken from the last run"),
    "run.mend": message("To the study"),
    "run.start": message("Start"),
    "run.continue": message("Continue"),
    "run.cancel": message("Cancel"),
    "run.end_now": message("End at once"),
    "run.results": message("Show the results"),
    "run.changes": message("Show what the last update changed"),
    "run.progress": message("Progress of the run"),
    "run.printed": message("First results"),
    "run.draws": message("{done} of {total} draws"),
    "run.left": message("about {time} left"),
    "run.elapsed": message("Running for {time}."),
    "run.last": message("From this stage on, the last run took {time}."),
    "run.seconds": message("{n} s"),
    "run.minutes": message("{n} min"),
    "run.hours": message("{n} h"),
    "run.early": message(
        "The report can be read already; Word files, tables and pictures are still being made."
    ),
    "run.early_title": message("The report, before the other files are made"),
    "run.reconnecting": message(
        "The connection to xinzhi was lost; the run goes on. Trying again …"
    ),
    "run.is.none": message("This study has not been run from this page yet."),
    "run.is.running": message("The run is at work. You can close the page: it goes on."),
    "run.is.elsewhere": message(
        "Another run of this study is at work: process {pid} on {host}, since {started}. Its progress is shown where it was started."
    ),
    "run.is.finished": message("The run is finished."),
    "run.is.finished_with_errors": message(
        "The run is finished; some parts could not be computed. The report says which and why."
    ),
    "run.is.cancelled": message(
        "The run was cancelled. What it had finished is kept: continue whenever you like."
    ),
    "run.is.failed": message(
        "The run has stopped with an error. The earlier results are as they were."
    ),
    "run.is.stopped": message(
        "The run was ended from outside before it was finished. What it had finished is kept: continue whenever you like."
    ),
    **{f"run.stage.{stage}": words for stage, words in STAGES.items()},
}
"""Of the page of the run."""

RESULTS: dict[str, Message] = {
    "results.title": message("Results"),
    "results.none": message("There are no results yet. Start a run first."),
    "results.running": message("A run is at work. These are the results of an earlier one."),
    "results.older": message("The study file has been changed since these results were made."),
    "results.simulated": message("Simulated data: nothing on this page describes a real place."),
    "results.contents": message("Contents"),
    "results.report": message("Report"),
    "results.no_page": message(
        "The study asks for no report as a page. Add html to the formats of the report."
    ),
    "results.figures": message("Figures"),
    "results.tables": message("Tables"),
    "results.files": message("Files"),
    "results.entities": message("All about one entity"),
    "results.entity": message("Entity"),
    "results.previous": message("Previous"),
    "results.next": message("Next"),
    "results.scores": message("Scores: {name}"),
    "results.period": message("Period"),
    "results.score": message("Score"),
    "results.status": message("Status"),
    "results.search": message("Search"),
    "results.more": message("Show more rows"),
    "results.in_report": message("Show in the report"),
    "results.copy": message("Copy for Word"),
    "results.copied": message("Copied: paste it into Word."),
    "results.not_copied": message(
        "The browser does not let the page copy. Download the file instead."
    ),
    "results.choose": message("Regression tables to choose from"),
    "results.columns": message("Columns shown"),
    "results.rows": message("Coefficients shown"),
    "results.choose_column": message("Choose at least one column."),
    "results.style": message("Style"),
    "results.style.usual": message("usual"),
    "results.style.chinese_journal": message("Chinese journal"),
    "results.style.aea": message("American Economic Association"),
    "results.style.apa": message("APA"),
    "results.under": message("Under the coefficients"),
    "results.under.style": message("as in the style"),
    "results.under.std_error": message("standard errors"),
    "results.under.t": message("t statistics"),
    "results.under.p": message("p-values"),
    "results.under.interval": message("confidence intervals"),
    "results.under.none": message("nothing"),
    "results.decimals": message("Decimals"),
    "results.as": message("Download {format}"),
    "results.zip": message("Download all files (zip)"),
    "results.made": message("Made {when}."),
}
"""Of the page of the results."""


FRAME = {
    "skip": message("To the content"),
    "language.hint": message("Show this page in Chinese"),
    "tabs": message("Steps of the study"),
    "studies": message("Studies"),
    "tab.data": message("Data"),
    "tab.study": message("Study"),
    "tab.run": message("Run"),
    "tab.results": message("Results"),
    "home.lead": message(
        "A study of green efficiency from your own spreadsheets to the printed report. Your data stay on this computer."
    ),
    "home.new": message("New study"),
    "home.name": message("Name"),
    "home.create": message("Begin"),
    "home.examples": message("Begin with an example"),
    "home.folder": message("Studies are kept in {folder}."),
    "home.none": message("This folder has no study yet."),
    "home.changed": message("changed {when}"),
    "home.has_results": message("has results"),
    "loading": message("Loading …"),
    "error.error": message("Error"),
    "error.warning": message("Note"),
    "error.remedy": message("Remedy"),
    "error.network": message(
        "The page cannot reach xinzhi. Start `xinzhi app` again and open the address that it prints; nothing that was saved is lost."
    ),
    "close": message("Close"),
}
"""Of the frame around the pages."""

DATA: dict[str, Message] = {
    "data.drop": message("Drop files or a folder here"),
    "data.choose": message("Choose files"),
    "data.folder": message("Choose a folder"),
    "data.kinds": message(
        "csv, xlsx, xls, ods, dta, sav, sas7bdat, Parquet; one file or several, one indicator a file or one year a file."
    ),
    "data.files": message("Files"),
    "data.file": message("File"),
    "data.size": message("Size"),
    "data.source": message("Source"),
    "data.show": message("Show"),
    "data.remove": message("Remove"),
    "data.remove.ask": message("Remove the copy of {name} from this study?"),
    "data.not_used": message("not in the study"),
    "data.replace": message("Replace it"),
    "data.kept": message("The old file is kept: {kept}"),
    "data.keep": message("Keep both"),
    "data.newer": message("Take it as the newer file, run, and say what changed"),
    "data.leave": message("Leave it out"),
    "data.coming": message("Taking in {name} …"),
    "data.reading": message("Reading the data …"),
    "data.suggest": message("Suggest a study from these files"),
    "data.again": message("Suggest a new study from all files"),
    "data.again.ask": message(
        "This replaces the study file; the present one is kept as study.previous.yaml. Go on?"
    ),
    "data.found": message("What was read"),
    "data.size_of_panel": message("{rows}, {entities}, {columns}"),
    "data.rows": message("{n} rows", one="{n} row"),
    "data.entities": message("{n} entities", one="{n} entity"),
    "data.columns": message("{n} columns", one="{n} column"),
    "data.periods": message("periods {first} to {last}"),
    "data.fine": message("No problem was found."),
    "data.cell": message("Show the cell"),
    "data.count": message("{n} problems like this", one="{n} problem like this"),
    "data.match": message("Do the files fit together?"),
    "data.match.file": message("Entities in {file}"),
    "data.match.all": message("In all files"),
    "data.join": message("Rows that are kept"),
    "data.join.inner": message("those that every file has"),
    "data.join.left": message("those of the first file"),
    "data.join.outer": message("those of any file"),
    "data.preview": message("{file}, rows {first} to {last} of {total}"),
    "data.earlier": message("Earlier rows"),
    "data.later": message("Later rows"),
    "data.row": message("Row"),
    "data.roles": message("Suggested from the headings"),
    "data.role.input": message("Inputs"),
    "data.role.good": message("Good outputs"),
    "data.role.bad": message("Bad outputs"),
    "data.roles.none": message("No heading says what it is; choose the columns in the next step."),
    "data.next": message("Go on to the study"),
    "data.profile": message("Columns"),
    "data.column": message("Column"),
    "data.unit": message("Unit"),
    "data.n": message("Values"),
    "data.missing": message("Missing"),
    "data.minimum": message("Minimum"),
    "data.mean": message("Mean"),
    "data.maximum": message("Maximum"),
    "data.decisions": message("What the reader decided"),
    "data.state": message("State this in the study file"),
    "data.state.why": message("Then nothing is left to decide when the data are read again."),
    "data.written": message("Written into the study file."),
}
"""Of the page of data."""

STUDY: dict[str, Message] = {
    "study.none": message(
        "No study file exists yet. The Data page suggests one from your files, or start here by moving variables into boxes."
    ),
    "study.to_data": message("To the data"),
    "study.variables": message("Roles of the variables"),
    "study.how": message("Drag a name into a box; or press it and choose the box from the list."),
    "study.columns": message("Columns of the data"),
    "study.reading": message("The data are being read …"),
    "study.no_columns": message(
        "The columns appear here once the data can be read: see the page Data."
    ),
    "study.computed": message("Computed in this study"),
    "study.find": message("Find a name"),
    "study.move": message("Move {name} to"),
    "study.earlier": message("Earlier in this box"),
    "study.later": message("Later in this box"),
    "study.out": message("Take out of this box"),
    "study.moved": message("{name} is now in the box {box}, place {place} of {all}."),
    "study.not_taken": message("{name} is of another kind than the box {box} takes."),
    "study.taken_out": message("{name} is no longer in the box {box}."),
    "study.suggested": message("Suggested by the headings"),
    "study.put": message("Put {name} into the box {box}"),
    "study.drop_here": message("Nothing here yet"),
    "study.unknown": message("not in the data"),
    "study.through": message("through the set {set}"),
    "study.absent": message("Not part of the study yet. A variable that is moved here adds it."),
    "study.names": message("Names in print"),
    "study.names_open": message(
        "{n} names are missing in one of the languages of a report.",
        one="{n} name is missing in one of the languages of a report.",
    ),
    "study.names_done": message("Every variable and grouping has a name in both languages."),
    "study.names_all": message("Show all names"),
    "study.names_fewer": message("Show missing names only"),
    "study.names_both": message("Write the report in both languages"),
    "study.name_of": message("Variable or grouping"),
    "study.name_zh": message("Chinese name of {name}"),
    "study.name_en": message("English name of {name}"),
    "study.remove": message("Remove {name}"),
    "study.undo": message("Undo"),
    "study.undone": message("The last change is undone."),
    "study.file": message("Study file"),
    "study.text": message("Text of the study file"),
    "study.saving": message("Saving …"),
    "study.saved": message("Saved"),
    "study.draft": message(
        "{n} errors. The text is kept as a draft; runs use the last version without errors.",
        one="{n} error. The text is kept as a draft; runs use the last version without errors.",
    ),
    "study.unreadable": message(
        "The text cannot be read as it stands; boxes and options show what was read last."
    ),
    "study.unsaved": message("Not saved"),
    "study.to_line": message("To line {line}"),
    "study.to_text": message("See the text"),
    "study.take_other": message("Take that text"),
    "study.keep_mine": message("Keep mine"),
    "study.older": message("There is also a draft with errors, older than the study file."),
    "study.show_draft": message("Show the draft"),
    "study.options": message("All options"),
    "study.options.how": message(
        "What is left out has its default. Each change stands in the study file at once, and what you write there stands here."
    ),
    "study.default": message("default: {value}"),
    "study.more": message("{n} more options", one="{n} more option"),
    "study.add": message("Add"),
    "study.add_example": message("Add an example of {name}"),
    "study.name": message("Name"),
    "study.yes": message("yes"),
    "study.no": message("no"),
    "study.written": message("written as in the study file"),
    "study.commas": message("several are separated by commas"),
    "study.required": message("required"),
    "study.source": message("Source: {source}"),
    "study.zh": message("In Chinese"),
    "study.en": message("In English"),
    "study.n": message("No. {n}"),
}
"""Of the page of the study."""

WORDS: Mapping[str, Message] = {**FRAME, **DATA, **STUDY, **RUN, **RESULTS}


def every_word() -> dict[str, dict[str, list[str]]]:
    """Give language -> key -> the template and, where English has one, that for one thing."""
    words: dict[str, dict[str, list[str]]] = {}
    for language in LANGUAGES:
        translations = {} if language == "en" else catalogue(language)
        words[language] = {
            key: [translations.get(template.template, template.template)]
            if translations or not template.one
            else [template.template, template.one]
            for key, template in WORDS.items()
        }
    return words
