"""Which accounts and regions a trail delivered for, as its bucket tells."""

import re
from collections.abc import Iterable, Iterator

from scanner.errors import UserError
from scanner.integrity.layout import Lane, digest_prefix, log_prefix
from scanner.integrity.objects import Answer, List, Objects, Outcome, Page, list_all
from scanner.integrity.walk import Site
from scanner.model.arn import is_account_id

_ORGANIZATION = re.compile(r"o-[a-z0-9]{10,32}")
_REGION = re.compile(r"[a-z]{2,5}(-[a-z]+)+-\d{1,2}")


def find_organization(objects: Objects, prefix: str, owner: str) -> str | None:
    """The organization in the keys; None: the trail's files lie under its account. Nothing there is None too.

    Raises UserError where there are several, one of which must be named.
    """
    _, _, _, folders = list_all(objects, List(digest_prefix(prefix, None), delimiter="/"))
    names = {folder.rstrip("/").rpartition("/")[2] for folder in folders}
    organizations = sorted(filter(_ORGANIZATION.fullmatch, names))
    if owner in names or not organizations:
        return None
    if len(organizations) > 1:
        raise UserError(
            f"the bucket holds files of several organizations: {', '.join(organizations)}",
            hint="name one with --organization-id",
        )
    return organizations[0]


def find_lanes(objects: Objects, site: Site, owner: str, accounts: Iterable[str]) -> frozenset[Lane]:
    """Every lane that has a folder of digests or of log files. `accounts`: only these; empty: all.

    Where a folder can't be listed, the account's lane in the trail's home stands for those that it hides:
    that can't be proven then, and says why.
    """
    finder = _Finder(site, owner, frozenset(accounts))
    objects.pump(finder.begin(), finder.take)
    return frozenset(finder.lanes)


class _Finder:
    def __init__(self, site: Site, owner: str, accounts: frozenset[str]) -> None:
        self._site = site
        self._owner = owner
        self._accounts = accounts
        self.lanes: set[Lane] = set()

    def begin(self) -> Iterator[List]:
        if self._site.organization is None:
            yield from self._regions(self._owner)
        else:
            yield List(digest_prefix(self._site.prefix, self._site.organization), delimiter="/")

    def take(self, answer: Answer) -> Iterator[List]:
        assert isinstance(answer, Page)
        account = answer.request.tag
        if answer.outcome is not Outcome.OK:
            self.lanes.add(Lane(account if isinstance(account, str) else self._owner, self._site.home))
        for folder in answer.prefixes:
            name = folder.rstrip("/").rpartition("/")[2]
            if isinstance(account, str):
                if _REGION.fullmatch(name):
                    self.lanes.add(Lane(account, name))
            elif is_account_id(name):
                yield from self._regions(name)

    def _regions(self, account: str) -> Iterator[List]:
        if self._accounts and account not in self._accounts:
            return
        for folder in (digest_prefix, log_prefix):
            place = folder(self._site.prefix, self._site.organization, account)
            yield List(place, account, delimiter="/")
