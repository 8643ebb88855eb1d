"""Whether a drawing fits: nothing runs over its edge, no text lies on another, all letters are large enough on paper and on a phone."""

from __future__ import annotations

from evallib.charts.drawing import Chart
from evallib.charts.layout import BOLD
from evallib.charts.measure import text_width
from evallib.charts.sheet import PHONE, WIDE, Size


def boxes(chart: Chart, size: Size) -> list[tuple[float, float, float, float, str]]:
    """Where each text stands: left, right, top, bottom, from the widths of the wide fonts."""
    found = []
    for x, y, text, letters, _, align, bold in chart.sheet(size).texts:
        wide = text_width(text, letters) * (BOLD if bold else 1)
        left = x - wide if align == "right" else x - wide / 2 if align == "center" else x
        found.append((left, left + wide, y - 0.7 * letters, y, text))
    return found


def assert_fits(chart: Chart, size: Size) -> None:
    sheet, placed = chart.sheet(size), boxes(chart, size)
    for left, right, top, bottom, text in placed:
        assert left >= -0.5, (chart, text)
        assert right <= size.width + 1, (chart, text)
        assert 0 <= top < bottom <= sheet.height, (chart, text)
    for place, a in enumerate(placed):
        for b in placed[place + 1 :]:
            assert a[1] <= b[0] + 1 or b[1] <= a[0] + 1 or a[3] <= b[2] or b[3] <= a[2], (chart, a, b)
    for shape in sheet.shapes:
        left, top, right, bottom = shape.box
        assert min(left, top) >= -5, (chart, shape)
        assert right <= size.width + 5, (chart, shape)
        assert bottom <= sheet.height, (chart, shape)


def smallest_letter(chart: Chart, size: Size) -> float:
    """In points, on A4 (180 mm between the margins, a drawing at most 225 mm high); in pixels, on a screen 360 wide with margins of 20."""
    sheet = chart.sheet(size)
    paper = min(180 / 25.4 * 72 / sheet.width, 225 / 25.4 * 72 / sheet.height)
    return min(said.size for said in sheet.texts) * (paper if size is WIDE else (360 - 40) / sheet.width)


def assert_readable(chart: Chart) -> None:
    assert smallest_letter(chart, WIDE) >= 7, chart
    assert smallest_letter(chart, PHONE) >= 12, chart
