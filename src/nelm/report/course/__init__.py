"""The page of a course: lanes on one axis of time, and what follows from them."""
