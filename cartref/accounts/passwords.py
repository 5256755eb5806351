"""Passwords: what makes one good enough, and Argon2id (RFC 9106) over it."""

import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from cartref.errors import Invalid

MINIMUM_LENGTH = 12
MAXIMUM_LENGTH = 128
MINIMUM_DIFFERENT = 5
SYLLABLES = tuple(consonant + vowel for consonant in "bcdfghlmnprstw" for vowel in "aeiou")

_hasher = PasswordHasher()
_of_nobody = _hasher.hash(secrets.token_hex(16))


class PasswordTooShort(Invalid):
    """The password has fewer than MINIMUM_LENGTH characters."""

    code = "password.too-short"
    field = "password"


class PasswordTooLong(Invalid):
    """The password has more than MAXIMUM_LENGTH characters."""

    code = "password.too-long"
    field = "password"


class PasswordTooEasy(Invalid):
    """The password repeats a few characters, or holds the name or the address of whoever it belongs to."""

    code = "password.too-easy"
    field = "password"


def check(password: str, *known: str) -> None:
    """Raise an Invalid unless `password` is long enough and none of the `known` words about its owner gives it away."""
    if len(password) < MINIMUM_LENGTH:
        raise PasswordTooShort
    if len(password) > MAXIMUM_LENGTH:
        raise PasswordTooLong
    folded = password.casefold()
    if len(set(folded)) < MINIMUM_DIFFERENT or any(len(word) > 3 and word.casefold() in folded for word in known):
        raise PasswordTooEasy


def hashed(password: str) -> str:
    """Return the Argon2id hash of a password, with its salt and its costs."""
    return _hasher.hash(password)


def matches(password_hash: str | None, password: str) -> bool:
    """Tell whether the password is the one of the hash; without a hash it takes as long and the answer is no."""
    try:
        return _hasher.verify(password_hash or _of_nobody, password) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False


def generated() -> str:
    """Return a first password of 73 random bits that can be read out: "tobafe-mirulo-…"."""
    words = ("".join(secrets.choice(SYLLABLES) for _ in range(3)) for _ in range(4))
    return "-".join(words)
