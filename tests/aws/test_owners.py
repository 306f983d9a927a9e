"""The owner of a bucket is proven or unknown."""

from collections.abc import Iterator
from typing import Any

import pytest

from scanner.aws.owners import Attribution, Owners
from scanner.aws.pool import Pool
from scanner.model.reading import Gap, Known
from tests.aws.fake import ARCHIVE, CALLER, MEMBER, FakeAws, Refusal

NAME = "acme-logs"
TRUSTED = "999999999999"
DENIED = Refusal("AccessDenied", status=403)
THERE = Known(value=True)


@pytest.fixture
def pool() -> Iterator[Pool]:
    with Pool(4, lambda _done, _total: None) as pool:
        yield pool


def holding(*names: str) -> dict[str, Any]:
    return {"Buckets": [{"Name": name} for name in names]}


@pytest.fixture
def s3(aws: FakeAws) -> FakeAws:
    """The trail's owner is the caller; nobody owns anything; the bucket is nobody's business."""
    aws.on("ListBuckets", holding())
    aws.on("GetBucketLocation", DENIED)
    return aws


def attribute(aws: FakeAws, pool: Pool, *, trusted: tuple[str, ...] = ()) -> Attribution:
    accounts = {CALLER: "payer", MEMBER: "shop", ARCHIVE: "Log Archive"}
    owners = Owners(
        {account: aws.reader(account, None) for account in accounts},
        accounts,
        partition="aws",
        trusted=trusted,
        pool=pool,
    )
    return owners.find({NAME: (CALLER,)})[NAME]


def test_a_bucket_in_the_trail_owners_list_is_the_trail_owners(s3: FakeAws, pool: Pool) -> None:
    s3.on("ListBuckets", holding(NAME, *(f"other-{number}" for number in range(200))), account=CALLER)
    s3.on("GetBucketLocation", {"LocationConstraint": "eu-west-1"}, account=CALLER)
    assert attribute(s3, pool) == Attribution(THERE, Known(CALLER), Known("eu-west-1"))
    assert s3.operations() == ["ListBuckets", "GetBucketLocation"]


def test_a_bucket_elsewhere_in_scope_is_found_and_read_by_its_owner(s3: FakeAws, pool: Pool) -> None:
    s3.on("ListBuckets", holding(NAME), account=ARCHIVE)
    s3.on("GetBucketLocation", {"LocationConstraint": "eu-west-1"}, account=ARCHIVE)
    assert attribute(s3, pool) == Attribution(THERE, Known(ARCHIVE), Known("eu-west-1"))


def test_an_owner_whose_bucket_has_no_known_region_is_still_the_owner(s3: FakeAws, pool: Pool) -> None:
    s3.on("ListBuckets", holding(NAME), account=CALLER)
    found = attribute(s3, pool)
    assert (found.exists, found.owner) == (THERE, Known(CALLER))
    assert isinstance(found.region, Gap)


def test_likely_owners_are_asked_first_and_batches_end_the_search(s3: FakeAws, pool: Pool) -> None:
    accounts = {f"{number:012}": "shop" for number in range(40)} | {ARCHIVE: "log-archive"}
    s3.on("ListBuckets", holding(NAME), account=ARCHIVE)
    s3.on("GetBucketLocation", {"LocationConstraint": "eu-west-1"}, account=ARCHIVE)
    readers = {account: s3.reader(account, None) for account in accounts}
    owners = Owners(readers, accounts, partition="aws", trusted=(), pool=pool)
    assert owners.find({NAME: (f"{0:012}",)})[NAME].owner == Known(ARCHIVE)
    assert s3.operations().count("ListBuckets") == 17


def test_a_bucket_that_is_not_there_is_a_fact(s3: FakeAws, pool: Pool) -> None:
    s3.on("GetBucketLocation", Refusal("NoSuchBucket", status=404))
    found = attribute(s3, pool)
    assert found.exists == Known(value=False)
    assert isinstance(found.owner, Gap)


def test_a_bucket_that_refuses_exists_and_has_an_unknown_owner(s3: FakeAws, pool: Pool) -> None:
    found = attribute(s3, pool)
    assert found.exists == THERE
    assert isinstance(found.owner, Gap)
    assert (found.owner.action, found.owner.account) == ("s3:GetBucketLocation", CALLER)


def test_a_bucket_that_cannot_be_asked_about_may_not_exist(s3: FakeAws, pool: Pool) -> None:
    s3.on("GetBucketLocation", Refusal("500", status=500))
    assert isinstance(attribute(s3, pool).exists, Gap)


def test_a_readable_bucket_of_nobody_is_nobodys(s3: FakeAws, pool: Pool) -> None:
    s3.on("GetBucketLocation", {"LocationConstraint": "eu-west-1"})
    found = attribute(s3, pool)
    assert (found.exists, found.region) == (THERE, Known("eu-west-1"))
    assert isinstance(found.owner, Gap)
    assert found.owner.code == "OwnerUnknown"


def test_a_trusted_account_is_the_owner_where_s3_confirms_it(s3: FakeAws, pool: Pool) -> None:
    s3.on("GetBucketLocation", {"LocationConstraint": "eu-west-1"})
    s3.on("GetBucketLocation", DENIED, ExpectedBucketOwner="888888888888")
    found = attribute(s3, pool, trusted=("888888888888", TRUSTED))
    assert found == Attribution(THERE, Known(TRUSTED), Known("eu-west-1"))


def test_a_trusted_account_is_not_the_owner_where_s3_denies_it(s3: FakeAws, pool: Pool) -> None:
    s3.on("GetBucketLocation", {"LocationConstraint": "eu-west-1"})
    s3.on("GetBucketLocation", DENIED, ExpectedBucketOwner=TRUSTED)
    assert isinstance(attribute(s3, pool, trusted=(TRUSTED,)).owner, Gap)


@pytest.mark.parametrize("owner", [CALLER, ARCHIVE])
def test_an_account_that_may_not_list_can_still_be_confirmed(s3: FakeAws, pool: Pool, owner: str) -> None:
    s3.on("ListBuckets", DENIED)
    s3.on(
        "GetBucketLocation",
        {"LocationConstraint": "eu-west-1"},
        account=owner,
        ExpectedBucketOwner=owner,
    )
    assert attribute(s3, pool) == Attribution(THERE, Known(owner), Known("eu-west-1"))


def test_no_listing_at_all_is_not_no_owner(s3: FakeAws, pool: Pool) -> None:
    s3.on("ListBuckets", DENIED)
    found = attribute(s3, pool)
    assert found.exists == THERE
    assert isinstance(found.owner, Gap)
