"""How the two clients reach a server: TLS, proxies, and a bucket of moto's."""

import gzip
import hashlib
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.session import Session
from moto.moto_server.threaded_moto_server import ThreadedMotoServer

from scanner.integrity.objects import Answer, Credentials, Get, Got, List, Outcome, list_all
from scanner.integrity.s3 import S3Objects
from scanner.integrity.s3_requests import S3Place, address
from scanner.integrity.s3_urllib3 import ThreadsTransport
from scanner.integrity.transport import Transport
from tests.integrity.s3_server import S3Server, serving, stored
from tests.network import certificate, no_proxy, tls

__all__ = ["certificate", "no_proxy", "tls"]

CREDENTIALS = Credentials("AKIDEXAMPLE", "secret")
SERVER = S3Server({"k": stored(gzip.compress(b"x"))})

Connect = Callable[[S3Place], S3Objects]


@pytest.fixture(params=["curl", "urllib3"])
def connect(request: pytest.FixtureRequest) -> Iterator[Connect]:
    opened = []

    def make(place: S3Place) -> S3Objects:
        opened.append(S3Objects(place, lambda: CREDENTIALS, transport(place), patience=0.1))
        return opened[-1]

    def transport(place: S3Place) -> Transport:
        if request.param == "urllib3":
            return ThreadsTransport(place.ca_bundle, 4)
        module = pytest.importorskip("scanner.integrity.s3_curl")
        made: Transport = module.CurlTransport(place.ca_bundle, 4)
        return made

    yield make
    for objects in opened:
        objects.close()


def get(objects: S3Objects, key: str, *, keep: bool = False) -> Got:
    found: list[Answer] = []
    objects.pump([Get(key, keep=keep)], found.append)
    (got,) = found
    assert isinstance(got, Got)
    return got


def test_tls_is_spoken_with_whom_the_bundle_vouches_for(
    connect: Connect, certificate: Path, tls: ssl.SSLContext
) -> None:
    with serving(SERVER, tls) as url:
        place = S3Place("logs", "eu-west-1", endpoint=url, ca_bundle=str(certificate))
        assert get(connect(place), "k").outcome is Outcome.OK


def test_nobody_else_is_trusted(connect: Connect, tls: ssl.SSLContext) -> None:
    with serving(SERVER, tls) as url:
        got = get(connect(S3Place("logs", "eu-west-1", endpoint=url)), "k")
    assert got.outcome is Outcome.FAILED
    assert "certificate" in got.detail.lower()


def test_the_environment_s_proxy_is_used(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(SERVER) as url:
        monkeypatch.setenv("http_proxy", url)
        place = S3Place("logs", "eu-west-1", endpoint="http://s3.invalid")
        assert get(connect(place), "k").outcome is Outcome.OK
        monkeypatch.setenv("no_proxy", "s3.invalid")
        assert get(connect(place), "k").outcome is Outcome.FAILED


@pytest.mark.parametrize(
    ("endpoint", "bucket", "region", "origin", "path"),
    [
        (None, "logs", "eu-west-1", "https://logs.s3.eu-west-1.amazonaws.com", ""),
        (None, "acme.logs", "eu-west-1", "https://s3.eu-west-1.amazonaws.com", "/acme.logs"),
        (None, "logs", "cn-north-1", "https://logs.s3.cn-north-1.amazonaws.com.cn", ""),
        (None, "logs", "us-gov-west-1", "https://logs.s3.us-gov-west-1.amazonaws.com", ""),
        ("http://localhost:4566", "logs", "eu-west-1", "http://localhost:4566", "/logs"),
        ("https://s3.acme.example:443/s3/", "logs", "eu-west-1", "https://s3.acme.example", "/s3/logs"),
    ],
)
def test_a_bucket_is_where_aws_or_the_configuration_says(
    endpoint: str | None, bucket: str, region: str, origin: str, path: str
) -> None:
    assert address(endpoint, bucket, region) == (origin, path)


KEYS = tuple(f"AWSLogs/{number % 2}/CloudTrail/a b+{number}.json.gz" for number in range(5))


@pytest.fixture(scope="module")
def moto() -> Iterator[str]:
    """The URL of a moto that has the bucket `logs`."""
    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    url = f"http://127.0.0.1:{server.get_host_and_port()[1]}"
    session = Session()
    session.set_credentials(CREDENTIALS.access_key, CREDENTIALS.secret_key)
    s3: Any = session.create_client("s3", region_name="eu-west-1", endpoint_url=url)
    s3.create_bucket(Bucket="logs", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    for key in KEYS:
        body = gzip.compress(key.encode())
        s3.put_object(Bucket="logs", Key=key, Body=body, Metadata={"signature": "ab"})
    yield url
    server.stop()


@pytest.mark.slow
def test_moto_answers_as_it_answers_the_sdk(connect: Connect, moto: str) -> None:
    objects = connect(S3Place("logs", "eu-west-1", endpoint=moto, owner="123456789012"))
    got = get(objects, KEYS[0], keep=True)
    assert (got.sha256, got.body) == (hashlib.sha256(KEYS[0].encode()).hexdigest(), KEYS[0].encode())
    assert got.metadata == {"signature": "ab"}
    assert get(objects, "no").outcome is Outcome.MISSING
    assert [listed.key for listed in list_all(objects, List("AWSLogs/"))[2]] == sorted(KEYS)
    assert list_all(objects, List("AWSLogs/", delimiter="/"))[3] == ["AWSLogs/0/", "AWSLogs/1/"]
