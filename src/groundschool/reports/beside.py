"""Links the instructor's pages with each other: back to the results, to who stands before and after, to a candidate's
other topics.

Who stands where is known only when a cohort is; the links are therefore put into pages that are there already.
"""

from __future__ import annotations

from pathlib import Path

from groundschool.reports.cohort import Cohort, Person
from groundschool.reports.page import render
from groundschool.reports.titles import Titles
from groundschool.results import write_whole

# No comment of a stranger's reaches a page: the first of these is always the template's own.
BEGIN, END = "<!--beside-->", "<!--/beside-->"


def link(cohort: Cohort, titles: Titles, folder: Path) -> None:
    """Brings the links of every page up to date, in the order of the summary. Raises OSError."""
    for topic in cohort.maxima:
        row = [each for each in cohort.people if topic in each.papers and (folder / each.papers[topic].page).is_file()]
        for before, person, after in zip([None, *row], row, [*row[1:], None], strict=False):
            named = titles.in_order(name for name, paper in person.papers.items() if name != topic and paper.answers)
            others = [person.papers[name] for name in named]
            told = render(
                "beside.html.j2",
                before=_other(before, topic),
                after=_other(after, topic),
                topics=[(titles.topic(paper.topic), paper) for paper in others],
            )
            _put(folder / person.papers[topic].page, told)


def _other(person: Person | None, topic: str) -> tuple[str, str] | None:
    return (person.called, person.papers[topic].page) if person else None


def _put(path: Path, links: str) -> None:
    text = path.read_text(encoding="utf-8", errors="surrogatepass")
    begin = text.find(BEGIN) + len(BEGIN)
    end = text.find(END, begin)
    if begin < len(BEGIN) or end < 0 or text[begin:end] == links:
        return
    write_whole(path, text[:begin] + links + text[end:])
