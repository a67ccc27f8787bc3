"""Names of products that a claim may be about, by mistake or for comparison."""

from __future__ import annotations

from groundschool.checks.rubric import lists
from groundschool.checks.rubric.stems import stem

PRODUCTS = frozenset(stem(name) for name in lists.words("products"))
