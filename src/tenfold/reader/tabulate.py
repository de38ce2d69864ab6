"""From the lines of a reading to rows and columns: between rulings where there are some, else by the gaps."""

from collections.abc import Sequence

from tenfold.imaging.cells import rows_of
from tenfold.imaging.segment import Box
from tenfold.reader.reading import Digit, Line, Reading, Sign, line_of
from tenfold.reader.table import Cell, Table

_NARROW = 1.5  # times as wide as high is a compartment of a comb at most


def tabulate(reading: Reading, cells: Sequence[Box]) -> Table:
    """The table in a `reading`, whose rulings make `cells`, boxes in the picture.

    What stands in no cell is not in the table. Without cells, numbers above each other are a column. A row of
    narrow cells with a digit each, alone, is a comb: one number.
    """
    marks = [mark for line in reading.lines for mark in line.marks]
    if not any(_owner(mark.box, cells) is not None for mark in marks):
        return Table(_by_gaps(reading), reading)
    of_cell: dict[Box, list[Digit | Sign]] = {cell: [] for cell in cells}
    for mark in marks:
        owner = _owner(mark.box, cells)
        if owner is not None:
            of_cell[owner].append(mark)
    rows = _grid([Cell(_lines(of_cell[cell]), cell) for cell in cells])
    return Table((_as_comb(rows[0]),) if len(rows) == 1 else rows, reading)


def _owner(box: Box, cells: Sequence[Box]) -> Box | None:
    """The smallest cell around the middle of a box."""
    x, y = box.x + box.width / 2, box.y + box.height / 2
    around = [cell for cell in cells if cell.x <= x < cell.right and cell.y <= y < cell.bottom]
    return min(around, key=lambda cell: cell.width * cell.height, default=None)


def _lines(marks: Sequence[Digit | Sign]) -> tuple[Line, ...]:
    """The digits and signs of a cell as lines; a sign belongs to the nearest line of digits."""
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


def _grid(cells: Sequence[Cell]) -> tuple[tuple[Cell, ...], ...]:
    """Cells of rulings as rows and columns; one that spans several columns stands in the first."""
    boxes = {cell.box: cell for cell in cells if cell.box}
    lefts = _columns(list(boxes))
    rows = []
    for row in rows_of(list(boxes)):
        of_column = {_column(box, lefts): boxes[box] for box in row}
        rows.append(tuple(of_column.get(column, Cell()) for column in range(len(lefts))))
    return tuple(rows)


def _columns(boxes: Sequence[Box]) -> list[float]:
    """The left edge of each column."""
    near = min(box.width for box in boxes) / 2
    lefts: list[float] = []
    for left in sorted(box.x for box in boxes):
        if not lefts or left - lefts[-1] > near:
            lefts.append(left)
    return lefts


def _column(box: Box, lefts: Sequence[float]) -> int:
    return min(range(len(lefts)), key=lambda column: abs(lefts[column] - box.x))


def _as_comb(row: tuple[Cell, ...]) -> tuple[Cell, ...]:
    """The row of cells as one, where it is a comb."""
    boxes = [cell.box for cell in row if cell.box]
    narrow = all(box.width <= _NARROW * box.height for box in boxes)
    if len(boxes) < 2 or not narrow or any(len(cell.digits) > 1 for cell in row):
        return row
    marks = [mark for cell in row for line in cell.lines for mark in line.marks]
    return (Cell((line_of(sorted(marks, key=lambda mark: mark.box.x)),), _around(boxes)),)


def _by_gaps(reading: Reading) -> tuple[tuple[Cell, ...], ...]:
    """The numbers of each line, those above each other in one column."""
    rows = [[Cell((part,), _around_marks(part)) for part in line.parts] for line in reading.lines]
    spans: list[list[float]] = []
    for left, right in sorted((cell.box.x, cell.box.right) for row in rows for cell in row if cell.box):
        if spans and left < spans[-1][1]:
            spans[-1][1] = max(spans[-1][1], right)
        else:
            spans.append([left, right])
    table = []
    for row in rows:
        places = [Cell()] * len(spans)
        for cell in row:
            column = next(n for n, span in enumerate(spans) if cell.box and cell.box.x < span[1])
            places[column] = Cell((*places[column].lines, *cell.lines), cell.box)
        table.append(tuple(places))
    return tuple(table)


def _around_marks(line: Line) -> Box:
    return _around([mark.box for mark in line.marks])


def _around(boxes: Sequence[Box]) -> Box:
    """The box around boxes."""
    left, top = min(box.x for box in boxes), min(box.y for box in boxes)
    return Box(left, top, max(box.right for box in boxes) - left, max(box.bottom for box in boxes) - top)
