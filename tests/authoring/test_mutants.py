"""Mutants of right answers: one small change each, told in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from groundschool.authoring.mutants import BadList, Mutant, accepted, chosen, described

QUERY = """
-- the newest row of each order
select a, count(distinct b) as n
from t left join u using (a, c)
where x >= 3 and y = 'New' and z is not null
group by a, b
having coalesce(max(d), 0) > 1
qualify row_number() over (partition by a order by d desc, e) = 1
limit 5
"""
FUNCTION = '''
def answer(lines):
    """Counts."""
    total = 0
    rows = lines.where("user <> ''").distinct()
    for row in rows:
        if row.level == "ERROR" and not row.hidden:
            total += 1
    return total, [row for row in rows if row.number > 3], re.findall(r"^user=(\\d+)\\b", lines)
'''


def changes(name: str, text: str) -> dict[str, str]:
    """The changes tried of one answer, with what each makes of it."""
    return {mutant.change: mutant.text for mutant in chosen({name: text}, most=1000)}


@pytest.mark.parametrize(
    ("piece", "instead"),
    [
        ("LEFT JOIN", "JOIN u USING"),
        ("USING (a, c)", "USING (a)"),
        ("x >= 3", "x > 3"),
        ("x >= 3", "x >= 4"),
        ("y = 'New'", "y = 'NEW'"),
        ("x >= 3 AND y = 'New'", "x >= 3 OR y = 'New'"),
        ("AND NOT z IS NULL", "AND z IS NULL"),
        ("COUNT(DISTINCT b)", "COUNT(b)"),
        ("GROUP BY a, b", "GROUP BY a"),
        ("COALESCE(MAX(d), 0)", "HAVING MAX(d) > 1"),
        ("MAX(d)", "MIN(d)"),
        ("ROW_NUMBER()", "RANK()"),
        ("PARTITION BY a ORDER BY", "OVER (ORDER BY"),
        ("d DESC, e", "ORDER BY d ASC, e"),
        ("d DESC, e", "ORDER BY d DESC)"),
        ("ORDER BY d DESC", "CAST(d AS TEXT) DESC"),
        ("LIMIT 5", "LIMIT 6"),
        ("QUALIFY", "HAVING COALESCE(MAX(d), 0) > 1 LIMIT 5"),
        ("WHERE", "USING (a, c) GROUP BY"),
    ],
)
def test_a_query_is_changed_in_one_thing(piece: str, instead: str) -> None:
    assert any(instead in text for text in changes("rows.sql", QUERY).values()), (piece, instead)


@pytest.mark.parametrize(
    "instead",
    [
        "row.level != 'ERROR' and",
        "row.level == 'error' and",
        "row.level == '' and",
        "row.level == 'ERROR' or",
        "if not row.hidden:",
        "and row.hidden:",
        "total += 2",
        "pass\n    return",
        "rows = lines.distinct()",
        "where(\"user <> ''\")\n",
        "row.number >= 3",
        "[row for row in rows]",
        "'user=(\\\\d+)\\\\b'",
        "'^user=(\\\\d+)'",
        "'^user=(\\\\d*)\\\\b'",
    ],
)
def test_a_function_is_changed_in_one_thing(instead: str) -> None:
    assert any(instead in text for text in changes("count.py", FUNCTION).values()), instead


@pytest.mark.parametrize(("name", "text"), [("rows.sql", QUERY), ("count.py", FUNCTION)])
def test_the_same_answers_always_give_the_same_mutants_none_twice_and_none_like_the_answer(
    name: str, text: str
) -> None:
    mutants = chosen({name: text, f"again-{name}": text}, most=1000)
    assert mutants == chosen({name: text, f"again-{name}": text}, most=1000)
    assert {mutant.answer for mutant in mutants} == {name}
    assert len({mutant.text for mutant in mutants}) == len(mutants) == len({mutant.change for mutant in mutants})


def test_of_many_mutants_some_of_each_part_of_the_answer_are_tried() -> None:
    few = chosen({"rows.sql": QUERY}, most=5)
    everything = chosen({"rows.sql": QUERY}, most=1000)
    assert len(few) == 5
    assert few[0] == everything[0]
    assert few[-1] in everything[-len(everything) // 5 :]


def test_a_change_is_told_with_a_few_words_around_it() -> None:
    assert described("select a from t where b = 1 order by c", "select a from t where b <> 1 order by c") == (
        "t where b = 1 order by → t where b <> 1 order by"
    )


def test_a_listed_mutant_is_covered_by_its_words_with_stars_for_anything(tmp_path: Path) -> None:
    tmp_path.joinpath("mutants.toml").write_text('["*"]\n"*row_number*→*rank*" = "No ties."\n', "utf-8")
    (line,) = accepted(tmp_path / "mutants.toml")
    assert line.reason == "No ties."
    assert line.covers(Mutant("any.sql", "select ROW_NUMBER() over → select RANK() over", ""))
    assert not line.covers(Mutant("any.sql", "select ROW_NUMBER() over → select x over", ""))


@pytest.mark.parametrize("text", ["[rows", '["*"]\n"a → b" = ""\n', '"a → b" = "why"\n', '["*"]\n"a → b" = 3\n'])
def test_a_list_without_reasons_is_refused(tmp_path: Path, text: str) -> None:
    tmp_path.joinpath("mutants.toml").write_text(text, "utf-8")
    with pytest.raises(BadList, match=r"mutants\.toml is no list of mutants"):
        accepted(tmp_path / "mutants.toml")


def test_a_question_without_a_list_accepts_nothing(tmp_path: Path) -> None:
    assert accepted(tmp_path / "mutants.toml") == ()
