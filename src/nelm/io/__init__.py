"""Reading and writing files: case documents, images, reports for other systems."""
