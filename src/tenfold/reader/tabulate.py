"""Arrange the lines of a reading in rows and columns: by rulings if there are any, otherwise by gaps."""

import statistics
from collections.abc import Sequence

from tenfold.imaging.cells import are_adjacent, divide_joined, has_middle_in, rows_of
from tenfold.imaging.segment import Box
from tenfold.reader.reading import Digit, Line, Sign, line_of
from tenfold.reader.table import Cell

_MAX_ASPECT = 1.5  # width divided by height of a compartment of a comb

Rows = tuple[tuple[Cell, ...], ...]


def tabulate(lines: Sequence[Line], cells: Sequence[Box]) -> Rows:
    """The rows of the table that `lines` form, all of the same length, given the `cells` between rulings.

    Anything outside all cells is left out. Without cells, numbers above each other form a column. Narrow
    cells with one digit each, in a row that touches no other, are a comb: one number.
    """
    marks = [mark for line in lines for mark in line.marks]
    if not any(_owner(mark.box, cells) is not None for mark in marks):
        return _by_gaps(lines)
    cells = divide_joined(cells, [mark.box for mark in marks])
    of_cell: dict[Box, list[Digit | Sign]] = {cell: [] for cell in cells}
    for mark in marks:
        owner = _owner(mark.box, cells)
        if owner is not None:
            of_cell[owner].append(mark)
    blocks = _blocks([Cell(_lines_of(of_cell[cell]), cell) for cell in cells])
    written = [block for block in blocks if any(cell.lines for cell in block)]  # the rest may be anything
    return _grid([cell for block in written for cell in _as_comb(block)])


def _owner(box: Box, cells: Sequence[Box]) -> Box | None:
    """The smallest cell that contains the centre of a box."""
    containing = [cell for cell in cells if has_middle_in(cell, box)]
    return min(containing, key=lambda cell: cell.width * cell.height, default=None)


def _lines_of(marks: Sequence[Digit | Sign]) -> tuple[Line, ...]:
    """The digits and signs of a cell as lines; a sign joins the nearest line of digits."""
    digits = [mark for mark in marks if isinstance(mark, Digit)]
    if not digits:
        return (line_of(sorted(marks, key=lambda mark: mark.box.x)),) if marks else ()
    rows = rows_of([digit.box for digit in digits])
    lines: list[list[Digit | Sign]] = [[digit for digit in digits if digit.box in row] for row in rows]
    for mark in marks:
        if isinstance(mark, Sign):
            middle = mark.box.y + mark.box.height / 2
            nearest = min(range(len(rows)), key=lambda number: abs(_middle(rows[number]) - middle))
            lines[nearest].append(mark)
    return tuple(line_of(sorted(line, key=lambda mark: mark.box.x)) for line in lines)


def _middle(row: Sequence[Box]) -> float:
    return sum(box.y + box.height / 2 for box in row) / len(row)


def _grid(cells: Sequence[Cell]) -> Rows:
    """The cells as rows and columns; one that spans several columns stands in the first."""
    boxes = {cell.box: cell for cell in cells if cell.box}
    lefts = _columns(list(boxes))
    rows = []
    for row in rows_of(list(boxes)):
        of_column = {_column(box, lefts): boxes[box] for box in row}
        rows.append(tuple(of_column.get(column, Cell()) for column in range(len(lefts))))
    return tuple(rows)


def _columns(boxes: Sequence[Box]) -> list[float]:
    """The left edge of each column, in pixels."""
    near = min(box.width for box in boxes) / 2
    lefts: list[float] = []
    for left in sorted(box.x for box in boxes):
        if not lefts or left - lefts[-1] > near:
            lefts.append(left)
    return lefts


def _column(box: Box, lefts: Sequence[float]) -> int:
    return min(range(len(lefts)), key=lambda column: abs(lefts[column] - box.x))


def _blocks(cells: Sequence[Cell]) -> list[list[Cell]]:
    """The cells grouped into blocks of adjacent ones, separated only by rulings."""
    blocks: list[list[Cell]] = []
    for cell in cells:
        adjacent = [
            block
            for block in blocks
            if any(cell.box and other.box and are_adjacent(cell.box, other.box) for other in block)
        ]
        joined = [cell, *(other for block in adjacent for other in block)]
        blocks = [block for block in blocks if block not in adjacent] + [joined]
    return blocks


def _as_comb(block: list[Cell]) -> list[Cell]:
    """The block as a single cell if it is a comb."""
    boxes = [cell.box for cell in block if cell.box]
    narrow = all(box.width <= _MAX_ASPECT * box.height for box in boxes)
    in_a_row = len(rows_of(boxes)) == 1
    if len(boxes) < 2 or not (narrow and in_a_row) or any(len(cell.digits) > 1 for cell in block):
        return block
    marks = [mark for cell in block for line in cell.lines for mark in line.marks]
    lines = (line_of(sorted(marks, key=lambda mark: mark.box.x)),) if marks else ()
    return [Cell(lines, _bounding_box(boxes))]


def _by_gaps(lines: Sequence[Line]) -> Rows:
    """The numbers of each line, with those above each other in one column."""
    heights = [digit.box.height for line in lines for digit in line]
    gaps = [gap for line in lines for gap in line.gaps]
    height = statistics.median(heights) if heights else 0
    # A number's digits are little further apart than most on the page, and never a whole digit's height.
    widest = min(statistics.median_low(gaps), height / 2) + height / 2 if gaps else 0
    rows = [[Cell((part,), _box_of_marks(part)) for part in line.split(widest)] for line in lines]
    spans: list[list[float]] = []
    for left, right in sorted((cell.box.x, cell.box.right) for row in rows for cell in row if cell.box):
        if spans and left < spans[-1][1]:
            spans[-1][1] = max(spans[-1][1], right)
        else:
            spans.append([left, right])
    table = []
    for row in rows:
        cells = [Cell()] * len(spans)
        for cell in row:
            column = next(n for n, span in enumerate(spans) if cell.box and cell.box.x < span[1])
            cells[column] = Cell((*cells[column].lines, *cell.lines), cell.box)
        table.append(tuple(cells))
    return tuple(table)


def _box_of_marks(line: Line) -> Box:
    return _bounding_box([mark.box for mark in line.marks])


def _bounding_box(boxes: Sequence[Box]) -> Box:
    """The bounding box of `boxes`."""
    left, top = min(box.x for box in boxes), min(box.y for box in boxes)
    return Box(left, top, max(box.right for box in boxes) - left, max(box.bottom for box in boxes) - top)
