"""What the service refuses besides unreadable requests: callers, purposes, rates, and answers without a record.

`service.problems` has the row of each class.
"""

from __future__ import annotations

from matcher.errors import EpervierError


class CallerError(EpervierError):
    """A request that the caller may not make.

    `headers` go with the answer.
    """

    def __init__(self, message: str, **headers: str) -> None:
        super().__init__(message)
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


class KeyMissingError(CallerError):
    """A request without an API key in force."""

    def __init__(self, message: str) -> None:
        super().__init__(message, WWW_Authenticate='Bearer realm="epervier"')


class RoleError(CallerError):
    """A request that none of the caller's roles may make."""


class PurposeError(CallerError):
    """A purpose that is missing, malformed, or not among those of the caller."""


class RouteError(CallerError):
    """A path that is not served."""


class MethodError(CallerError):
    """A method that the path is not served with."""

    def __init__(self, message: str, allowed: str) -> None:
        super().__init__(message, Allow=allowed)


class RateError(CallerError):
    """More requests than the caller may make."""

    def __init__(self, message: str, retry_after_seconds: int) -> None:
        super().__init__(message, Retry_After=str(retry_after_seconds))


class IdempotencyError(CallerError):
    """An Idempotency-Key that can't be used here, or is not a key."""


class IdempotencyBodyError(IdempotencyError):
    """An Idempotency-Key that came before with another request."""


class IdempotencyPendingError(IdempotencyError):
    """An Idempotency-Key whose first request is still being answered."""


class DatabaseError(EpervierError):
    """The service's database cannot be used."""


class AuditError(EpervierError):
    """A record that could not be kept; the answer it belongs to is not given."""


class TamperedError(AuditError):
    """An audit that does not hold together."""
