"""From a scope to a posture: who is asked what, with whose session, and what one failure touches."""

from collections import Counter

import pytest

from scanner.aws import permissions
from scanner.aws.collect import collect
from scanner.aws.scope import Scope
from scanner.errors import UserError
from scanner.model.alarms import Subscription
from scanner.model.posture import Account, Posture
from scanner.model.reading import Gap, Known, Outcome
from tests.aws.fake import ARCHIVE, CALLER, HOME, MEMBER, FakeAws, Refusal, identity
from tests.aws.world import (
    BUCKET,
    DENIED,
    EVERYTHING,
    GROUP,
    KEY,
    LEADER,
    NOW,
    ORGANIZATION_WIDE,
    STORE,
    TOPIC,
    TRAIL,
    alarm,
    trail,
)


def scan(aws: FakeAws, scope: Scope = ORGANIZATION_WIDE, needs: frozenset[str] = EVERYTHING) -> Posture:
    return collect(scope, needs, now=NOW, clients=aws.clients)


def states(posture: Posture) -> dict[str, tuple[str, str | None]]:
    return {account.id: (account.state, account.reason) for account in posture.accounts}


def account_of(posture: Posture, id_: str) -> Account:
    found = posture.account(id_)
    assert found is not None
    return found


class TestABlamelessOrganization:
    def test_is_read_in_full(self, world: FakeAws) -> None:
        posture = scan(world)
        assert states(posture) == dict.fromkeys((CALLER, MEMBER, ARCHIVE), ("assessed", None))
        assert [one.arn for one in posture.trails] == [TRAIL]
        assert [one.name for one in posture.buckets] == [BUCKET]
        assert [one.id for one in posture.keys] == [KEY]
        assert [one.arn for one in posture.log_groups] == [GROUP]
        assert (posture.taken_at, posture.role) == (NOW, "trailaudit")

    def test_comes_back_from_json_unchanged(self, world: FakeAws) -> None:
        posture = scan(world)
        assert Posture.model_validate_json(posture.model_dump_json()) == posture

    def test_is_the_same_however_many_threads_read_it(self, world: FakeAws) -> None:
        alone = ORGANIZATION_WIDE.model_copy(update={"concurrency": 1})
        assert scan(world).model_dump_json() == scan(world, alone).model_dump_json()

    def test_has_its_trail_read_once_by_its_owner_and_its_status_by_each_member(self, world: FakeAws) -> None:
        posture = scan(world)
        readers = [call.account for call in world.calls if call.operation == "GetTrailStatus"]
        assert sorted(readers) == [CALLER, MEMBER, ARCHIVE]
        assert world.operations().count("GetEventSelectors") == 1
        assert [one.trail for one in account_of(posture, MEMBER).member_status] == [TRAIL]
        assert account_of(posture, CALLER).member_status == ()
        assert {call.region for call in world.calls if call.operation == "GetTrailStatus"} == {HOME}

    def test_has_its_bucket_and_key_read_by_the_archive(self, world: FakeAws) -> None:
        posture = scan(world)
        assert posture.buckets[0].owner == Known(ARCHIVE)
        assert posture.buckets[0].versioning.map(lambda found: found.status) == Known("Enabled")
        assert isinstance(posture.keys[0].policy, Known)

    def test_is_not_asked_for_stores_where_trails_settle_everything(self, world: FakeAws) -> None:
        posture = scan(world)
        assert "ListEventDataStores" not in world.operations()
        stores = account_of(posture, CALLER).views[0].stores
        assert isinstance(stores, Gap)
        assert stores.code == "NotRead"

    def test_tells_of_progress_up_to_the_end(self, world: FakeAws) -> None:
        steps: list[tuple[int, int]] = []
        collect(
            ORGANIZATION_WIDE,
            EVERYTHING,
            now=NOW,
            on_progress=lambda done, total: steps.append((done, total)),
            clients=world.clients,
        )
        assert steps == sorted(steps)
        assert steps[-1][0] == steps[-1][1]


def test_the_tags_of_a_trail_whose_owner_is_not_scanned_are_not_asked_for(world: FakeAws) -> None:
    foreign = TRAIL.replace(CALLER, "999999999999")
    world.on("DescribeTrails", {"trailList": [trail(foreign)]})
    world.on("GetTrailStatus", {"IsLogging": True}, Name=foreign)
    world.on("ListEventDataStores", {"EventDataStores": []})
    (found,) = scan(world).trails
    assert isinstance(found.tags, Gap)
    assert found.tags.code == "OwnerOutOfScope"
    assert "ListTags" not in world.operations()


class TestAlarms:
    def test_are_read_where_the_log_group_is_and_topics_by_their_owner(self, world: FakeAws) -> None:
        posture = scan(world)
        board = posture.alarm_board(CALLER, HOME)
        assert board is not None
        assert isinstance(board.alarms, Known)
        assert [one.name for one in board.alarms.value] == ["Other", "Root"]
        topic = posture.topic(TOPIC)
        assert topic is not None
        assert topic.subscriptions == Known((Subscription(protocol="email", confirmed=True),))

    def test_on_other_metrics_are_nobodys_business_here(self, world: FakeAws) -> None:
        assert [one.arn for one in scan(world).topics] == [TOPIC]

    def test_of_a_foreign_topic_are_asked_with_their_own_account(self, world: FakeAws) -> None:
        foreign = TOPIC.replace(ARCHIVE, "999999999999")
        world.on("DescribeAlarms", {"MetricAlarms": [alarm("Root", foreign)], "CompositeAlarms": []})
        world.on("ListSubscriptionsByTopic", DENIED, account=CALLER, TopicArn=foreign)
        posture = scan(world)
        (topic,) = posture.topics
        assert isinstance(topic.subscriptions, Gap)
        assert states(posture)[CALLER] == ("partial", "1 reading failed")

    def test_are_not_asked_for_where_the_log_group_has_no_filter(self, world: FakeAws) -> None:
        world.on("DescribeMetricFilters", {"metricFilters": []})
        posture = scan(world)
        assert (posture.alarm_boards, posture.topics) == ((), ())

    def test_that_are_denied_are_a_gap_of_that_place(self, world: FakeAws) -> None:
        world.on("DescribeAlarms", DENIED)
        posture = scan(world)
        board = posture.alarm_board(CALLER, HOME)
        assert board is not None
        assert isinstance(board.alarms, Gap)
        assert posture.topics == ()

    def test_alone_need_no_settings_of_the_log_group(self, world: FakeAws) -> None:
        posture = scan(world, needs=frozenset({permissions.DESCRIBE_METRIC_FILTERS.action}))
        assert "DescribeLogGroups" not in world.operations()
        assert "DescribeAlarms" not in world.operations()
        (group,) = posture.log_groups
        assert isinstance(group.settings, Gap)
        assert (group.settings.code, isinstance(group.filters, Known)) == ("NotRead", True)


class TestWhatNobodyNeeds:
    def test_is_not_read(self, world: FakeAws) -> None:
        posture = scan(world, needs=frozenset())
        assert set(world.operations()) == {
            "GetCallerIdentity",
            "AssumeRole",
            "DescribeOrganization",
            "ListAccounts",
            "ListRegions",
            "DescribeTrails",
            "GetTrailStatus",
            "GetEventSelectors",
        }
        assert (posture.buckets, posture.keys, posture.log_groups) == ((), (), ())
        assert (posture.alarm_boards, posture.topics) == ((), ())
        insights = posture.trails[0].insights
        assert isinstance(insights, Gap)
        assert insights.code == "NotRead"
        assert states(posture)[CALLER] == ("assessed", None)

    def test_of_a_bucket_is_a_gap_that_says_so(self, world: FakeAws) -> None:
        (bucket,) = scan(world, needs=frozenset({"s3:GetBucketVersioning"})).buckets
        assert isinstance(bucket.versioning, Known)
        assert (bucket.exists, bucket.owner, bucket.region) == (
            Known(value=True),
            Known(ARCHIVE),
            Known(HOME),
        )
        for setting in (bucket.policy, bucket.acl, bucket.account_public_access_block):
            assert isinstance(setting, Gap)
            assert setting.code == "NotRead"

    def test_is_no_call_outside_what_the_permissions_say(self, world: FakeAws) -> None:
        needs = frozenset({"s3:GetBucketAcl", "kms:DescribeKey"})
        allowed = set(permissions.actions(needs))
        assert {one.action for one in scan(world, needs=needs).calls} <= allowed


class TestEventDataStores:
    def test_are_listed_everywhere_where_a_check_is_about_them(self, world: FakeAws) -> None:
        world.on("ListEventDataStores", {"EventDataStores": []})
        world.on("ListEventDataStores", {"EventDataStores": [{"EventDataStoreArn": STORE}]}, account=CALLER)
        world.on("GetEventDataStore", DENIED)
        posture = scan(world, needs=frozenset({"cloudtrail:ListEventDataStores"}))
        assert account_of(posture, CALLER).views[0].stores == Known((STORE,))
        assert account_of(posture, MEMBER).views[0].stores == Known(())
        assert [one.arn for one in posture.stores] == [STORE]
        assert world.operations().count("GetEventDataStore") == 1
        assert states(posture)[CALLER] == ("partial", "1 reading failed")

    def test_are_listed_where_trails_do_not_settle_everything(self, world: FakeAws) -> None:
        world.on("ListEventDataStores", {"EventDataStores": []})
        world.on("GetTrailStatus", {"IsLogging": False}, Name=TRAIL)
        posture = scan(world)
        assert account_of(posture, MEMBER).view(HOME) is not None
        assert all(view.stores == Known(()) for one in posture.accounts for view in one.views)

    def test_of_the_management_account_are_listed_for_what_trails_leave_open_in_a_member(
        self, world: FakeAws
    ) -> None:
        world.on("ListEventDataStores", {"EventDataStores": []})
        failing = {"IsLogging": True, "LatestDeliveryError": "AccessDenied"}
        world.on("GetTrailStatus", failing, account=MEMBER, Name=TRAIL)
        posture = scan(world, needs=frozenset())
        listed = {call.account for call in world.calls if call.operation == "ListEventDataStores"}
        assert listed == {CALLER, MEMBER}
        assert all(view.stores == Known(()) for view in account_of(posture, CALLER).views)


class TestTheEventHistory:
    def test_is_asked_of_each_region_and_where_the_bucket_and_the_key_lie(self, world: FakeAws) -> None:
        posture = scan(world)
        asked = {
            account.id: [(one.region, one.source.partition(".")[0]) for one in account.history]
            for account in posture.accounts
        }
        regions = [(HOME, "cloudtrail"), (LEADER, "cloudtrail")]
        assert asked == {
            CALLER: regions,
            MEMBER: regions,
            ARCHIVE: sorted([*regions, (HOME, "s3"), (HOME, "kms")]),
        }
        assert world.operations().count("LookupEvents") == 8

    def test_is_not_asked_where_no_check_needs_it(self, world: FakeAws) -> None:
        scan(world, needs=EVERYTHING - {"cloudtrail:LookupEvents"})
        assert "LookupEvents" not in world.operations()

    def test_that_is_denied_in_one_region_leaves_the_others(self, world: FakeAws) -> None:
        world.on("LookupEvents", DENIED, account=MEMBER, region=LEADER)
        posture = scan(world)
        told = {one.region: isinstance(one.events, Known) for one in account_of(posture, MEMBER).history}
        assert told == {HOME: True, LEADER: False}
        assert states(posture)[MEMBER] == ("partial", "1 reading failed")


class TestOneFailure:
    def test_of_a_region_touches_that_region_only(self, world: FakeAws) -> None:
        world.on("ListEventDataStores", {"EventDataStores": []})
        world.on(
            "DescribeTrails", Refusal("AccessDeniedException", "an explicit deny in a service control policy"),
            account=MEMBER, region=LEADER,
        )  # fmt: skip
        posture = scan(world)
        view = account_of(posture, MEMBER).view(LEADER)
        assert view is not None
        assert isinstance(view.trails, Gap)
        assert "service control policy" in view.trails.detail
        assert account_of(posture, MEMBER).trail_arns == (TRAIL,)
        assert states(posture) == {
            CALLER: ("assessed", None),
            MEMBER: ("partial", "1 reading failed"),
            ARCHIVE: ("assessed", None),
        }

    def test_of_an_account_leaves_the_others(self, world: FakeAws) -> None:
        world.on("AssumeRole", DENIED, RoleArn=f"arn:aws:iam::{MEMBER}:role/trailaudit")
        posture = scan(world)
        assert account_of(posture, MEMBER).state == "unreachable"
        gap = account_of(posture, MEMBER).gap
        assert gap is not None
        assert (gap.action, gap.account, gap.outcome) == ("sts:AssumeRole", MEMBER, Outcome.DENIED)
        assert account_of(posture, CALLER).state == "assessed"
        assert [one.arn for one in posture.trails] == [TRAIL]

    def test_of_a_setting_leaves_the_other_settings(self, world: FakeAws) -> None:
        world.on("GetBucketPolicy", DENIED)
        (bucket,) = scan(world).buckets
        assert isinstance(bucket.policy, Gap)
        assert isinstance(bucket.policy_public, Known)

    def test_to_trust_a_session_keeps_its_account_out(self, world: FakeAws) -> None:
        world.on("GetCallerIdentity", identity(CALLER), account=MEMBER)
        posture = scan(world)
        assert account_of(posture, MEMBER).state == "unreachable"
        assert {call.operation for call in world.calls if call.account == MEMBER} == {"GetCallerIdentity"}

    def test_of_a_members_status_is_a_gap_of_that_member(self, world: FakeAws) -> None:
        world.on("GetTrailStatus", Refusal("CloudTrailARNInvalidException"), account=MEMBER)
        world.on("ListEventDataStores", {"EventDataStores": []})
        posture = scan(world)
        assert isinstance(posture.trails[0].status, Known)
        (member,) = account_of(posture, MEMBER).member_status
        assert isinstance(member.status, Gap)

    def test_that_we_did_not_foresee_ends_the_scan_and_does_not_hang(self, world: FakeAws) -> None:
        world.on("DescribeTrails", lambda _: 1 // 0)
        with pytest.raises(ZeroDivisionError):
            scan(world)

    def test_of_patience_passes_through(self, world: FakeAws) -> None:
        world.on("ListEventDataStores", {"EventDataStores": []})

        def interrupt(_done: int, _total: int) -> None:
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            collect(ORGANIZATION_WIDE, EVERYTHING, now=NOW, on_progress=interrupt, clients=world.clients)


class TestASingleAccount:
    SCOPE = Scope(concurrency=4)

    def test_sees_an_organization_trail_that_it_does_not_own(self, world: FakeAws) -> None:
        """Out of scope are the owner, the bucket, the key and the log group."""
        arn = TRAIL.replace(CALLER, MEMBER)
        group = GROUP.replace(CALLER, MEMBER)
        world.on("DescribeTrails", {"trailList": [trail(arn, KmsKeyId=KEY, CloudWatchLogsLogGroupArn=group)]})
        world.on("GetTrailStatus", {"IsLogging": True}, Name=arn)
        world.on("GetEventSelectors", DENIED)
        world.on("ListEventDataStores", {"EventDataStores": []})
        world.on("GetBucketLocation", DENIED)
        world.on("DescribeKey", DENIED)
        world.on("GetKeyRotationStatus", DENIED)
        posture = scan(world, self.SCOPE)
        (seen,) = posture.trails
        assert seen.owner == MEMBER
        assert seen.status == account_of(posture, CALLER).member_status[0].status
        assert isinstance(seen.selectors, Gap)
        (bucket,) = posture.buckets
        assert (bucket.exists, isinstance(bucket.owner, Gap)) == (Known(value=True), True)
        assert bucket.policy == bucket.owner
        assert isinstance(posture.keys[0].metadata, Gap)
        settings = posture.log_groups[0].settings
        assert isinstance(settings, Gap)
        assert (settings.code, settings.account) == ("OwnerOutOfScope", MEMBER)
        assert Counter(world.operations())["GetTrailStatus"] == 1
        assert "DescribeLogGroups" not in world.operations()

    def test_needs_no_more_calls_than_it_must(self, world: FakeAws) -> None:
        regions = [f"eu-west-{number}" for number in range(1, 17)] + [LEADER]
        answer = [{"RegionName": name, "RegionOptStatus": "ENABLED_BY_DEFAULT"} for name in regions]
        world.on("ListRegions", {"Regions": answer})
        trails = [
            trail(f"arn:aws:cloudtrail:{HOME}:{CALLER}:trail/t{n}", f"bucket-{n}", KmsKeyId=f"{KEY[:-1]}{n}")
            for n in range(5)
        ]
        world.on("DescribeTrails", {"trailList": trails})
        world.on("GetTrailStatus", {"IsLogging": True})
        world.on("ListEventDataStores", {"EventDataStores": []})
        names = [f"bucket-{n}" for n in range(5)] + [f"other-{n}" for n in range(200)]
        world.on("ListBuckets", {"Buckets": [{"Name": name} for name in names]})
        for operation, _, _, _, reply in list(world.rules):
            if operation.startswith(("GetBucket", "GetObject", "GetPublic", "DescribeKey")):
                world.on(operation, reply)
        needs = EVERYTHING - {
            "kms:GetKeyPolicy",
            "kms:GetKeyRotationStatus",
            "logs:DescribeLogGroups",
            "logs:DescribeMetricFilters",
            "cloudwatch:DescribeAlarms",
            "sns:ListSubscriptionsByTopic",
            "cloudtrail:GetInsightSelectors",
            "cloudtrail:ListTags",
            "organizations:ListDelegatedAdministrators",
            "organizations:ListPolicies",
            "cloudtrail:LookupEvents",
        }
        posture = scan(world, self.SCOPE, needs)
        assert len(posture.buckets) == 5
        count = Counter(world.operations())
        buckets = {name: number for name, number in count.items() if "Bucket" in name or "Object" in name}
        assert {name: count[name] for name in count if name not in buckets} == {
            "GetCallerIdentity": 1,
            "DescribeOrganization": 1,
            "ListRegions": 1,
            "DescribeTrails": 17,
            "ListEventDataStores": 17,
            "GetTrailStatus": 5,
            "GetEventSelectors": 5,
            "DescribeKey": 5,
            "GetPublicAccessBlock": 6,
        }
        assert count["ListBuckets"] == 1
        assert sum(buckets.values()) == 1 + 5 * 11

    def test_that_stands_alone_says_so(self, world: FakeAws) -> None:
        world.on("DescribeOrganization", Refusal("AWSOrganizationsNotInUseException"))
        assert scan(world, self.SCOPE, frozenset()).organization == Known(None)


class TestRegions:
    SCOPE = Scope(concurrency=4)

    def test_that_are_asked_for_are_judged_and_the_leader_is_seen_too(self, world: FakeAws) -> None:
        world.on("ListEventDataStores", {"EventDataStores": []})
        account = account_of(scan(world, Scope(regions=(HOME,)), frozenset()), CALLER)
        assert (account.regions, account.narrowed) == ((HOME,), True)
        assert account.judged_regions == (HOME, LEADER)

    def test_that_are_asked_for_but_not_enabled_are_left_out(self, world: FakeAws) -> None:
        world.on("ListEventDataStores", {"EventDataStores": []})
        account = account_of(scan(world, Scope(regions=("af-south-1",)), frozenset()), CALLER)
        assert account.regions == ()
        assert account.judged_regions == (LEADER,)

    def test_that_nobody_knows_are_refused_by_name(self, world: FakeAws) -> None:
        with pytest.raises(UserError, match="unknown region: eu-wst-1") as raised:
            scan(world, Scope(regions=("eu-wst-1", HOME)))
        assert "eu-west-1" in (raised.value.hint or "")
        assert "DescribeTrails" not in world.operations()

    def test_that_only_aws_knows_are_taken(self, world: FakeAws) -> None:
        regions = [{"RegionName": name, "RegionOptStatus": "ENABLED"} for name in (LEADER, "eu-new-9")]
        world.on("ListRegions", {"Regions": regions})
        world.on("ListEventDataStores", {"EventDataStores": []})
        account = account_of(scan(world, Scope(regions=("eu-new-9",)), frozenset()), CALLER)
        assert account.regions == ("eu-new-9",)

    def test_that_could_not_be_listed_are_tried_one_by_one(self, world: FakeAws) -> None:
        world.on("ListRegions", DENIED)
        world.on("DescribeRegions", DENIED)
        world.on("ListEventDataStores", {"EventDataStores": []})
        world.on("DescribeTrails", Refusal("UnrecognizedClientException"))
        for region in (HOME, LEADER):
            world.on("DescribeTrails", {"trailList": [trail()]}, region=region)
        world.on("DescribeTrails", DENIED, region="eu-west-2")
        account = account_of(scan(world, self.SCOPE, frozenset()), CALLER)
        assert isinstance(account.enabled_regions, Gap)
        assert account.regions == (HOME, "eu-west-2", LEADER)
        assert account.state == "partial"
        assert account.reason == (
            "2 readings failed; the enabled regions could not be listed, so each region was tried"
        )

    def test_that_are_enabled_and_answer_as_if_not_stay_unknown(self, world: FakeAws) -> None:
        world.on("ListEventDataStores", {"EventDataStores": []})
        world.on("DescribeTrails", Refusal("UnrecognizedClientException"), region=LEADER)
        view = account_of(scan(world, self.SCOPE, frozenset()), CALLER).view(LEADER)
        assert view is not None
        assert isinstance(view.trails, Gap)
        assert view.trails.outcome is Outcome.REGION_DISABLED


class TestWhatStopsAScan:
    def test_is_credentials_that_expired(self, world: FakeAws) -> None:
        world.on("GetCallerIdentity", Refusal("ExpiredToken", status=403))
        with pytest.raises(UserError, match="expired"):
            scan(world)

    def test_is_an_organization_that_cannot_be_listed(self, world: FakeAws) -> None:
        world.on("ListAccounts", DENIED)
        with pytest.raises(UserError, match="can't be listed"):
            scan(world)


def test_a_suspended_account_is_skipped_with_the_reason(world: FakeAws) -> None:
    accounts = [
        {"Id": CALLER, "Name": "payer", "State": "ACTIVE"},
        {"Id": MEMBER, "Name": "shop", "State": "SUSPENDED"},
    ]
    world.on("ListAccounts", {"Accounts": accounts})
    world.on("ListEventDataStores", {"EventDataStores": []})
    posture = scan(world, needs=frozenset())
    assert states(posture) == {CALLER: ("assessed", None), MEMBER: ("skipped", "SUSPENDED")}
    assert account_of(posture, MEMBER).in_organization


def test_a_bucket_of_a_trusted_account_is_attributed_and_not_read(world: FakeAws) -> None:
    trusted = "999999999999"
    world.on("ListBuckets", {"Buckets": []})
    world.on("GetBucketLocation", {"LocationConstraint": HOME})
    scope = ORGANIZATION_WIDE.model_copy(update={"trusted_accounts": (trusted,)})
    (bucket,) = scan(world, scope).buckets
    assert (bucket.owner, bucket.region) == (Known(trusted), Known(HOME))
    assert isinstance(bucket.policy, Gap)
    assert (bucket.policy.code, bucket.policy.account) == ("OwnerOutOfScope", trusted)


def test_a_log_group_that_is_named_by_nonsense_is_a_gap(world: FakeAws) -> None:
    world.on("DescribeTrails", {"trailList": [trail(CloudWatchLogsLogGroupArn="garbage")]})
    (group,) = scan(world).log_groups
    assert (group.arn, isinstance(group.settings, Gap)) == ("garbage", True)


class TestWhatBucketsSendTo:
    TARGET, COPY = "access-logs", "log-copies"

    @pytest.fixture
    def sending(self, world: FakeAws) -> FakeAws:
        """The log bucket sends access logs to a bucket beside it, and replicas to the caller's."""
        target = {"TargetBucket": self.TARGET, "TargetPrefix": "trail/"}
        world.on("GetBucketLogging", {"LoggingEnabled": target}, Bucket=BUCKET)
        rules = [
            {
                "Status": "Enabled",
                "Filter": {"Prefix": "AWSLogs/"},
                "Destination": {"Bucket": f"arn:aws:s3:::{self.COPY}"},
            }
        ]
        world.on("GetBucketReplication", {"ReplicationConfiguration": {"Rules": rules}}, Bucket=BUCKET)
        world.on("ListBuckets", {"Buckets": [{"Name": BUCKET}, {"Name": self.TARGET}]}, account=ARCHIVE)
        world.on("ListBuckets", {"Buckets": [{"Name": self.COPY}]}, account=CALLER)
        world.on("GetBucketLocation", {"LocationConstraint": LEADER}, account=CALLER)
        return world

    def test_is_read_too_and_kept_apart(self, sending: FakeAws) -> None:
        posture = scan(sending)
        assert [one.name for one in posture.buckets] == [BUCKET]
        assert [one.name for one in posture.destinations] == [self.TARGET, self.COPY]
        assert posture.bucket(self.TARGET) is None
        assert posture.destination(self.TARGET) == posture.destinations[0]
        assert posture.destination(BUCKET) == posture.buckets[0]
        copy = posture.destinations[1]
        assert (copy.owner, copy.region) == (Known(CALLER), Known(LEADER))

    def test_is_read_with_its_owners_session_and_only_for_what_it_must_be(self, sending: FakeAws) -> None:
        posture = scan(sending)
        asked = {
            (call.operation, call.account)
            for call in sending.calls
            if call.params.get("Bucket") == self.TARGET
        }
        assert asked == {
            (operation, ARCHIVE)
            for operation in (
                "GetBucketLocation",
                "GetBucketEncryption",
                "GetBucketPolicy",
                "GetBucketAcl",
                "GetBucketOwnershipControls",
                "GetObjectLockConfiguration",
            )
        }
        lifecycle = posture.destinations[0].lifecycle
        assert isinstance(lifecycle, Gap)
        assert lifecycle.code == "NotRead"
        copied = {call.operation for call in sending.calls if call.params.get("Bucket") == self.COPY}
        assert copied == {"GetBucketLocation"}

    def test_comes_back_from_json_unchanged(self, sending: FakeAws) -> None:
        posture = scan(sending)
        assert Posture.model_validate_json(posture.model_dump_json()) == posture

    def test_is_listed_once_like_all_buckets(self, sending: FakeAws) -> None:
        scan(sending)
        listed = [call.account for call in sending.calls if call.operation == "ListBuckets"]
        assert sorted(listed) == sorted(set(listed))

    def test_may_be_gone(self, sending: FakeAws) -> None:
        sending.on("ListBuckets", {"Buckets": [{"Name": BUCKET}]}, account=ARCHIVE)
        gone = Refusal("NoSuchBucket", status=404)
        for account in (CALLER, ARCHIVE):
            sending.on("GetBucketLocation", gone, account=account, Bucket=self.TARGET)
        assert scan(sending).destinations[0].exists == Known(value=False)

    def test_that_may_not_be_looked_at_is_a_gap(self, sending: FakeAws) -> None:
        sending.on("GetBucketPolicy", DENIED, Bucket=self.TARGET)
        target, copy = scan(sending).destinations
        assert isinstance(target.policy, Gap)
        assert (target.policy.action, target.policy.account) == ("s3:GetBucketPolicy", ARCHIVE)
        assert isinstance(target.acl, Known)
        assert isinstance(copy.owner, Known)

    def test_is_not_looked_for_where_nobody_asks(self, sending: FakeAws) -> None:
        posture = scan(sending, needs=frozenset({"s3:GetBucketPolicy"}))
        assert posture.destinations == ()

    def test_is_a_log_bucket_once_if_it_is_one(self, sending: FakeAws) -> None:
        sending.on(
            "GetBucketLogging",
            {"LoggingEnabled": {"TargetBucket": BUCKET, "TargetPrefix": ""}},
            Bucket=BUCKET,
        )
        assert [one.name for one in scan(sending).destinations] == [self.COPY]
