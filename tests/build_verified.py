"""A verification of the blameless posture's trail: a week, intact, made yesterday."""

from typing import Any

from scanner.model.verification import IntegrityCounts, Verified
from tests.build import BUCKET, ago, trail_arn


def verified(**changes: Any) -> Verified:
    values: dict[str, Any] = {
        "trail": trail_arn(),
        "source": f"s3://{BUCKET}",
        "start": ago(days=8),
        "end": ago(days=1),
        "verified_at": ago(days=1),
        "verdict": "intact",
        "counts": IntegrityCounts(digests=168, digests_valid=168, logs=840, logs_valid=840),
        "kinds": (),
        **changes,
    }
    return Verified(**values)
