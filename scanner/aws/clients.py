"""One client per service and region for all accounts; whose credentials sign is settled call by call.

A client per account costs 25 ms and a connection each, for thousands of them; shared ones cost
neither. The credentials that they were made with read a context variable at the moment of signing,
and there is no default to fall back to.
"""

import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from importlib.metadata import PackageNotFoundError, version
from typing import Any
from urllib.parse import urlsplit

import botocore.session
from botocore.config import Config
from botocore.credentials import Credentials, ReadOnlyCredentials
from botocore.exceptions import BotoCoreError, CredentialRetrievalError, IncompleteReadError

from scanner.aws import wire
from scanner.errors import UserError

CONNECT_TIMEOUT = 5
READ_TIMEOUT = 20
DEFAULT_REGION = "us-east-1"

_acting: ContextVar[Credentials] = ContextVar("acting")


@contextmanager
def acting_as(credentials: Credentials) -> Iterator[None]:
    """Every call inside is signed with these credentials; nests."""
    token = _acting.set(credentials)
    try:
        yield
    finally:
        _acting.reset(token)


class ContextCredentials(Credentials):
    """Stands for whoever acts when a request is signed. Outside `acting_as`, signing is an error."""

    def __init__(self) -> None:
        super().__init__("", "", method="trailaudit-context")

    def get_frozen_credentials(self) -> ReadOnlyCredentials:
        acting = _acting.get(None)
        if acting is None:
            raise RuntimeError("an AWS call outside `acting_as`: nobody's credentials to sign with")
        try:
            return acting.get_frozen_credentials()
        except (OSError, RuntimeError) as error:  # a token file that is gone, a clock that is wrong
            raise CredentialRetrievalError(provider=acting.method, error_msg=str(error)) from error


class _ContextProvider:
    """The session component `credential_provider`."""

    def load_credentials(self) -> Credentials:
        return ContextCredentials()


class Clients:
    """Makes each client once; safe to share among threads.

    `caller` are the credentials that the scan starts from. Calls that belong to no region are made
    in `home`: the region of the caller's configuration.
    """

    def __init__(
        self, *, profile: str | None = None, regions: tuple[str, ...] = (), threads: int = 32
    ) -> None:
        """Raises UserError where the SDK finds no credentials, or can't use what it finds.

        `regions` that are asked for tell the partition where none is configured.
        """
        try:
            chain = botocore.session.Session(profile=profile)
            caller = chain.get_credentials()
            configured = chain.get_config_variable("region")
        except BotoCoreError as error:
            raise UserError(
                f"the AWS credentials can't be used: {error}",
                hint="see ~/.aws/config, AWS_PROFILE, --profile",
            ) from error
        if caller is None:
            raise UserError(
                "no AWS credentials were found",
                hint="sign in (`aws sso login`), set AWS_PROFILE or --profile, or try `trailaudit demo`",
            )
        self.caller: Credentials = caller
        # A session of its own, with the same profile: endpoints, proxies and CA bundles hold here too.
        self.session = botocore.session.Session(profile=profile)
        self.session.register_component("data_loader", chain.get_component("data_loader"))
        self.session.register_component("credential_provider", _ContextProvider())
        # Tokens of the global endpoint are refused in opt-in regions.
        self.session.set_config_variable("sts_regional_endpoints", "regional")
        self.session.register("before-parse", _refuse_cut_answer)
        if wire.is_available():
            line = wire.Wire(
                ca_bundle=chain.get_config_variable("ca_bundle"),
                connect_timeout=CONNECT_TIMEOUT,
                read_timeout=READ_TIMEOUT,
            )
            self.session.register("before-send", line.send)  # type: ignore[arg-type]  # it may answer
        self.home: str = configured or self._first_known(regions) or DEFAULT_REGION
        self._config = Config(
            connect_timeout=CONNECT_TIMEOUT,
            read_timeout=READ_TIMEOUT,
            # The SDK's retry quota would be shared by all accounts: the reader retries itself.
            retries={"mode": "standard", "total_max_attempts": 1},
            max_pool_connections=threads,
            # One connection for all buckets of a region.
            s3={"addressing_style": "path"},
            user_agent_extra=f"trailaudit/{_version()}",
        )
        self._made: dict[tuple[str, str], Any] = {}
        self._lock = threading.Lock()

    def get(self, service: str, region: str | None = None) -> Any:
        where = (service, region or self.home)
        client = self._made.get(where)
        if client is None:
            with self._lock:
                client = self._made.get(where)
                if client is None:
                    client = self._made[where] = self._make(*where)
        return client

    def configured_endpoint(self, service: str, region: str) -> str | None:
        """The URL that the user's configuration sends a service to; None: AWS's own.

        `service` is named as in the SDK's configuration: `s3`.
        """
        url = self._configured(service)
        # A client costs 50 ms: only what begins as AWS's own names do is compared with them.
        if url is None or not (urlsplit(url).hostname or "").startswith(f"{service}."):
            return url
        return None if url == self._plain(service, region).meta.endpoint_url else url

    def _configured(self, service: str) -> str | None:
        """As the SDK looks it up: the AWS SDKs and Tools Reference Guide, "Service-specific endpoints"."""
        if self.session.get_config_variable("ignore_configured_endpoint_urls"):
            return None
        profile = self.session.get_scoped_config()
        section = self.session.full_config.get("services", {}).get(profile.get("services"), {})
        places = (
            os.environ.get(f"AWS_ENDPOINT_URL_{service.upper()}"),
            os.environ.get("AWS_ENDPOINT_URL"),
            section.get(service, {}).get("endpoint_url"),
            profile.get("endpoint_url"),
        )
        return next((url for url in places if url), None)

    @property
    def ca_bundle(self) -> str | None:
        """The file of certificates that the user's configuration trusts instead of the usual ones."""
        found: str | None = self.session.get_config_variable("ca_bundle")
        return found

    def known_regions(self, partition: str) -> tuple[str, ...]:
        """The regions in which the SDK knows CloudTrail: enabled or not, newer ones may be missing."""
        return tuple(sorted(self.session.get_available_regions("cloudtrail", partition)))

    def _first_known(self, regions: tuple[str, ...]) -> str | None:
        known = {
            region
            for partition in self.session.get_available_partitions()
            for region in self.known_regions(partition)
        }
        return next((region for region in regions if region in known), None)

    def _make(self, service: str, region: str) -> Any:
        client = self.session.create_client(service, region_name=region, config=self._config)
        if service == "s3control" and not self._is_aws(client):
            client.meta.events.register_first("request-created.s3-control", _strip_account_from_host)
        return client

    def _is_aws(self, client: Any) -> bool:
        """Whether the endpoint is one of AWS's own, be it configured (a VPC endpoint) or not."""
        plain = self._plain(client.meta.service_model.service_name, client.meta.region_name)
        domain = ".".join(_host(plain).split(".")[-2:])
        return _host(client).endswith(f".{domain}")

    def _plain(self, service: str, region: str) -> Any:
        """A client that knows of no configured endpoint."""
        plain_only = Config(ignore_configured_endpoint_urls=True)  # type: ignore[call-arg]  # newer than the stubs
        config = self._config.merge(plain_only)
        return self.session.create_client(service, region_name=region, config=config)


def _host(client: Any) -> str:
    return urlsplit(client.meta.endpoint_url).hostname or ""


def _refuse_cut_answer(**event: Any) -> None:
    """A good answer always has a body, and all of it.

    The SDK takes one that was cut short for an empty one: "no trails", "versioning was never on".
    """
    response = event["response_dict"]
    if response["status_code"] != 200 or event["operation_model"].http.get("method") == "HEAD":  # noqa: PLR2004
        return
    body, headers = response["body"], response["headers"]
    promised = headers.get("content-length")
    if headers.get("content-encoding"):
        promised = None  # it counts the bytes before unpacking
    expected = max(int(promised), 1) if promised and promised.isdigit() else 1
    if len(body) < expected:
        raise IncompleteReadError(actual_bytes=len(body), expected_bytes=expected)


def _strip_account_from_host(**event: Any) -> None:
    """S3 Control puts the account id before the host, where only AWS's own name servers find it."""
    request = event["request"]
    request.url = re.sub(r"^(https?://)\d{12}\.", r"\1", request.url)


def _version() -> str:
    try:
        return version("trailaudit")
    except PackageNotFoundError:  # run from a checkout
        return "0"
