from __future__ import annotations

import re

from xinzhi.analyses.efficiency.references import MEASURES, references_of
from xinzhi.analyses.regressions.show import COVARIANCES
from xinzhi_core.vocabulary import CHOICES
from xinzhi_frontier.options import Options


def test_every_measure_has_a_reference_with_its_doi():
    """Each measure of the vocabulary, and each kind of robust errors, has a source with a DOI."""
    doi = re.compile(r"doi:10\.\d{4,}/\S+$")

    assert set(MEASURES) == set(CHOICES["measure"])
    assert set(COVARIANCES) == set(CHOICES["covariance"]) - {"iid"}
    assert all(any(doi.search(text) for text in texts) for texts in MEASURES.values())
    assert all(doi.search(text) for text in COVARIANCES.values())


def test_references_stand_once():
    """Two scores of one measure give its sources once."""
    found = references_of([Options(), Options(reference="contemporaneous")])

    assert len(found) == 3


def test_variable_returns_of_a_radial_measure_cite_their_source():
    """BCC is cited where a radial measure has variable returns, and only there."""
    radial = references_of([Options(measure="radial", returns_to_scale="variable")])
    sbm = references_of([Options(measure="sbm", returns_to_scale="variable")])

    assert [any(text.startswith("Banker") for text in found) for found in (radial, sbm)] == [
        True,
        False,
    ]
