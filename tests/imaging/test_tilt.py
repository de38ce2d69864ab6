import math

import cv2
import numpy as np
import pytest

from tenfold.imaging.tilt import find_tilt


def rulings(degrees: float, n_lines: int = 6) -> np.ndarray:
    """Rulings turned clockwise by this angle, half of them horizontal."""
    grid = np.zeros((600, 800), dtype=np.float32)
    for number in range(n_lines):
        if number % 2:
            cv2.line(grid, (150, 150 + 60 * number), (650, 150 + 60 * number), 1, 2)
        else:
            cv2.line(grid, (200 + 80 * number, 100), (200 + 80 * number, 500), 1, 2)
    turn = cv2.getRotationMatrix2D((400, 300), -degrees, 1)
    return np.asarray(cv2.warpAffine(grid, turn, (800, 600)), dtype=np.float32)


@pytest.mark.parametrize("degrees", [-30, -5, -2, 2, 5, 12, 30])
def test_the_tilt_of_rulings_is_found(degrees: float) -> None:
    assert math.degrees(find_tilt(rulings(degrees))) == pytest.approx(degrees, abs=0.5)


def test_one_leaning_line_among_level_ones_does_not_matter() -> None:
    picture = rulings(0)
    cv2.line(picture, (50, 50), (350, 120), 1, 2)

    assert find_tilt(picture) == 0


@pytest.mark.parametrize("picture", [rulings(0), rulings(0.5), rulings(0, n_lines=0)])
def test_level_rulings_or_none_have_no_tilt(picture: np.ndarray) -> None:
    assert find_tilt(picture) == 0
