"""Where the objects of a bucket are, and requests for them, signed."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from scanner.integrity.listing import list_query
from scanner.integrity.objects import Credentials, Get
from scanner.integrity.schedule import Job
from scanner.integrity.sigv4 import Signer

_DOMAINS = {
    "cn-": "amazonaws.com.cn",
    "us-iso-": "c2s.ic.gov",
    "us-isob-": "sc2s.sgov.gov",
    "eusc-": "amazonaws.eu",
}
_PLAIN = re.compile(r"[A-Za-z0-9/_.~-]*")
# A dot in the name would leave the certificate's wildcard.
_HOST_LABEL = re.compile(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]")


@dataclass(frozen=True, slots=True)
class S3Place:
    """A bucket and the way to it."""

    bucket: str
    region: str
    endpoint: str | None = None
    """A URL, where it isn't AWS's own of the region."""
    owner: str | None = None
    """The account that the bucket must belong to, or S3 refuses."""
    ca_bundle: str | None = None
    """A file of certificates to trust, where not the system's."""


class Requests:
    """Makes URL and headers of a job. Learns where a bucket is, and what time it is there."""

    def __init__(
        self,
        place: S3Place,
        credentials: Callable[[], Credentials],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._place = place
        self._credentials = credentials
        self._clock = clock
        self._ahead = 0.0
        self._regions: dict[str, str] = {}
        self._addresses: dict[str, tuple[str, str, Signer]] = {}
        self._second = -1

    def make(self, job: Job) -> tuple[str, list[str]]:
        now = self._clock() + self._ahead
        if int(now) != self._second:
            self._refresh(int(now))
        request = job.request
        bucket = request.bucket or self._place.bucket
        origin, root, signer = self._addresses.get(bucket) or self._address(bucket)
        if isinstance(request, Get):
            path = f"{root}/{encoded(request.key)}"
            return origin + path, signer.headers(path, "", now)
        query = list_query(request, job.token)
        return f"{origin}{root or '/'}?{query}", signer.headers(root or "/", query, now)

    def region_of(self, bucket: str | None) -> str:
        return self._regions.get(bucket or self._place.bucket, self._place.region)

    def learn_region(self, bucket: str | None, region: str) -> None:
        name = bucket or self._place.bucket
        self._regions[name] = region
        self._addresses.pop(name, None)

    def learn_time(self, there: float) -> None:
        """`there`: what time S3 has; requests are signed by it from now on."""
        self._ahead = there - self._clock()

    def _refresh(self, second: int) -> None:
        """Credentials end: ask for them each second, which costs nothing until they do."""
        self._second = second
        credentials = self._credentials()
        if any(signer.credentials != credentials for _, _, signer in self._addresses.values()):
            self._addresses.clear()

    def _address(self, bucket: str) -> tuple[str, str, Signer]:
        region = self.region_of(bucket)
        origin, root = address(self._place.endpoint, bucket, region)
        owner = self._place.owner if bucket == self._place.bucket else None
        signer = Signer(urlsplit(origin).netloc, region, self._credentials(), owner)
        self._addresses[bucket] = origin, root, signer
        return self._addresses[bucket]


def encoded(key: str) -> str:
    """For a URL's path. Letters that UTF-8 hasn't go out too: S3 then says that there is no such key."""
    return key if _PLAIN.fullmatch(key) else quote(key, safe="/-_.~", errors="surrogatepass")


def address(endpoint: str | None, bucket: str, region: str) -> tuple[str, str]:
    """Origin and path of a bucket: in the host's name at AWS where that can hold it, else in the path."""
    if endpoint is not None:
        parts = urlsplit(endpoint)
        return (
            f"{parts.scheme}://{_without_default_port(parts.scheme, parts.netloc)}",
            f"{parts.path.rstrip('/')}/{quote(bucket)}",
        )
    domain = next((at for start, at in _DOMAINS.items() if region.startswith(start)), "amazonaws.com")
    host = f"s3.{region}.{domain}"
    if _HOST_LABEL.fullmatch(bucket):
        return f"https://{bucket}.{host}", ""
    return f"https://{host}", f"/{quote(bucket)}"


def _without_default_port(scheme: str, netloc: str) -> str:
    """Clients leave it out of the header `Host`, which is signed."""
    return netloc.removesuffix({"http": ":80", "https": ":443"}.get(scheme, ""))
