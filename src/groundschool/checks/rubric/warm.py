"""Imported by the fork server of examiners that read text: loading spaCy once there spares every submission some
seconds."""

from groundschool.checks.rubric import scoring
from groundschool.checks.rubric.words import english

__all__ = ["scoring"]

english()("warm")
