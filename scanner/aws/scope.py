"""What a scan is asked to read, and by which door it comes in."""

from typing import Annotated

from pydantic import Field, SecretStr

from scanner.model.base import Frozen


class Scope(Frozen):
    """Accounts, regions and credentials of one scan.

    Without `accounts`, `organization` and `ous` it is the caller's own account.
    """

    accounts: tuple[str, ...] = ()
    organization: bool = False
    """Every ACTIVE account of the organization; `accounts` come on top."""
    ous: tuple[str, ...] = ()
    """Only the accounts below these organizational units (or roots), nested ones included."""
    excluded: tuple[str, ...] = ()
    profile: str | None = None
    """Of the AWS configuration files; None: the SDK's own chain."""
    role_name: str | None = None
    """Assumed in every account but the caller's."""
    role_path: str = "/"
    external_id: SecretStr | None = None
    session_duration: Annotated[int, Field(ge=900, le=43200)] = 3600
    """Seconds; a caller that is an assumed role itself gets an hour at most."""
    list_role_arn: str | None = None
    """Assumed first, to ask AWS Organizations."""
    regions: tuple[str, ...] = ()
    """Empty: all that are enabled."""
    trusted_accounts: tuple[str, ...] = ()
    """Accounts out of scope that may own log buckets."""
    concurrency: Annotated[int, Field(ge=1, le=256)] = 32
    """Threads."""

    @property
    def lists_organization(self) -> bool:
        return self.organization or bool(self.ous)

    @property
    def role(self) -> str | None:
        """Path and name, as they stand in the role's ARN."""
        return f"{self.role_path}{self.role_name}".lstrip("/") if self.role_name else None
