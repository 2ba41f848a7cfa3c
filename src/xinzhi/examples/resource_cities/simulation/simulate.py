"""Write the simulated raw sources: `python -m xinzhi.examples.resource_cities.simulation.simulate`.

Everything that comes out is simulated. The same seed gives the same bytes.
"""

from __future__ import annotations

import argparse
import logging
import sys
from pathlib import Path

from xinzhi.examples.resource_cities.simulation.run import SEED, simulate
from xinzhi.examples.resource_cities.simulation.small import simulate_small
from xinzhi.examples.resource_cities.simulation.sources import write_sources

log = logging.getLogger("twin")


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder for the raw files")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--small", action="store_true", help="30 cities, the linear step only")
    parser.add_argument(
        "--without", action="append", default=[], metavar="'IRD -> NEPP'", help="with --small"
    )
    parser.add_argument(
        "--plant", action="append", default=[], metavar="'HEE -> NEPP=0.3'", help="with --small"
    )
    found = parser.parse_args(arguments)
    if (found.without or found.plant) and not found.small:
        parser.error("--without and --plant go with --small")
    return found


def main(arguments: list[str] | None = None) -> int:
    """Simulate and write; progress goes to the log."""
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    options = _options(sys.argv[1:] if arguments is None else arguments)
    if options.small:
        pairs = [text.rpartition("=") for text in options.plant]
        planted = {name.strip(): float(value) for name, _, value in pairs}
        twin = simulate_small(options.seed, without=tuple(options.without), planted=planted)
    else:
        twin = simulate(options.seed, report=log.info)
    write_sources(twin, options.out, options.seed)
    return 0


if __name__ == "__main__":
    sys.exit(main())
