"""Association of a score in space: Moran's I, hot and cold spots, local clusters."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from xinzhi.analyses.analysis import ANALYSES, Given, Reads, Shown, Study
from xinzhi.analyses.association.compute import (
    Association,
    HotSpotsSection,
    LocalMoranSection,
    LocalPatterns,
    MoranSection,
    global_association,
    local_association,
)
from xinzhi.analyses.association.show import local_exhibits, moran_table
from xinzhi.analyses.exhibits import Exhibits, first_sentences
from xinzhi.analyses.neighbours import OfNeighbours, with_structure
from xinzhi.analyses.space_and_time import report_place
from xinzhi_core.wording import message

L = TypeVar("L", bound=HotSpotsSection)


class MoranAnalysis(OfNeighbours[MoranSection, Association]):
    """Test by Moran's I whether neighbours have similar scores, period by period.

        I = n / S0 * sum_ij w_ij z_i z_j / sum_i z_i^2,   z = score - mean,   S0 = sum_ij w_ij

    Neighbours share a border unless `weights` says otherwise; the weights of a row add up to 1.

    Returns
    -------
    Association
        `by_period`: `n`, `moran`, `expected`, `z`, `p` (randomisation) and `p_permutation`; Moran's I has
        no unit.

    Raises
    ------
    DataError
        The score is not in the data, holds text or infinite values, or a key is in two rows.

    Examples
    --------
    >>> import pandas as pd
    >>> import xinzhi as xz
    >>> places = ["北京市", "天津市", "河北省", "山西省", "河南省", "山东省"]
    >>> index = pd.MultiIndex.from_product([places, [2020]], names=["entity", "period"])
    >>> frame = pd.DataFrame({"score": [0.9, 0.8, 0.5, 0.3, 0.2, 0.4]}, index=index)
    >>> found = xz.moran(frame, score="score", neighbours="built_in")
    >>> float(found.by_period.loc[2020, "expected"])
    -0.2

    References
    ----------
    Moran (1950), doi 10.2307/2332142; Cliff and Ord (1981), Spatial Processes, chapter 2.
    """

    section = MoranSection
    verb = "moran"
    description = "Score -> its association in space."
    title = message("Moran's I")
    place = report_place(45.5)
    suffix = "moran"
    caption = message("Association of {score} in space (Moran's I)")

    def compute(self, section: MoranSection, given: Given) -> Association:
        """Compute Moran's I of each period."""
        return global_association(section, given)

    def show(self, section: MoranSection, result: Association, shown: Shown) -> Exhibits:
        """Set Moran's I by period."""
        table = moran_table(*self.heading(section, shown), result.by_period, shown.style)
        table = with_structure(table, section, result.mean_neighbours)
        return Exhibits((table,), prose=first_sentences(table))


class LocalAnalysis(OfNeighbours[L, LocalPatterns]):
    """Pattern that is found place by place at the dates: hot spots, local clusters."""

    def reads(self, section: L, study: Study) -> Reads:
        """Read the score, the neighbours, and the level at which a place belongs to a pattern."""
        return replace(super().reads(section, study), asked=(study.inference.level,))

    def compute(self, section: L, given: Given) -> LocalPatterns:
        """Compute the statistic of each place at each date."""
        return local_association(section, given)

    def show(self, section: L, result: LocalPatterns, shown: Shown) -> Exhibits:
        """List the places of a pattern; dates without an answer stand below, or in its place."""
        found = local_exhibits(*self.heading(section, shown), result, shown.style.entities)
        is_standardised = isinstance(section, LocalMoranSection)
        tables = (
            with_structure(table, section, result.mean_neighbours, is_standardised=is_standardised)
            for table in found.tables
        )
        return replace(found, tables=tuple(tables))


class HotSpotsAnalysis(LocalAnalysis[HotSpotsSection]):
    """Find the hot and cold spots of a score by the G* of Getis and Ord.

    Returns
    -------
    LocalPatterns
        For each date the standardised G* of every place (without a unit), its p-values (adjusted for the
        number of places) and its kind: hot, cold or not significant.

    Raises
    ------
    DataError
        The score is not in the data, holds text or infinite values, or a key is in two rows.

    Examples
    --------
    >>> import pandas as pd
    >>> import xinzhi as xz
    >>> places = ["北京市", "天津市", "河北省", "山西省", "河南省", "山东省"]
    >>> index = pd.MultiIndex.from_product([places, [2020]], names=["entity", "period"])
    >>> frame = pd.DataFrame({"score": [0.9, 0.8, 0.5, 0.3, 0.2, 0.4]}, index=index)
    >>> found = xz.hot_spots(frame, score="score", neighbours="built_in", permutations=99)
    >>> len(found.to_frame())
    6

    References
    ----------
    Ord and Getis (1995), doi 10.1111/j.1538-4632.1995.tb00912.x; Benjamini and Hochberg (1995), doi
    10.1111/j.2517-6161.1995.tb02031.x.
    """

    section = HotSpotsSection
    verb = "hot_spots"
    description = "Score -> its hot and cold spots."
    title = message("Hot spots")
    place = report_place(45.6)
    suffix = "hot_spots"
    caption = message("Hot and cold spots of {score}")


class LocalMoranAnalysis(LocalAnalysis[LocalMoranSection]):
    """Find the clusters of a score by local Moran's I.

    Returns
    -------
    LocalPatterns
        For each date local Moran's I of every place (without a unit), its p-values (conditional permutation,
        adjusted for the number of places) and its kind: high among high, low among low, or an outlier.

    Raises
    ------
    DataError
        The score is not in the data, holds text or infinite values, or a key is in two rows.

    Examples
    --------
    >>> import pandas as pd
    >>> import xinzhi as xz
    >>> places = ["北京市", "天津市", "河北省", "山西省", "河南省", "山东省"]
    >>> index = pd.MultiIndex.from_product([places, [2020]], names=["entity", "period"])
    >>> frame = pd.DataFrame({"score": [0.9, 0.8, 0.5, 0.3, 0.2, 0.4]}, index=index)
    >>> found = xz.local_moran(frame, score="score", neighbours="built_in", permutations=99)
    >>> len(found.to_frame())
    6

    References
    ----------
    Anselin (1995), doi 10.1111/j.1538-4632.1995.tb00338.x; Benjamini and Hochberg (1995), doi
    10.1111/j.2517-6161.1995.tb02031.x.
    """

    section = LocalMoranSection
    verb = "local_moran"
    description = "Score -> its local clusters."
    title = message("Local Moran's I")
    place = report_place(45.7)
    suffix = "local_moran"
    caption = message("Clusters of {score} (local Moran)")


ANALYSES.add("moran")(MoranAnalysis())
ANALYSES.add("hot_spots")(HotSpotsAnalysis())
ANALYSES.add("local_moran")(LocalMoranAnalysis())
