"""`get_job` and `cancel_job`: calls that went on after nobody waited for them any more."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Annotated, Any, Literal

import anyio
from pydantic import Field, PrivateAttr, ValidationError

from witnessmark.errors import InputError
from witnessmark.exports.folder import ExportFolder, ExportFolderUnwritable
from witnessmark_tools.arguments import WaitForJob
from witnessmark_tools.exporting import exported_file
from witnessmark_tools.jobs import how_far
from witnessmark_tools.results import Cost, Frozen, LongResult, Result, ask_get_job

if TYPE_CHECKING:
    from witnessmark.store import Job, JobSpending
    from witnessmark_tools.definition import Progress
    from witnessmark_tools.jobs import Jobs

PAGE_CHARACTERS = 30_000
"""Of a result's JSON that one answer holds; the rest follows by `cursor`."""
MOST_LISTED = 20
LOOK_EVERY = 1.0
"""Seconds between looks at a job of another process: nobody tells."""

JobId = Annotated[str, Field(description="The job_id that a call gave back when it took too long.", min_length=1)]


class JobUnknown(InputError):
    """Whoever asks, the answer is the same: ids of other jobs are nobody's to guess."""

    def __init__(self, job_id: str) -> None:
        super().__init__(
            f"There is no job {job_id[:60]!r}.",
            "Pass the job_id that a call gave. Jobs are kept for two weeks after they ended.",
        )


class ResultOutdated(InputError):
    def __init__(self, tool: str) -> None:
        super().__init__(
            "The result of this job was written by another version of witnessmark.",
            f"Call {tool} again: what was paid for is not paid for twice.",
        )


class JobFailure(Frozen):
    """Why a job failed."""

    error: str = Field(description="Its class.")
    message: str
    next: str


class JobReport(Result):
    """A job: how far it is, or what came of it."""

    job_id: str
    tool: str
    status: Literal["working", "completed", "partial", "failed", "cancelled"]
    done: float = Field(description="Of `total`, as the tool counts; most count pages.")
    total: float
    message: str
    seconds: float = Field(description="Since it began, to its end.")
    error: JobFailure | None = None
    result: dict[str, Any] | None = Field(default=None, description="What the tool returns, from `cursor` on.")
    next_cursor: str | None = Field(default=None, description="There is more of the result: pass it as `cursor`.")
    _shown: str = PrivateAttr(default="")
    _has_process: bool = PrivateAttr(default=True)

    def to_text(self) -> str:
        head = f"Job {self.job_id}, {self.tool}: {self.status}{how_far(self.done, self.total)}"
        lines = [f"{head} after {self.seconds:.0f} seconds, {self.cost.in_words()}"]
        lines += [f"Warning: {warning}" for warning in self.warnings]
        if self.status == "working":
            lines += [self.message, ask_get_job(self.job_id)] if self._has_process else [self.message]
        if self.error is not None:
            lines.append(f"{self.error.message} {self.error.next}")
        if self._shown:
            lines += ["", self._shown]
        if self.next_cursor is not None:
            lines += ["", f"There is more: call get_job with cursor={self.next_cursor!r}."]
        return "\n".join(line for line in lines if line or self._shown)

    def without_process(self) -> JobReport:
        """Keep that waiting for it gives nothing: warnings say what does."""
        self._has_process = False
        return self

    def showing(self, text: str) -> JobReport:
        """Keep how the tool writes its result."""
        self._shown = text
        return self


async def get_job(
    job_id: JobId,
    cursor: Annotated[
        str | None, Field(description="`next_cursor` of the previous answer; default: from the start.")
    ] = None,
    wait_seconds: WaitForJob = None,
    *,
    jobs: Jobs,
    exports: ExportFolder,
    patience: float | None,
    progress: Progress,
) -> JobReport:
    """Get the result of a call that went on as a job, waiting for it: status, progress, errors, then the result, a long one in parts by cursor. A job survives restarts of the server. Free; nothing is paid twice."""  # noqa: E501 - one line on the wire
    job = await _ended(job_id, jobs, wait_seconds or patience, progress)
    report = await _report(job, jobs)
    if job.result is None:
        return report
    return await anyio.to_thread.run_sync(_with_result, report, job, cursor, jobs, exports, abandon_on_cancel=True)


async def cancel_job(job_id: JobId, *, jobs: Jobs) -> JobReport:
    """Cancel a job. Requests to Claude that are under way are still answered and kept; the report says what had been paid for. Calling the tool again later pays for nothing twice."""  # noqa: E501 - one line on the wire
    before = await _found(job_id, jobs)
    report = await _report(await jobs.cancel(job_id) or before, jobs)
    if before.state != "working":
        return report.model_copy(update={"warnings": [f"It had ended before: {before.state}."]})
    told = f"Cancelled{how_far(report.done, report.total)}. What was paid for is kept, and not paid for again."
    return report.model_copy(update={"warnings": [told, *report.warnings]})


async def _ended(job_id: str, jobs: Jobs, seconds: float | None, progress: Progress) -> Job:
    """Wait until a job has ended, or the time is over."""
    deadline = float("inf") if seconds is None else anyio.current_time() + seconds
    while True:
        job = await _found(job_id, jobs)
        if job.state != "working" or anyio.current_time() >= deadline:
            return job
        here = jobs.at_work(job_id)
        if here is None and not job.has_process:
            if await jobs.take_over(job_id):  # it goes on in this process, or has failed
                continue
            job = await _found(job_id, jobs)
            if job.state == "working" and not job.has_process:
                return job  # waiting longer would change nothing
        done, total, message = here or (job.progress.done, job.progress.total, job.progress.message)
        await progress(done, total, message)
        with anyio.move_on_after(min(LOOK_EVERY, deadline - anyio.current_time())):
            if here is not None:
                await jobs.change(job_id)
            else:
                await anyio.sleep(LOOK_EVERY)


async def _found(job_id: str, jobs: Jobs) -> Job:
    store = jobs.store()
    if store is None:
        raise JobUnknown(job_id)
    job = await store.job(job_id)
    if job is None:
        raise JobUnknown(job_id)
    return job


async def _report(job: Job, jobs: Jobs) -> JobReport:
    store = jobs.store()
    spending = await store.job_spending(job.id) if store is not None else None
    here = jobs.at_work(job.id) if job.state == "working" else None
    done, total, message = here or (job.progress.done, job.progress.total, job.progress.message)
    report = JobReport(
        result_id=job.id,
        documents=[],
        engines=[],
        cost=Cost() if spending is None else _cost(spending),
        warnings=_waiting(job, jobs) + ([] if spending is None else _doubts(spending)),
        job_id=job.id,
        tool=job.tool,
        status=job.state,
        done=done,
        total=total,
        message=message,
        seconds=round(max(0.0, (job.ended_at or time.time()) - job.began_at), 1),
        error=None
        if job.error is None
        else JobFailure(error=job.error.kind, message=job.error.message, next=job.error.next_step),
    )
    return report if here is not None or job.has_process else report.without_process()


def _waiting(job: Job, jobs: Jobs) -> list[str]:
    """Say of a job that nothing works on what will."""
    if job.is_running or job.state != "working" or jobs.is_begun(job.id):
        return []
    if job.has_process:
        return ["The job waits for its turn: the process that has it is at work on others. Call get_job again later."]
    if (why := jobs.why_left(job.id)) is not None:
        why = f" Here it cannot go on: {why}."
    if job.endpoint:
        goes_on = f"A process with a key for {job.endpoint} that may read its document goes on with it"
    else:
        goes_on = "Any process that may read its document goes on with it, key or none"
    told = "No process is working on this job."
    return [f"{told} {goes_on}: a running server, or `witnessmark get-job {job.id}` in a shell.{why or ''}"]


def _cost(spending: JobSpending) -> Cost:
    tokens = spending.tokens
    return Cost(
        usd=float(round(spending.usd, 6)),
        estimated_usd=None,
        input_tokens=tokens.input,
        output_tokens=tokens.output,
        cache_read_input_tokens=tokens.cache_read,
        cache_creation_input_tokens=tokens.cache_creation_5m + tokens.cache_creation_1h,
        reused=spending.reused,
    )


def _doubts(spending: JobSpending) -> list[str]:
    told: list[str] = []
    if (count := spending.possibly_billed) == 1:
        told.append("A request broke off, and may have been billed besides.")
    elif count:
        told.append(f"{count} requests broke off, and may have been billed besides.")
    if (count := spending.in_flight) == 1:
        told.append("A request is on its way; its answer is kept.")
    elif count:
        told.append(f"{count} requests are on their way; their answers are kept.")
    return told


def _with_result(report: JobReport, job: Job, cursor: str | None, jobs: Jobs, exports: ExportFolder) -> JobReport:
    """Put a page of the tool's result into a report; with the first of several comes a file that holds all."""
    tool = jobs.tool(job.tool)
    if tool is None or job.result is None:
        raise ResultOutdated(job.tool)
    try:
        whole = tool.result_type.model_validate(json.loads(job.result))
    except ValidationError as error:
        raise ResultOutdated(job.tool) from error
    assert isinstance(whole, LongResult)
    page, after = whole.page(cursor, PAGE_CHARACTERS)
    if cursor is not None:
        page = page.model_copy(update={"needs_review": [], "warnings": [], "failures": []})
    elif after is not None or len(whole.needs_review) > MOST_LISTED:
        page = _beginning(page, whole, job, exports)
    return report.model_copy(
        update={
            "documents": whole.documents,
            "engines": whole.engines,
            "status": "partial" if whole.status == "partial" else report.status,
            "result": page.to_json(),
            "next_cursor": after,
        }
    ).showing(page.to_text())


def _beginning(page: LongResult, whole: LongResult, job: Job, exports: ExportFolder) -> LongResult:
    """List the first places to review only, and name a file with everything."""
    told = list(page.warnings)
    if len(whole.needs_review) > MOST_LISTED:
        told.append(f"{MOST_LISTED} of {len(whole.needs_review)} places to review are listed; all are in the file.")
    files = list(page.files)
    try:
        files.insert(0, exported_file(exports, f"{job.id}.json", (job.result or "").encode()))
    except ExportFolderUnwritable as error:
        told.append(f"The whole result was not written to a file. {error}")
    return page.model_copy(update={"needs_review": page.needs_review[:MOST_LISTED], "warnings": told, "files": files})
