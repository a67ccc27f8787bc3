from groundschool.grading import configure

c = get_config()  # noqa: F821
c.CourseDirectory.course_id = "hostile"
c.ClearSolutions.code_stub = {"python": ""}
configure(c)
