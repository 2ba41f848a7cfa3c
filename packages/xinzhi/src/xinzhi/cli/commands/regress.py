"""`xinzhi regress`: a regression on the rows of a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from xinzhi.cli.console import (
    Output,
    choose_format,
    language,
    names,
    notice_json,
    prepare_output,
    print_table,
    warn,
)
from xinzhi.cli.flags import (
    DATA,
    OUTPUT,
    SHARED,
    DryRun,
    Flag,
    column_namer,
    command,
    flag,
    print_plan,
    renamed,
    targets,
    value,
)
from xinzhi.cli.frame_output import FORMATS, write_frame
from xinzhi.cli.keyed import read_keyed
from xinzhi.cli.score_output import translator
from xinzhi.cli.streams import STANDARD
from xinzhi_core.errors import Problem, SpecError, Where
from xinzhi_core.wording import Wording, listed, message, say
from xinzhi_panel.io.json_text import json_text, problem_json

if TYPE_CHECKING:
    import pandas as pd

    from xinzhi.api.declared import Keyword
    from xinzhi_econometrics.estimates import Estimates
    from xinzhi_econometrics.inference import Inapplicable, Statistic
    from xinzhi_econometrics.instruments.estimate import Instrumented


ENDOGENOUS: Flag = (
    Annotated[
        str | None,
        typer.Option(
            help="Regressors that --instruments z,w are the instruments of, together: a,b"
        ),
    ],
    None,
)


def regress() -> None:
    """Regress an outcome with fixed effects, random effects or by a fractional logit."""


def make_command() -> object:
    """Make the command: its flags are the keywords of `xinzhi.fit`, and `--endogenous`."""
    from xinzhi.api.models import fit

    keywords = fit.keywords
    spellings = {"rule": ("--rule", "--as")}
    flags = {
        name: flag(keyword, *spellings.get(name, ()))
        for name, keyword in keywords.items()
        if name not in SHARED
    }
    return command(
        "regress",
        {
            "data": DATA,
            **flags,
            "endogenous": ENDOGENOUS,
            **SHARED,
            **OUTPUT,
            "dry_run": (DryRun, False),
        },
        lambda given: _run(keywords, given),
    )


def _run(keywords: Mapping[str, Keyword], given: Mapping[str, Any]) -> None:
    from xinzhi.api.models import fit
    from xinzhi.present.regression.instrumented import machine_instruments
    from xinzhi_econometrics.instruments.estimate import Instrumented

    lang = given["lang"]
    form = choose_format(given["output"], given["output_format"], FORMATS, "table")
    file = prepare_output(given["output"], overwrite=given["overwrite"], sources=(given["data"],))
    keyed = read_keyed(given, lang)
    read, called = keyed.read, column_namer(keyed.read, keyed.entity, keyed.period)
    words = {
        name: value(name, keyword, given[name], called)
        for name, keyword in keywords.items()
        if name not in {*SHARED, "instruments"} and given[name] is not None
    }
    instruments = _instruments(given["instruments"], given["endogenous"], called)
    if instruments is not None:
        words["instruments"] = instruments
    if given["dry_run"]:
        work = message(
            "{n} rows: a regression of {outcome}",
            one="{n} row: a regression of {outcome}",
            n=len(read.panel.frame),
            outcome=words["outcome"],
        )
        reads, writes = (given["data"],), targets(file)
        print_plan(lang, reads=reads, computes=(work,), writes=writes, as_json=form == "json")
        return
    fitted = fit(read.panel, **words)
    tests = fitted if isinstance(fitted, Instrumented) else None
    estimates = fitted.estimates if isinstance(fitted, Instrumented) else fitted
    warn((*read.warnings, *estimates.notices), lang)
    if form == "table":
        _print(estimates, lang)
        if tests is not None:
            _print_tests(tests, lang)
    elif form == "json":
        warnings = [*map(problem_json, read.warnings), *map(notice_json, estimates.notices)]
        more = {} if tests is None else {"instruments": machine_instruments(tests)}
        document = as_json(estimates)
        document["options"] |= _changes(words, tests)
        text = json_text({**document, **more, "warnings": warnings}) + "\n"
        (file or Output(STANDARD, is_replacing=True)).write(text, is_json=True)
    else:
        title = message("A regression of {outcome}", outcome=estimates.regression.outcome)
        notes = [w.what for w in read.warnings] + [n.text for n in estimates.notices]
        frame = estimates.to_frame().rename_axis("name")
        write_frame(file, frame, form, title, notes=notes, lang=lang)
    # A model that leaves nothing to test counts as one that could not be estimated.
    raise typer.Exit(1 if estimates.nothing_tested else 0)


def _changes(words: Mapping[str, object], tests: Instrumented | None) -> dict[str, object]:
    """List the options of a column that do not belong to its regression, with their defaults."""
    from xinzhi.analyses.regressions.section import SingleRegression

    given = {
        name: option for name, option in words.items() if name in SingleRegression.model_fields
    }
    options = SingleRegression.model_validate({"from": "", **given})
    changes = options.model_dump(exclude={"base", "estimator", "singletons"})
    return {**changes, "tau": None if tests is None else tests.tau}


def _instruments(text: str | None, endogenous: str | None, called: Callable[[str], str]) -> object:
    """Read the instruments: `{a: [z, w]}` as in the study file, or `z,w` of all `--endogenous a`."""
    if text is None and endogenous is None:
        return None
    from xinzhi.study.file.located import read_yaml

    written = read_yaml(text or "", "--instruments").value
    if isinstance(written, dict) and endogenous is None:
        return renamed("instruments", written, called)
    columns, used = ([called(name) for name in names(word)] for word in (endogenous, text))
    if bool(columns) != bool(used) or isinstance(written, dict):
        raise SpecError(
            Problem(
                "option.instruments",
                message("Instruments and endogenous regressors must be given together."),
                Where(),
                message(
                    "write --instruments z,w --endogenous a, or {mapping}.",
                    mapping="--instruments '{a: [z, w]}'",
                ),
            )
        )
    return dict.fromkeys(columns, used)


def as_json(estimates: Estimates) -> dict[str, Any]:
    """Write estimates as the contract of the command says."""
    from xinzhi.present.regression.fitted import machine_estimator, machine_judge, machine_rule
    from xinzhi.present.statistics import plain_statistic

    rows = estimates.to_frame().drop(columns=["df", "judge", "set"], errors="ignore")
    return {
        "n": estimates.n,
        "n_missing": estimates.n_missing,
        "n_singletons": estimates.n_singletons,
        "dropped": [{"name": d.name, "reason": say(d.reason, "en")} for d in estimates.dropped],
        "coefficients": [
            {"name": name, **rows.loc[name].to_dict(), **machine_judge(estimates, name)}
            for name in estimates.names
        ],
        "fit": estimates.fit.to_dict(),
        **machine_estimator(estimates),
        "covariance": machine_rule(estimates.covariance),
        "error_tests": {test.name: plain_statistic(test) for test in estimates.error_tests},
        "effects": dict(estimates.effects),
        "options": asdict(estimates.regression),
    }


def _print(estimates: Estimates, lang: str | None) -> None:
    from xinzhi.present import numbers
    from xinzhi.present.regression.fitted import judge_in_words, kind_of_errors

    spoken, word = language(lang), translator(lang)
    headings = [word(h) for h in ("variable", "estimate", "std. error", "t", "p")]
    level = numbers.level(estimates.regression.level)
    headings += [word("{level} low", level=level), word("{level} high", level=level)]
    rows = _rows(estimates.to_frame())
    print_table(estimates.regression.outcome, headings, rows)
    if estimates.marginal_effects is not None:
        frame = estimates.marginal_effects.to_frame()
        print_table(word("Average marginal effects"), headings, _rows(frame))
    typer.echo(say(_fit_in_words(estimates), spoken))
    typer.echo(
        word(
            "{errors}; small-sample correction: {rule}",
            errors=kind_of_errors(estimates.covariance, {}),
            rule=estimates.covariance.rule,
        )
    )
    if judged := judge_in_words(estimates, {}):
        typer.echo(say(judged, spoken))
    if estimates.n_missing or estimates.n_singletons:
        typer.echo(
            word(
                "Excluded: {missing} rows with missing values, {singletons} singletons",
                missing=estimates.n_missing,
                singletons=estimates.n_singletons,
            )
        )
    for dropped in estimates.dropped:
        typer.echo(word("Dropped: {name}: {reason}", name=dropped.name, reason=dropped.reason))


def _rows(frame: pd.DataFrame) -> list[tuple[str, ...]]:
    numbers = frame[["estimate", "std_error", "statistic", "p_value", "ci_low", "ci_high"]]
    values = zip(frame.index, numbers.to_numpy(float), strict=True)
    return [(str(name), *(f"{value:.6g}" for value in row)) for name, row in values]


def _fit_in_words(estimates: Estimates) -> Wording:
    """Write N, the measures of fit of the estimator, and F."""
    from xinzhi_econometrics.estimates import FIT_LABELS

    fit = estimates.fit
    test: dict[str, Any] = {"df1": fit.f_df1, "df2": fit.f_df2, "f": fit.f, "n": estimates.n}
    if estimates.estimator == "least_squares":
        return message(
            "N {n}, adjusted R² {adjusted:.4f}, within R² {within:.4f}, F({df1}, {df2}) {f:.3f}",
            adjusted=fit.r2_adjusted,
            within=fit.r2_within,
            **test,
        )
    measures = fit.to_dict()
    parts = [
        message("{label}: {value}", label=label, value=f"{measures[key]:.4f}")
        for key, label in FIT_LABELS.items()
        if key in measures
    ]
    return message("N {n}, {parts}, F({df1}, {df2}) {f:.3f}", parts=listed(parts), **test)


def _print_tests(tests: Instrumented, lang: str | None) -> None:
    """Print the tests of instruments, one per line; a test that is not defined gives the reason."""
    from xinzhi.present.regression import instrumented as table

    strong = tests.strength
    lines: list[Wording] = [
        *table.instrument_notes(tests, {}),
        *(
            message("{label}: {value}", label=label, value=value)
            for label, value in (
                (table.set_label(tests), table.set_in_words(tests.anderson_rubin)),
                (table.size_label(), table.in_a_row(strong.size)),
                (table.bias_label(), table.in_a_row(strong.bias)),
                (table.tau_label(), table.in_a_row(table.limits_of(tests))),
            )
            if value
        ),
    ]
    lines += [
        _test_in_words(table.NAMES.get(test.name, test.name), test)
        for test in (
            *(strong.under_identification, strong.rank_f, strong.cragg_donald, strong.effective_f),
            *(tests.anderson_rubin_zero, tests.over_identification, tests.endogeneity),
        )
    ]
    for line in lines:
        typer.echo(say(line, language(lang)))


def _test_in_words(label: Wording, test: Statistic | Inapplicable) -> Wording:
    from xinzhi_econometrics.inference import Inapplicable

    if isinstance(test, Inapplicable):
        return message("{name}: {reason}", name=label, reason=test.reason)
    return message(
        "{test}: {value}, p {p}",
        test=label,
        value=f"{test.value:.3f}",
        p=f"{test.p_value:.4g}" if test.p_value == test.p_value else "—",
    )
