from groundschool.grading import configure

c = get_config()  # noqa: F821
c.CourseDirectory.course_id = "groundschool"
# nbgrader copies every other file of source/<topic>/ to candidates, and over their files again when it grades.
c.CourseDirectory.ignore = [
    ".ipynb_checkpoints",
    "*.pyc",
    "__pycache__",
    "feedback",
    "*.md",
    "*.toml",
    "*.yaml",
    "questions",
]
# A starter stands above the solution in its cell; nbgrader would put a stub of its own behind it.
c.ClearSolutions.code_stub = {"python": ""}
configure(c)
