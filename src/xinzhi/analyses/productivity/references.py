"""References of the indices of productivity, by their DOI."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from xinzhi.analyses.efficiency.references import BERG_1992, CHUNG_1997, GLOBAL, ZHOU_2012
from xinzhi.frontier.productivity.index import INDICES

CAVES_1982 = (
    "Caves, D. W., Christensen, L. R., & Diewert, W. E. (1982). The economic theory of index numbers and "
    "the measurement of input, output, and productivity. Econometrica, 50(6), 1393–1414. "
    "doi:10.2307/1913388"
)
FARE_1992 = (
    "Färe, R., Grosskopf, S., Lindgren, B., & Roos, P. (1992). Productivity changes in Swedish "
    "pharmacies 1980–1989: A non-parametric Malmquist approach. Journal of Productivity Analysis, "
    "3(1–2), 85–101. doi:10.1007/BF00158770"
)
FARE_1994 = (
    "Färe, R., Grosskopf, S., Norris, M., & Zhang, Z. (1994). Productivity growth, technical "
    "progress, and efficiency change in industrialized countries. American Economic Review, 84(1), "
    "66–83. doi:10.2307/2117971"
)
CHAMBERS_1996 = (
    "Chambers, R. G., Färe, R., & Grosskopf, S. (1996). Productivity growth in APEC countries. "
    "Pacific Economic Review, 1(3), 181–190. doi:10.1111/j.1468-0106.1996.tb00184.x"
)
RAY_1997 = (
    "Ray, S. C., & Desli, E. (1997). Productivity growth, technical progress, and efficiency change "
    "in industrialized countries: Comment. American Economic Review, 87(5), 1033–1039. "
    "doi:10.2307/2951341"
)
OH_2010 = (
    "Oh, D. (2010). A global Malmquist-Luenberger productivity index. Journal of Productivity "
    "Analysis, 34(3), 183–197. doi:10.1007/s11123-010-0178-y"
)
INDEX_REFERENCES: Mapping[str, str] = MappingProxyType(
    {
        reference.rpartition("doi:")[2]: reference
        for reference in (
            *(FARE_1992, FARE_1994, CHAMBERS_1996, CHUNG_1997),
            *(RAY_1997, GLOBAL, OH_2010, ZHOU_2012),
            *(BERG_1992, CAVES_1982),
        )
    }
)


def references_of(index: str) -> frozenset[str]:
    """List the references of an index; one of another package is named by its DOI.

    >>> sorted(reference[:24] for reference in references_of("malmquist"))
    ['Färe, R., Grosskopf, S.,', 'Färe, R., Grosskopf, S.,']
    """
    dois = INDICES.get(index).traits.references
    return frozenset(INDEX_REFERENCES.get(doi, f"doi:{doi}") for doi in dois)
