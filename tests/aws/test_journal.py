"""What AWS answered, on disk: what is kept, what is asked again, and that it comes back as it was."""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError
from botocore.parsers import ResponseParserError
from botocore.response import StreamingBody
from hypothesis import given
from hypothesis import strategies as st

from scanner import run_file
from scanner.aws.failures import Failure
from scanner.aws.journal import Heard, Journal, Question, packed, prepare, unpacked
from scanner.aws.pace import Pace
from scanner.aws.permissions import ASSUME_ROLE, DESCRIBE_TRAILS, GET_BUCKET_POLICY, LIST_EVENT_DATA_STORES
from scanner.aws.reader import Fact, Reader, UnclearError
from scanner.errors import SourceExpiredError, UserError
from scanner.model.reading import Gap, Known, Outcome, Reading
from tests.aws.fake import CALLER, HOME, MEMBER, FakeAws, Refusal, client_error, issued

AT = datetime(2026, 6, 1, 12, tzinfo=UTC)
QUESTION = Question(CALLER, HOME, "DescribeTrails", {})
NAMES = Fact(DESCRIBE_TRAILS, lambda answer: tuple(one["Name"] for one in answer["trailList"]))
POLICY: Fact[str | None] = Fact(
    GET_BUCKET_POLICY, lambda answer: str(answer["Policy"]), absent={"NoSuchBucketPolicy": None}
)
ARNS: Fact[tuple[str, ...]] = Fact(
    LIST_EVENT_DATA_STORES,
    lambda answer: tuple(item["EventDataStoreArn"] for item in answer["EventDataStores"]),
)
PAGE = {"EventDataStores": [{"EventDataStoreArn": "a"}], "NextToken": "page2"}
REST = {"EventDataStores": [{"EventDataStoreArn": "b"}]}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    prepare(tmp_path, {}, {}, resume=False)
    return tmp_path


@pytest.fixture
def journal(folder: Path) -> Iterator[Journal]:
    with Journal(folder) as opened:
        yield opened


def heard(**answer: Any) -> Heard:
    return Heard(((AT, answer),))


def rows(folder: Path) -> list[tuple[Any, ...]]:
    connection = sqlite3.connect(folder / run_file.SCAN)
    try:
        return connection.execute("select account, region, operation from answer").fetchall()
    finally:
        connection.close()


class TestIsNotAskedTwice:
    def test_what_was_answered(self, aws: FakeAws, journal: Journal) -> None:
        aws.on("DescribeTrails", {"trailList": [{"Name": "audit"}]})
        assert aws.reader(journal=journal).read(NAMES) == Known(("audit",))
        assert aws.reader(journal=journal).read(NAMES) == Known(("audit",))
        assert aws.operations() == ["DescribeTrails"]

    def test_a_list_whose_pages_are_one_row(self, aws: FakeAws, folder: Path) -> None:
        aws.on("ListEventDataStores", PAGE)
        aws.on("ListEventDataStores", REST, NextToken="page2")
        for _ in range(2):
            with Journal(folder) as journal:
                assert aws.reader(journal=journal).read_all(ARNS) == Known(("a", "b"))
        assert len(aws.calls) == 2
        assert rows(folder) == [(CALLER, HOME, "ListEventDataStores")]

    def test_a_list_that_was_longer_than_anybody_reads(self, aws: FakeAws, journal: Journal) -> None:
        aws.on("ListEventDataStores", PAGE)
        aws.on("ListEventDataStores", PAGE | {"NextToken": "page3"}, NextToken="page2")
        assert aws.reader(journal=journal).read_up_to(2, ARNS) == Known(None)
        assert aws.reader(journal=journal).read_up_to(2, ARNS) == Known(None)
        assert len(aws.calls) == 2

    def test_a_code_that_means_none(self, aws: FakeAws, journal: Journal) -> None:
        aws.on("GetBucketPolicy", Refusal("NoSuchBucketPolicy", status=404))
        for _ in range(2):
            reader = aws.reader(journal=journal)
            assert reader.read(POLICY, Bucket="logs") == Known(None)
            assert [(one.outcome, one.count) for one in reader.ledger.counts()] == [(Outcome.ABSENT, 1)]
        assert len(aws.calls) == 1

    @pytest.mark.parametrize(
        "refusal",
        [
            Refusal("AccessDenied", "with an explicit deny in a service control policy", status=403),
            Refusal("UnauthorizedOperation", "x" * 5_000, status=403),
            Refusal("UnrecognizedClientException"),
            Refusal("TrailNotFoundException"),
            Refusal("SomethingNew", "und nun – \N{SNOWMAN}?"),
        ],
        ids=lambda refusal: refusal.code,
    )
    def test_what_aws_refused_and_the_gap_is_the_same(
        self, aws: FakeAws, folder: Path, refusal: Refusal
    ) -> None:
        aws.on("DescribeTrails", refusal)
        told: list[Reading[tuple[str, ...]]] = []
        for _ in range(2):
            with Journal(folder) as journal:
                told.append(aws.reader(MEMBER, journal=journal).read(NAMES))
        assert isinstance(told[0], Gap)
        assert told[0] == told[1]
        assert len(aws.calls) == 1

    def test_a_list_of_which_a_later_page_was_denied(self, aws: FakeAws, journal: Journal) -> None:
        aws.on("ListEventDataStores", PAGE)
        aws.on("ListEventDataStores", Refusal("AccessDeniedException"), NextToken="page2")
        first = aws.reader(journal=journal).read_all(ARNS)
        assert aws.reader(journal=journal).read_all(ARNS) == first
        assert len(aws.calls) == 2


class TestIsAskedAgain:
    @pytest.mark.parametrize(
        "failure",
        [
            Refusal("ThrottlingException"),
            Refusal("SlowDown", status=503),
            Refusal("InternalFailure", status=500),
            Refusal("SomethingNew", status=529),
            Refusal("ExpiredToken", status=403),
            Refusal("RequestTimeTooSkewed", status=403),
            Refusal("SignatureDoesNotMatch", status=403),
            EndpointConnectionError(endpoint_url="https://x"),
            ConnectTimeoutError(endpoint_url="https://x"),
            ReadTimeoutError(endpoint_url="https://x"),
            ResponseParserError("not XML"),
            client_error("AccessDenied", operation="AssumeRole", status=403),
            {},
            {"trailList": None},
            {"trailList": [{}]},
        ],
        ids=repr,
    )
    def test_what_aws_did_not_settle(self, aws: FakeAws, journal: Journal, failure: Any) -> None:
        aws.on("DescribeTrails", failure)
        assert isinstance(aws.reader(MEMBER, journal=journal).read(NAMES), Gap)
        aws.on("DescribeTrails", {"trailList": []})
        assert aws.reader(MEMBER, journal=journal).read(NAMES) == Known(())

    def test_what_was_given_up(self, aws: FakeAws, journal: Journal) -> None:
        aws.on("DescribeTrails", Refusal("ThrottlingException"))
        given_up = aws.reader(pace=Pace(sleep=lambda _: True), journal=journal).read(NAMES)
        assert isinstance(given_up, Gap)
        aws.on("DescribeTrails", {"trailList": []})
        assert aws.reader(journal=journal).read(NAMES) == Known(())

    def test_what_the_credentials_of_the_scan_did_not_last_for(self, aws: FakeAws, folder: Path) -> None:
        aws.on("DescribeTrails", Refusal("ExpiredToken", status=403))
        with Journal(folder) as journal, pytest.raises(SourceExpiredError):
            aws.reader(journal=journal).read(NAMES)
        assert rows(folder) == []

    def test_what_the_program_found_unclear(self, aws: FakeAws, journal: Journal) -> None:
        def unclear(_answer: Any) -> None:
            raise UnclearError("Odd", "who knows")

        aws.on("DescribeTrails", {"trailList": []})
        for _ in range(2):
            assert isinstance(aws.reader(journal=journal).read(Fact(DESCRIBE_TRAILS, unclear)), Gap)
        assert len(aws.calls) == 2

    def test_a_list_that_was_interrupted_between_two_pages(self, aws: FakeAws, folder: Path) -> None:
        aws.on("ListEventDataStores", PAGE)

        def interrupt(_call: Any) -> None:
            raise KeyboardInterrupt

        aws.on("ListEventDataStores", interrupt, NextToken="page2")
        with Journal(folder) as journal, pytest.raises(KeyboardInterrupt):
            aws.reader(journal=journal).read_all(ARNS)
        assert rows(folder) == []
        aws.on("ListEventDataStores", REST, NextToken="page2")
        with Journal(folder) as journal:
            assert aws.reader(journal=journal).read_all(ARNS) == Known(("a", "b"))
        assert [call.params.get("NextToken") for call in aws.calls] == [None, "page2", None, "page2"]

    @pytest.mark.parametrize(
        "failure", [Refusal("InvalidNextTokenException"), Refusal("SlowDown", status=503)]
    )
    def test_a_list_of_which_a_later_page_failed(
        self, aws: FakeAws, journal: Journal, failure: Refusal
    ) -> None:
        aws.on("ListEventDataStores", PAGE)
        aws.on("ListEventDataStores", failure, NextToken="page2")
        assert isinstance(aws.reader(journal=journal).read_all(ARNS), Gap)
        aws.on("ListEventDataStores", REST, NextToken="page2")
        assert aws.reader(journal=journal).read_all(ARNS) == Known(("a", "b"))

    def test_a_list_that_went_in_circles(self, aws: FakeAws, folder: Path) -> None:
        aws.on("ListEventDataStores", PAGE | {"NextToken": "again"})
        with Journal(folder) as journal:
            assert isinstance(aws.reader(journal=journal).read_all(ARNS), Gap)
        assert rows(folder) == []

    @pytest.mark.parametrize(
        "body", [b"bytes", StreamingBody(BytesIO(b"x"), 1), {1, 2}, {"$time": "2026-01-01"}], ids=type
    )
    def test_an_answer_that_can_not_be_written_down(self, aws: FakeAws, journal: Journal, body: Any) -> None:
        aws.on("DescribeTrails", {"trailList": [], "Body": body})
        assert aws.reader(journal=journal).read(NAMES) == Known(())
        assert aws.reader(journal=journal).read(NAMES) == Known(())
        assert len(aws.calls) == 2

    @pytest.mark.parametrize("told", [b"", b"garbage", packed(Heard(())), "text", 7])
    def test_what_a_row_no_longer_tells(self, aws: FakeAws, journal: Journal, told: Any) -> None:
        journal.put([(*QUESTION.key, told)])
        aws.on("DescribeTrails", {"trailList": [{"Name": "audit"}]})
        for _ in range(2):
            assert aws.reader(journal=journal).read(NAMES) == Known(("audit",))
        assert len(aws.calls) == 1


class TestAQuestion:
    @pytest.mark.parametrize(
        "other",
        [
            Question(MEMBER, HOME, "GetTrailStatus", {"Name": "a"}),
            Question(CALLER, "us-east-1", "GetTrailStatus", {"Name": "a"}),
            Question(CALLER, None, "GetTrailStatus", {"Name": "a"}),
            Question(CALLER, HOME, "GetEventSelectors", {"Name": "a"}),
            Question(CALLER, HOME, "GetTrailStatus", {"Name": "b"}),
            Question(CALLER, HOME, "GetTrailStatus", {"TrailName": "a"}),
            Question(CALLER, HOME, "GetTrailStatus", {}),
        ],
    )
    def test_is_another_where_anything_differs(self, other: Question) -> None:
        assert other.key != Question(CALLER, HOME, "GetTrailStatus", {"Name": "a"}).key

    def test_is_the_same_in_whatever_order_and_time_zone_it_is_put(self) -> None:
        there = AT.astimezone(timezone(timedelta(hours=9)))
        one = Question(CALLER, None, "LookupEvents", {"StartTime": AT, "MaxResults": 50})
        other = Question(CALLER, None, "LookupEvents", {"MaxResults": 50, "StartTime": there})
        assert one.key == other.key

    def test_holds_no_external_id_but_whether_there_is_one(self) -> None:
        keys = {
            Question(CALLER, None, "AssumeRole", {"RoleArn": "r"} | given).key
            for given in ({}, {"ExternalId": "one"}, {"ExternalId": "other"})
        }
        assert len(keys) == 2


NAME = st.text(max_size=5) | st.just("$time")
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(st.characters(exclude_categories=()) | st.sampled_from("\ud800\udfff\x00\N{SNOWMAN}"))
    | st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=-5, minutes=-30))])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAME, inner, max_size=3),
    max_leaves=10,
)


@given(st.lists(st.dictionaries(NAME, JSON, max_size=3), min_size=1))
def test_an_answer_comes_back_as_it_was_or_is_not_kept(answers: list[dict[str, Any]]) -> None:
    told = Heard(tuple((AT, answer) for answer in answers))
    row = packed(told)
    if row is None:
        assert "$time" in repr(answers)
    else:
        assert unpacked(row) == _merged(told)


def _merged(value: Any) -> Any:
    """Two halves of a character, one after the other, are that character: no answer comes so."""
    match value:
        case str():
            return value.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
        case Heard():
            return Heard(_merged(value.answers), value.refusal)
        case dict():
            return {_merged(name): _merged(inner) for name, inner in value.items()}
        case list() | tuple():
            return type(value)(map(_merged, value))
        case _:
            return value


@given(st.binary())
def test_no_row_is_so_senseless_that_it_breaks_anything(row: bytes) -> None:
    assert unpacked(row) is None


def test_a_refusal_comes_back_as_it_was() -> None:
    failure = Failure("AccessDenied", "\ud800 by a session policy", Outcome.DENIED, settled=True)
    told = Heard(((AT, {"Error": {"Code": "AccessDenied"}}),), failure)
    row = packed(told)
    assert row is not None
    assert unpacked(row) == told
    assert failure.denied_by == "a session policy"


def test_the_times_of_an_answer_come_back_as_times(aws: FakeAws, folder: Path) -> None:
    began = datetime(2026, 3, 29, 1, 30, 0, 123456, tzinfo=timezone(timedelta(hours=2)))
    aws.on("DescribeTrails", {"trailList": [{"Name": "audit", "Began": began}]})
    fact = Fact(DESCRIBE_TRAILS, lambda answer: answer["trailList"][0]["Began"])
    for _ in range(2):
        with Journal(folder) as journal:
            assert aws.reader(journal=journal).read(fact) == Known(began)
    assert len(aws.calls) == 1


class TestNothingOfASession:
    SECRETS = ("ASIA" + MEMBER, "s3cret-key", "t0ken-of-session", "h1dden-external-id")

    def test_is_in_the_file_not_even_in_its_log(self, aws: FakeAws, folder: Path) -> None:
        answer = issued(MEMBER)
        answer["Credentials"] |= {"SecretAccessKey": "s3cret-key", "SessionToken": "t0ken-of-session"}
        aws.on("AssumeRole", answer)
        session = Fact(ASSUME_ROLE, lambda answer: answer["Credentials"]["AccessKeyId"])
        asked = {
            "RoleArn": "arn:aws:iam::222222222222:role/x",
            "RoleSessionName": "trailaudit",
            "ExternalId": "h1dden-external-id",
        }
        with Journal(folder) as journal:
            reader = aws.reader(journal=journal)
            assert reader.read(session, **asked) == Known(f"ASIA{MEMBER}")
            aws.on("AssumeRole", {"Credentials": {"SessionToken": "t0ken-of-session"}})
            assert isinstance(reader.read(session, **asked), Gap)
            self._leave_a_trace(aws, reader)
            content = b"".join(path.read_bytes() for path in folder.iterdir())
        assert aws.operations().count("AssumeRole") == 2
        assert b"DescribeTrails" in content
        assert [secret for secret in self.SECRETS if secret.encode() in content] == []
        assert rows(folder) == [(CALLER, HOME, "DescribeTrails")]

    @staticmethod
    def _leave_a_trace(aws: FakeAws, reader: Reader) -> None:
        aws.on("DescribeTrails", {"trailList": []})
        reader.read(NAMES)


class TestTheJournal:
    def test_of_a_scan_that_was_given_up_knows_nothing_more(self, folder: Path) -> None:
        with Journal(folder) as journal:
            journal.keep(QUESTION, heard(trailList=[]))
        journal.keep(Question(MEMBER, HOME, "DescribeTrails", {}), heard())
        assert journal.recall(QUESTION) is None
        assert rows(folder) == [(CALLER, HOME, "DescribeTrails")]

    def test_is_one_process_s_at_a_time(
        self, folder: Path, journal: Journal, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(run_file, "_ALONE", 0)
        with pytest.raises(UserError, match="in use by another run"):
            Journal(folder)
        with pytest.raises(UserError, match="in use by another run"):
            prepare(folder, {}, {}, resume=True)
        journal.keep(QUESTION, heard(trailList=[]))
        assert journal.recall(QUESTION) == heard(trailList=[])

    def test_of_a_process_that_was_killed_is_whole(self, folder: Path) -> None:
        with Journal(folder) as journal:
            for number in range(50):
                journal.keep(Question(CALLER, str(number), "X", {}), heard(number=number))
            copies = {path.name: path.read_bytes() for path in folder.iterdir()}
        killed = folder / "killed"
        killed.mkdir()
        for name, content in copies.items():
            (killed / name).write_bytes(content)
        prepare(killed, {}, {}, resume=True)
        with Journal(killed) as journal:
            assert journal.recall(Question(CALLER, "49", "X", {})) == heard(number=49)

    def test_that_runs_out_of_room_says_so_and_can_be_gone_on_with(self, folder: Path) -> None:
        with Journal(folder) as journal:
            journal.keep(QUESTION, heard(trailList=[]))
            journal._connection.execute("pragma max_page_count = 6")
            later = [(*Question(CALLER, str(n), "X", {}).key, bytes(3_000)) for n in range(20)]
            with pytest.raises(UserError, match="full") as refused:
                journal.put(later)
            assert refused.value.hint == "what it holds is whole: make room, then go on with --resume"
            journal._connection.execute("pragma max_page_count = 10000")
            journal.put(later[:1])
        assert len(rows(folder)) == 2

    def test_whose_file_can_not_be_opened_is_a_thing_to_put_right(self, tmp_path: Path) -> None:
        with pytest.raises(UserError, match="unable to open"):
            Journal(tmp_path / "none")

    def test_belongs_to_one_principal(self, folder: Path) -> None:
        auditor, other = (f"arn:aws:sts::{CALLER}:assumed-role/{name}" for name in ("auditor", "other"))
        with Journal(folder) as journal:
            journal.belong_to(auditor)
            journal.belong_to(auditor)
            with pytest.raises(UserError, match=f"was begun by {auditor}, not {other}"):
                journal.belong_to(other)
            assert journal.session("arn:aws:iam::1:role/x") is None
