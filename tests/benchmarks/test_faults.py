"""The fake in which things go wrong: a wrong one would let a benchmark pass."""

import json

from benchmarks.answers import Answer
from benchmarks.fake_aws import FakeAws, Request, account_ids
from benchmarks.faults import Fault, Faults, Troubles
from benchmarks.organization import Organization
from benchmarks.sessions import HOUR, NEAR_END
from scanner.demo.access_keys import access_key_id, account_of

CALLER, ARCHIVE, MEMBER, OTHER = account_ids(4)
NOON = 1_000_000.0


class Fake:
    """A fake and a clock, which only the test moves."""

    def __init__(self, faults: Faults, world: FakeAws | None = None) -> None:
        self.world = world or FakeAws(accounts=4)
        self.world.sessions = faults.sessions()
        self.troubles = Troubles(faults, self.world.sessions)
        self.now = 0.0

    def enter(self, account: str) -> str:
        """A key for the account."""
        return self.world.sessions.issue(account, NOON + self.now).key

    def ask(
        self, key: str, action: str, service: str = "cloudtrail", region: str = "eu-west-1", **asked: object
    ) -> Fault | None:
        body = json.dumps(asked).encode()
        request = Request("POST", "/", {}, {}, body, key, account_of(key) or "", region, service)
        return self.troubles.meet(request, action, now=self.now, time=NOON + self.now)


def code(fault: Fault | None) -> str:
    assert isinstance(fault, Answer)
    said: str = json.loads(fault.body)["__type"]
    return said


def test_where_nothing_goes_wrong_the_world_answers() -> None:
    fake = Fake(Faults())
    assert fake.ask(fake.enter(MEMBER), "DescribeTrails") is None


def test_a_call_beyond_the_quota_is_throttled_until_a_token_has_come() -> None:
    fake = Fake(Faults(quotas={"cloudtrail:LookupEvents": (2, 1)}))
    key = fake.enter(MEMBER)
    assert fake.ask(key, "LookupEvents") is None
    fake.now = 0.4
    assert code(fake.ask(key, "LookupEvents")) == "ThrottlingException"
    fake.now = 0.5
    assert fake.ask(key, "LookupEvents") is None


def test_a_quota_counts_for_each_account_region_and_api_alone() -> None:
    fake = Fake(Faults(quotas={"cloudtrail:LookupEvents": (2, 1), "cloudtrail:ListTags": (2, 1)}))
    key = fake.enter(MEMBER)
    fake.ask(key, "LookupEvents")
    assert fake.ask(fake.enter(OTHER), "LookupEvents") is None
    assert fake.ask(key, "LookupEvents", region="us-east-1") is None
    assert fake.ask(key, "ListTags") is None


def test_a_quota_that_is_not_used_gives_no_more_at_once_than_its_burst() -> None:
    fake = Fake(Faults(quotas={"cloudtrail:LookupEvents": (2, 3)}))
    key = fake.enter(MEMBER)
    fake.now = 100
    answered = [fake.ask(key, "LookupEvents") is None for _ in range(5)]
    assert answered == [True, True, True, False, False]


def test_a_throttled_account_refuses_the_first_call_of_each_api() -> None:
    fake = Fake(Faults(throttled=(MEMBER,)))
    key = fake.enter(MEMBER)
    assert code(fake.ask(key, "DescribeTrails")) == "ThrottlingException"
    fake.now = 2
    assert fake.ask(key, "DescribeTrails") is None


def test_a_session_is_refused_once_it_is_over() -> None:
    fake = Fake(Faults(expiring=(MEMBER,)))
    key = fake.enter(MEMBER)
    fake.now = NEAR_END - 1
    assert fake.ask(key, "DescribeTrails") is None
    fake.now = NEAR_END
    assert code(fake.ask(key, "DescribeTrails")) == "ExpiredToken"


def test_only_the_first_session_of_an_expiring_account_is_near_its_end() -> None:
    sessions = Faults(expiring=(MEMBER,)).sessions()
    ends = [sessions.issue(account, NOON).expires - NOON for account in (MEMBER, MEMBER, OTHER)]
    assert ends == [NEAR_END, HOUR, HOUR]


def test_each_session_has_a_key_of_its_own_that_tells_the_account() -> None:
    sessions = Faults().sessions()
    keys = [sessions.issue(account, NOON).key for account in (MEMBER, MEMBER, OTHER)]
    assert len(set(keys)) == 3
    assert list(map(account_of, keys)) == [MEMBER, MEMBER, OTHER]


def test_the_log_says_for_whom_the_session_of_an_impostor_was_asked() -> None:
    fake = Fake(Faults(impostors={MEMBER: OTHER}))
    fake.ask(fake.enter(MEMBER), "DescribeTrails")
    (call,) = fake.troubles.log
    assert (call.account, call.owner) == (OTHER, MEMBER)


def test_the_log_says_whose_the_trail_is_that_a_call_names() -> None:
    fake = Fake(Faults())
    fake.ask(fake.enter(MEMBER), "GetTrailStatus", Name=f"arn:aws:cloudtrail:eu-west-1:{OTHER}:trail/one")
    assert fake.troubles.log[0].subject == OTHER


def test_a_hung_account_answers_nothing_but_the_caller_who_enters_it() -> None:
    fake = Fake(Faults(hung=(MEMBER,)))
    assert fake.ask(fake.enter(MEMBER), "GetCallerIdentity", "sts") == "hung"
    assert fake.ask(access_key_id(CALLER), "DescribeOrganization", "organizations") is None


def test_a_deaf_account_answers_all_but_cloudtrail() -> None:
    fake = Fake(Faults(deaf=(MEMBER,)))
    key = fake.enter(MEMBER)
    assert (fake.ask(key, "GetCallerIdentity", "sts"), fake.ask(key, "ListTags")) == (None, "hung")


def test_what_was_cut_comes_whole_when_it_is_asked_again() -> None:
    fake = Fake(Faults(cut=1))
    key = fake.enter(MEMBER)
    assert [fake.ask(key, "DescribeTrails") for _ in range(3)] == ["cut", None, None]


def test_faults_go_through_a_command_line() -> None:
    faults = Faults(jitter=5, denied=(MEMBER,), impostors={MEMBER: OTHER}, quotas={"s3:GetBucketAcl": (2, 1)})
    again = Faults.from_json(faults.to_json())
    assert json.loads(again.to_json()) == json.loads(faults.to_json())


def test_every_member_sees_the_trail_of_the_organization_and_its_own() -> None:
    world = Organization(accounts=4, trails=1, buckets=1)
    arns = {trail["TrailARN"].split(":", 4)[4] for trail in world.trails_of(MEMBER)}
    assert arns == {f"{CALLER}:trail/organization", f"{MEMBER}:trail/trail-0"}


def test_only_the_log_archive_lists_the_bucket_of_the_organization() -> None:
    world = Organization(accounts=4)
    listed = {account: world.buckets_of(account) for account in account_ids(4)}
    assert listed == {CALLER: [], ARCHIVE: [world.bucket], MEMBER: [], OTHER: []}
