"""Lanes proven together: which objects are asked for, and what is concluded from them."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from scanner.demo.deliveries import Delivery, Stored, Tree, deliver
from scanner.integrity.digest import public_key
from scanner.integrity.evidence import Circumstances
from scanner.integrity.journal import prepare
from scanner.integrity.layout import Lane, parse_digest_key
from scanner.integrity.objects import Consume, Outcome, Request
from scanner.integrity.run import Proven, Task, prove
from scanner.integrity.walk import Site
from scanner.model.verification import Kind, LaneOutcome
from tests.integrity import tree as trees
from tests.integrity.memory import MemoryObjects
from tests.integrity.tree import SIGNER, Run, delivered, kinds

WEEK = Delivery(hours=60, regions=("eu-west-1", "us-east-1"), late=frozenset({5}), quiet=frozenset({7}))
ONE = Delivery()


def task(objects: MemoryObjects, delivery: Delivery, **changes: Any) -> Task:
    about = Run(objects.tree, delivery).about()
    settings: dict[str, Any] = {
        "site": Site(delivery.trail, delivery.home, delivery.prefix, delivery.organization),
        "lanes": tuple(replace(about, lane=lane) for lane in delivery.lanes),
        "keys": {region: tuple(map(public_key, SIGNER.public_keys(region))) for region in delivery.regions},
        "open": lambda: objects,
        "learn": lambda known: known,
        **changes,
    }
    return Task(**settings)


def over(
    tree: Mapping[str, Stored], delivery: Delivery = ONE, **changes: Any
) -> tuple[Proven, MemoryObjects]:
    faults = changes.pop("faults", {})
    objects = MemoryObjects(tree, delivery.bucket, faults)
    return prove(task(objects, delivery, **changes)), objects


def outcome(tree: Mapping[str, Stored], **changes: Any) -> LaneOutcome:
    (found,) = over(tree, **changes)[0].outcomes
    return found


def fetched(objects: MemoryObjects) -> Counter[str]:
    """Keys that were read; listings left out."""
    return Counter(key for key in objects.asked if not key.endswith("/"))


def test_every_digest_and_log_file_is_read_exactly_once_and_nothing_else() -> None:
    tree = delivered(WEEK)
    proven, objects = over(tree, WEEK)
    assert [kinds(lane) for lane in proven.outcomes] == [[], []]
    assert fetched(objects) == Counter(list(tree))
    assert sum(lane.counts.logs_valid for lane in proven.outcomes) == len(tree) - sum(
        lane.counts.digests for lane in proven.outcomes
    )


def test_each_day_is_listed_once_for_digests_and_once_for_log_files() -> None:
    _, objects = over(delivered(WEEK), WEEK)
    listings = [key for key in objects.asked if key.endswith("/")]
    assert len(listings) == len(set(listings)) == 2 * (3 + 3)


def test_lanes_of_an_organization_lie_below_its_id_and_each_is_proven() -> None:
    organization = Delivery(
        organization="o-exampleorg", accounts=("111122223333", "444455556666"), prefix="logs/audit"
    )
    proven, _ = over(delivered(organization), organization)
    assert [(lane.lane.account, kinds(lane)) for lane in proven.outcomes] == [
        ("111122223333", []),
        ("444455556666", []),
    ]


TAMPERING = [
    trees.alter_log,
    trees.garble_log,
    trees.append_to_log,
    trees.rewrap_log,
    trees.delete_log,
    trees.inject_log,
    trees.delete_digest,
    trees.alter_digest,
    trees.garble_digest,
    trees.alter_signature,
    trees.drop_signature,
]


@pytest.mark.parametrize("tamper", TAMPERING, ids=lambda tamper: tamper.__name__)
def test_a_run_finds_what_the_engine_finds_with_all_in_memory(
    tamper: Callable[[Tree, int], str],
) -> None:
    tree = dict(delivered())
    tamper(tree, 2)
    found, expected = outcome(tree), Run(tree).prove()
    assert kinds(found) == kinds(expected)
    assert [(one.key, one.first, one.last) for one in found.findings] == [
        (one.key, one.first, one.last) for one in expected.findings
    ]
    assert found.lane.hours == expected.lane.hours


@pytest.mark.parametrize(
    "cause",
    [Outcome.DENIED, Outcome.KMS_DENIED, Outcome.ARCHIVED, Outcome.THROTTLED, Outcome.FAILED],
)
def test_what_could_not_be_read_is_unreadable_and_never_altered_or_valid(cause: Outcome) -> None:
    tree = delivered()
    log, digest = trees.logs(tree)[3], trees.digests(tree)[4]
    found = outcome(tree, faults={log: cause, digest: cause})
    assert set(kinds(found)) <= {"log-unreadable", "digest-unreadable", "log-unverifiable"}
    assert (found.counts.logs_valid, found.counts.digests_valid) == (
        found.counts.logs - 3,  # the denied one, and the two that the denied digest names
        found.counts.digests - 1,
    )
    assert any(cause.value in one.detail for one in found.findings)


def test_a_log_file_that_vanishes_between_listing_and_reading_is_no_deletion() -> None:
    tree = delivered()
    found = outcome(tree, faults={trees.logs(tree)[3]: Outcome.MISSING})
    assert kinds(found) == ["log-unreadable"]


def test_digests_that_may_not_be_listed_leave_the_lane_unknown() -> None:
    found = outcome(
        delivered(),
        faults={"AWSLogs/111122223333/CloudTrail-Digest/eu-west-1/2026/06/01/": Outcome.DENIED},
    )
    assert kinds(found) == ["digest-unreadable"]
    assert found.lane.hours.proven == 0


def test_what_was_put_after_a_digest_is_found() -> None:
    tree = dict(delivered())
    key = trees.digests(tree)[2]
    tree[key] = replace(tree[key], body=tree[key].body + b"more")
    assert [(one.kind, one.key) for one in outcome(tree).findings] == [("container-altered", key)]


def test_log_files_that_may_not_be_listed_are_proven_one_by_one() -> None:
    folder = "AWSLogs/111122223333/CloudTrail/eu-west-1/2026/06/01/"
    found = outcome(delivered(), faults={folder: Outcome.DENIED})
    assert kinds(found) == ["log-unverifiable"]
    assert found.findings[0].detail.startswith("not known is whether log files were put there")
    assert found.counts.logs_valid == 12


def test_digests_of_another_trail_are_only_read_where_a_log_file_is_named_by_none_of_ours() -> None:
    other = Delivery(trail="other")
    _, objects = over({**delivered(other), **delivered()})
    assert {key for key in fetched(objects) if "_other_" in key} == {
        key for key in delivered(other) if "_other_" in key
    }
    alone = {key: stored for key, stored in delivered(other).items() if "_other_" in key}
    _, objects = over({**alone, **delivered()})
    assert not {key for key in fetched(objects) if "_other_" in key}


def test_log_files_of_another_trail_in_the_same_folder_are_no_intruders() -> None:
    found = outcome({**delivered(Delivery(trail="other")), **delivered()})
    assert kinds(found) == []


def test_a_digest_of_another_trail_that_nobody_signed_vouches_for_nothing() -> None:
    tree = {**delivered(Delivery(trail="other")), **delivered()}
    forged = next(key for key in tree if "_other_" in key)
    tree[forged] = replace(tree[forged], metadata={})
    assert kinds(outcome(tree)) == ["log-injected", "log-injected"]


def test_a_copy_under_another_prefix_is_proven_by_what_its_digests_say() -> None:
    copy = {f"backup/2026/{key}": stored for key, stored in delivered().items()}
    site = Site(ONE.trail, ONE.home, "backup/2026", copied=True)
    about = replace(Run(delivered()).about(), copied=True)
    found = outcome(copy, site=site, lanes=(about,))
    assert kinds(found) == []
    assert found.counts.logs_valid == 12


def test_more_is_asked_of_aws_only_where_something_is_amiss() -> None:
    asked: list[Lane] = []

    def learn(known: Circumstances) -> Circumstances:
        asked.append(known.lane)
        return known

    tree = dict(delivered(WEEK))
    over(tree, WEEK, learn=learn)
    assert asked == []
    del tree[trees.digests(tree)[20]]
    over(tree, WEEK, learn=learn)
    assert len(asked) == 1


def test_a_log_file_delivered_long_before_its_digest_is_read_all_the_same() -> None:
    three_days = Delivery(hours=72)
    tree = dict(delivered(three_days))
    oldest, newest = trees.logs(tree)[0], trees.digests(tree)[-1]
    late = oldest.replace(oldest[-24:-8], "0123456789ABCDEF")
    tree[late] = tree[oldest]
    document = trees.document(tree[newest])
    entry = next(
        one
        for key in trees.digests(tree)
        for one in trees.document(tree[key])["logFiles"]
        if one["s3Object"] == oldest
    )
    document["logFiles"].append({**entry, "s3Object": late})
    tree[newest] = trees.resigned(document, SIGNER, "eu-west-1", tree[newest].modified)
    found = outcome(tree, delivery=three_days, lanes=(Run(tree, three_days).about(),))
    assert (kinds(found), found.counts.logs_valid) == ([], 72 * 2 + 1)


def test_later_days_are_listed_while_cloudtrail_says_that_it_delivered_later() -> None:
    month = Delivery(hours=24 * 5)
    tree = dict(delivered(month))
    about = Run(tree, month).about(end=month.start + timedelta(hours=20))
    cut = about.start.replace(hour=0, minute=0, second=0)
    gone = [
        key
        for key in trees.digests(tree)
        if about.end - timedelta(hours=2) < _end(key) < cut + timedelta(days=3)
    ]
    for key in gone:
        del tree[key]
    lanes = (replace(about, listed_from=cut, listed_to=cut + timedelta(days=1), delivered=month.end),)
    found = outcome(tree, delivery=month, lanes=lanes)
    assert Kind.DIGEST_MISSING in {one.kind for one in found.findings}


def _end(key: str) -> datetime:
    parsed = parse_digest_key(key)
    assert parsed is not None
    return parsed.end


# With a journal


def journaled(
    folder: Path, tree: Mapping[str, Stored], **changes: Any
) -> tuple[LaneOutcome, MemoryObjects, Proven]:
    prepare(folder, {"trail": ONE.arn}, resume=True)
    proven, objects = over(tree, journal=folder, **changes)
    (found,) = proven.outcomes
    return found, objects, proven


def test_a_second_run_over_unchanged_objects_only_lists_and_says_since_when(tmp_path: Path) -> None:
    first, _, began = journaled(tmp_path, delivered())
    later = replace(Run(delivered()).about(), now=Run(delivered()).about().now + timedelta(days=1))
    second, objects, proven = journaled(tmp_path, delivered(), lanes=(later,))
    assert not fetched(objects)
    assert (second.counts, second.findings) == (first.counts, first.findings)
    assert (began.unchanged_since, proven.unchanged_since) == (None, Run(delivered()).about().now)


@pytest.mark.parametrize("tamper", TAMPERING[:5], ids=lambda tamper: tamper.__name__)
def test_what_changed_since_is_read_again_and_found(
    tmp_path: Path, tamper: Callable[[Tree, int], str]
) -> None:
    tree = dict(delivered())
    journaled(tmp_path, tree)
    key = tamper(tree, 2)
    found, objects, _ = journaled(tmp_path, tree)
    assert list(fetched(objects)) == [key]
    assert kinds(found) == kinds(Run(tree).prove())


def test_what_was_bad_is_read_again_until_it_is_good(tmp_path: Path) -> None:
    tree = dict(delivered())
    key = trees.alter_log(tree, 2)
    journaled(tmp_path, tree)
    found, objects, _ = journaled(tmp_path, tree)
    assert (kinds(found), list(fetched(objects))) == (["log-altered"], [key])
    tree[key] = delivered()[key]
    found, objects, _ = journaled(tmp_path, tree)
    assert (kinds(found), list(fetched(objects))) == ([], [key])
    assert not fetched(journaled(tmp_path, tree)[1])


def test_a_signature_that_was_proven_holds_while_its_key_is_among_today_s(tmp_path: Path) -> None:
    journaled(tmp_path, delivered())
    found, objects, _ = journaled(tmp_path, delivered(), keys={"eu-west-1": ()})
    assert (set(kinds(found)), fetched(objects)) == ({"key-unknown", "log-unverifiable"}, Counter())
    found, objects, _ = journaled(tmp_path, delivered())
    assert (kinds(found), fetched(objects)) == ([], Counter())


def test_a_signature_that_no_key_was_there_for_is_proven_once_there_is_one(tmp_path: Path) -> None:
    assert "key-unknown" in kinds(journaled(tmp_path, delivered(), keys={"eu-west-1": ()})[0])
    found, objects, _ = journaled(tmp_path, delivered())
    assert (kinds(found), fetched(objects)) == ([], Counter())


def test_recheck_reads_everything(tmp_path: Path) -> None:
    journaled(tmp_path, delivered())
    _, objects, proven = journaled(tmp_path, delivered(), recheck=True)
    assert fetched(objects) == Counter(list(delivered()))
    assert proven.unchanged_since is None


class Interrupted(MemoryObjects):
    """Somebody presses Ctrl-C after some answers."""

    def pump(self, requests: Iterable[Request], consume: Consume) -> None:
        left = 12

        def take(answer: Any) -> Any:
            nonlocal left
            left -= 1
            if left < 0:
                raise KeyboardInterrupt
            return consume(answer)

        super().pump(requests, take)


def test_an_interrupted_run_is_gone_on_with_where_it_ended(tmp_path: Path) -> None:
    tree = delivered()
    prepare(tmp_path, {"trail": ONE.arn}, resume=True)
    objects = Interrupted(tree, ONE.bucket)
    with pytest.raises(KeyboardInterrupt):
        prove(task(objects, ONE, journal=tmp_path))
    found, second, _ = journaled(tmp_path, tree)
    assert kinds(found) == []
    assert 0 < len(fetched(second)) < len(tree)


def test_an_earlier_run_over_another_period_proves_what_both_share(tmp_path: Path) -> None:
    about = Run(delivered()).about()
    half = replace(about, end=about.start + timedelta(hours=3))
    journaled(tmp_path, delivered(), lanes=(half,))
    found, objects, _ = journaled(tmp_path, delivered())
    assert kinds(found) == []
    assert not [key for key in fetched(objects) if "Digest" in key]
    assert len(fetched(objects)) == 6


def test_a_forged_digest_is_never_kept(tmp_path: Path) -> None:
    tree = dict(delivered())
    key = trees.alter_digest(tree, 2)
    journaled(tmp_path, tree)
    _, objects, _ = journaled(tmp_path, tree)
    assert key in fetched(objects)


def test_where_nothing_was_delivered_there_are_no_digests() -> None:
    found = outcome(deliver(Delivery(hours=0), SIGNER))
    assert "no-digests" in kinds(found)
