"""The course of a patient as a timeline and a page."""

from nelm.report.course.page import course_page
from nelm.report.course.records import CourseView, Event, Lane, Point, Span
from nelm.report.course.timeline import timeline_chart

__all__ = ["CourseView", "Event", "Lane", "Point", "Span", "course_page", "timeline_chart"]
