"""One piece of work, done by xinzhi and by one peer."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Case:
    """One row of the table."""

    work: str
    """In words."""
    data: str
    """Name in `DATA`."""
    task: str
    """Function of the contenders' modules."""
    peer: str
    """Module of the peer: contenders/with_PEER.py."""
    versus: str
    """What of the peer, in words."""
    ours: str = ""
    """Function of contenders/with_xinzhi.py, where it is not named as the peer's."""
    area: str = "frontier"
    """A word that selects all cases of a method."""
    share: float = 1.0
    """Part of the work that the peer does; its seconds are divided by it."""
