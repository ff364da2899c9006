"""What is made of a course: response, markers, quality of life, toxicity, dose steps, and the next decision."""

from nelm.app.course.followed import Followed, follow, read_and_follow

__all__ = ["Followed", "follow", "read_and_follow"]
