"""What a result was made from, kept beside it: the staged submission as a zip, and the job that it was graded by.

With them a submission is graded again after its folder has gone. Grading is `submission`'s.
"""

from __future__ import annotations

import contextlib
import json
import os
import zipfile
from dataclasses import replace
from pathlib import Path

from groundschool.errors import GroundSchoolError
from groundschool.grading.submission import Job
from groundschool.results import Results

ARCHIVE, JOB = "inputs.zip", "job.json"
FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # the same archive for the same files, whenever they are kept
MOST = 32 << 20  # bytes of a hand-in's files; larger ones stay only where they were handed in


class NotKept(GroundSchoolError):
    """The inputs of a result are not there any more, or never were."""


def keep(results: Results, job: Job) -> None:
    """Keeps the inputs of a result that has been kept. The result stands without, where they cannot be written."""
    folder, staged = results.folder / "results" / job.key, job.staged.notebook.parent
    files = [path for path in sorted(staged.rglob("*")) if path.is_file()]
    if sum(path.stat().st_size for path in files) > MOST or (folder / ARCHIVE).exists():
        return
    fresh = folder / f".{ARCHIVE}.{os.getpid()}.{id(job)}"
    with contextlib.suppress(OSError):
        try:
            with zipfile.ZipFile(fresh, "w", zipfile.ZIP_DEFLATED) as archive:
                archive.writestr(zipfile.ZipInfo(JOB, FIRST_DAY), _without_places(job))
                for path in files:
                    member = zipfile.ZipInfo(f"files/{path.relative_to(staged)}", FIRST_DAY)
                    archive.writestr(member, path.read_bytes(), zipfile.ZIP_DEFLATED)
            fresh.replace(folder / ARCHIVE)
        finally:
            fresh.unlink(missing_ok=True)


def restored(results: Results, key: str, target: Path) -> Job:
    """The job of a result, its files written below `target`, a fresh folder. Raises NotKept."""
    try:
        with zipfile.ZipFile(results.folder / "results" / key / ARCHIVE) as archive:
            job = Job.from_json(archive.read(JOB).decode())
            for name in archive.namelist():
                if name != JOB:
                    archive.extract(name, target)
    except (OSError, KeyError, ValueError, TypeError, zipfile.BadZipFile) as error:
        raise NotKept(
            f"What this result was made from is not kept ({type(error).__name__}). Expected: {ARCHIVE} beside the "
            f"result {key}. Hand-ins over {MOST >> 20} MiB and those of older versions are not kept; grade the "
            "submission again."
        ) from None
    return replace(job, staged=replace(job.staged, notebook=target / "files" / job.staged.notebook))


def _without_places(job: Job) -> str:
    body = json.loads(job.to_json())
    body["course"], body["staged"]["notebook"] = "", job.staged.notebook.name
    return json.dumps(body, sort_keys=True)
