from collections.abc import Iterator

import pytest

from scanner.aws.pool import Pool
from tests.aws.conftest import _environment, wire
from tests.aws.fake import Wire
from tests.truth.disturb import Bench

__all__ = ["_environment", "bench", "wire"]


@pytest.fixture(scope="session")
def bench(wire: Wire) -> Iterator[Bench]:
    """Scans that wait for nothing: neither for a throttled call nor for the turn of another."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Pool, "sleep", lambda _self, _seconds: False)
        yield Bench(wire)
