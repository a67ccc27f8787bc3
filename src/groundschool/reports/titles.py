"""What topics and questions are called on pages: by the titles that candidates read, in the course's order.

A topic or question that is no longer there is called by its id.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from groundschool.course import TESTS, Topic
from groundschool.course.strict import Misstated
from groundschool.reports import cells


@dataclass(frozen=True)
class Titles:
    """Titles of topics by name, in the course's order, and of questions by topic and id."""

    topics: Mapping[str, str] = field(default_factory=dict)
    questions: Mapping[tuple[str, str], str] = field(default_factory=dict)

    @classmethod
    def of(cls, topics: Iterable[Topic]) -> Titles:
        """The titles of a course. Raises OSError or ValueError where a notebook cannot be read."""
        known = {topic.name: topic for topic in sorted(topics, key=_place) if topic.path.is_file()}
        questions = {
            (name, grade_id.removesuffix(TESTS)): title
            for name, topic in known.items()
            for grade_id, title in cells.titles(cells.notebook(topic.path)).items()
            if grade_id.endswith(TESTS) and title
        }
        return cls({name: _title(topic) for name, topic in known.items()}, questions)

    def topic(self, name: str) -> str:
        """The topic's title."""
        return self.topics.get(name, name)

    def question(self, topic: str, name: str) -> str:
        """The question's title."""
        return self.questions.get((topic, name)) or name.replace("_", " ")

    def in_order(self, names: Iterable[str]) -> list[str]:
        """Names of topics in the course's order, those that it does not have last."""
        places = {name: place for place, name in enumerate(self.topics)}
        return sorted(set(names), key=lambda name: (places.get(name, len(places)), name))


def _place(topic: Topic) -> tuple[int, str]:
    try:
        return topic.place
    except Misstated:
        return 0, topic.name


def _title(topic: Topic) -> str:
    try:
        return topic.manifest.title
    except Misstated:
        return cells.heading(cells.notebook(topic.path)) or topic.name
