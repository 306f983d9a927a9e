"""Names of delivered objects."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.integrity.layout import (
    DigestKey,
    Lane,
    LogKey,
    digest_days,
    digest_key,
    digest_prefix,
    log_days,
    log_prefix,
    parse_digest_key,
    parse_log_key,
    relative,
)

LANE = Lane("111122223333", "eu-west-1")
END = datetime(2026, 6, 1, 3, 17, 28, tzinfo=UTC)
NAIVE = END.replace(tzinfo=None)
DIGEST = (
    "AWSLogs/111122223333/CloudTrail-Digest/eu-west-1/2026/06/01/"
    "111122223333_CloudTrail-Digest_eu-west-1_main_us-east-1_20260601T031728Z.json.gz"
)
LOG = (
    "AWSLogs/111122223333/CloudTrail/eu-west-1/2026/06/01/"
    "111122223333_CloudTrail_eu-west-1_20260601T0315Z_0123456789abcDEF.json.gz"
)


def test_a_digest_key_tells_whose_it_is_and_when_it_ends() -> None:
    assert parse_digest_key(DIGEST) == DigestKey(
        prefix="",
        organization=None,
        account="111122223333",
        region="eu-west-1",
        trail="main",
        home="us-east-1",
        end=END,
        backfill=False,
        text=DIGEST,
    )


def test_a_log_key_tells_whose_it_is_and_when_it_came() -> None:
    assert parse_log_key(LOG) == LogKey(
        prefix="",
        organization=None,
        account="111122223333",
        region="eu-west-1",
        stamp=END.replace(minute=15, second=0),
        text=LOG,
    )


def test_a_prefix_and_an_organization_stand_before_the_account() -> None:
    key = "logs/AWSLogs/2026/" + DIGEST.replace("AWSLogs/", "AWSLogs/o-a1b2c3d4e5/")
    parsed = parse_digest_key(key)
    assert parsed is not None
    assert (parsed.prefix, parsed.organization, parsed.lane) == ("logs/AWSLogs/2026", "o-a1b2c3d4e5", LANE)


def test_a_backfill_digest_says_so() -> None:
    plain = parse_digest_key(DIGEST)
    backfill = parse_digest_key(DIGEST.replace(".json", "_backfill.json"))
    assert plain is not None
    assert backfill is not None
    assert (plain.backfill, backfill.backfill, backfill.end) == (False, True, END)


@pytest.mark.parametrize("trail", ["a_b", "main_us-east-1", "x.y-z_20260601T031728Z", "..."])
def test_a_trail_s_name_may_look_like_the_parts_around_it(trail: str) -> None:
    parsed = parse_digest_key(DIGEST.replace("_main_", f"_{trail}_"))
    assert parsed is not None
    assert (parsed.trail, parsed.home) == (trail, "us-east-1")


@pytest.mark.parametrize("region", ["us-gov-west-1", "cn-northwest-1", "us-isob-east-1", "eusc-de-east-1"])
def test_regions_of_every_partition_are_read(region: str) -> None:
    parsed = parse_digest_key(DIGEST.replace("eu-west-1", region))
    assert parsed is not None
    assert parsed.region == region


@pytest.mark.parametrize(
    "key",
    [
        DIGEST + ".bak",
        "x" + DIGEST,
        DIGEST.replace("/2026/06/01/", "/2026/06/02/"),
        DIGEST.replace("20260601T", "20261301T").replace("/06/", "/13/"),
        DIGEST.replace("031728Z", "0317Z"),
        DIGEST.replace("111122223333_", "111122223334_"),
        DIGEST.replace("_eu-west-1_", "_eu-west-2_"),
        DIGEST.replace("_main_", "__"),
        DIGEST.replace("main", "ma in"),
        DIGEST.replace("111122223333", "١١١١٢٢٢٢٣٣٣٣"),
        DIGEST + "\n",
        LOG,
    ],
)
def test_a_name_that_departs_from_the_layout_is_no_digest_s(key: str) -> None:
    assert parse_digest_key(key) is None


@pytest.mark.parametrize(
    "key",
    [
        LOG.replace("abcDEF", "abcDE"),
        LOG.replace("0315Z", "031500Z"),
        LOG.replace("/06/01/", "/06/02/"),
        LOG.replace("CloudTrail/", "CloudTrail-Insight/"),
        LOG.replace(".gz", ""),
        DIGEST,
    ],
)
def test_a_name_that_departs_from_the_layout_is_no_log_file_s(key: str) -> None:
    assert parse_log_key(key) is None


@given(
    prefix=st.from_regex(r"[a-zA-Z0-9!_.*'()/-]{0,20}[a-z0-9]", fullmatch=True) | st.just(""),
    organization=st.none() | st.just("o-a1b2c3d4e5"),
    trail=st.from_regex(r"[A-Za-z][A-Za-z0-9._-]{2,30}", fullmatch=True),
    end=st.datetimes(NAIVE, NAIVE.replace(year=2099), timezones=st.just(UTC)),
)
def test_a_key_that_was_built_is_read_as_it_was_meant(
    prefix: str, organization: str | None, trail: str, end: datetime
) -> None:
    end = end.replace(microsecond=0)
    key = digest_key(prefix, organization, LANE, trail=trail, home="us-east-1", end=end)
    parsed = parse_digest_key(key)
    assert parsed == DigestKey(
        prefix, organization, LANE.account, LANE.region, trail, "us-east-1", end, backfill=False, text=key
    )
    assert parsed is not None
    assert parsed == parsed._replace(text=key)
    assert key.endswith(relative(key))
    assert relative(key).startswith("AWSLogs/")


def test_prefixes_go_as_deep_as_they_are_told() -> None:
    day = date(2026, 6, 1)
    assert [
        digest_prefix("", None),
        digest_prefix("p/", "o-a1b2c3d4e5"),
        digest_prefix("p", None, "111122223333"),
        digest_prefix("p", None, "111122223333", "eu-west-1"),
        log_prefix("p", None, "111122223333", "eu-west-1", day),
    ] == [
        "AWSLogs/",
        "p/AWSLogs/o-a1b2c3d4e5/",
        "p/AWSLogs/111122223333/CloudTrail-Digest/",
        "p/AWSLogs/111122223333/CloudTrail-Digest/eu-west-1/",
        "p/AWSLogs/111122223333/CloudTrail/eu-west-1/2026/06/01/",
    ]


def test_the_digests_of_a_window_may_lie_in_the_day_after_it() -> None:
    start, end = datetime(2026, 6, 1, 22, tzinfo=UTC), datetime(2026, 6, 1, 23, tzinfo=UTC)
    assert list(log_days(start, end)) == [date(2026, 6, 1)]
    assert list(digest_days(start, end)) == [date(2026, 6, 1), date(2026, 6, 2)]
