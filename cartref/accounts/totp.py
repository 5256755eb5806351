"""Codes of the second factor: time-based one-time passwords (RFC 6238) of six figures, a new one every 30 seconds."""

from datetime import datetime

import pyotp

ISSUER = "Cartref"
STEP_SECONDS = 30
NEIGHBOURS = (0, -1, 1)


def new_secret() -> str:
    """Return a secret of 160 random bits, in base32 as authenticator apps read it."""
    return pyotp.random_base32(32)


def provisioning_uri(secret: str, email: str) -> str:
    """Return the `otpauth:` address that an authenticator app reads from a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=ISSUER)


def matched_step(secret: str, code: str, at: datetime) -> int | None:
    """Return the number of the time step whose code this is, at most one step from `at`; None when it is of none."""
    digits = "".join(code.split())
    present, codes = int(at.timestamp()) // STEP_SECONDS, pyotp.TOTP(secret)
    for step in (present + neighbour for neighbour in NEIGHBOURS):
        if pyotp.utils.strings_equal(codes.generate_otp(step), digits):
            return step
    return None
