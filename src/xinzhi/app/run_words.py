"""The words of the pages of the run and of the results."""

from __future__ import annotations

from xinzhi.events import STAGES
from xinzhi.wording import Message, message

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
    "run.progress": message("Progress of the run"),
    "run.printed": message("First results"),
    "run.draws": message("{done} of {total} draws"),
    "run.left": message("about {time} left"),
    "run.elapsed": message("Running for {time}"),
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
