import pytest
from pydantic import ValidationError

from checks.bucket_owned import BucketOwned
from scanner.model.finding import Finding, Reason, Status
from scanner.model.posture import Posture
from scanner.model.reading import Known
from tests.build import ACCOUNT, OTHER, account, bucket, denied, posture, summary, trail

ARN = "arn:aws:s3:::acme-logs"
MISSING = "does not exist: whoever creates a bucket of this name receives the logs"


def judge(world: Posture, **options: object) -> Finding:
    (finding,) = BucketOwned.model_validate(options).evaluate(world)
    return finding


def test_a_bucket_of_a_scanned_account_passes() -> None:
    assert summary([judge(posture())]) == [(ARN, Status.PASS, f"belongs to account {ACCOUNT}")]


def test_a_missing_bucket_fails_as_its_name_can_be_taken() -> None:
    gone = posture(buckets=(bucket(exists=Known(value=False), owner=denied("s3:ListAllMyBuckets")),))
    assert summary([judge(gone)]) == [(ARN, Status.FAIL, MISSING)]


def test_a_foreign_bucket_fails() -> None:
    foreign = posture(buckets=(bucket(owner=OTHER),))
    assert summary([judge(foreign)]) == [
        (ARN, Status.FAIL, f"belongs to account {OTHER}, which is neither scanned nor trusted")
    ]


def test_a_bucket_of_a_trusted_account_passes() -> None:
    foreign = posture(buckets=(bucket(owner=OTHER),))
    assert summary([judge(foreign, trusted_accounts=[OTHER])]) == [
        (ARN, Status.PASS, f"belongs to the trusted account {OTHER}")
    ]


def test_trust_in_the_owner_does_not_make_up_for_a_missing_bucket() -> None:
    gone = posture(buckets=(bucket(exists=Known(value=False), owner=OTHER),))
    assert judge(gone, trusted_accounts=[OTHER]).status is Status.FAIL


def test_a_bucket_of_an_account_that_could_not_be_entered_is_still_ours() -> None:
    world = posture(
        buckets=(bucket(owner=OTHER),),
        accounts=(account(trails=(trail(),)), account(OTHER, state="unreachable", views=())),
    )
    assert judge(world).status is Status.PASS


def test_a_bucket_of_an_account_that_the_scan_leaves_out_fails() -> None:
    world = posture(
        buckets=(bucket(owner=OTHER),),
        accounts=(account(trails=(trail(),)), account(OTHER, state="skipped", views=())),
    )
    assert judge(world).status is Status.FAIL


def test_a_bucket_that_exists_but_is_nobodys_known_is_unknown() -> None:
    finding = judge(posture(buckets=(bucket(owner=denied("s3:ListAllMyBuckets", "ListBuckets")),)))
    assert (finding.status, finding.message) == (
        Status.UNKNOWN,
        "its owner could not be established: ListBuckets was denied",
    )
    assert isinstance(finding.reason, Reason)
    assert (finding.reason.action, finding.reason.code) == ("s3:ListAllMyBuckets", "AccessDenied")


def test_a_bucket_whose_existence_is_unclear_is_unknown_for_that() -> None:
    unclear = bucket(exists=denied("s3:GetBucketLocation"), owner=denied("s3:ListAllMyBuckets"))
    finding = judge(posture(buckets=(unclear,)))
    assert isinstance(finding.reason, Reason)
    assert finding.reason.action == "s3:GetBucketLocation"


def test_the_proof_of_its_owner_is_proof_that_it_exists() -> None:
    assert judge(posture(buckets=(bucket(exists=denied("s3:GetBucketLocation")),))).status is Status.PASS


def test_without_trails_there_is_nothing_to_own() -> None:
    assert judge(posture(trails=())).status is Status.NOT_APPLICABLE


@pytest.mark.parametrize("wrong", ["1234", "01020304050x", "010203040506\n", "٠١٠٢٠٣٠٤٠٥٠٦"])
def test_a_trusted_account_is_an_id_of_12_digits(wrong: str) -> None:
    with pytest.raises(ValidationError):
        BucketOwned(trusted_accounts=(wrong,))
