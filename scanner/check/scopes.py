"""The scope classes: each walks the posture's subjects of one kind, and its checks judge them one by one."""

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from typing import ClassVar

from scanner.check.contract import (
    Check,
    NotApplicable,
    Subject,
    Unknown,
    Verdict,
    out_of_scope,
    root_subject,
    settle,
)
from scanner.model.arn import bucket_arn, is_arn, parse_arn
from scanner.model.bucket import Bucket
from scanner.model.logs import LogGroupSettings
from scanner.model.organization import Organization
from scanner.model.posture import Account, Posture
from scanner.model.reading import Gap, Known, Outcome, first_gap, not_read
from scanner.model.store import EventDataStore, StoreSettings
from scanner.model.trail import Trail


class AccountCheck(Check):
    """Judges each account that could be entered."""

    subject: ClassVar[str] = "account"

    @abstractmethod
    def judge(self, account: Account, posture: Posture, /) -> Verdict: ...

    def verdicts(self, posture: Posture) -> Iterator[tuple[Subject, Verdict]]:
        for account in posture.reachable:
            yield (
                root_subject(posture, account.id),
                settle(self.judge, account, posture),
            )


class RegionCheck(Check):
    """Judges each region of each account that could be entered."""

    subject: ClassVar[str] = "account × region"

    @abstractmethod
    def judge(self, account: Account, region: str, posture: Posture, /) -> Verdict: ...

    def verdicts(self, posture: Posture) -> Iterator[tuple[Subject, Verdict]]:
        for account in posture.reachable:
            if isinstance(account.enabled_regions, Gap) and not account.narrowed:
                yield (
                    root_subject(posture, account.id),
                    Unknown(account.enabled_regions, "there may be other enabled regions"),
                )
            elif not account.regions:
                yield root_subject(posture, account.id), NotApplicable("No region asked for is enabled here.")
            for region in account.regions:
                yield (
                    Subject(account.id, region, posture.root(account.id)),
                    settle(self.judge, account, region, posture),
                )


def _trails_unlisted(posture: Posture) -> Iterator[tuple[Subject, Verdict]]:
    """One verdict for each account that may have trails that nobody saw, beside those of its trails."""
    for account in posture.reachable:
        if account.unlisted:
            count = len(account.unlisted)
            where = "one region" if count == 1 else f"{count} regions"
            yield (
                root_subject(posture, account.id),
                Unknown(
                    first_gap(account.unlisted),
                    f"the trails of {where} could not be listed, there may be others",
                ),
            )
        elif not account.views:
            yield root_subject(posture, account.id), _no_region(account)


def _no_region(account: Account) -> Verdict:
    if isinstance(account.enabled_regions, Gap):
        return Unknown(account.enabled_regions, "there may be other enabled regions")
    return NotApplicable("No region asked for is enabled here.")


def _trailless(posture: Posture) -> Iterator[Account]:
    """The accounts that are known to have no trail in any region."""
    for account in posture.reachable:
        if account.views and not account.trail_arns and not account.unlisted:
            yield account


NO_TRAIL = "no trail"


class TrailCheck(Check):
    """Judges each trail once, in the account that owns it."""

    subject: ClassVar[str] = "trail"
    without_trail: ClassVar[Verdict] = NotApplicable("The account has no trail.")
    """The verdict on an account without any trail."""

    @abstractmethod
    def judge(self, trail: Trail, posture: Posture, /) -> Verdict: ...

    def verdicts(self, posture: Posture) -> Iterator[tuple[Subject, Verdict]]:
        for account in _trailless(posture):
            yield root_subject(posture, account.id), self.without_trail
        yield from _trails_unlisted(posture)
        for trail in posture.trails:
            if posture.in_scope(trail.owner):
                yield (
                    Subject(trail.owner, trail.home_region, trail.arn),
                    settle(self.judge, trail, posture),
                )
            elif seers := posture.seers(trail):
                yield (
                    Subject(seers[0].id, trail.home_region, trail.arn),
                    out_of_scope(posture, trail.owner, "the organization trail"),
                )


class BucketCheck(Check):
    """Judges each log bucket once, in the account that owns it."""

    subject: ClassVar[str] = "bucket"
    needs_owner: ClassVar[bool] = True
    """Whether it can only be judged with a session of the bucket's owner, and an existing bucket."""

    @abstractmethod
    def judge(self, bucket: Bucket, posture: Posture, /) -> Verdict: ...

    def verdicts(self, posture: Posture) -> Iterator[tuple[Subject, Verdict]]:
        for account in _trailless(posture):
            yield root_subject(posture, account.id), NotApplicable("The account has no trail.")
        yield from _trails_unlisted(posture)
        for bucket in posture.buckets:
            yield bucket_subject(bucket, posture), settle(self._verdict, bucket, posture)

    def _verdict(self, bucket: Bucket, posture: Posture) -> Verdict:
        if not self.needs_owner:
            return self.judge(bucket, posture)
        if bucket.exists == Known(value=False):
            return NotApplicable("The bucket does not exist.")
        owner = bucket.owner.require()
        if not posture.in_scope(owner):
            return out_of_scope(posture, owner, "the log bucket")
        return self.judge(bucket, posture)


def bucket_subject(bucket: Bucket, posture: Posture) -> Subject:
    """Filed under the bucket's owner, else the owner of a trail that uses it, else who sees that trail."""
    owner = bucket.owner.value if isinstance(bucket.owner, Known) else None
    account = _filed(owner, posture.users(bucket.name), posture)
    region = bucket.region.value if isinstance(bucket.region, Known) else None
    return Subject(account, region, bucket_arn(posture.partition, bucket.name))


def _filed(owner: str | None, users: Sequence[Trail], posture: Posture) -> str:
    """The account of a thing that these trails use; seers are in scope, and may be thousands."""
    owners = ([] if owner is None else [owner]) + sorted(trail.owner for trail in users)
    seers = (seer.id for trail in users for seer in posture.seers(trail)[:1])
    return next(filter(posture.in_scope, owners), None) or min(seers, default=posture.caller.account)


class StoreCheck(Check):
    """Judges each event data store once, in the account that owns it."""

    subject: ClassVar[str] = "event data store"
    reads: ClassVar[frozenset[str]] = frozenset({"cloudtrail:ListEventDataStores"})
    """Otherwise stores are only looked for where trails leave something open."""

    @abstractmethod
    def judge(self, settings: StoreSettings, posture: Posture, /) -> Verdict: ...

    def verdicts(self, posture: Posture) -> Iterator[tuple[Subject, Verdict]]:
        seers: dict[str, str] = {}
        for account in posture.reachable:
            listings = [view.stores for view in account.views]
            seen = [arn for one in listings if isinstance(one, Known) for arn in one.value]
            for arn in seen:
                seers.setdefault(arn, account.id)
            # A region that turned out to be switched off has none.
            unlisted = [
                one for one in listings if isinstance(one, Gap) and one.outcome is not Outcome.REGION_DISABLED
            ]
            if unlisted:
                where = "one region" if len(unlisted) == 1 else f"{len(unlisted)} regions"
                message = f"the event data stores of {where} could not be listed, there may be others"
                yield root_subject(posture, account.id), Unknown(first_gap(unlisted), message)
            elif not account.views:
                yield root_subject(posture, account.id), _no_region(account)
            elif not seen:
                yield (
                    root_subject(posture, account.id),
                    NotApplicable("The account has no event data store."),
                )
        for store in posture.stores:
            if posture.in_scope(store.owner):
                yield (
                    Subject(store.owner, store.home_region, store.arn),
                    settle(self._verdict, store, posture),
                )
            elif store.arn in seers:
                yield (
                    Subject(seers[store.arn], store.home_region, store.arn),
                    out_of_scope(posture, store.owner, "the event data store"),
                )

    def _verdict(self, store: EventDataStore, posture: Posture) -> Verdict:
        return self.judge(store.settings.require(), posture)


class LogGroupCheck(Check):
    """Judges each log group that trails deliver to once, in the account that owns it."""

    subject: ClassVar[str] = "log group"
    reads: ClassVar[frozenset[str]] = frozenset({"logs:DescribeLogGroups"})

    @abstractmethod
    def judge(self, settings: LogGroupSettings, posture: Posture, /) -> Verdict: ...

    def verdicts(self, posture: Posture) -> Iterator[tuple[Subject, Verdict]]:
        for account in _trailless(posture):
            yield root_subject(posture, account.id), NotApplicable("The account has no trail.")
        yield from _trails_unlisted(posture)
        for account in posture.reachable:
            trails = posture.trails_of(account)
            if trails and not account.unlisted and not any(trail.log_group_arn for trail in trails):
                yield (
                    root_subject(posture, account.id),
                    NotApplicable("No trail of the account delivers to CloudWatch Logs."),
                )
        users: dict[str, list[Trail]] = {}
        for trail in posture.trails:
            if trail.log_group_arn is not None:
                users.setdefault(trail.log_group_arn.removesuffix(":*"), []).append(trail)
        for arn, trails_of_it in sorted(users.items()):
            yield self._subject(arn, trails_of_it, posture), settle(self._verdict, arn, posture)

    def _subject(self, arn: str, trails: list[Trail], posture: Posture) -> Subject:
        """Filed under the group's owner, else the owner of a trail that uses it, else who sees that trail."""
        group = parse_arn(arn) if is_arn(arn) else None
        account = _filed(group.account if group else None, trails, posture)
        return Subject(account, group.region if group else None, arn)

    def _verdict(self, arn: str, posture: Posture) -> Verdict:
        group = posture.log_group(arn)
        owner = parse_arn(arn).account if is_arn(arn) else None
        if owner is not None and not posture.in_scope(owner):
            return out_of_scope(posture, owner, "the log group")
        settings = (not_read("logs:DescribeLogGroups") if group is None else group.settings).require()
        if settings is None:
            return NotApplicable("The log group does not exist.")
        return self.judge(settings, posture)


class OrganizationCheck(Check):
    """Judges the caller's organization; a standalone account gets one verdict on itself."""

    subject: ClassVar[str] = "organization"

    @abstractmethod
    def judge(self, organization: Organization, posture: Posture, /) -> Verdict: ...

    def verdicts(self, posture: Posture) -> Iterator[tuple[Subject, Verdict]]:
        found = posture.organization
        if isinstance(found, Gap):
            yield self._home(posture), Unknown(found, "the organization could not be read")
        elif found.value is None:
            yield self._home(posture), NotApplicable("The account belongs to no organization.")
        else:
            filed = self._home(posture).account
            if posture.in_scope(found.value.management_account):
                filed = found.value.management_account
            yield Subject(filed, None, found.value.arn), settle(self.judge, found.value, posture)

    def _home(self, posture: Posture) -> Subject:
        """The caller's account where it was scanned, else the first account that was."""
        account = posture.caller.account
        if not posture.in_scope(account):
            account = next((one.id for one in posture.reachable), account)
        return root_subject(posture, account)
