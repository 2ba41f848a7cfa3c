"""Write the simulated raw sources: `python -m simulation.simulate`.

Everything that comes out is simulated. The same seed gives the same bytes.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from simulation.printed import FOLDER
from simulation.run import SEED, Twin, simulate
from simulation.small import simulate_small
from simulation.sources import FILES, write_sources

log = logging.getLogger("twin")


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, help="folder for the raw files")
    parser.add_argument(
        "--check", action="store_true", help="compare digests with the packaged files instead"
    )
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
    if (found.out is None) != found.check or (found.check and found.small):
        parser.error("name a folder with --out, or compare the full sources with --check")
    if found.out and (there := [name for name in FILES if os.path.lexists(found.out / name)]):
        parser.error(f"these files are there and are not overwritten: {', '.join(there)}")
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
    if options.check:
        return _check(twin, options.seed)
    write_sources(twin, options.out, options.seed)
    return 0


def _check(twin: Twin, seed: int) -> int:
    """Write to a temporary folder and compare each file with the packaged one."""
    with TemporaryDirectory() as folder:
        write_sources(twin, Path(folder), seed)
        others = differing(Path(folder), FOLDER)
    for name in FILES:
        log.info("%s: %s", name, "differs" if name in others else "same")
    return 1 if others else 0


def differing(one: Path, other: Path) -> tuple[str, ...]:
    """List the raw files whose bytes differ between two folders."""
    return tuple(
        name
        for name in FILES
        if sha256((one / name).read_bytes()).digest()
        != sha256((other / name).read_bytes()).digest()
    )


if __name__ == "__main__":
    sys.exit(main())
