"""The words of the page, each written once; the browser gets them in both languages."""

from __future__ import annotations

from collections.abc import Mapping

from xinzhi.wording import LANGUAGES, Message, catalogue, message

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
    "home.none": message("There is no study in this folder yet."),
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

DATA: dict[str, Message] = {}
"""Of the page of data."""

STUDY: dict[str, Message] = {}
"""Of the page of the study."""

RUN: dict[str, Message] = {}
"""Of the page of the run."""

RESULTS: dict[str, Message] = {}
"""Of the page of the results."""

WORDS: Mapping[str, Message] = {**FRAME, **DATA, **STUDY, **RUN, **RESULTS}


def every_word() -> dict[str, dict[str, list[str]]]:
    """Give language -> key -> the template and, where English has one, that for one thing."""
    found: dict[str, dict[str, list[str]]] = {}
    for language in LANGUAGES:
        known = {} if language == "en" else catalogue(language)
        found[language] = {
            key: [known.get(one.template, one.template)]
            if known or not one.one
            else [one.template, one.one]
            for key, one in WORDS.items()
        }
    return found
