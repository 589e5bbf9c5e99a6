"""Many submissions, each graded in a process of its own: whatever happens there, the others do not notice."""

from __future__ import annotations

import multiprocessing
import multiprocessing.connection
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from course_lib.grading.autograde import Job
from course_lib.grading.results import Submission, nothing_earned


def run(jobs: Sequence[Job], grade: Callable[[Job], Submission], workers: int) -> Iterator[Submission]:
    """Grade submissions side by side and hand out each result as it comes.

    Args:
        jobs: Of different students, since two processes may not grade the same one.
        grade: Turns a job into a result; a function of some module, so that another process can find it.
        workers: How many processes run at a time.
    """
    context = _context(grade.__module__)
    waiting = deque(jobs)
    running: dict[Any, tuple[Any, Job]] = {}
    try:
        while waiting or running:
            while waiting and len(running) < workers:
                job = waiting.popleft()
                receiver, sender = context.Pipe(duplex=False)
                process = context.Process(target=_grade_and_send, args=(grade, job, sender))
                process.start()
                sender.close()  # the child holds the only other end: when it dies, waiting ends
                running[receiver] = process, job
            for receiver in multiprocessing.connection.wait(list(running)):
                process, job = running.pop(receiver)
                yield _receive(receiver, process, job)
    finally:
        for process, _ in running.values():
            process.terminate()
            process.join()


def _context(preload: str) -> Any:
    """Processes forked from a server that has imported what they need: a start costs milliseconds, not seconds."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["__main__", preload])
    return context


def _grade_and_send(grade: Callable[[Job], Submission], job: Job, sender: Any) -> None:
    try:
        result = grade(job)
    except Exception as error:  # a result, so that one submission costs one line of the table
        result = _ungraded(job, f"{type(error).__name__}: {error}")
    sender.send(result)


def _receive(receiver: Any, process: Any, job: Job) -> Submission:
    try:
        result = receiver.recv()
    except EOFError:
        process.join()
        result = _ungraded(job, f"the process that graded it was killed (exit status {process.exitcode})")
    process.join()
    receiver.close()
    return result


def _ungraded(job: Job, message: str) -> Submission:
    return nothing_earned(job.student, "unreadable", job.plan, "crashed", message)
