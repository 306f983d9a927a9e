"""The objects of an S3 bucket: the schedule says what, the requests how, a transport carries."""

import random
import time
from collections.abc import Callable, Iterable

from scanner.integrity.objects import (
    Answer,
    Consume,
    Credentials,
    Got,
    Objects,
    Outcome,
    Page,
    Request,
    refused,
)
from scanner.integrity.s3_answers import Elsewhere, Fault, Next, Skewed, read
from scanner.integrity.s3_requests import Requests, S3Place
from scanner.integrity.schedule import Job, Schedule
from scanner.integrity.transport import Reply, Transport

CONCURRENCY = 128
PATIENCE = 60.0
"""Seconds for which a request that fails is tried again."""
MOST_REDIRECTS = 3


class S3Objects(Objects):
    """See `Objects`."""

    def __init__(
        self,
        place: S3Place,
        credentials: Callable[[], Credentials],
        transport: Transport,
        *,
        concurrency: int = CONCURRENCY,
        patience: float = PATIENCE,
    ) -> None:
        self.bucket = place.bucket
        self._requests = Requests(place, credentials)
        self._transport = transport
        self._concurrency = concurrency
        self._patience = patience

    def pump(self, requests: Iterable[Request], consume: Consume) -> None:
        schedule = Schedule(
            requests,
            concurrency=self._concurrency,
            patience=self._patience,
            now=time.monotonic(),
            chance=random.random,
        )
        try:
            while self._start(schedule):
                for job, reply in self._transport.wait(schedule.pause(time.monotonic())):
                    self._settle(schedule, job, reply, consume)
        except BaseException:
            self._transport.drop()
            raise

    def _start(self, schedule: Schedule) -> bool:
        """Start what may start. False where nothing is left to wait for."""
        while (job := schedule.next(time.monotonic())) is not None:
            self._transport.start(job, *self._requests.make(job))
        return bool(schedule.under_way) or schedule.pause(time.monotonic()) is not None

    def _settle(self, schedule: Schedule, job: Job, reply: Reply, consume: Consume) -> None:
        now = time.monotonic()
        match read(job, reply):
            case Fault(outcome, detail):
                if schedule.fail(job, now, throttled=outcome is Outcome.THROTTLED):
                    return
                answer = refused(job.request, outcome, f"{detail} ({job.tries} tries)")
            case Elsewhere() | Skewed() as wrong:
                if job.redirected < MOST_REDIRECTS:
                    job.redirected += 1
                    self._learn(job, wrong)
                    schedule.again(job)
                    return
                schedule.settle(job, now)
                answer = refused(job.request, Outcome.FAILED, wrong.detail)
            case Next(page, token):
                schedule.settle(job, now)
                schedule.further((Job(job.request, token),))
                answer = page
            case (Got() | Page()) as answer:
                schedule.settle(job, now)
        self._tell(schedule, answer, consume)

    def _learn(self, job: Job, wrong: Elsewhere | Skewed) -> None:
        match wrong:
            case Elsewhere(region):
                self._requests.learn_region(job.request.bucket, region)
            case Skewed(there):
                self._requests.learn_time(there)

    @staticmethod
    def _tell(schedule: Schedule, answer: Answer, consume: Consume) -> None:
        further = consume(answer)
        if further is not None:
            schedule.further(further)

    def close(self) -> None:
        self._transport.close()


def open_s3(
    place: S3Place,
    credentials: Callable[[], Credentials],
    *,
    concurrency: int = CONCURRENCY,
    patience: float = PATIENCE,
) -> S3Objects:
    """With pycurl where it is installed, else with urllib3, which costs five times as much."""
    return S3Objects(
        place, credentials, _transport(place, concurrency), concurrency=concurrency, patience=patience
    )


def _transport(place: S3Place, concurrency: int) -> Transport:
    try:
        from scanner.integrity.s3_curl import CurlTransport  # noqa: PLC0415 # an extra
    except ImportError:
        from scanner.integrity.s3_urllib3 import ThreadsTransport  # noqa: PLC0415 # only where it is needed

        return ThreadsTransport(place.ca_bundle, concurrency)
    return CurlTransport(place.ca_bundle, concurrency)
