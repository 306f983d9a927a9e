"""A call becomes a reading: a fact, "none", or the reason why there is none."""

from itertools import count
from typing import Any

import pytest
from botocore.exceptions import (
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
    SSOTokenLoadError,
)
from botocore.parsers import ResponseParserError
from pydantic import SecretStr

from scanner.aws.pace import Pace
from scanner.aws.permissions import DESCRIBE_TRAILS, GET_BUCKET_POLICY, LIST_EVENT_DATA_STORES
from scanner.aws.reader import Answer, Fact, Ledger
from scanner.errors import SourceExpiredError
from scanner.model.bucket import Versioning
from scanner.model.posture import CallCount
from scanner.model.reading import Gap, Known, Outcome
from tests.aws.fake import CALLER, HOME, FakeAws, Refusal, client_error

COUNT = Fact(DESCRIBE_TRAILS, lambda answer: len(answer["trailList"]))
POLICY: Fact[str | None] = Fact(
    GET_BUCKET_POLICY, lambda answer: str(answer["Policy"]), absent={"NoSuchBucketPolicy": None}
)
ARNS: Fact[tuple[str, ...]] = Fact(
    LIST_EVENT_DATA_STORES,
    lambda answer: tuple(item["EventDataStoreArn"] for item in answer["EventDataStores"]),
)


def gap(found: object) -> Gap:
    assert isinstance(found, Gap)
    return found


def test_an_answer_is_a_fact(aws: FakeAws) -> None:
    aws.on("DescribeTrails", {"trailList": []})
    assert aws.reader().read(COUNT) == Known(0)


def test_a_code_that_means_none_is_a_fact(aws: FakeAws) -> None:
    aws.on("GetBucketPolicy", Refusal("NoSuchBucketPolicy", status=404))
    reader = aws.reader()
    assert reader.read(POLICY, Bucket="logs") == Known(None)
    assert [(one.outcome, one.code) for one in reader.ledger.counts()] == [
        (Outcome.ABSENT, "NoSuchBucketPolicy")
    ]


def test_that_code_from_another_call_is_a_gap(aws: FakeAws) -> None:
    aws.on("DescribeTrails", Refusal("NoSuchBucketPolicy", status=404))
    assert gap(aws.reader().read(COUNT)).outcome is Outcome.FAILED


def test_a_denial_names_what_to_grant(aws: FakeAws) -> None:
    aws.on("DescribeTrails", Refusal("AccessDeniedException", "no identity-based policy allows it"))
    assert aws.reader().read(COUNT) == Gap(
        detail="cloudtrail:DescribeTrails was denied (AccessDeniedException): no identity-based policy allows it",
        action="cloudtrail:DescribeTrails",
        operation="DescribeTrails",
        code="AccessDeniedException",
        account=CALLER,
        region=HOME,
        outcome=Outcome.DENIED,
    )


@pytest.mark.parametrize(
    "kind",
    ["a service control policy", "a resource control policy", "a permissions boundary", "a session policy"],
)
def test_a_denial_names_the_policy_that_aws_blames(aws: FakeAws, kind: str) -> None:
    aws.on("DescribeTrails", Refusal("AccessDenied", f"not authorized, with an explicit deny in {kind}"))
    assert f"was denied by {kind} (AccessDenied)" in gap(aws.reader().read(COUNT)).detail


@pytest.mark.parametrize(
    ("code", "status", "outcome"),
    [
        ("AccessDenied", 403, Outcome.DENIED),
        ("AccessDeniedException", 400, Outcome.DENIED),
        ("UnauthorizedOperation", 403, Outcome.DENIED),
        ("AuthorizationError", 403, Outcome.DENIED),
        ("403", 403, Outcome.DENIED),
        ("", 403, Outcome.DENIED),
        ("MethodNotAllowed", 405, Outcome.DENIED),
        ("SomethingNew", 403, Outcome.DENIED),
        ("UnrecognizedClientException", 400, Outcome.REGION_DISABLED),
        ("InvalidClientTokenId", 403, Outcome.REGION_DISABLED),
        ("AuthFailure", 401, Outcome.REGION_DISABLED),
        ("RegionDisabledException", 403, Outcome.REGION_DISABLED),
        ("InvalidAccessKeyId", 403, Outcome.REGION_DISABLED),
        ("ExpiredToken", 403, Outcome.FAILED),
        ("SignatureDoesNotMatch", 403, Outcome.FAILED),
        ("TrailNotFoundException", 400, Outcome.FAILED),
        ("NoSuchBucket", 404, Outcome.FAILED),
        ("404", 404, Outcome.FAILED),
        ("500", 500, Outcome.FAILED),
        ("ThrottlingException", 400, Outcome.THROTTLED),
        ("Throttling", 400, Outcome.THROTTLED),
        ("TooManyRequestsException", 429, Outcome.THROTTLED),
        ("RequestLimitExceeded", 503, Outcome.THROTTLED),
        ("SlowDown", 503, Outcome.THROTTLED),
        ("SomethingNew", 429, Outcome.THROTTLED),
    ],
)
def test_an_error_ends_as(aws: FakeAws, code: str, status: int, outcome: Outcome) -> None:
    aws.on("DescribeTrails", Refusal(code, status=status))
    found = gap(aws.reader("222222222222").read(COUNT))
    assert (found.outcome, found.code) == (outcome, code or str(status))


@pytest.mark.parametrize("failure", [Refusal("ExpiredToken", status=403), SSOTokenLoadError(error_msg="x")])
def test_the_end_of_the_credentials_that_the_scan_started_from_is_no_reading(
    aws: FakeAws, failure: Any
) -> None:
    aws.on("DescribeTrails", failure)
    with pytest.raises(SourceExpiredError):
        aws.reader().read(COUNT)


@pytest.mark.parametrize(
    ("failure", "attempts"),
    [
        (Refusal("ThrottlingException"), 5),
        (Refusal("SlowDown", status=503), 5),
        (Refusal("InternalFailure", status=500), 3),
        (Refusal("500", status=500), 3),
        (ReadTimeoutError(endpoint_url="https://x"), 2),
        (ConnectTimeoutError(endpoint_url="https://x"), 2),
        (EndpointConnectionError(endpoint_url="https://x"), 2),
        (ResponseParserError("not XML"), 2),
        (Refusal("AccessDenied", status=403), 1),
        (Refusal("NoSuchBucket", status=404), 1),
    ],
)
def test_a_call_that_keeps_failing_is_made(aws: FakeAws, failure: Any, attempts: int) -> None:
    aws.on("DescribeTrails", failure)
    reader = aws.reader()
    assert isinstance(reader.read(COUNT), Gap)
    assert len(aws.calls) == attempts
    assert [one.count for one in reader.ledger.counts()] == [1]


def test_throttled_calls_wait_longer_each_time(aws: FakeAws) -> None:
    waits: list[float] = []

    def sleep(seconds: float) -> bool:
        waits.append(seconds)
        return False

    aws.on("DescribeTrails", Refusal("ThrottlingException"))
    minutes = count(step=60)
    reader = aws.reader(pace=Pace(sleep=sleep, random=lambda: 1.0, clock=lambda: float(next(minutes))))
    found = gap(reader.read(COUNT))
    assert waits == [1, 2, 4, 8]
    assert found.detail == "cloudtrail:DescribeTrails was throttled 5 times (ThrottlingException): because"


def test_a_retry_that_succeeds_leaves_no_trace(aws: FakeAws) -> None:
    answers = iter([Refusal("ThrottlingException"), Refusal("500", status=500), {"trailList": []}])
    aws.on("DescribeTrails", lambda _: next(answers))
    reader = aws.reader()
    assert reader.read(COUNT) == Known(0)
    assert [(one.outcome, one.count) for one in reader.ledger.counts()] == [(Outcome.OK, 1)]


def test_a_scan_that_was_given_up_does_not_retry(aws: FakeAws) -> None:
    aws.on("DescribeTrails", Refusal("ThrottlingException"))
    assert isinstance(aws.reader(pace=Pace(sleep=lambda _: True)).read(COUNT), Gap)
    assert len(aws.calls) == 1


def test_an_answer_cut_short_is_no_empty_answer(aws: FakeAws) -> None:
    aws.on("DescribeTrails", {})
    found = gap(aws.reader().read(COUNT))
    assert found.code == "IncompleteAnswer"
    assert found.detail == (
        "cloudtrail:DescribeTrails failed (IncompleteAnswer): the answer has no trailList"
    )


@pytest.mark.parametrize("answer", [{"trailList": None}, {"trailList": 7}])
def test_an_answer_of_the_wrong_shape_is_a_gap(aws: FakeAws, answer: dict[str, Any]) -> None:
    aws.on("DescribeTrails", answer)
    assert gap(aws.reader().read(COUNT)).code == "IncompleteAnswer"


def test_a_value_that_makes_no_sense_is_not_quoted(aws: FakeAws) -> None:
    def parse(answer: Answer) -> Versioning:
        return Versioning(status=answer["trailList"])

    aws.on("DescribeTrails", {"trailList": "s3cret"})
    found = gap(aws.reader().read(Fact(DESCRIBE_TRAILS, parse)))
    assert found.code == "IncompleteAnswer"
    assert "status" in found.detail
    assert "s3cret" not in found.detail


def test_a_long_message_is_cut(aws: FakeAws) -> None:
    aws.on("DescribeTrails", Refusal("Odd", "x" * 5000))
    assert len(gap(aws.reader().read(COUNT)).detail) < 400


def test_what_follows_the_first_line_is_dropped_since_it_may_quote_the_token(aws: FakeAws) -> None:
    aws.on(
        "DescribeTrails", Refusal("SignatureDoesNotMatch", "does not match.\n\nx-amz-security-token:T0KEN")
    )
    detail = gap(aws.reader().read(COUNT)).detail
    assert detail.endswith("does not match.")


def test_the_external_id_is_never_quoted(aws: FakeAws) -> None:
    aws.on("DescribeTrails", Refusal("ValidationError", "value 'h1dden' " + "h1dden" * 80))
    reader = aws.reader(hidden=SecretStr("h1dden"))
    assert "h1dden" not in gap(reader.read(COUNT)).detail
    assert "h1dden" not in repr(reader)


def test_a_session_that_cannot_be_renewed_is_blamed_and_not_the_call(aws: FakeAws) -> None:
    aws.on("DescribeTrails", client_error("AccessDenied", operation="AssumeRole", status=403))
    found = gap(aws.reader().read(COUNT))
    assert (found.action, found.operation) == ("sts:AssumeRole", "AssumeRole")


def test_pages_are_one_reading(aws: FakeAws) -> None:
    aws.on("ListEventDataStores", {"EventDataStores": [{"EventDataStoreArn": "a"}], "NextToken": "page2"})
    aws.on("ListEventDataStores", {"EventDataStores": [], "NextToken": "page3"}, NextToken="page2")
    aws.on("ListEventDataStores", {"EventDataStores": [{"EventDataStoreArn": "b"}]}, NextToken="page3")
    reader = aws.reader()
    assert reader.read_all(ARNS) == Known(("a", "b"))
    assert [one.count for one in reader.ledger.counts()] == [1]


def test_half_the_pages_are_no_list(aws: FakeAws) -> None:
    aws.on("ListEventDataStores", {"EventDataStores": [{"EventDataStoreArn": "a"}], "NextToken": "page2"})
    aws.on("ListEventDataStores", Refusal("AccessDeniedException"), NextToken="page2")
    assert gap(aws.reader().read_all(ARNS)).outcome is Outcome.DENIED


def test_pages_that_go_in_circles_end(aws: FakeAws) -> None:
    aws.on("ListEventDataStores", {"EventDataStores": [], "NextToken": "again"})
    assert gap(aws.reader().read_all(ARNS)).code == "IncompleteAnswer"
    assert len(aws.calls) == 2


def test_the_ledger_is_sorted() -> None:
    ledger = Ledger()
    ledger.count("2", None, "a", Outcome.OK)
    ledger.count("1", "r", "a", Outcome.DENIED, "AccessDenied")
    ledger.count("1", "r", "a", Outcome.DENIED, "AccessDenied")
    assert ledger.counts() == (
        CallCount(account="1", region="r", action="a", outcome=Outcome.DENIED, code="AccessDenied", count=2),
        CallCount(account="2", region=None, action="a", outcome=Outcome.OK, count=1),
    )


def test_a_fault_after_a_throttle_has_its_own_attempts(aws: FakeAws) -> None:
    cut = EndpointConnectionError(endpoint_url="https://x")
    answers = iter([Refusal("ThrottlingException"), cut, Refusal("ThrottlingException"), {"trailList": []}])
    aws.on("DescribeTrails", lambda _: next(answers))
    assert aws.reader().read(COUNT) == Known(0)


class TestAnEndpointThatAnswersNothing:
    SILENT = ReadTimeoutError(endpoint_url="https://x")
    OTHER = "222222222222"

    def test_is_not_waited_for_again(self, aws: FakeAws) -> None:
        aws.on("DescribeTrails", self.SILENT)
        reader = aws.reader()
        assert gap(reader.read(COUNT)).code == "ReadTimeoutError"
        found = gap(reader.read(ARNS))
        assert (found.code, found.outcome) == ("NoAnswer", Outcome.FAILED)
        assert (
            "cloudtrail:ListEventDataStores failed (NoAnswer): the service answered nothing" in found.detail
        )
        assert aws.operations() == ["DescribeTrails"] * 2

    def test_keeps_no_other_account_region_or_service_waiting(self, aws: FakeAws) -> None:
        aws.on("DescribeTrails", {"trailList": []})
        aws.on("GetBucketPolicy", {"Policy": "{}"})
        aws.on("DescribeTrails", self.SILENT, account=CALLER, region=HOME)
        reader = aws.reader(payer=CALLER)
        assert isinstance(reader.read(COUNT), Gap)
        assert reader.at("us-east-1").read(COUNT) == Known(0)
        assert reader.read(POLICY, Bucket="logs") == Known("{}")
        assert aws.reader(self.OTHER, payer=self.OTHER, pace=reader.pace).read(COUNT) == Known(0)

    def test_is_asked_again_after_a_call_that_only_took_a_second_attempt(self, aws: FakeAws) -> None:
        answers = iter([self.SILENT, {"trailList": []}, {"trailList": []}])
        aws.on("DescribeTrails", lambda _: next(answers))
        reader = aws.reader()
        assert [reader.read(COUNT), reader.read(COUNT)] == [Known(0), Known(0)]
