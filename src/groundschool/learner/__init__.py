"""What a self-paced learner asks for: how far one is, a hint, a solution. Grading is not done here."""

from groundschool.learner.solutions import NotYet, hint, solution
from groundschool.learner.start_page import status

__all__ = ["NotYet", "hint", "solution", "status"]
