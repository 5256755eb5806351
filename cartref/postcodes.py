"""Where a Welsh postcode is, and how far two are from each other as the crow flies: pure, from a file of our own.

The file is made from the ONS Postcode Directory by `deploy/postcodes.py`. Contains National Statistics, OS and Royal
Mail data © Crown copyright and database right and Royal Mail copyright and database right. Source: Office for National
Statistics licensed under the Open Government Licence v.3.0.
"""

import gzip
from bisect import bisect_left
from functools import cache
from math import hypot
from pathlib import Path

DATA = Path(__file__).parent / "data" / "postcodes.csv.gz"
LETTERS = 7  # of a postcode as the directory writes it: "CF5 1AA", "CF101AA", "L1  1AA"
WIDTH = LETTERS + len(",318000,176000\n")


def kilometres(one: str, other: str) -> float | None:
    """Return how many kilometres lie between two postcodes; None when one of them is not in Wales, or unknown."""
    here, there = place(one), place(other)
    if here is None or there is None:
        return None
    return hypot(here[0] - there[0], here[1] - there[1]) / 1000


def place(postcode: str) -> tuple[int, int] | None:
    """Return a Welsh postcode's easting and northing in metres on the National Grid, None for any other."""
    key = _key(postcode)
    rows = _rows()
    at = bisect_left(range(len(rows) // WIDTH), key, key=lambda number: rows[number * WIDTH : number * WIDTH + LETTERS])
    row = rows[at * WIDTH : (at + 1) * WIDTH]
    if row[:LETTERS] != key:
        return None
    _postcode, easting, northing = row.split(b",")
    return int(easting), int(northing)


def _key(postcode: str) -> bytes:
    """Return a postcode in seven letters, its inward part the last three; what is none is as long and not found."""
    squeezed = "".join(postcode.split()).upper().encode("ascii", "replace")
    return squeezed[:-3].ljust(LETTERS - 3) + squeezed[-3:]


@cache
def _rows() -> bytes:
    return gzip.decompress(DATA.read_bytes())
