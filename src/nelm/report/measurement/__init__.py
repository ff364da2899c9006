"""What was measured on images, as a table for people, pictures and a page."""

from nelm.report.measurement.comparison import print_comparison
from nelm.report.measurement.page import measurement_page
from nelm.report.measurement.pictures import Picture, lesion_pictures, solid_picture
from nelm.report.measurement.table import print_measurement

__all__ = [
    "Picture",
    "lesion_pictures",
    "measurement_page",
    "print_comparison",
    "print_measurement",
    "solid_picture",
]
