"""Verbs in the third person, by which a new statement is known: "…, the crawler adds them"."""

from __future__ import annotations

_VERBS = ["access", "add", "affect", "allow", "analyze", "apply", "attach", "authenticate", "belong", "bring", "change", "check", "classify", "come", "connect", "consist", "consume", "contain", "convert", "cost", "crawl", "create", "decide", "define", "delete", "depend", "deploy", "detect", "determine", "discover", "execute", "exist", "expose", "fail", "fetch", "find", "fire", "follow", "get", "give", "go", "grant", "happen", "help", "hold", "identify", "import", "include", "infer", "ingest", "invoke", "issue", "keep", "launch", "let", "list", "live", "load", "make", "manage", "mean", "move", "need", "notify", "obtain", "offer", "operate", "own", "parse", "pass", "pay", "perform", "pick", "point", "populate", "process", "produce", "provide", "publish", "pull", "push", "put", "read", "recognize", "refer", "register", "rely", "remain", "remove", "require", "return", "run", "save", "scan", "see", "send", "serve", "sit", "start", "stay", "stop", "store", "support", "take", "tell", "trigger", "try", "understand", "update", "upload", "use", "wait", "want", "work", "write", "handle", "deal", "tolerate", "treat", "enforce", "expect", "guess", "sample", "cope", "compute", "carry", "hand", "arrive", "scale", "join", "sort", "filter", "differ", "lack", "query", "become", "look", "know", "say", "assume", "replace", "last", "throw", "kick", "land"]


def _third_person(verb: str) -> str:
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return verb[:-1] + "ies"
    return verb + ("es" if verb.endswith(("s", "sh", "ch", "x", "z", "o")) else "s")


THIRD_PERSON = frozenset(_third_person(verb) for verb in _VERBS)
