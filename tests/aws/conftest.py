from collections.abc import Iterator

import pytest

from scanner.aws.clients import Clients
from scanner.aws.pool import Pool
from tests.aws.fake import CALLER, HOME, FakeAws, Wire
from tests.aws.world import organization

ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": f"AKIA{CALLER}",
    "AWS_SECRET_ACCESS_KEY": "secret",
    "AWS_SESSION_TOKEN": "token",
    "AWS_REGION": HOME,
    "AWS_DEFAULT_REGION": HOME,
    "AWS_CONFIG_FILE": "/nonexistent",
    "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent",
    "AWS_EC2_METADATA_DISABLED": "true",
}


@pytest.fixture(autouse=True, scope="session")
def _environment() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_CA_BUNDLE"):
            patch.delenv(name, raising=False)
        for name, value in ENVIRONMENT.items():
            patch.setenv(name, value)
        yield


@pytest.fixture(scope="session")
def wire(_environment: None) -> Wire:
    return Wire(Clients(threads=8))


@pytest.fixture
def aws(wire: Wire) -> FakeAws:
    wire.fake = FakeAws(wire.clients)
    return wire.fake


@pytest.fixture
def world(aws: FakeAws, monkeypatch: pytest.MonkeyPatch) -> FakeAws:
    """A blameless organization, where nobody waits."""
    monkeypatch.setattr(Pool, "sleep", lambda _self, _seconds: False)
    return organization(aws)
