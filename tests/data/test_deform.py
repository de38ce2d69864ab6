import cv2
import numpy as np

from tenfold.data import Dataset
from tenfold.data.deform import Deformed


def digits(mnist: Dataset, n: int = 200) -> tuple[np.ndarray, np.ndarray]:
    return mnist.x_train[:n], mnist.y_train[:n]


def test_an_epoch_has_every_image_once_with_its_label(mnist: Dataset) -> None:
    images, labels = digits(mnist)
    deformed, same_labels = Deformed(images, labels).draw(seed=0, epoch=0)

    assert deformed.shape == images.shape
    assert deformed.dtype == np.uint8
    assert np.array_equal(same_labels, labels)
    # Blurred, many are still nearer to the one they were made from than to any of 199 others.
    blurred, made = (
        np.stack([cv2.GaussianBlur(image, (0, 0), 2.5) for image in stack])
        .reshape(len(stack), -1)
        .astype(float)
        for stack in (images, deformed)
    )
    nearest = ((made[:, None] - blurred[None]) ** 2).sum(axis=2).argmin(axis=1)
    assert (nearest == np.arange(len(images))).mean() > 0.25


def test_images_depend_on_seed_and_epoch_alone(mnist: Dataset) -> None:
    deformed = Deformed(*digits(mnist))
    first = deformed.draw(seed=1, epoch=2)[0]

    assert np.array_equal(first, Deformed(*digits(mnist)).draw(seed=1, epoch=2)[0])
    assert not np.array_equal(first, deformed.draw(seed=1, epoch=3)[0])
    assert not np.array_equal(first, deformed.draw(seed=2, epoch=2)[0])


def test_the_originals_are_left_unchanged(mnist: Dataset) -> None:
    images, labels = digits(mnist)
    before = images.copy()
    Deformed(images, labels).draw(seed=0, epoch=0)
    assert np.array_equal(images, before)


def test_ink_neither_appears_nor_leaves_by_much(mnist: Dataset) -> None:
    images, labels = digits(mnist, 1000)
    deformed = Deformed(images, labels).draw(seed=0, epoch=0)[0]
    share = deformed.sum(axis=(1, 2)) / images.sum(axis=(1, 2))

    assert 0.9 < np.median(share) < 1.1
    assert (share > 0.5).all()


def test_strokes_become_bolder_in_half_of_the_images_and_finer_in_the_others(mnist: Dataset) -> None:
    images, labels = digits(mnist, 1000)
    as_bold = Deformed(images, labels).draw(seed=0, epoch=0)[0].astype(int)
    deformed = Deformed(images, labels, bolder_or_finer=0.8).draw(seed=0, epoch=0)[0]
    change = deformed.sum(axis=(1, 2)) - as_bold.sum(axis=(1, 2))
    reach = np.ones((3, 3))

    assert 0.15 < (change == 0).mean() < 0.25
    assert 0.35 < (change > 0).mean() < 0.45
    assert 0.35 < (change < 0).mean() < 0.45
    # No ink where there is none beside it, and none gone where it is as strong all around.
    for before, after in zip(as_bold.astype(np.uint8), deformed, strict=True):
        assert (after <= cv2.dilate(before, reach)).all()
        assert (after >= cv2.erode(before, reach)).all()


def test_images_of_other_sizes_and_few(mnist: Dataset) -> None:
    small = np.ascontiguousarray(mnist.x_train[:3, 4:24, 4:24])
    deformed = Deformed(small, mnist.y_train[:3])
    assert deformed.image_shape == (20, 20)
    assert len(deformed) == 3
    assert deformed.draw(0, 0)[0].shape == (3, 20, 20)
