"""Answers the system calls of a box that would tell about the whole machine, with what `machine` says of it.

Runs beside the box, in the process that waits for the end of the one that entered. The kernel stops the caller until it
is answered; whoever calls decides where the answer is written, so it is written into the caller's memory and nowhere
else.
"""

from __future__ import annotations

import errno
import fcntl
import os
import select
import struct
from collections.abc import Mapping

NOTICE = struct.Struct("=QIIiIQ6Q")
ANSWER = struct.Struct("=Qqi4x")
RECEIVE, SEND, STILL_THERE = 0xC0502100, 0xC0182101, 0x40082102


Answers = Mapping[int, tuple[int, bytes]]  # a call's number: which argument says where its answer goes, and the answer


def answer_until_end(listener: int, process: int, proc: int, answers: Answers) -> None:
    """Answers until the process behind the descriptor `process` ended.

    `listener` is the filter's, `proc` a /proc in which the callers have the numbers that the kernel tells here.
    """
    poll = select.poll()
    poll.register(process, select.POLLIN)
    poll.register(listener, select.POLLIN)
    while True:
        ready = dict(poll.poll())
        if process in ready:
            return
        if ready.get(listener, 0) & select.POLLIN:
            _answer(listener, proc, answers)
        else:  # nobody is left who could ask
            poll.unregister(listener)


def _answer(listener: int, proc: int, answers: Answers) -> None:
    notice = bytearray(NOTICE.size)
    try:
        fcntl.ioctl(listener, RECEIVE, notice)
        identity, pid, _, number, _, _, *arguments = NOTICE.unpack(notice)
        position, content = answers[number]
        failed = _write(listener, identity, f"{pid}/mem", proc, arguments[position], content)
        fcntl.ioctl(listener, SEND, ANSWER.pack(identity, 0, -failed))
    except OSError as error:
        if error.errno not in (errno.ENOENT, errno.EINTR, errno.EINPROGRESS):  # the caller was ended meanwhile
            raise


def _write(listener: int, identity: int, memory: str, proc: int, address: int, content: bytes) -> int:
    """Writes into the caller's memory; returns 0 or the number of an error to tell the caller."""
    try:
        descriptor = os.open(memory, os.O_WRONLY | os.O_CLOEXEC, dir_fd=proc)
    except OSError:
        return errno.ENOSYS
    try:
        # Asked after the memory was opened: until here the caller's number could have become another process's.
        fcntl.ioctl(listener, STILL_THERE, struct.pack("=Q", identity))
        os.pwrite(descriptor, content, address)
        return 0
    except OverflowError:
        return errno.EFAULT
    except OSError as error:
        if error.errno == errno.ENOENT:
            raise
        return errno.EFAULT
    finally:
        os.close(descriptor)
