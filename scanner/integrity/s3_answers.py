"""What a reply of S3 means. Only two say something about the object: here it is, and there is none."""

from dataclasses import dataclass
from email.utils import parsedate_to_datetime

from scanner.integrity.listing import ListingError, read_error, read_page
from scanner.integrity.objects import Answer, Get, Got, List, Outcome, Page, refused
from scanner.integrity.schedule import Job
from scanner.integrity.transport import OK, Reply

_META = "x-amz-meta-"
_THROTTLES = {"SlowDown", "ServiceUnavailable", "Throttling", "TooManyRequests", "KMS.ThrottlingException"}
_PASSING = {"RequestTimeout", "InternalError", "ExpiredToken", "TemporaryRedirect", "KMS.InternalException"}
"""Codes below 500 that another try may not meet; an expired token is replaced meanwhile."""
_ELSEWHERE = {"AuthorizationHeaderMalformed", "PermanentRedirect", "IllegalLocationConstraintException"}
_MOVED = 301
_TOO_MANY = (429, 503)
_FORBIDDEN, _NOT_FOUND, _SERVER_ERROR = 403, 404, 500


@dataclass(frozen=True, slots=True)
class Fault:
    """No answer; another try may have one."""

    outcome: Outcome
    detail: str


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The bucket is in another region."""

    region: str
    detail: str


@dataclass(frozen=True, slots=True)
class Skewed:
    """The clock here is wrong; S3's says so many seconds since 1970."""

    there: float
    detail: str


@dataclass(frozen=True, slots=True)
class Next:
    """A page, and the token of the one after it."""

    page: Page
    token: str


def read(job: Job, reply: Reply) -> Answer | Next | Fault | Elsewhere | Skewed:
    if reply.fault:
        return Fault(Outcome.FAILED, reply.fault)
    if reply.status != OK:
        return _refusal(job, reply)
    if "content-length" not in reply.headers and "transfer-encoding" not in reply.headers:
        return Fault(Outcome.FAILED, "the answer doesn't say how long it is: it may be cut")
    if isinstance(job.request, Get):
        return _object(job.request, reply)
    return _page(job.request, reply)


def _object(request: Get, reply: Reply) -> Got:
    inflated, headers = reply.inflated, reply.headers
    assert inflated is not None
    if not request.keep:
        return Got(request, Outcome.OK, inflated.detail, inflated.container, inflated.sha256, inflated.size)
    modified = headers.get("last-modified")
    return Got(
        request,
        Outcome.OK,
        inflated.detail,
        inflated.container,
        inflated.sha256,
        inflated.size,
        inflated.body,
        {name[len(_META) :]: value for name, value in headers.items() if name.startswith(_META)},
        headers.get("etag", "").strip('"') or None,
        parsedate_to_datetime(modified) if modified else None,
    )


def _page(request: List, reply: Reply) -> Page | Next | Fault:
    try:
        keys = read_page(reply.text)
    except ListingError as error:
        return Fault(Outcome.FAILED, str(error))
    objects, prefixes, last = keys.objects, keys.prefixes, keys.token is None
    if (until := request.until) is not None:
        objects = tuple(listed for listed in objects if listed.key < until)
        prefixes = tuple(prefix for prefix in prefixes if prefix < until)
        # Keys come in order: whatever is left out ends the listing.
        last = last or (len(objects), len(prefixes)) != (len(keys.objects), len(keys.prefixes))
    page = Page(request, Outcome.OK, objects=objects, prefixes=prefixes, last=last)
    return page if last or keys.token is None else Next(page, keys.token)


def _refusal(job: Job, reply: Reply) -> Answer | Fault | Elsewhere | Skewed:
    error = read_error(reply.text)
    code, detail = error.code, _say(reply.status, error.code, error.message)
    region = reply.headers.get("x-amz-bucket-region") or error.region
    if region and (reply.status == _MOVED or code in _ELSEWHERE):
        return Elsewhere(region, detail)
    date = reply.headers.get("date")
    if code == "RequestTimeTooSkewed" and date:
        return Skewed(parsedate_to_datetime(date).timestamp(), detail)
    if code in _THROTTLES or reply.status in _TOO_MANY:
        return Fault(Outcome.THROTTLED, detail)
    if code in _PASSING or reply.status >= _SERVER_ERROR:
        return Fault(Outcome.FAILED, detail)
    if (
        code == "NoSuchKey"
        and reply.status == _NOT_FOUND
        and reply.headers.get("x-amz-delete-marker") == "true"
    ):
        detail = "a delete marker hides it"
    return refused(job.request, _outcome(reply.status, code, error.message), detail)


def _outcome(status: int, code: str, message: str) -> Outcome:
    if code == "NoSuchKey" and status == _NOT_FOUND:
        return Outcome.MISSING
    if code == "InvalidObjectState":
        return Outcome.ARCHIVED
    if code.startswith("KMS.") or (code == "AccessDenied" and "kms:" in message):
        return Outcome.KMS_DENIED
    return Outcome.DENIED if status == _FORBIDDEN else Outcome.FAILED


def _say(status: int, code: str, message: str) -> str:
    """`403 AccessDenied: Access Denied`."""
    head = f"{status} {code}".strip()
    return f"{head}: {message}" if message else head
