"""What the errors of AWS and of its SDK mean.

Sources: the error lists of each service's API reference; botocore's retry tables.
"""

from dataclasses import dataclass

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,  # noqa: A004 - the SDK's
    HTTPClientError,
    IncompleteReadError,
)
from botocore.parsers import ResponseParserError

from scanner.model.reading import Outcome

SdkError = ClientError | BotoCoreError | ResponseParserError

THROTTLED = frozenset(
    {
        "429",
        "BandwidthLimitExceeded",
        "EC2ThrottledException",
        "LimitExceededException",
        "PriorRequestNotComplete",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionInProgressException",
    }
)
TRANSIENT = frozenset(
    {
        "500",
        "502",
        "503",
        "504",
        "InternalError",
        "InternalFailure",
        "InternalServerError",
        "KMSInternalException",
        "RequestTimeout",
        "RequestTimeoutException",
        "ServiceException",
        "ServiceUnavailable",
        "ServiceUnavailableException",
    }
)
DENIED = frozenset(
    {
        "403",
        "AccessDenied",
        "AccessDeniedException",
        "AccessDeniedForDependencyException",
        "AllAccessDisabled",
        "AuthorizationError",
        "AuthorizationErrorException",
        "Forbidden",
        "MethodNotAllowed",  # S3 on a bucket policy: allowed, but not the owner's account
        "NotAuthorized",
        "UnauthorizedException",
        "UnauthorizedOperation",
    }
)
REGION_DISABLED = frozenset(
    {
        "AuthFailure",  # EC2
        "InvalidAccessKeyId",  # S3
        "InvalidClientTokenId",  # query services
        "OptInRequired",
        "RegionDisabledException",  # STS
        "UnrecognizedClientException",  # JSON services
    }
)
"""How a region answers that an account has not enabled: credentials that work elsewhere are unknown there."""
BAD_CREDENTIALS = frozenset(
    {
        "ExpiredToken",
        "ExpiredTokenException",
        "IncompleteSignature",
        "InvalidSignatureException",
        "InvalidToken",
        "RequestExpired",
        "RequestTimeTooSkewed",
        "SignatureDoesNotMatch",
        "TokenRefreshRequired",
    }
)
"""Answered with 403 too, but no permission is missing."""
UNANSWERED = frozenset({"ConnectTimeoutError", "ReadTimeoutError"})
"""How the SDK says that it waited in vain."""
EXPIRED = frozenset(
    {
        "CredentialRetrievalError",
        "ExpiredToken",
        "ExpiredTokenException",
        "RequestExpired",
        "SSOTokenLoadError",
        "TokenRetrievalError",
        "UnauthorizedSSOTokenError",
    }
)
"""How AWS, or the SDK before it asks, says that credentials are over and were not renewed."""

THROTTLE_ATTEMPTS = 5
TRANSIENT_ATTEMPTS = 3
CONNECTION_ATTEMPTS = 2

_CONNECTION_ERRORS = (ConnectionError, HTTPClientError, IncompleteReadError, ResponseParserError)
_MESSAGE_LENGTH = 300
_POLICY_KINDS = (
    ("service control policy", "a service control policy"),
    ("resource control policy", "a resource control policy"),
    ("permissions boundary", "a permissions boundary"),
    ("session policy", "a session policy"),
    ("VPC endpoint policy", "a VPC endpoint policy"),
)


@dataclass(frozen=True, slots=True)
class Failure:
    """`attempts`: how often in all a call is made that fails like this. `settled`: AWS said so, and would
    again.
    """

    code: str
    message: str
    outcome: Outcome
    attempts: int = 1
    settled: bool = False

    @property
    def denied_by(self) -> str | None:
        """The kind of policy that AWS blames, if it says so."""
        return next((name for words, name in _POLICY_KINDS if words in self.message), None)


def diagnose(error: SdkError) -> Failure:
    if isinstance(error, ClientError):
        return _diagnose_answer(error)
    connection = isinstance(error, _CONNECTION_ERRORS)
    return Failure(
        type(error).__name__,
        " ".join(str(error).split()),
        Outcome.FAILED,
        CONNECTION_ATTEMPTS if connection else 1,
    )


def _diagnose_answer(error: ClientError) -> Failure:
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    # Some fakes and proxies answer without a code, or with an empty one.
    code = error.response.get("Error", {}).get("Code") or str(status)
    message = one_line(error.response.get("Error", {}).get("Message") or "")
    outcome, attempts = Outcome.FAILED, 1
    if code in THROTTLED or status == 429:  # noqa: PLR2004 - Too Many Requests
        outcome, attempts = Outcome.THROTTLED, THROTTLE_ATTEMPTS
    elif code in REGION_DISABLED:
        outcome = Outcome.REGION_DISABLED
    elif code in BAD_CREDENTIALS:
        pass
    elif code in DENIED or status == 403:  # noqa: PLR2004 - Forbidden
        outcome = Outcome.DENIED
    elif code in TRANSIENT or status in (500, 502, 503, 504):
        attempts = TRANSIENT_ATTEMPTS
    settled = attempts == 1 and status < 500 and code not in BAD_CREDENTIALS  # noqa: PLR2004 - its own fault
    return Failure(code, message, outcome, attempts, settled)


def one_line(text: str) -> str:
    """The first line: those after it may quote the signed request, session token included."""
    return " ".join(text.strip().partition("\n")[0].split())


def bounded(text: str) -> str:
    return text if len(text) <= _MESSAGE_LENGTH else f"{text[: _MESSAGE_LENGTH - 1]}…"
