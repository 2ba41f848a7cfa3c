"""The options of an efficiency measurement in words, for notes and the methods paragraph."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from xinzhi_core.vocabulary import bounds
from xinzhi_core.wording import Wording, listed, message
from xinzhi_frontier import measure as measures
from xinzhi_frontier.measure import Traits
from xinzhi_frontier.options import Options

MEASURES: Mapping[str, Wording] = {
    "radial": message("radial measure"),
    "super_radial": message("radial super-efficiency"),
    "additive": message("additive model"),
    "range_adjusted": message("range-adjusted measure (RAM)"),
    "range_directional": message("range directional measure (RDM)"),
    "russell": message("Russell measure"),
    "sbm": message("slacks-based measure (SBM)"),
    "super_sbm": message("super-SBM"),
    "sbm_nonseparable": message("SBM with non-separable outputs"),
    "sbm_nonseparable_free": message(
        "SBM with non-separable outputs that may all fall (Tone 2003)"
    ),
    "directional": message("directional distance function"),
    "nonradial_directional": message("non-radial directional distance function"),
    "epsilon_based": message("epsilon-based measure (EBM)"),
}
RETURNS: Mapping[str, Wording] = {
    "constant": message("constant returns to scale"),
    "variable": message("variable returns to scale"),
    "non_increasing": message("non-increasing returns to scale"),
    "non_decreasing": message("non-decreasing returns to scale"),
    "free_disposal_hull": message("free disposal hull (no combinations of rows)"),
}
BADS: Mapping[str, Wording] = {
    "outputs": message("bad outputs as outputs (form A)"),
    "inputs": message("bad outputs as inputs (form B)"),
}
ORIENTATIONS: Mapping[str, Wording] = {
    "none": message("non-oriented"),
    "input": message("input-oriented"),
    "output": message("output-oriented"),
}
REFERENCES: Mapping[str, Wording] = {
    "contemporaneous": message("one frontier per period"),
    "sequential": message("frontier of the period and all before it"),
    "biennial": message("frontier of two neighbouring periods"),
    "global": message("a pooled frontier of all periods"),
    "rows": message("frontier of the rows named in the study"),
}
EXCLUSIONS: Mapping[str, Wording] = {
    "observation": message("the evaluated row leaves the frontier"),
    "entity": message("all rows of the evaluated entity leave the frontier"),
}
DISPOSABILITIES: Mapping[str, Wording] = {
    "strong": message("strong disposability of bad outputs"),
    "weak": message("weak disposability of bad outputs"),
    "kuosmanen": message("weak disposability of bad outputs (Kuosmanen)"),
}
ZEROS: Mapping[str, Wording] = {
    "refuse": message("zeros refused"),
    "keep": message("rows with a zero have no score but stay in the reference set"),
    "drop_row": message("rows with a zero left out"),
    "drop_term": message("a term with a zero in its denominator leaves the mean"),
}
DIRECTIONS: Mapping[str, Wording] = {
    "own": message("direction of each row's own amounts"),
    "mean": message("direction of the mean amounts"),
}
FALLBACKS: Mapping[str, Wording] = {
    "none": "",
    "form_b": message("form B where a super score is infeasible"),
    "two_stage": message("two stages where a super score is infeasible"),
}
OPTION_VALUES: Mapping[str, Mapping[str, Wording]] = {
    "measure": MEASURES,
    "returns_to_scale": RETURNS,
    "orientation": ORIENTATIONS,
    "reference": REFERENCES,
    "exclude": EXCLUSIONS,
    "bads": BADS,
    "disposability": DISPOSABILITIES,
    "zeros": ZEROS,
    "direction": DIRECTIONS,
}
"""Option of a measurement -> what each of its values is called where a table or a curve varies it."""


def options_in_words(
    options: Options, *, has_bads: bool = True, of_index: bool = False
) -> tuple[Wording, ...]:
    """List the options in force in short phrases; options that the measure does not have are left out.

    Without bad outputs nothing is said of them; an index of productivity has its own frontiers.

    >>> [str(phrase) for phrase in options_in_words(Options())][:3]
    ['super-SBM', 'bad outputs as outputs (form A)', 'constant returns to scale']
    """
    phrases = (
        MEASURES.get(options.measure) or _traits(options).title,
        BADS.get(options.bads, options.bads) if has_bads else "",
        _returns(options),
        ORIENTATIONS.get(options.orientation, options.orientation),
        _base(options) if of_index else reference_in_words(options),
        _exclusion(options),
        DISPOSABILITIES.get(options.disposability, options.disposability) if has_bads else "",
        _weights(options),
        _direction(options),
        _own_options(options),
        _zeros(options),
        FALLBACKS.get(options.fallback, options.fallback),
    )
    return tuple(phrase for phrase in phrases if phrase)


def measured_as(options: Options, *, has_bads: bool = True, of_index: bool = False) -> Wording:
    """Write the note under a table of scores or of an index: the options in force."""
    phrases = options_in_words(options, has_bads=has_bads, of_index=of_index)
    return message("Measurement: {options}.", options=listed(phrases))


def _returns(options: Options) -> Wording:
    limits = bounds(options.returns_to_scale)
    if limits is None:
        return RETURNS.get(options.returns_to_scale, options.returns_to_scale)
    low, high = (f"{limit:g}" for limit in limits)
    return message("generalised returns to scale, {low} ≤ Σλ ≤ {high}", low=low, high=high)


def _zeros(options: Options) -> Wording:
    """Describe the treatment of zeros, if the measure divides by the row's own amounts."""
    divides = _traits(options).divides_by_own(options)
    return ZEROS.get(options.zeros, options.zeros) if divides or options.zeros != "refuse" else ""


def _traits(options: Options) -> Traits:
    return measures.MEASURES.get(options.measure).traits


def _own_options(options: Options) -> Wording:
    """Describe the options of a single measure."""
    if options.epsilon is not None:
        return message("ε = {value}", value=f"{options.epsilon:g}")
    if options.noncontrollable or options.nondiscretionary:
        return listed([*_fixed(options)])
    if options.nonseparable:
        together = message("moving together: {names}", names=listed(options.nonseparable))
        if options.alpha_min is None:
            return together
        least = message("α of at least {value}", value=f"{options.alpha_min:g}")
        return listed([together, least])
    return ""


def _fixed(options: Options) -> Iterator[Wording]:
    if options.noncontrollable:
        names = listed(options.noncontrollable)
        yield message("not controllable, kept equal: {names}", names=names)
    if options.nondiscretionary:
        names = listed(options.nondiscretionary)
        yield message("non-discretionary (Banker-Morey): {names}", names=names)


def reference_in_words(options: Options) -> Wording:
    """Describe the rows that make the frontier."""
    if options.reference == "window":
        return message(
            "frontier of a window of {n} periods",
            one="frontier of a window of {n} period",
            n=options.window,
        )
    if options.reference == "base":
        return _base(options)
    if options.reference == "group":
        return message("one frontier per group ({group})", group=options.group)
    return REFERENCES.get(options.reference, options.reference)


def _base(options: Options) -> Wording:
    if options.base_period is None:
        return ""
    return message("frontier of the base period {base}", base=options.base_period)


def _exclusion(options: Options) -> Wording:
    """Describe what leaves the frontier; only super-efficiency needs it."""
    if not _traits(options).is_super:
        return ""
    return EXCLUSIONS.get(options.exclude, options.exclude)


def _weights(options: Options) -> Wording:
    if options.weights:
        return message("weights {weights}", weights=_numbers(options.weights))
    traits = _traits(options)
    if not traits.has_weights:
        return ""
    return message("every weight 1") if traits.weights_are_sums else message("equal weights")


def _direction(options: Options) -> Wording:
    if not _traits(options).has_direction:
        return ""
    if isinstance(options.direction, Mapping):
        return message("direction {direction}", direction=_numbers(options.direction))
    if options.direction is None and options.measure == "additive":
        return message("slacks in the units of the data")
    return DIRECTIONS.get(options.direction or "own", str(options.direction))


def _numbers(values: Mapping[str, float]) -> Wording:
    return listed([f"{name} = {value:g}" for name, value in values.items()])
