"""Both transports against a server that does its worst."""

import gzip
import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from scanner.demo.deliveries import Stored
from scanner.integrity import s3, s3_urllib3, schedule
from scanner.integrity.objects import (
    DIGEST_LIMIT,
    Answer,
    Container,
    Credentials,
    Get,
    Got,
    List,
    Objects,
    Outcome,
    Page,
    Request,
    list_all,
)
from scanner.integrity.s3 import S3Objects, open_s3
from scanner.integrity.s3_requests import Requests, S3Place
from scanner.integrity.schedule import Job
from tests.integrity.s3_server import MODIFIED, Cut, Fault, Hang, Refuse, S3Server, serving, stored

CREDENTIALS = Credentials("AKIDEXAMPLE", "secret", "token")
FOLDER = "AWSLogs/111122223333/CloudTrail/eu-west-1/2026/06/01"
SLOW_DOWN = Refuse(503, "SlowDown", "Please reduce your request rate.")

Open = Callable[..., AbstractContextManager[tuple[S3Server, S3Objects]]]


@pytest.fixture(params=["curl", "urllib3"])
def opened(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Open:
    for name in list(os.environ):
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setattr(schedule, "FIRST_PAUSE", 0.01)
    if request.param == "curl":
        pytest.importorskip("pycurl")
    else:
        monkeypatch.setattr(
            s3, "_transport", lambda place, most: s3_urllib3.ThreadsTransport(place.ca_bundle, most)
        )

    @contextmanager
    def open_server(
        server: S3Server, *, concurrency: int = 16, patience: float = 5, region: str | None = None
    ) -> Iterator[tuple[S3Server, S3Objects]]:
        with serving(server) as url:
            place = S3Place(server.bucket, region or server.region, endpoint=url, owner="111122223333")
            with open_s3(place, lambda: CREDENTIALS, concurrency=concurrency, patience=patience) as objects:
                yield server, objects

    return open_server


def log(number: int) -> bytes:
    return b'{"Records": [%d]}' % number * 100


def tree(count: int) -> dict[str, Stored]:
    return {f"{FOLDER}/{number:04}.json.gz": stored(gzip.compress(log(number))) for number in range(count)}


def get_all(objects: Objects, requests: Iterable[Request]) -> dict[str, Got]:
    found: dict[str, Got] = {}

    def consume(answer: Answer) -> None:
        assert isinstance(answer, Got)
        assert answer.request.key not in found
        found[answer.request.key] = answer

    objects.pump(requests, consume)
    return found


def get(objects: Objects, key: str, *, keep: bool = False) -> Got:
    return get_all(objects, [Get(key, keep=keep)])[key]


def test_each_object_is_hashed_once(opened: Open) -> None:
    there = tree(200)
    with opened(S3Server(there, latency=0.002)) as (server, objects):
        found = get_all(objects, map(Get, there))
    assert {key: got.sha256 for key, got in found.items()} == {
        key: hashlib.sha256(log(number)).hexdigest() for number, key in enumerate(there)
    }
    assert {got.outcome for got in found.values()} == {Outcome.OK}
    assert {got.body for got in found.values()} == {None}
    assert set(server.asked.values()) == {1}
    assert 8 <= server.most_at_once <= 16


def test_what_is_kept_comes_with_its_metadata(opened: Open) -> None:
    there = {
        "d": stored(gzip.compress(b"digest"), {"signature": "ab", "signature-algorithm": "SHA256withRSA"})
    }
    with opened(S3Server(there)) as (_, objects):
        got = get(objects, "d", keep=True)
    assert got.body == b"digest"
    assert got.metadata == {"signature": "ab", "signature-algorithm": "SHA256withRSA"}
    assert got.last_modified == MODIFIED
    assert got.etag is not None
    assert got.size == 6


def test_what_an_answer_brings_forth_goes_before_what_waits(opened: Open) -> None:
    there = {f"d{number}": stored(gzip.compress(b"x")) for number in range(50)} | tree(100)
    keys = list(tree(100))
    held: set[str] = set()
    most = 0

    def consume(answer: Answer) -> Iterator[Request] | None:
        nonlocal most
        assert isinstance(answer, Got)
        if not answer.request.keep:
            held.discard(answer.request.key)
            return None
        number = int(answer.request.key[1:])
        held.update(keys[2 * number : 2 * number + 2])
        most = max(most, len(held))
        return map(Get, keys[2 * number : 2 * number + 2])

    with opened(S3Server(there), concurrency=4) as (server, objects):
        objects.pump((Get(f"d{number}", keep=True) for number in range(50)), consume)
    assert not held
    assert sum(server.asked.values()) == 150
    assert most <= 12


def test_the_requests_are_signed_and_name_the_owner(opened: Open) -> None:
    with opened(S3Server(tree(1))) as (server, objects):
        (key,) = server.objects
        get(objects, key)
    sent = server.headers[key]
    assert sent["authorization"].startswith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/")
    assert sent["x-amz-security-token"] == "token"
    assert sent["x-amz-expected-bucket-owner"] == "111122223333"
    assert sent.get("accept-encoding", "identity") == "identity"


@pytest.mark.parametrize(
    ("refusal", "outcome", "detail"),
    [
        (Refuse(404, "NoSuchKey", "gone"), Outcome.MISSING, "404 NoSuchKey: gone"),
        (
            Refuse(404, "NoSuchKey", "gone", {"x-amz-delete-marker": "true"}),
            Outcome.MISSING,
            "a delete marker hides it",
        ),
        (Refuse(403, "AccessDenied", "no"), Outcome.DENIED, "403 AccessDenied: no"),
        (
            Refuse(403, "AccessDenied", "not authorized to perform: kms:Decrypt on this"),
            Outcome.KMS_DENIED,
            "403 AccessDenied: not authorized to perform: kms:Decrypt on this",
        ),
        (Refuse(400, "KMS.DisabledException", "off"), Outcome.KMS_DENIED, "400 KMS.DisabledException: off"),
        (Refuse(403, "InvalidObjectState", "cold"), Outcome.ARCHIVED, "403 InvalidObjectState: cold"),
        (Refuse(404, "NoSuchBucket", "b"), Outcome.FAILED, "404 NoSuchBucket: b"),
        (Refuse(404, "", ""), Outcome.FAILED, "404"),
        (Refuse(418, "Teapot", ""), Outcome.FAILED, "418 Teapot"),
    ],
)
def test_a_refusal_is_told_at_once(opened: Open, refusal: Refuse, outcome: Outcome, detail: str) -> None:
    with opened(S3Server(tree(1))) as (server, objects):
        (key,) = server.objects
        server.always[key] = refusal
        got = get(objects, key)
    assert (got.outcome, got.detail, got.sha256, got.container) == (outcome, detail, None, None)
    assert server.asked[key] == 1


@pytest.mark.parametrize(
    "fault",
    [
        SLOW_DOWN,
        Refuse(500, "InternalError"),
        Refuse(400, "RequestTimeout"),
        Refuse(400, "ExpiredToken"),
        Cut(),
        Cut(10),
        Cut(10, says_length=False),
        Refuse(429, ""),
    ],
)
def test_a_passing_fault_leaves_no_trace(opened: Open, fault: Fault) -> None:
    with opened(S3Server(tree(30))) as (server, objects):
        server.faults = {key: [fault, fault] for key in list(server.objects)[::3]}
        found = get_all(objects, map(Get, server.objects))
    assert {got.outcome for got in found.values()} == {Outcome.OK}
    assert {got.container for got in found.values()} == {Container.WHOLE}
    assert len(found) == 30


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [(SLOW_DOWN, Outcome.THROTTLED), (Cut(10), Outcome.FAILED), (Refuse(502, ""), Outcome.FAILED)],
)
def test_a_lasting_fault_is_no_statement_about_the_object(
    opened: Open, fault: Fault, outcome: Outcome
) -> None:
    with opened(S3Server(tree(3)), patience=0.2) as (server, objects):
        bad = list(server.objects)[1]
        server.always[bad] = fault
        found = get_all(objects, map(Get, server.objects))
    assert [got.outcome for _, got in sorted(found.items())] == [Outcome.OK, outcome, Outcome.OK]
    assert found[bad].sha256 is None
    assert "tries)" in found[bad].detail


@pytest.mark.slow  # libcurl watches the speed for five seconds before it judges
def test_a_server_that_hangs_is_given_up(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (s3_urllib3, pytest.importorskip("scanner.integrity.s3_curl")):
        monkeypatch.setattr(module, "READ_TIMEOUT", 1)
    monkeypatch.setattr(schedule, "FEWEST_TRIES", 1)
    with opened(S3Server(tree(2)), patience=0.1) as (server, objects):
        bad = next(iter(server.objects))
        server.always[bad] = Hang()
        found = get_all(objects, map(Get, server.objects))
    assert [got.outcome for _, got in sorted(found.items())] == [Outcome.FAILED, Outcome.OK]


def test_where_nobody_listens_everything_fails_soon(opened: Open) -> None:
    with opened(S3Server(tree(40)), patience=0.3) as (server, objects):
        objects._requests._place = S3Place(server.bucket, server.region, endpoint="http://127.0.0.1:9")
        found = get_all(objects, map(Get, server.objects))
    assert {got.outcome for got in found.values()} == {Outcome.FAILED}
    assert len(found) == 40


def test_a_server_that_throttles_is_asked_less_at_once_and_all_is_read(opened: Open) -> None:
    with opened(S3Server(tree(150), latency=0.01, slow_down_beyond=4), patience=60) as (server, objects):
        found = get_all(objects, map(Get, server.objects))
    assert {got.outcome for got in found.values()} == {Outcome.OK}
    assert server.asked.total() < 150 * 3


def test_a_wrong_region_is_found_out_and_followed(opened: Open) -> None:
    with opened(S3Server(tree(20)), region="us-east-1") as (server, objects):
        found = get_all(objects, map(Get, server.objects))
    assert {got.outcome for got in found.values()} == {Outcome.OK}


def test_a_region_that_leads_in_circles_is_given_up(opened: Open) -> None:
    with opened(S3Server(tree(1))) as (server, objects):
        (key,) = server.objects
        where = {"x-amz-bucket-region": "eu-west-1"}
        server.always[key] = Refuse(301, "PermanentRedirect", "go away", where)
        assert get(objects, key).outcome is Outcome.FAILED


def test_a_wrong_clock_is_set_by_s3s(opened: Open) -> None:
    with opened(S3Server(tree(1))) as (server, objects):
        (key,) = server.objects
        there = {"date": "Mon, 01 Jun 2026 01:00:00 GMT"}
        server.faults[key] = [Refuse(403, "RequestTimeTooSkewed", "late", there)]
        assert get(objects, key).outcome is Outcome.OK
    assert server.headers[key]["x-amz-date"].startswith("20260601T0100")


def test_another_bucket_is_asked_without_naming_its_owner(opened: Open) -> None:
    with opened(S3Server(tree(1))) as (server, objects):
        (key,) = server.objects
        (got,) = get_all(objects, [Get(key, bucket="other")]).values()
    assert got.detail == "404 NoSuchBucket: The specified bucket does not exist"
    assert "x-amz-expected-bucket-owner" not in server.headers[key]


@pytest.mark.parametrize(
    "body",
    [b"", b"no gzip at all, but long enough", gzip.compress(b"x")[:-1]],
    ids=["empty", "text", "cut"],
)
def test_a_complete_answer_that_is_no_gzip_is_told_as_such(opened: Open, body: bytes) -> None:
    with opened(S3Server({"k": stored(body)})) as (server, objects):
        got = get(objects, "k")
    assert got.outcome is Outcome.OK
    assert got.container in (Container.CUT, Container.GARBAGE)
    assert server.asked["k"] == 1


def test_a_digest_of_garbage_is_read_up_to_a_limit(opened: Open) -> None:
    with opened(S3Server({"k": stored(gzip.compress(bytes(DIGEST_LIMIT + 1)))})) as (_, objects):
        assert get(objects, "k", keep=True).container is Container.OVERSIZE


@pytest.mark.parametrize("key", ["a b+c%20ü&=?#/'\"<>", "a/./b", "~x_-.!*()", "a//b"])
def test_a_key_of_any_letters_is_found(opened: Open, key: str, request: pytest.FixtureRequest) -> None:
    if key == "a/./b" and "urllib3" in request.node.name:
        pytest.skip("urllib3 folds such paths; CloudTrail writes none")
    with opened(S3Server({key: stored(gzip.compress(b"x"))})) as (_, objects):
        assert get(objects, key).outcome is Outcome.OK
        assert [listed.key for listed in list_all(objects, List(""))[2]] == [key]


def test_a_listing_comes_page_by_page_in_order(opened: Open) -> None:
    with opened(S3Server(tree(25), page=10)) as (server, objects):
        pages: list[Page] = []
        objects.pump(
            [List(f"{FOLDER}/")], lambda page: pages.append(page) if isinstance(page, Page) else None
        )
    assert [len(page.objects) for page in pages] == [10, 10, 5]
    assert [page.last for page in pages] == [False, False, True]
    assert [listed.key for page in pages for listed in page.objects] == list(server.objects)


def test_a_listing_has_an_end_of_its_own(opened: Open) -> None:
    with opened(S3Server(tree(25), page=10)) as (server, objects):
        keys = list(server.objects)
        asked = List(f"{FOLDER}/", start_after=keys[2], until=keys[8])
        outcome, _, found, _ = list_all(objects, asked)
    assert (outcome, [listed.key for listed in found]) == (Outcome.OK, keys[3:8])
    assert server.asked == {f"{FOLDER}/": 1}


def test_folders_are_told_once(opened: Open) -> None:
    there = {
        f"AWSLogs/{account}/CloudTrail/{number}": stored(b"") for account in "abc" for number in range(3)
    }
    with opened(S3Server(there, page=2)) as (_, objects):
        found = list_all(objects, List("AWSLogs/", delimiter="/"))
    assert found == (Outcome.OK, "", [], ["AWSLogs/a/", "AWSLogs/b/", "AWSLogs/c/"])


def test_a_listing_that_is_cut_is_asked_again(opened: Open) -> None:
    with opened(S3Server(tree(5))) as (server, objects):
        server.faults[f"{FOLDER}/"] = [Cut(300), Cut(300, says_length=False), SLOW_DOWN]
        assert len(list_all(objects, List(f"{FOLDER}/"))[2]) == 5


def test_a_denied_listing_says_so_after_the_pages_before(opened: Open) -> None:
    with opened(S3Server(tree(25), page=10)) as (server, objects):
        server.faults[f"{FOLDER}/"] = [None, Refuse(403, "AccessDenied", "no")]
        outcome, detail, found, _ = list_all(objects, List(f"{FOLDER}/"))
    assert (outcome, detail, len(found)) == (Outcome.DENIED, "403 AccessDenied: no", 10)


def test_an_error_of_the_consumer_ends_the_pump_which_can_pump_again(opened: Open) -> None:
    with opened(S3Server(tree(20), latency=0.01)) as (server, objects):

        def consume(_: Answer) -> None:
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            objects.pump(map(Get, server.objects), consume)
        assert len(get_all(objects, map(Get, server.objects))) == 20


def test_an_interruption_while_hashing_comes_through(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    with opened(S3Server(tree(3)), concurrency=1) as (server, objects):
        with monkeypatch.context() as patched:
            patched.setattr("scanner.integrity.hashing.Inflation.feed", interrupt)
            with pytest.raises(KeyboardInterrupt):
                get_all(objects, map(Get, server.objects))
        assert len(get_all(objects, map(Get, server.objects))) == 3


def test_a_key_that_utf8_cannot_write_is_just_not_there(opened: Open) -> None:
    with opened(S3Server({})) as (_, objects):
        assert get(objects, "AWSLogs/\ud800\x00.json.gz").outcome is not Outcome.OK


def test_new_credentials_sign_from_the_next_second_on() -> None:
    given = [CREDENTIALS]
    seconds = iter([1.0, 1.5, 2.0])
    requests = Requests(S3Place("logs", "eu-west-1"), lambda: given[-1], lambda: next(seconds))
    signers = []
    for _ in range(3):
        signers.append(requests.make(Job(Get("a")))[1][0].split("/")[0])
        given.append(Credentials("OTHER", "secret"))
    first, then, last = (signer.rpartition("=")[2] for signer in signers)
    assert (first, then, last) == ("AKIDEXAMPLE", "AKIDEXAMPLE", "OTHER")
