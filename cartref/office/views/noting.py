"""Looking at an error of the clinic on its way to the form."""

from collections.abc import Iterator
from contextlib import contextmanager

from cartref.errors import ClinicError


@contextmanager
def noting() -> Iterator[list[ClinicError]]:
    """Give a list in which the block's error is found afterwards; used inside `form.attempt()`, which shows it."""
    noted: list[ClinicError] = []
    try:
        yield noted
    except ClinicError as error:
        noted.append(error)
        raise
