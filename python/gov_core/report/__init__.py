"""What a run leaves for people: counts, a bulletin, a picture and a map that opens without a network."""

from gov_core.report.bulletin import Bulletin, Speed
from gov_core.report.burden import draw_reduction, print_reduction
from gov_core.report.city_page import write_city_page
from gov_core.report.city_png import draw_city_png
from gov_core.report.city_tree import city_tree
from gov_core.report.load import roll_up
from gov_core.report.map_html import write_html
from gov_core.report.map_png import draw_png
from gov_core.report.names import body_names
from gov_core.report.outlines import Outlines
from gov_core.report.responsibility import Duty, duties, matrix_csv, matrix_html, print_matrix
from gov_core.report.tally import Tally

__all__ = [
    "Bulletin",
    "Duty",
    "Outlines",
    "Speed",
    "Tally",
    "body_names",
    "city_tree",
    "draw_city_png",
    "draw_png",
    "draw_reduction",
    "duties",
    "matrix_csv",
    "matrix_html",
    "print_matrix",
    "print_reduction",
    "roll_up",
    "write_city_page",
    "write_html",
]
