"""Where moto departs from AWS in what a scan reads: each departure is put right here, for a while.

Every patch is a function that names the attributes to replace and says why; a test pins each, so that
one that moto has made needless is found. The scanner itself never knows that it talks to moto.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from typing import Any
from unittest import mock

import moto.account.urls
import moto.backends
import moto.core.responses
import moto.iam.models
from moto.account.models import account_backends
from moto.account.responses import AccountResponse
from moto.core.exceptions import AccessDeniedError
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.core.responses import ActionResult
from moto.core.utils import method_names_from_class
from moto.iam.access_control import IAMPolicy
from moto.iam.models import iam_backends
from moto.organizations.models import FakeDelegatedAdministrator
from moto.s3.models import FakeBucket, PublicAccessBlock, S3Backend
from moto.sts.models import sts_backends
from moto.sts.responses import TokenResponse

from scanner.demo import cloudtrail
from scanner.demo.access_keys import account_of
from scanner.demo.replacement import Replacement

DEFAULT_REGIONS = (
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ca-central-1",
    "eu-central-1",
    "eu-north-1",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
)
"""The regions of the `aws` partition that every account has enabled."""

OPT_IN_REGIONS = (
    "af-south-1",
    "ap-east-1",
    "ap-south-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ca-west-1",
    "eu-central-2",
    "eu-south-1",
    "eu-south-2",
    "il-central-1",
    "me-central-1",
    "me-south-1",
)
"""Some of the regions that an account must enable first."""


@contextmanager
def patched() -> Iterator[None]:
    """Let moto answer as AWS does, until the block ends."""
    with ExitStack() as stack:
        for patch in PATCHES:
            for owner, name, value in patch():
                stack.enter_context(mock.patch.object(owner, name, value, create=True))
        paths = {"{0}/listRegions$": AccountResponse.dispatch}
        stack.enter_context(mock.patch.dict(moto.account.urls.url_paths, paths))
        yield


def enable_region(account: str, region: str) -> None:
    """Switch an opt-in region on, as the account's owner would."""
    _opted_in(account).add(region)


def _opted_in(account: str) -> set[str]:
    enabled: set[str] = vars(account_backends[account]["aws"]).setdefault("opted_in", set())
    return enabled


def list_regions() -> Iterable[Replacement]:
    """account:ListRegions: moto has no such call, and its ec2:DescribeRegions knows no opting in."""

    def list_regions(self: AccountResponse) -> ActionResult:
        asked = json.loads(self.body or "{}")
        opted_in = _opted_in(self.current_account)
        states = dict.fromkeys(DEFAULT_REGIONS, "ENABLED_BY_DEFAULT")
        states |= {region: "ENABLED" if region in opted_in else "DISABLED" for region in OPT_IN_REGIONS}
        wanted = asked.get("RegionOptStatusContains") or set(states.values())
        found = [
            {"RegionName": region, "RegionOptStatus": state}
            for region, state in sorted(states.items())
            if state in wanted
        ]
        start = int(asked.get("NextToken") or 0)
        end = start + int(asked.get("MaxResults") or len(found))
        page: dict[str, Any] = {"Regions": found[start:end]}
        if end < len(found):
            page["NextToken"] = str(end)
        return ActionResult(page)

    yield Replacement(AccountResponse, "list_regions", list_regions)


def delegated_administrators() -> Iterable[Replacement]:
    """CloudTrail can have delegated administrators; moto refuses its service principal."""
    services = [*FakeDelegatedAdministrator.SUPPORTED_SERVICES, "cloudtrail.amazonaws.com"]
    yield Replacement(FakeDelegatedAdministrator, "SUPPORTED_SERVICES", services)


def missing_roles() -> Iterable[Replacement]:
    """AWS denies AssumeRole on a role that isn't there; moto hands out credentials for any name."""
    stock = TokenResponse.assume_role

    def assume_role(self: TokenResponse) -> ActionResult:
        arn: str = self._get_param("RoleArn")
        owner = arn.split(":")[4]
        roles = list(iam_backends[owner][self.partition].roles.values())
        if all(role.arn != arn for role in roles):
            backend = sts_backends[self.current_account][self.partition]
            _, caller, _ = backend.get_caller_identity(self.get_access_key(), self.region)
            raise AccessDeniedError(user_arn=caller, action=f"sts:AssumeRole on resource: {arn}")
        return stock(self)

    yield Replacement(TokenResponse, "assume_role", assume_role)


def new_buckets() -> Iterable[Replacement]:
    """Since April 2023 a new bucket blocks public access and has its ACLs off; moto's has neither."""
    stock = S3Backend.create_bucket

    def create_bucket(self: S3Backend, *args: Any, **kwargs: Any) -> FakeBucket:
        bucket = stock(self, *args, **kwargs)
        bucket.public_access_block = PublicAccessBlock("true", "true", "true", "true")
        vars(bucket)["ownership_rule"] = "BucketOwnerEnforced"
        return bucket

    yield Replacement(S3Backend, "create_bucket", create_bucket)


def default_encryption() -> Iterable[Replacement]:
    """Since January 2023 every bucket encrypts with SSE-S3 unless told otherwise; moto says none."""
    stock = S3Backend.get_bucket_encryption
    managed = {"Rule": {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}}

    def get_bucket_encryption(self: S3Backend, bucket_name: str) -> dict[str, Any]:
        return stock(self, bucket_name) or managed

    yield Replacement(S3Backend, "get_bucket_encryption", get_bucket_encryption)


def conditions_of_buckets() -> Iterable[Replacement]:
    """A statement whose conditions aren't met has no effect; moto denies what it speaks of.

    None counts as met: no request here is CloudTrail's, and the demo itself speaks plain HTTP.
    """

    def get_permission(self: FakeBucket, action: str, resource: str) -> object:
        policy = json.loads(self.policy or b'{"Statement": []}')
        found = policy["Statement"]
        statements = [
            one for one in (found if isinstance(found, list) else [found]) if "Condition" not in one
        ]
        return IAMPolicy(json.dumps(policy | {"Statement": statements})).is_action_permitted(action, resource)

    yield Replacement(FakeBucket, "get_permission", get_permission)


def account_of_a_key() -> Iterable[Replacement]:
    """Speed: moto searches every account for an access key whose id already says whose it is."""

    def get_account_id_from(access_key: str) -> str:
        return account_of(access_key) or DEFAULT_ACCOUNT_ID

    yield Replacement(moto.iam.models, "get_account_id_from", get_account_id_from)


def service_directories() -> Iterable[Replacement]:
    """Speed: moto's server lists its 180 package directories on every request, and inspects a class."""
    modules = frozenset(moto.backends.list_of_moto_modules())
    yield Replacement(moto.backends, "list_of_moto_modules", lambda: modules)
    names = cache(method_names_from_class)
    yield Replacement(moto.core.responses, "method_names_from_class", names)


PATCHES: tuple[Callable[[], Iterable[Replacement]], ...] = (
    list_regions,
    delegated_administrators,
    missing_roles,
    new_buckets,
    default_encryption,
    conditions_of_buckets,
    account_of_a_key,
    service_directories,
    *cloudtrail.PATCHES,
)
