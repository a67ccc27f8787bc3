"""The command `groundschool`, which leaves behind how much memory its own process had at most, in bytes.

The first argument is the file that is to say so; the others are the command's.
"""

from __future__ import annotations

import atexit
import resource
import sys
from pathlib import Path

from groundschool.cli import main

target = Path(sys.argv.pop(1))
atexit.register(lambda: target.write_text(str(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)))
sys.argv[0] = "groundschool"
main()
