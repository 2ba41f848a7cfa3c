"""What a reader must know about the sections of the mechanism."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from xinzhi.econometrics.diagnostic import Diagnosis
from xinzhi.econometrics.heterogeneity import Heterogeneity
from xinzhi.econometrics.mediation import Mediation
from xinzhi.econometrics.moderation import Moderation
from xinzhi.notices import Notice
from xinzhi.study.mechanism import Mechanism, NotTested


def further_notices(
    diagnoses: Iterable[Diagnosis | NotTested], mechanism: Mechanism, measured: Iterable[Notice]
) -> tuple[Notice, ...]:
    """Gather the notices of diagnostics, mechanism and scores measured again, each once."""
    found = [
        *measured,
        *(n for one in diagnoses for n in _of("diagnostics", one)),
        *_mechanism(mechanism),
    ]
    return tuple(dict.fromkeys(found))


Noticed = Diagnosis | Mediation | Moderation | Heterogeneity | NotTested


def _mechanism(mechanism: Mechanism) -> Iterator[Notice]:
    for name, mediation in mechanism.mediation.items():
        yield from _of(f"mediation.{name}", mediation)
    for name, moderated in mechanism.moderation.items():
        for path in moderated.paths:
            yield from _of(f"moderation.{name}", path.found)
        for chain in moderated.chains:
            if isinstance(chain.found, NotTested):
                yield from _of(f"moderation.{name}", chain.found)
    for name, groupings in mechanism.heterogeneity.items():
        for compared in groupings.values():
            yield from _of(f"heterogeneity.{name}", compared)
    if isinstance(mechanism.curve, NotTested):
        yield from _of("specification_curve", mechanism.curve)


def _of(place: str, one: Noticed) -> Iterator[Notice]:
    if isinstance(one, NotTested):
        for problem in one.problems:
            yield Notice(problem.code, problem.what, replace(problem.where, key=place))
        return
    yield from one.notices
