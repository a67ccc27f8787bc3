"""What the forms of an English word have in common: `stores`, `stored` and `storing` give one stem.

Both sides of every comparison go through it, so a stem need not be a word.
"""

from __future__ import annotations

import re
from functools import cache

_SAME = {
    "ran": "run", "wrote": "write", "written": "write", "kept": "keep", "held": "hold", "found": "find", "made": "make",
    "gave": "give", "given": "give", "took": "take", "taken": "take", "sent": "send", "saw": "see", "seen": "see",
    "built": "build", "came": "come", "went": "go", "goes": "go", "became": "become", "got": "get",
    "has": "have", "had": "have", "does": "do", "did": "did", "done": "do", "is": "be", "are": "be", "was": "was",
    "were": "were", "am": "be", "'s": "be", "'re": "be", "ca": "can", "wo": "will", "n't": "not", "nt": "not",
    "cannot": "cannot", "cant": "cannot", "can't": "cannot", "dont": "not", "doesnt": "not", "isnt": "not", "arent": "not", "wont": "not",
    "wasnt": "not", "didnt": "not", "couldnt": "not", "shouldnt": "not", "havent": "not", "hasnt": "not",
    "catalogue": "catalog", "catalogues": "catalog", "db": "database", "dbs": "database", "dynamo": "dynamodb",
    "k8s": "kubernetes", "paid": "pay", "indices": "index", "broken": "break", "meant": "mean", "chosen": "choose",
    "schemata": "schema", "thrown": "throw", "threw": "throw", "said": "say", "told": "tell", "left": "leave", "let": "let", "put": "put", "knew": "know", "known": "know", "brought": "bring", "fed": "feed", "ate": "eat", "split": "split", "chose": "choose", "lost": "lose", "began": "begin", "begun": "begin", "shown": "show", "grew": "grow", "grown": "grow", "forgot": "forget", "fell": "fall", "sat": "sit", "spoke": "speak", "stood": "stand", "understood": "understand", "drawn": "draw", "drew": "draw", "broke": "break", "led": "lead", "met": "meet", "bought": "buy", "taught": "teach", "thought": "think", "lay": "lie", "dealt": "deal", "postgresql": "postgres", "its": "its", "used": "use", "using": "use", "uses": "use", "based": "base",
}  # fmt: skip
_WHOLE = frozenset(
    [
        "aws",
        "always",
        "less",
        "serverless",
        "as",
        "us",
        "various",
        "previous",
        "series",
        "string",
        "bring",
        "during",
        "nothing",
        "anything",
        "something",
        "everything",
        "need",
        "speed",
        "embed",
        "feed",
        "seed",
        "exceed",
        "indeed",
        "kinesis",
        "redis",
        "status",
        "across",
        "access",
        "process",
        "this",
        "does",
        "kubernetes",
        "pandas",
        "being",
        "red",
        "bed",
        "thus",
        "was",
        "bus",
        "canvas",
    ]
)
_ENDINGS = (("ies", "y"), ("ied", "y"), ("sses", "ss"), ("xes", "x"), ("ches", "ch"), ("shes", "sh"), ("ing", ""), ("ed", ""),
            ("s", ""))  # fmt: skip


def stems_of(words: str) -> frozenset[str]:
    """The stems of words separated by spaces."""
    return frozenset(stem(word) for word in words.split())


@cache
def stem(word: str) -> str:
    """The stem of a lower-case word; names with digits and short words stay as they are."""
    if word in _SAME:
        return _SAME[word] if _SAME[word] == word else stem(_SAME[word])
    if len(word) <= 3 or not word.isalpha() or word in _WHOLE:
        return word
    if len(word) > 6:
        word = re.sub(r"is(e|ed|es|ing|ation)$", r"iz\1", word)
    word = _without_ending(word)
    return word.removesuffix("e") if len(word) > 3 else word


def _without_ending(word: str) -> str:
    for ending, instead in _ENDINGS:
        rest = word.removesuffix(ending)
        if rest == word or word.endswith(("ss", "us", "is")) and ending == "s":
            continue
        if len(rest) > 2 and re.search(r"[aeiouy]", rest):
            doubled = ending in ("ing", "ed") and rest[-1] == rest[-2] and rest[-1] in "bdgmnprt"
            return rest[:-1] if doubled else rest + instead
    return word
