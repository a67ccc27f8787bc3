"""What a submission is graded from, as one archive: its job and its files. Kept beside the result, or sent elsewhere.

With it a submission is graded again after its folder has gone. Grading is `submission`'s.
"""

from __future__ import annotations

import contextlib
import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path

from groundschool.errors import GroundSchoolError
from groundschool.grading.submission import Job
from groundschool.results import Results, write_whole

ARCHIVE, JOB, FILES = "inputs.zip", "job.json", "files"
FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # the same archive for the same files, whenever it is made
MOST = 32 << 20  # bytes of a hand-in's files; larger ones stay only where they were handed in


class NotKept(GroundSchoolError):
    """The inputs of a result are not there any more, or never were."""


def packed(job: Job) -> bytes:
    """The job and its files as a zip, which says nothing of where they lie. Raises OSError."""
    folder, whole = job.staged.notebook.parent, io.BytesIO()
    body = json.loads(job.to_json())
    body["course"], body["staged"]["notebook"] = "", job.staged.notebook.name
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(JOB, FIRST_DAY), json.dumps(body, sort_keys=True))
        for path in _files(folder):
            member = zipfile.ZipInfo(f"{FILES}/{path.relative_to(folder)}", FIRST_DAY)
            archive.writestr(member, path.read_bytes(), zipfile.ZIP_DEFLATED)
    return whole.getvalue()


def unpacked(archived: bytes, target: Path) -> Job:
    """The inverse of `packed`: the job, with its files in `target`, a fresh folder. Raises OSError, KeyError,
    TypeError, ValueError or BadZipFile.
    """
    with zipfile.ZipFile(io.BytesIO(archived)) as archive:
        archive.extractall(target)
        job = Job.from_json(archive.read(JOB).decode())
    return replace(job, staged=replace(job.staged, notebook=target / FILES / job.staged.notebook))


def keep(results: Results, job: Job) -> None:
    """Keeps the inputs of a result that has been kept. The result stands without, where they cannot be written."""
    path = results.folder / "results" / job.key / ARCHIVE
    if path.exists() or sum(each.stat().st_size for each in _files(job.staged.notebook.parent)) > MOST:
        return
    with contextlib.suppress(OSError):
        write_whole(path, packed(job))


def restored(results: Results, key: str, target: Path) -> Job:
    """The job of a result, its files written below `target`, a fresh folder. Raises NotKept."""
    try:
        return unpacked((results.folder / "results" / key / ARCHIVE).read_bytes(), target)
    except (OSError, KeyError, ValueError, TypeError, zipfile.BadZipFile) as error:
        raise NotKept(
            f"What this result was made from is not kept ({type(error).__name__}). Expected: {ARCHIVE} beside the "
            f"result {key}. Hand-ins over {MOST >> 20} MiB and those of older versions are not kept; grade the "
            "submission again."
        ) from None


def _files(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*")) if path.is_file()]
