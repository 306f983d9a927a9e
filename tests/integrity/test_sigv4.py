from datetime import UTC, datetime
from unittest.mock import patch
from urllib.parse import quote

import pytest
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as SdkCredentials
from hypothesis import given
from hypothesis import strategies as st

from scanner.integrity.listing import canonical_query
from scanner.integrity.objects import Credentials
from scanner.integrity.sigv4 import Signer

HOST = "logs.s3.eu-west-1.amazonaws.com"
NOW = datetime(2026, 6, 1, 23, 59, 59, tzinfo=UTC)


def by_the_sdk(credentials: Credentials, path: str, query: str, now: datetime, owner: str | None) -> str:
    request = AWSRequest("GET", f"https://{HOST}{path}" + (f"?{query}" if query else ""))
    request.headers["host"] = HOST
    if owner:
        request.headers["x-amz-expected-bucket-owner"] = owner
    with patch("botocore.auth.get_current_datetime", return_value=now.replace(tzinfo=None)):
        S3SigV4Auth(SdkCredentials(*credentials), "s3", "eu-west-1").add_auth(request)
    return str(request.headers["Authorization"])


@given(
    st.text(min_size=1, max_size=30),
    st.dictionaries(st.text("abyz-", min_size=1, max_size=5), st.text(max_size=10), max_size=3),
    st.sampled_from([None, "AQoDYXdzEJr//token="]),
    st.sampled_from([None, "123456789012"]),
)
def test_the_sdk_signs_alike(key: str, asked: dict[str, str], token: str | None, owner: str | None) -> None:
    credentials = Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", token)
    path, query = f"/{quote(key, safe='/-_.~')}", canonical_query(asked.items())
    headers = Signer(HOST, "eu-west-1", credentials, owner).headers(path, query, NOW.timestamp())
    assert headers[0] == f"Authorization: {by_the_sdk(credentials, path, query, NOW, owner)}"
    sent = dict(line.split(": ", 1) for line in headers)
    assert sent["x-amz-date"] == "20260601T235959Z"
    assert sent.get("x-amz-security-token") == token
    assert sent.get("x-amz-expected-bucket-owner") == owner


def test_a_new_day_has_a_new_key() -> None:
    credentials = Credentials("AKIDEXAMPLE", "secret")
    signer = Signer(HOST, "eu-west-1", credentials)
    for now in (NOW, NOW.replace(hour=0), datetime(2026, 6, 2, tzinfo=UTC), NOW):
        expected = by_the_sdk(credentials, "/k", "", now, None)
        assert signer.headers("/k", "", now.timestamp())[0] == f"Authorization: {expected}"


def test_the_secret_is_not_sent() -> None:
    headers = Signer(HOST, "eu-west-1", Credentials("AKIDEXAMPLE", "secret")).headers("/k", "", 0.0)
    assert not [line for line in headers if "secret" in line]


@pytest.mark.parametrize("region", ["us-east-1", "cn-north-1"])
def test_the_region_is_part_of_the_scope(region: str) -> None:
    authorization, *_ = Signer(HOST, region, Credentials("A", "s")).headers("/", "", 0.0)
    assert f"/19700101/{region}/s3/aws4_request," in authorization
