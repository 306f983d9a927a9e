"""What to ask next: requests in an order that bounds memory, at a pace that S3 bears, again after a fault.

- What an answer brought forth goes before what waited: a digest's log files before further digests.
- S3 throttles by prefix, so each folder of an account and region has a window of its own: a refusal
  halves it, each success widens it a little (as TCP does).
- A fault is tried again after a random pause that grows, until patience is over. Patience also ends
  where nothing at all was answered for as long: a dead network isn't waited for object by object.
"""

import heapq
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count

from scanner.integrity.objects import Get, Request

KEPT_AT_ONCE = 32
"""Bodies are held whole where they are kept: so many at most."""
MOST_HELD_BACK = 4
"""Times the concurrency: so many jobs wait for their folder's window or another try, at most."""
FIRST_PAUSE = 0.1
LONGEST_PAUSE = 8.0
"""Seconds; the pause before a further try is a random part of them."""
FEWEST_TRIES = 3
"""However long they take: one slow timeout is no end of patience."""


@dataclass(eq=False, slots=True)
class Folder:
    """What S3 may throttle by: `…/ACCOUNT/CloudTrail/REGION`, four parts above a log file."""

    window: float
    under_way: int = 0
    halved: float = float("-inf")
    parked: "deque[Job]" = field(default_factory=deque)


class Job:
    """A request on its way: the same one until it has its answer."""

    __slots__ = ("failing_since", "folder", "keeps", "redirected", "request", "started", "token", "tries")

    def __init__(self, request: Request, token: str | None = None) -> None:
        """`token` is of the page that is asked for, from the second on."""
        self.request = request
        self.token = token
        self.keeps = isinstance(request, Get) and request.keep
        self.folder: Folder | None = None
        self.tries = self.redirected = 0
        self.started = 0.0
        self.failing_since: float | None = None


class Schedule:
    """The jobs of one pump. Times are seconds of any clock that doesn't go back."""

    def __init__(
        self,
        requests: Iterable[Request],
        *,
        concurrency: int,
        patience: float,
        now: float,
        chance: Callable[[], float],
    ) -> None:
        """`chance` gives a number from 0 to 1."""
        self._waiting: list[Iterator[Request | Job]] = [iter(requests)]
        self._folders: dict[str, Folder] = {}
        self._paused: list[tuple[float, int, Job]] = []
        self._turn = count()
        self._concurrency = concurrency
        self._patience = patience
        self._chance = chance
        self._last_good = now
        self._kept = self._parked = 0
        self.under_way = 0

    def next(self, now: float) -> Job | None:
        """A job to start now; None until another is settled, or `pause` is over."""
        while self.under_way < self._concurrency:
            job = self._ready(now)
            if job is None:
                return None
            folder = self._folder(job)
            if folder.under_way >= int(folder.window):
                folder.parked.append(job)
                self._parked += 1
                continue
            job.started = now
            job.tries += 1
            folder.under_way += 1
            self.under_way += 1
            self._kept += job.keeps
            return job
        return None

    def _ready(self, now: float) -> Job | None:
        if self._paused and self._paused[0][0] <= now:
            return heapq.heappop(self._paused)[2]
        if self._parked:
            for folder in self._folders.values():
                if folder.parked and folder.under_way < int(folder.window):
                    self._parked -= 1
                    return folder.parked.popleft()
        # A folder that is refused must not stop the others, nor fill the memory.
        if self._parked + len(self._paused) >= MOST_HELD_BACK * self._concurrency:
            return None
        return self._pull()

    def _pull(self) -> Job | None:
        while self._waiting:
            request = next(self._waiting[-1], None)
            if request is None:
                self._waiting.pop()
                continue
            job = request if isinstance(request, Job) else Job(request)
            if job.keeps and self._kept >= KEPT_AT_ONCE:
                self._waiting.append(iter((job,)))
                return None
            return job
        return None

    def further(self, requests: Iterable[Request | Job]) -> None:
        """Ask these before all that waits."""
        self._waiting.append(iter(requests))

    def settle(self, job: Job, now: float) -> None:
        """It was answered, whatever the answer."""
        folder = self._leave(job)
        folder.window = min(folder.window + 1 / folder.window, self._concurrency)
        self._last_good = now

    def fail(self, job: Job, now: float, *, throttled: bool) -> bool:
        """It wasn't answered, or refused as one too many. False where patience is over."""
        folder = self._leave(job)
        # One refusal speaks for all that were sent before the window was halved.
        if throttled and job.started > folder.halved:
            folder.window, folder.halved = max(folder.window / 2, 1), now
        job.failing_since = job.started if job.failing_since is None else job.failing_since
        pause = min(FIRST_PAUSE * 2**job.tries, LONGEST_PAUSE) * self._chance()
        if now - self._last_good > self._patience:
            return False
        if job.tries >= FEWEST_TRIES and now + pause - job.failing_since > self._patience:
            return False
        heapq.heappush(self._paused, (now + pause, next(self._turn), job))
        return True

    def again(self, job: Job) -> None:
        """Ask once more, at once: what was wrong with the request has been put right."""
        self._leave(job)
        self.further((job,))

    def pause(self, now: float) -> float | None:
        """Seconds until a job that failed is due; None if there is none."""
        return max(self._paused[0][0] - now, 0.0) if self._paused else None

    def _folder(self, job: Job) -> Folder:
        if job.folder is None:
            request = job.request
            name = (request.key if isinstance(request, Get) else request.prefix).rsplit("/", 4)[0]
            if name not in self._folders:
                self._folders[name] = Folder(self._concurrency)
            job.folder = self._folders[name]
        return job.folder

    def _leave(self, job: Job) -> Folder:
        folder = self._folder(job)
        folder.under_way -= 1
        self.under_way -= 1
        self._kept -= job.keeps
        return folder
