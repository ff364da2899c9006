"""The page of a course: lanes on one axis of time, and what follows from them."""

from nelm.report.course.records import CourseView
from nelm.report.sections import section_page


def course_page(view: CourseView) -> str:
    """The whole page; the same view gives the same text."""
    return section_page(view.title, f"{view.case_id}, {view.day}", view.sections, view.sources)
