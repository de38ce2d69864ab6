"""What several tests share."""

import csv
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, settings
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from tenfold.data import Dataset, load_mnist

pytest_plugins = ["browsers", "made_runs", "page", "small_model", "small_networks"]

# A busy machine makes no test fail, and CI draws other examples each time, too.
settings.register_profile(
    "patient", deadline=None, derandomize=False, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("patient")


@pytest.fixture(scope="session")
def mnist() -> Dataset:
    """The real MNIST, downloaded once into tenfold's usual cache if necessary."""
    return load_mnist()


@pytest.fixture(scope="session")
def printed_and_written(mnist: Dataset) -> NDArray[np.uint8]:
    """A page with 48027 in print, and 20573 by hand below: uint8 (400, 700)."""
    page = Image.new("L", (700, 400), 255)
    ImageDraw.Draw(page).text((60, 60), "48027", font=ImageFont.load_default(70))
    for place, value in enumerate([2, 0, 5, 7, 3]):
        digit = mnist.x_test[np.flatnonzero(mnist.y_test == value)[place]]
        enlarged = Image.fromarray(255 - digit).resize((84, 84), Image.Resampling.BICUBIC)
        page.paste(enlarged, (60 + 70 * place, 240))
    return np.asarray(page)


@pytest.fixture(scope="session")
def few_digits(mnist: Dataset) -> Dataset:
    """The first 2,000 training and 500 test images of MNIST."""
    return Dataset(
        name="few digits",
        x_train=mnist.x_train[:2000],
        y_train=mnist.y_train[:2000],
        x_test=mnist.x_test[:500],
        y_test=mnist.y_test[:500],
        class_names=mnist.class_names,
        origin="MNIST",
    )


@pytest.fixture(scope="session")
def digits_csv(mnist: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A CSV naming 1,000 real digits, 100 of each, as dark on light PNG files."""
    folder = tmp_path_factory.mktemp("digits")
    chosen = np.concatenate([np.flatnonzero(mnist.y_train == digit)[:100] for digit in range(10)])
    with (folder / "digits.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["file", "label"])
        for index in chosen:
            cv2.imwrite(str(folder / f"{index}.png"), 255 - np.pad(mnist.x_train[index], 8))
            writer.writerow([f"{index}.png", mnist.y_train[index]])
    return folder / "digits.csv"
