"""The methods paragraph: what was done, in words, from the options in force."""

from __future__ import annotations

from collections.abc import Iterator

from xinzhi.econometrics.estimates import Estimates
from xinzhi.study.result import StudyResult
from xinzhi.tables.options import options_in_words
from xinzhi.tables.sentences import listed
from xinzhi.wording import Wording, message

REFERENCES = {
    "sbm": message("Tone (2001), doi 10.1016/S0377-2217(99)00407-5"),
    "super_sbm": message(
        "Tone (2001), doi 10.1016/S0377-2217(99)00407-5; Tone (2002), doi 10.1016/S0377-2217(01)00324-1"
    ),
}


def methods_of(result: StudyResult) -> tuple[Wording, ...]:
    """Say how scores, variables and regressions were computed, with references."""
    return (*_efficiency(result), *_variables(result), *_regressions(result))


def _efficiency(result: StudyResult) -> Iterator[Wording]:
    for name, one in result.efficiency.items():
        measurement = result.spec.efficiency[name]
        yield message(
            "{name} was measured with the inputs {inputs}, the good outputs {goods} and the bad "
            "outputs {bads}: {options}. Every score was proved optimal by weak duality over all "
            "columns of its reference set.",
            name=name,
            inputs=listed(list(measurement.inputs)),
            goods=listed(list(measurement.good_outputs)),
            bads=listed(list(measurement.bad_outputs))
            if measurement.bad_outputs
            else message("(none)"),
            options=listed(list(options_in_words(one.options))),
        )
        if one.options.measure in REFERENCES:
            yield message("Reference: {reference}.", reference=REFERENCES[one.options.measure])


def _variables(result: StudyResult) -> Iterator[Wording]:
    section = result.spec.variables
    by_transform: dict[str, list[Wording]] = {}
    for name, variable in section.named.items():
        transform = variable.transform or section.transform
        by_transform.setdefault(transform, []).append(variable.label.label(name))
    for word, formula in (("ln1p", "ln(1+x)"), ("ln", "ln(x)")):
        if word in by_transform:
            names = listed(by_transform[word])
            yield message("{formula} was taken of {names}.", formula=formula, names=names)


def _regressions(result: StudyResult) -> Iterator[Wording]:
    fitted = [c for table in result.estimates.values() for c in table if isinstance(c, Estimates)]
    if fitted:
        yield message(
            "Regressions are least squares after an exact within transformation of all effects; "
            "p-values use the t distribution with the degrees of freedom of the errors."
        )
    for rule in dict.fromkeys(one.covariance.rule for one in fitted):
        yield message("Errors: {rule}.", rule=rule)
