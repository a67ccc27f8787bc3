"""What a test cell calls: questions, descriptions of arguments, rules of comparison.

Imports neither the lab nor grading; holds no answer and no rubric.
"""

from groundschool.checks import typed
from groundschool.checks.answers import AnswerRaised, Client, File, Folder, Frame, Stream, Written
from groundschool.checks.question import ChecksFailed, Question, question
from groundschool.checks.session import spark
from groundschool.checks.sitting import run, summary
from groundschool.checks.table.compare import Rules
from groundschool.checks.within import Within

__all__ = [
    "AnswerRaised",
    "ChecksFailed",
    "Client",
    "File",
    "Folder",
    "Frame",
    "Question",
    "Rules",
    "Stream",
    "Within",
    "Written",
    "question",
    "run",
    "spark",
    "summary",
]

typed.register_here()
