"""`xinzhi regress`: a regression on the rows of a file."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from xinzhi.cli.console import language, notice_json, print_json, print_table, problem_json, warn
from xinzhi.cli.words import in_panel, names
from xinzhi.errors import Problem, SpecError, Where
from xinzhi.vocabulary import canonical
from xinzhi.wording import Wording, listed, message, say

if TYPE_CHECKING:
    import pandas as pd

    from xinzhi.panel.panel import Panel
    from xinzhi.regression.estimates import Estimates
    from xinzhi.regression.inference import Inapplicable, Statistic
    from xinzhi.regression.instruments.estimate import Instrumented
    from xinzhi.regression.specification import Covariance, Regression


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="regress")(regress)


def regress(
    data: Annotated[Path, typer.Argument(help="The file of data: csv or xlsx.")],
    entity: Annotated[str, typer.Option(help="Column that names the city.")],
    outcome: Annotated[str, typer.Option(help="Column that is explained.")],
    regressors: Annotated[str, typer.Option(help="Columns of interest: a,b")],
    period: Annotated[str | None, typer.Option(help="Column of the year.")] = None,
    controls: Annotated[str | None, typer.Option(help="Columns of controls: c,d")] = None,
    effects: Annotated[
        str, typer.Option(help="Fixed effects: entity,period or columns; none for none.")
    ] = "entity,period",
    covariance: Annotated[
        str | None,
        typer.Option(
            help="iid, hc1, cluster, two_way or driscoll_kraay; by default cluster by entity in a panel, iid in a cross-section."
        ),
    ] = None,
    cluster: Annotated[str | None, typer.Option(help="Columns of clusters: C or C,D")] = None,
    rule: Annotated[
        str, typer.Option("--as", help="Small-sample rule: fixest, stata or areg.")
    ] = "fixest",
    lag: Annotated[int | None, typer.Option(min=0, help="Lag of Driscoll-Kraay errors.")] = None,
    instruments: Annotated[
        str | None, typer.Option(help="Instruments: z,w; two-stage least squares.")
    ] = None,
    endogenous: Annotated[
        str | None, typer.Option(help="Endogenous among the columns of interest: a")
    ] = None,
    tau: Annotated[
        float | None,
        typer.Option(
            help="Share of the worst bias above which instruments are weak (Montiel Olea, Pflueger): 0.10."
        ),
    ] = None,
    estimator: Annotated[
        str, typer.Option(help="least_squares, random_effects or fractional_logit.")
    ] = "least_squares",
    singletons: Annotated[
        Literal["drop", "keep"], typer.Option(help="Rows that are alone in a level of an effect.")
    ] = "drop",
    sheet: Annotated[str | None, typer.Option(help="Sheet of a workbook.")] = None,
    output_format: Annotated[
        Literal["table", "json"], typer.Option("--format", help="Form of the output.")
    ] = "table",
    lang: Annotated[
        Literal["zh", "en"] | None, typer.Option(help="Language of the console.")
    ] = None,
) -> None:
    """Regress an outcome with fixed effects, random effects or by a fractional logit."""
    from xinzhi.io.read import read_panel
    from xinzhi.regression.specification import Regression

    asked = _instruments(instruments, endogenous, tau)
    roles = _roles(entity, period)
    read = read_panel(data, entity=entity, period=period, sheet=sheet)
    regression = Regression(
        outcome=in_panel((outcome,), read.columns)[0],
        regressors=in_panel(names(regressors), read.columns),
        controls=in_panel(names(controls), read.columns),
        effects=tuple(roles.get(n, n) for n in names(effects) if n != "none"),
        covariance=_covariance(
            covariance, tuple(roles.get(n, n) for n in names(cluster)), rule, lag
        ),
        singletons=singletons,
        estimator=canonical("estimator", estimator),
    )
    estimates, tests = _estimated(read.panel, regression, asked)
    warn((*read.warnings, *estimates.notices), lang)
    if output_format == "json":
        warnings = [*map(problem_json, read.warnings), *map(notice_json, estimates.notices)]
        more = {} if tests is None else {"instruments": machine_of(tests)}
        print_json({**as_json(estimates), **more, "warnings": warnings})
    else:
        _print(estimates, lang)
        if tests is not None:
            _print_tests(tests, lang)
    raise typer.Exit(1 if estimates.nothing_tested else 0)


def _instruments(
    instruments: str | None, endogenous: str | None, tau: float | None
) -> tuple[tuple[str, ...], tuple[str, ...], float | None]:
    """Instruments and what they stand for; one without the other has no meaning."""
    found = names(endogenous), names(instruments), tau
    if tau is not None and not found[1]:
        raise SpecError(
            Problem(
                "option.tau",
                message("--tau concerns instruments, and there are none."),
                Where(),
                message("write --instruments z,w --endogenous a, or leave --tau out."),
            )
        )
    if bool(found[0]) != bool(found[1]):
        raise SpecError(
            Problem(
                "option.instruments",
                message("Instruments and endogenous columns belong together."),
                Where(),
                message("write --instruments z,w --endogenous a."),
            )
        )
    return found


def _estimated(
    panel: Panel,
    regression: Regression,
    asked: tuple[tuple[str, ...], tuple[str, ...], float | None],
) -> tuple[Estimates, Instrumented | None]:
    from xinzhi.regression.diagnostics.error_tests import with_advice
    from xinzhi.regression.fit import fit
    from xinzhi.regression.instruments.estimate import TAU, instrument

    endogenous, instruments, tau = asked
    if not endogenous:
        return with_advice(panel, fit(panel, regression)), None
    found = instrument(
        panel,
        regression,
        endogenous=endogenous,
        instruments=instruments,
        tau=TAU if tau is None else tau,
    )
    return with_advice(panel, found), found


def machine_of(tests: Instrumented) -> dict[str, Any]:
    """Write the tests of instruments as results.json does."""
    from xinzhi.present.regression.instrumented import machine_instruments

    return machine_instruments(tests)


def _roles(entity: str, period: str | None) -> dict[str, str]:
    """Names of the key columns stand for the keys: `--cluster 城市` is `--cluster entity`."""
    return {entity: "entity", **({period: "period"} if period else {})}


def _covariance(
    word: str | None, clusters: tuple[str, ...], rule: str, lag: int | None
) -> Covariance:
    from xinzhi.regression.specification import DEFAULT, Covariance

    if word is None and not clusters:
        return replace(DEFAULT, lag=lag, rule=canonical("rule", rule))
    if word is None:
        kind = "cluster" if len(clusters) == 1 else "two_way"
    else:
        kind = canonical("covariance", word)
    wanted = {"cluster": 1, "two_way": 2}.get(kind, 0)
    if kind == "cluster" and not clusters:
        clusters = ("entity",)
    if len(clusters) != wanted:
        raise SpecError(
            Problem(
                "option.clusters",
                message(
                    "Errors of the kind {kind} take {wanted} cluster columns, not {n}.",
                    kind=kind,
                    wanted=wanted,
                    n=len(clusters),
                ),
                Where(),
                message(
                    "write --covariance cluster --cluster C, or --covariance two_way --cluster C,D."
                ),
            )
        )
    return Covariance(kind=kind, clusters=clusters, lag=lag, rule=canonical("rule", rule))


def as_json(estimates: Estimates) -> dict[str, Any]:
    """Write estimates as the contract of the command says."""
    from xinzhi.present.regression.machine import machine_estimator, machine_rule
    from xinzhi.present.statistics import plain_statistic

    rows = estimates.to_frame()
    return {
        "n": estimates.n,
        "n_missing": estimates.n_missing,
        "n_singletons": estimates.n_singletons,
        "dropped": [{"name": d.name, "reason": say(d.reason, "en")} for d in estimates.dropped],
        "coefficients": [{"name": name, **rows.loc[name].to_dict()} for name in estimates.names],
        "fit": estimates.fit.to_dict(),
        **machine_estimator(estimates),
        "covariance": machine_rule(estimates.covariance),
        "error_tests": {test.name: plain_statistic(test) for test in estimates.error_tests},
        "effects": dict(estimates.effects),
        "options": asdict(estimates.regression),
    }


def _print(estimates: Estimates, lang: str | None) -> None:
    from xinzhi.present.regression.notes import kind_of_errors

    spoken = language(lang)

    def word(text: str, **values: object) -> str:
        return say(message(text, **values), spoken)

    headings = ["variable", "estimate", "std. error", "t", "p", "95 % low", "95 % high"]
    rows = _rows(estimates.to_frame())
    print_table(estimates.regression.outcome, [word(h) for h in headings], rows)
    if estimates.marginal_effects is not None:
        frame = estimates.marginal_effects.to_frame()
        print_table(word("Average marginal effects"), [word(h) for h in headings], _rows(frame))
    typer.echo(say(_fit_in_words(estimates), spoken))
    typer.echo(
        word(
            "{errors}; small-sample rule: {rule}",
            errors=kind_of_errors(estimates.covariance, {}),
            rule=estimates.covariance.rule,
        )
    )
    if estimates.n_missing or estimates.n_singletons:
        typer.echo(
            word(
                "Left out: {missing} rows with empty cells, {singletons} singletons",
                missing=estimates.n_missing,
                singletons=estimates.n_singletons,
            )
        )
    for dropped in estimates.dropped:
        typer.echo(word("Dropped: {name}: {reason}", name=dropped.name, reason=dropped.reason))


def _rows(frame: pd.DataFrame) -> list[tuple[str, ...]]:
    values = zip(frame.index, frame.to_numpy(), strict=True)
    return [(str(name), *(f"{value:.6g}" for value in row)) for name, row in values]


def _fit_in_words(estimates: Estimates) -> Wording:
    """Say N, the fit under the name that the estimator gives it, and F."""
    from xinzhi.regression.estimates import FIT_LABELS

    fit = estimates.fit
    test: dict[str, Any] = {"df1": fit.f_df1, "df2": fit.f_df2, "f": fit.f, "n": estimates.n}
    if estimates.estimator == "least_squares":
        return message(
            "N {n}, adjusted R² {adjusted:.4f}, within R² {within:.4f}, F({df1}, {df2}) {f:.3f}",
            adjusted=fit.r2_adjusted,
            within=fit.r2_within,
            **test,
        )
    found = fit.to_dict()
    parts = [
        message("{label}: {value}", label=label, value=f"{found[key]:.4f}")
        for key, label in FIT_LABELS.items()
        if key in found
    ]
    return message("N {n}, {parts}, F({df1}, {df2}) {f:.3f}", parts=listed(parts), **test)


def _print_tests(tests: Instrumented, lang: str | None) -> None:
    """Print the tests of instruments, one a line; one that does not exist says why."""
    from xinzhi.present.regression import instrumented as table

    strong = tests.strength
    lines: list[Wording] = [
        message("{label}: {value}", label=label, value=value)
        for label, value in (
            (table.NAMES["anderson_rubin"], table.set_in_words(tests.anderson_rubin)),
            (table.size_label(), table.in_a_row(strong.size)),
            (table.bias_label(), table.in_a_row(strong.bias)),
            (table.tau_label(), table.in_a_row(table.limits_of(tests))),
        )
        if value
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
    from xinzhi.regression.inference import Inapplicable

    if isinstance(test, Inapplicable):
        return message("{name}: {reason}", name=label, reason=test.reason)
    return message(
        "{test}: {value}, p {p}",
        test=label,
        value=f"{test.value:.3f}",
        p=f"{test.p_value:.4g}" if test.p_value == test.p_value else "—",
    )
