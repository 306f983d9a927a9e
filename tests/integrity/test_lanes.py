"""Which accounts and regions a trail delivered for."""

import pytest

from scanner.demo.deliveries import Delivery
from scanner.errors import UserError
from scanner.integrity.lanes import find_lanes, find_organization
from scanner.integrity.layout import Lane
from scanner.integrity.objects import Outcome
from scanner.integrity.walk import Site
from tests.integrity.memory import MemoryObjects
from tests.integrity.tree import delivered

OWNER, MEMBER = "111122223333", "444455556666"
TWO = Delivery(regions=("eu-west-1", "us-east-1"), prefix="p")
ORGANIZATION = Delivery(
    organization="o-exampleorg", accounts=(OWNER, MEMBER), regions=("eu-west-1", "us-east-1")
)


def site(delivery: Delivery) -> Site:
    return Site(delivery.trail, delivery.home, delivery.prefix, delivery.organization)


def test_an_account_s_regions_are_those_with_a_folder() -> None:
    found = find_lanes(MemoryObjects(delivered(TWO)), site(TWO), OWNER, ())
    assert found == {Lane(OWNER, "eu-west-1"), Lane(OWNER, "us-east-1")}


def test_a_region_whose_digests_are_all_gone_is_known_by_its_log_files() -> None:
    tree = {key: stored for key, stored in delivered(TWO).items() if "CloudTrail-Digest/us-east-1" not in key}
    assert Lane(OWNER, "us-east-1") in find_lanes(MemoryObjects(tree), site(TWO), OWNER, ())


def test_an_organization_s_accounts_are_those_below_its_id() -> None:
    found = find_lanes(MemoryObjects(delivered(ORGANIZATION)), site(ORGANIZATION), OWNER, ())
    assert {lane.account for lane in found} == {OWNER, MEMBER}
    assert len(found) == 4


def test_an_account_that_is_not_asked_for_is_not_looked_at() -> None:
    objects = MemoryObjects(delivered(ORGANIZATION))
    found = find_lanes(objects, site(ORGANIZATION), OWNER, (MEMBER,))
    assert {lane.account for lane in found} == {MEMBER}
    assert not [prefix for prefix in objects.asked if OWNER in prefix]


def test_files_of_other_accounts_and_what_cloudtrail_never_writes_are_left_out() -> None:
    tree = {
        **delivered(),
        "AWSLogs/444455556666/CloudTrail/eu-west-1/x": next(iter(delivered().values())),
        "AWSLogs/111122223333/CloudTrail/readme/x": next(iter(delivered().values())),
        "AWSLogs/111122223333/vpcflowlogs/us-west-2/x": next(iter(delivered().values())),
    }
    assert find_lanes(MemoryObjects(tree), site(Delivery()), OWNER, ()) == {Lane(OWNER, "eu-west-1")}


def test_a_folder_that_may_not_be_listed_is_stood_for_by_the_home_region() -> None:
    denied = {
        f"AWSLogs/o-exampleorg/{MEMBER}/{folder}/": Outcome.DENIED
        for folder in ("CloudTrail", "CloudTrail-Digest")
    }
    found = find_lanes(MemoryObjects(delivered(ORGANIZATION), faults=denied), site(ORGANIZATION), OWNER, ())
    assert Lane(MEMBER, "eu-west-1") in found
    nothing = MemoryObjects(delivered(ORGANIZATION), faults={"AWSLogs/o-exampleorg/": Outcome.DENIED})
    assert find_lanes(nothing, site(ORGANIZATION), OWNER, ()) == {Lane(OWNER, "eu-west-1")}


def test_the_organization_is_read_off_the_keys() -> None:
    assert find_organization(MemoryObjects(delivered(ORGANIZATION)), "", OWNER) == "o-exampleorg"
    assert find_organization(MemoryObjects(delivered(TWO)), "p", OWNER) is None
    assert find_organization(MemoryObjects({}), "", OWNER) is None


def test_which_of_several_organizations_is_for_a_person_to_say() -> None:
    other = Delivery(organization="o-another1234", accounts=(OWNER,))
    tree = {**delivered(ORGANIZATION), **delivered(other)}
    with pytest.raises(UserError, match="several organizations: o-another1234, o-exampleorg"):
        find_organization(MemoryObjects(tree), "", OWNER)
