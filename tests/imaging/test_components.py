"""Connected components, against OpenCV's own statistics."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from memory import run_measured
from tenfold.imaging.components import find_components


@pytest.mark.parametrize("connectivity", [4, 8])
@pytest.mark.parametrize("shape", [(1, 1), (3, 700), (3, 7000), (257, 90), (1000, 90)])
@pytest.mark.parametrize("share", [0.0, 0.1, 0.6, 1.0])
def test_components_have_the_statistics_that_opencv_finds(
    connectivity: int, shape: tuple[int, int], share: float
) -> None:
    ink = (np.random.default_rng(1).random(shape) < share).astype(np.float32)

    labels, stats = find_components(ink, connectivity)

    _, expected, expected_stats, _ = cv2.connectedComponentsWithStats(
        ink.astype(np.uint8), connectivity=connectivity
    )
    assert np.array_equal(labels, expected)
    assert np.array_equal(stats[1:], expected_stats[1:])
    assert not stats[0].any()


def test_a_million_dots_are_read_in_bounded_memory(tmp_path: Path) -> None:
    """OpenCV's statistics take 140 MB for them on each core."""
    dots = np.full((2000, 2000), 255, dtype=np.uint8)
    dots[::2, ::2] = 0
    Image.fromarray(dots).save(tmp_path / "dots.png")

    assert run_measured("read", str(tmp_path / "dots.png")).peak_mib < 380
