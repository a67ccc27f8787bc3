"""Sessions by their tokens, the account they are in, and the files that are on their way.

The account is copied only when a state of the lab is kept and either of the two is about to change: most states that a
lab keeps never are.
"""

from __future__ import annotations

import hmac
import secrets
import threading
import weakref
from collections.abc import MutableMapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from groundschool.lab.access import Key

if TYPE_CHECKING:
    from groundschool.engines.snowflake.account import Account
    from groundschool.engines.snowflake.outcome import Outcome
    from groundschool.engines.snowflake.session import Session
    from groundschool.engines.snowflake.transfers import Transfer

HELD: MutableMapping[str, Held] = {}  # one at most, under ACCOUNT
KEYS: MutableMapping[str, Key] = {}
ACCOUNT = "account"
MOST_SESSIONS = 100
MOST_TRANSFERS = 2_000
READS = ("SELECT", "WITH", "SHOW", "DESC", "DESCRIBE", "LIST", "LS", "USE", "(")


class Held:
    """An account that kept states may share with the present one."""

    def __init__(self, account: Account) -> None:
        self.account = account
        _holders(account).add(self)

    def __deepcopy__(self, memo: Any) -> Held:
        return Held(self.account)

    def own(self) -> None:
        """Makes the account this one's alone: whoever shared it gets a copy of it as it is."""
        others = [held for held in _holders(self.account) if held is not self]
        if not others:
            return
        copy = self.account.clone()
        _made.append(copy)
        for held in others:
            _holders(self.account).discard(held)
            held.account = copy
            _holders(copy).add(held)


_HOLDERS: weakref.WeakKeyDictionary[Any, weakref.WeakSet[Held]] = weakref.WeakKeyDictionary()


def _holders(account: Any) -> weakref.WeakSet[Held]:
    return _HOLDERS.setdefault(account, weakref.WeakSet())


@dataclass
class Open:
    """A session of a role."""

    role: str
    session: Session
    closed: bool = False


@dataclass(frozen=True)
class Coming:
    """A file that a client may put, or get, once."""

    open: Open
    transfer: Transfer
    name: str


_open: dict[str, Open] = {}
_made: list[Account] = []
_coming: dict[str, Coming] = {}
_lock = threading.RLock()


def present() -> Account:
    """The account that there is; made when first asked for."""
    return _held().account


def _held() -> Held:
    from groundschool.engines.snowflake.account import Account

    with _lock:
        found = HELD.get(ACCOUNT)
        if found is None:
            account = _unused()
            if account is None:
                account = Account()
                account.begin()
                _made.append(account)
            found = HELD[ACCOUNT] = Held(account)
        return found


def _unused() -> Account | None:
    """An account that no state holds any more, emptied."""
    import duckdb

    for account in [account for account in _made if not _holders(account)]:
        with account.lock:
            try:
                account.empty()
            except duckdb.Error:  # a session has a transaction open in it
                _made.remove(account)
            else:
                return account
    return None


def begin(user: str, password: str) -> tuple[str, Open] | None:
    """A new session and its token; None for a password that is not the user's."""
    from groundschool.engines.snowflake.session import Session
    from groundschool.lab.services.snowflake.storage import Objects

    key = KEYS.get(user.lower())
    if key is None or not hmac.compare_digest(password.encode(), key.secret.encode()):
        return None
    token, made = secrets.token_urlsafe(32), Open(user.lower(), Session(present, Objects(), user.upper()))
    with _lock:
        while len(_open) >= MOST_SESSIONS:
            end(next(iter(_open)))
        _open[token] = made
    return token, made


def found(token: str) -> Open | None:
    """The session of a token."""
    return _open.get(token)


def end(token: str) -> None:
    """Ends a session, if there is one."""
    with _lock:
        ended = _open.pop(token, None)
    if ended is not None:
        ended.session.close()


def role(token: str, coming: str) -> str:
    """Who asks, by a session's token or that of a file on its way; empty for a stranger."""
    if token in _open:
        return _open[token].role
    return _coming[coming].open.role if coming in _coming else ""


def run(opened: Open, text: str, parameters: Any) -> Outcome:
    """Runs a statement, after what S3 has told of since the last one is loaded. Raises Failed."""
    from groundschool.lab.services.snowflake import events

    events.deliver()
    if not text.lstrip().upper().startswith(READS):
        _held().own()
    return opened.session.run(text, parameters)


def own() -> None:
    """Makes the present account one that no kept state shares."""
    _held().own()


def awaited(opened: Open, transfer: Transfer, name: str) -> str:
    """A token by which a file may be put or got."""
    token = secrets.token_urlsafe(24)
    with _lock:
        while len(_coming) >= MOST_TRANSFERS:
            _coming.pop(next(iter(_coming)))
        _coming[token] = Coming(opened, transfer, name)
    return token


def coming(token: str) -> Coming | None:
    """The file of a token."""
    return _coming.get(token)
