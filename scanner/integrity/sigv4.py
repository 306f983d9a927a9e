"""Signature Version 4 for GET requests to S3, by the rules of AWS's documentation.

The SDK's signer costs more than the request itself; here the key of the day and all that is alike for
the requests of one second is worked out once.
"""

import hashlib
import hmac
from datetime import UTC, datetime

from scanner.integrity.objects import Credentials

EMPTY_SHA256 = hashlib.sha256().hexdigest()


class Signer:
    """Signs for one host, region and set of credentials; another of them needs another signer."""

    def __init__(self, host: str, region: str, credentials: Credentials, owner: str | None = None) -> None:
        """`owner`: the account that the bucket must belong to, or S3 refuses."""
        self.credentials = credentials
        self._region = region
        signed = {"host": host, "x-amz-content-sha256": EMPTY_SHA256, "x-amz-date": "\n"}
        if owner is not None:
            signed["x-amz-expected-bucket-owner"] = owner
        if credentials.token is not None:
            signed["x-amz-security-token"] = credentials.token
        self._names = ";".join(signed)
        lines = "".join(f"{name}:{value}\n" for name, value in signed.items())
        self._before_date, self._after_date = lines.split("\n\n", 1)
        # The host is sent by the client itself.
        self._fixed = [
            f"{name}: {value}" for name, value in signed.items() if name not in ("host", "x-amz-date")
        ]
        self._second = -1
        self._day = ""
        self._date = ""
        self._key = b""
        self._scope = ""
        self._canonical_end = ""
        self._head = ""

    def headers(self, path: str, query: str, now: float) -> list[str]:
        """`Name: value` lines to send with a GET; `path` and `query` encoded as they go out, the
        query's names in order, `now` in seconds since 1970.
        """
        if int(now) != self._second:
            self._turn_to(int(now))
        canonical = f"GET\n{path}\n{query}\n{self._canonical_end}"
        digest = hashlib.sha256(canonical.encode()).hexdigest()
        signature = hmac.digest(self._key, f"{self._head}{digest}".encode(), "sha256").hex()
        authorization = (
            f"Authorization: AWS4-HMAC-SHA256 Credential={self.credentials.access_key}/{self._scope}, "
            f"SignedHeaders={self._names}, Signature={signature}"
        )
        return [authorization, f"x-amz-date: {self._date}", *self._fixed]

    def _turn_to(self, second: int) -> None:
        self._second = second
        self._date = f"{datetime.fromtimestamp(second, UTC):%Y%m%dT%H%M%SZ}"
        if self._date[:8] != self._day:
            self._day = self._date[:8]
            self._scope = f"{self._day}/{self._region}/s3/aws4_request"
            key = f"AWS4{self.credentials.secret_key}".encode()
            for part in self._scope.split("/"):
                key = hmac.digest(key, part.encode(), "sha256")
            self._key = key
        self._head = f"AWS4-HMAC-SHA256\n{self._date}\n{self._scope}\n"
        lines = f"{self._before_date}{self._date}\n{self._after_date}"
        self._canonical_end = f"{lines}\n{self._names}\n{EMPTY_SHA256}"
