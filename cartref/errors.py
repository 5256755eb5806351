"""The errors of the clinic: a stable dotted code and ids as context, never prose.

A service raises one of these; the rim answers with the words that the concept brought for its code, in the reader's
language. The concrete error stands at the top of the service that raises it.
"""

from typing import ClassVar


class ClinicError(Exception):
    """Something the clinic's rules do not allow; `context` carries ids and codes for logs, never names."""

    code: ClassVar[str] = "clinic.error"
    status: ClassVar[int] = 500

    def __init__(self, **context: object) -> None:
        super().__init__(self.code)
        self.context = context


class NotFound(ClinicError):
    """There is no such thing, or the asker may not know of it."""

    code = "not-found"
    status = 404


class Forbidden(ClinicError):
    """The asker is known and may not do this."""

    code = "forbidden"
    status = 403


class Invalid(ClinicError):
    """What was given can't be used; `field` names the form field that the words belong to."""

    code = "invalid"
    status = 422
    field: str | None = None

    def __init__(self, field: str | None = None, **context: object) -> None:
        super().__init__(**context)
        self.field = field or type(self).field


class Conflict(ClinicError):
    """It clashes with what is already so."""

    code = "conflict"
    status = 409


class StaleVersion(Conflict):
    """Somebody else changed it since it was read."""

    code = "conflict.stale-version"


class IllegalTransition(Conflict):
    """The thing is in a state from which this can't be done."""

    code = "conflict.illegal-transition"


class Throttled(ClinicError):
    """Too many tries; `retry_after` is in seconds, None when a person must unlock it."""

    code = "throttled"
    status = 429

    def __init__(self, retry_after: int | None = None, **context: object) -> None:
        super().__init__(**context)
        self.retry_after = retry_after


class Unavailable(ClinicError):
    """A part that this needs is not there just now; trying again is right."""

    code = "unavailable"
    status = 503
