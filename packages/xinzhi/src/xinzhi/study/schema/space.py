"""Space and time: where the efficient entities are, and how that moved."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from xinzhi.analyses.density import DensityOptions
from xinzhi.analyses.ellipse import EllipseOptions
from xinzhi.analyses.neighbours import WeightsText, refuse_no_effect
from xinzhi.analyses.space_and_time import DatesAndRegions
from xinzhi.analyses.spatial_markov import SpatialMarkovOptions
from xinzhi.options import Refused, Section
from xinzhi_core.wording import message

Association = Literal["moran", "hot_spots", "local_moran"]


class IndexObstacles(Section):
    """Obstacles of a composite index."""

    of: str
    """Composite index: the name of a step `entropy_index` under `prepare`."""
    top: int = Field(default=3, ge=1)
    """How many of the largest obstacles of an entity are listed."""


class SpaceAndTime(DatesAndRegions):
    """A score over space and time; what is left out is not done."""

    top: int = Field(default=20, ge=1)
    """How many of the best and of the last are listed at each date."""
    convergence: tuple[Literal["sigma", "beta"], ...] = ()
    """sigma: does the dispersion shrink; beta: do those behind grow faster."""
    inequality: tuple[Literal["theil", "dagum"], ...] = ()
    """Taken apart into within and between the regions."""
    neighbours: str | None = None
    """Who is next to whom: a map of this study by name, built_in for China, or a file of pairs such as pairs.csv."""
    weights: WeightsText | None = None
    """Of outlines: rook (a common border, also where left out), queen (a point is enough), nearest 4,
    within 300 (km), inverse_distance, or inverse_distance 2 for its square."""
    association: tuple[Association, ...] | None = Field(default=None, min_length=1)
    """moran, hot_spots (Getis and Ord), local_moran; all with `neighbours` where left out."""
    permutations: int | None = Field(default=None, ge=99)
    """Shuffles behind the p-values of association; 999, and 9999 for local_moran, where left out."""
    obstacles: IndexObstacles | None = None
    """Which indicators keep entities from the best value of a composite index."""

    local_test: Literal["two_sided", "one_sided"] | None = None
    """Test of hot spots and local clusters: two_sided where left out; one_sided takes the tail on the
    side of the value, as GeoDa and esda do, and its p-values are half as large."""

    density: DensityOptions | None = None
    """Kernel densities at dates, by region."""
    ellipse: EllipseOptions | None = None
    """Standard deviational ellipse at dates."""
    spatial_markov: SpatialMarkovOptions | None = None
    """Transitions between classes by those of the neighbours, with tests that they are alike."""

    @model_validator(mode="after")
    def _options_have_effect(self) -> SpaceAndTime:
        if self.inequality and self.regions is None:
            raise Refused(
                message("`inequality` is taken apart by regions."), message("name `regions`.")
            )
        if self.association is not None and self.neighbours is None:
            raise Refused(
                message("`association` needs to know who is next to whom."),
                message("name `neighbours`."),
            )
        if self.weights is not None and self.neighbours is None:
            raise Refused(
                message("`weights` are those of neighbours, and none are named."),
                message("name `neighbours`."),
            )
        chain = self.spatial_markov
        refuse_no_effect(self.neighbours, self.weights)
        if chain is not None:
            refuse_no_effect(chain.neighbours or self.neighbours, chain.weights)
        if chain is not None and (chain.neighbours or self.neighbours) is None:
            raise Refused(
                message("`spatial_markov` needs to know who is next to whom."),
                message("name `neighbours`."),
            )
        if self.local_test is not None and not {"hot_spots", "local_moran"} & set(self.asked):
            raise Refused(
                message("`local_test` judges hot_spots and local_moran, and neither is asked for."),
                message("name them under `association`, or leave it out."),
            )
        return self

    @property
    def asked(self) -> tuple[Association, ...]:
        """Kinds of association that are computed."""
        every: tuple[Association, ...] = ("moran", "hot_spots", "local_moran")
        return () if self.neighbours is None else self.association or every
