"""What was measured on images, as a table for people, pictures and a page."""
