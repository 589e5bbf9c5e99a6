"""Many submissions on a Dask cluster, on this machine's cores or on many machines; one never disturbs another.

Jobs go out a few at a time and results come back as they are ready. A worker that dies is replaced, and what it had is
done by another.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import uuid
import warnings
from collections.abc import Iterable, Iterator
from typing import Any, cast

import dask
from distributed import Client, LocalCluster, WorkerPlugin, as_completed, get_worker

from course_lib.grading import selftest, temporary
from course_lib.grading.collect import Job
from course_lib.grading.course import CourseError
from course_lib.grading.engine import Engine
from course_lib.grading.grade import grade, open_engine
from course_lib.grading.plan import Plan
from course_lib.grading.results import Graded, nothing_earned
from course_lib.grading.zygote import ZygoteError

AHEAD = 3
"""Jobs for each thread of a worker that are on their way or being graded."""
ATTEMPTS = 2
QUIET = {
    "distributed.admin.system-monitor.gil.enabled": False,
    "distributed.worker.profile.enabled": False,
    "distributed.scheduler.allowed-failures": 2,
}


class Grader(WorkerPlugin):
    """What a worker holds for an assignment: the engine that all its threads use, opened once and closed at the end."""

    def __init__(self, plan: Plan) -> None:
        self.name = f"grader-{uuid.uuid4().hex}"
        self.plan = plan

    def setup(self, worker: Any) -> None:
        """Start the processes and see whether their walls stand."""
        self.lock = threading.Lock()
        self.engine = open_engine(self.plan)
        try:
            if self.plan.rules.sandboxed:
                selftest.require_walls(self.engine)
        except BaseException:
            self.engine.close()
            raise

    def teardown(self, worker: Any) -> None:
        """End the processes."""
        self.engine.close()

    def grade(self, job: Job) -> Graded:
        """Grade one submission; once more if the system ended the engine meanwhile, which is no fault of the student.

        Raises:
            ZygoteError: It ended the second one, too.
        """
        for _ in range(ATTEMPTS):
            engine = self._living_engine()
            try:
                graded = grade(job, self.plan, engine)
            except OSError:
                if engine.alive:
                    raise
            else:
                if engine.alive:
                    return graded
        raise ZygoteError("the system ended the processes that graded it; perhaps it is short of memory")

    def _living_engine(self) -> Engine:
        with self.lock:
            if not self.engine.alive:
                self.engine.close()
                self.engine = open_engine(self.plan)
            return self.engine


def _grade(grader: str, job: Job) -> Graded:
    return cast(Grader, get_worker().plugins[grader]).grade(job)


def run(
    jobs: Iterable[Job], plan: Plan, workers: int = 1, scheduler: str | None = None
) -> Iterator[tuple[Job, Graded]]:
    """Grade submissions side by side and hand out each result as it comes.

    Args:
        jobs: Read only as fast as they are graded.
        plan: The assignment.
        workers: How many submissions to grade at a time here.
        scheduler: The address of a Dask scheduler whose workers are to be used instead.

    Raises:
        CourseError: The scheduler cannot be reached, or a worker cannot build the sandbox.
    """
    with dask.config.set(QUIET), _client(workers, scheduler) as client:
        grader = Grader(plan)
        try:
            client.register_plugin(grader)
            yield from _graded(client, grader.name, iter(jobs), plan)
        except (selftest.WallError, *selftest.START_ERRORS) as error:
            raise CourseError(str(error)) from error
        finally:
            with contextlib.suppress(Exception):
                client.unregister_worker_plugin(grader.name)


def _graded(client: Client, grader: str, jobs: Iterator[Job], plan: Plan) -> Iterator[tuple[Job, Graded]]:
    waiting: dict[Any, Job] = {}
    ready = as_completed(loop=client.loop)

    def send() -> None:
        if job := next(jobs, None):
            future = submit(_grade, grader, job, key=f"{job.student}-{uuid.uuid4().hex}", pure=False)
            waiting[future.key] = job
            ready.add(future)

    def submit(*args: Any, **kwargs: Any) -> Any:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Sending large graph")  # a submission may be large
            return client.submit(*args, **kwargs)

    for _ in range(AHEAD * max(1, sum(client.nthreads().values()))):
        send()
    for future in ready:
        job = waiting.pop(future.key)
        yield job, _result(future, job, plan)
        send()


def _result(future: Any, job: Job, plan: Plan) -> Graded:
    """What came of a job; an error is a result, so that one submission costs one line of the table."""
    try:
        return future.result()
    except Exception as error:
        message = f"it could not be graded: {type(error).__name__}: {error}"
        return Graded(nothing_earned(job.student, "unreadable", plan.tests, "crashed", message[:500]))
    finally:
        future.release()


@contextlib.contextmanager
def _client(workers: int, scheduler: str | None) -> Iterator[Client]:
    if scheduler is not None:
        try:
            client = Client(scheduler, timeout=10, set_as_default=False)
        except (OSError, ValueError) as error:
            raise CourseError(f"There is no Dask scheduler at {scheduler}: {error}") from error
        with client:
            if not client.scheduler_info()["workers"]:
                raise CourseError(f"The Dask scheduler at {scheduler} has no workers: start `dask worker {scheduler}`.")
            yield client
        return
    with _local_cluster(workers) as cluster, Client(cluster, set_as_default=False) as client:
        yield client


@contextlib.contextmanager
def _local_cluster(workers: int) -> Iterator[LocalCluster]:
    with (
        temporary.directory() as place,
        dask.config.set({"temporary-directory": str(place)}),
        warnings.catch_warnings(),
    ):
        # Dask looks for an address in the network; a machine that has none grades just as well.
        warnings.filterwarnings("ignore", "Couldn't detect a suitable IP address", RuntimeWarning)
        with LocalCluster(
            n_workers=1,
            threads_per_worker=workers,
            processes=False,  # submissions run in processes of their own anyway
            memory_limit=0,
            dashboard_address="127.0.0.1:0",
            local_directory=str(place),
            silence_logs=logging.CRITICAL,
        ) as cluster:
            yield cluster
