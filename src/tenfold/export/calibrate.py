"""Choose the temperature that turns logits into confidences, and the acceptance threshold.

Both are chosen on images held out of training.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from tenfold.data.synthesis import NO_DIGIT
from tenfold.evaluation import accuracy, expected_calibration_error, find_temperature, fit_temperature
from tenfold.imaging.components import find_components
from tenfold.imaging.layout import NUMBER_REGIONS, Region, region_probability
from tenfold.onnx_models.answers import softmax
from tenfold.reader.ctc import greedy_decode

_ACCEPTED_OTHERS = 0.02  # share of non-digits accepted; the threshold is as low as this allows
_ACCEPTED_IN_LINE = 0.5  # above this, a digit is more likely right than wrong
_LOST = 0.1  # share of the connected components of numbers that may be ignored
_LEAST_PX = 4  # smaller components are specks
_EVERY = 7  # a temperature is fitted to every seventh pixel


@dataclass(frozen=True)
class Calibration:
    """The temperature of a network's outputs, and the acceptance threshold."""

    temperature: float
    threshold: float
    figures: dict[str, Any]


def calibrate_digits(labels: NDArray[np.int64], logits: NDArray[np.float32]) -> Calibration:
    """Choose temperature and threshold for `logits`, (N, 11), of images with `labels` 0 .. 10.

    The temperature minimizes the cross-entropy; the threshold is the lowest, in hundredths, that accepts at
    most 2 % of non-digits.
    """
    temperature = round(fit_temperature(labels, softmax(logits)), 3)
    probabilities = softmax(logits / temperature)
    digits = labels != NO_DIGIT
    confidence = probabilities[:, :NO_DIGIT].max(axis=1)
    others = np.sort(confidence[~digits])[::-1]
    refused = others[int(_ACCEPTED_OTHERS * len(others))]  # and all below it
    threshold = round(float(np.floor(100 * refused) + 1) / 100, 2)
    accepted = confidence >= threshold
    right = probabilities[:, :NO_DIGIT].argmax(axis=1) == labels
    return Calibration(
        temperature,
        threshold,
        {
            "images": len(labels),
            "digits_right": float(right[digits].mean()),
            "digits_accepted": float(accepted[digits].mean()),
            "accepted_digits_right": float(right[digits & accepted].mean())
            if accepted[digits].any()
            else None,
            "others_accepted": float(accepted[~digits].mean()),
            "accuracy_of_eleven": accuracy(labels, probabilities.argmax(axis=1)),
            "calibration_error": expected_calibration_error(labels, probabilities),
        },
    )


def calibrate_lines(labels: NDArray[np.int64], logits: NDArray[np.float32]) -> Calibration:
    """Choose the temperature for `logits`, (N, T, S), of lines with `labels`, (N, L), padded with 10.

    It maximizes the lines' likelihood. In a line, a digit is accepted if it is more likely right than wrong.
    """
    import tensorflow as tf

    from tenfold.training.line_loss import ctc_loss

    loss = tf.function(ctc_loss)

    def mean_loss(temperature: float) -> float:
        return float(np.mean(loss(tf.constant(labels), tf.constant(logits / np.float32(temperature)))))

    temperature = round(find_temperature(mean_loss), 3)
    peaks = [greedy_decode(row) for row in softmax(logits / np.float32(temperature))]
    right, digits_right, of_digits = [], [], []
    for row, found in zip(labels, peaks, strict=True):
        symbols = row[row != NO_DIGIT]
        read = np.array([peak.symbol for peak in found], dtype=np.int64)
        right.append(np.array_equal(symbols, read))
        digits = symbols[symbols < NO_DIGIT]
        digit_peaks = [peak for peak in found if peak.symbol < NO_DIGIT]
        digits_right.append(np.array_equal(digits, read[read < NO_DIGIT]))
        if len(digits) == len(digit_peaks):
            of_digits += [
                (peak.digit_probabilities, digit) for peak, digit in zip(digit_peaks, digits, strict=True)
            ]
    probabilities = np.array([one for one, _ in of_digits]).reshape(-1, NO_DIGIT + 1)
    digits = np.array([digit for _, digit in of_digits], dtype=np.int64)
    return Calibration(
        temperature,
        _ACCEPTED_IN_LINE,
        {
            "rows_of_lines": len(labels),
            "rows_right": float(np.mean(right)),
            "rows_with_right_digits": float(np.mean(digits_right)),
            "digits_where_their_number_is_right": len(digits),
            "of_these_right": accuracy(digits, probabilities.argmax(axis=1)) if of_digits else None,
            "calibration_error": expected_calibration_error(digits, probabilities) if of_digits else None,
        },
    )


def calibrate_regions(labels: NDArray[np.int64], logits: NDArray[np.float32]) -> Calibration:
    """Choose temperature and threshold for `logits`, (N, h, w, R), of pages with regions `labels`, (N, h, w).

    The temperature minimizes the cross-entropy. The threshold, in hundredths, applies to a connected
    component's mean probability of belonging to a number; it is the highest that at most 10 % of the numbers'
    components are below.
    """
    some_labels = labels.ravel()[::_EVERY]
    some_logits = logits.reshape(-1, logits.shape[-1])[::_EVERY]
    temperature = round(fit_temperature(some_labels, softmax(some_logits)), 3)
    probabilities = softmax(some_logits / temperature)
    components = [
        component
        for of_page, page_logits in zip(labels, logits, strict=True)
        for component in _components(of_page, softmax(page_logits / np.float32(temperature)))
    ]
    shares = np.array([share for _, share in components])
    regions = np.array([region for region, _ in components])
    numbers = np.isin(regions, list(NUMBER_REGIONS))
    threshold = float(np.floor(100 * np.quantile(shares[numbers], _LOST)) / 100) if numbers.any() else 0.0
    kept = shares >= threshold
    found = probabilities.argmax(axis=-1) == some_labels
    return Calibration(
        temperature,
        round(threshold, 2),
        {
            "pages": len(labels),
            "numbers_kept": float(kept[numbers].mean()) if numbers.any() else None,
            "words_kept": float(kept[~numbers].mean()) if (~numbers).any() else None,
            "found": {
                region.name.lower(): float(found[some_labels == region].mean())
                for region in Region
                if (some_labels == region).any()
            },
            "calibration_error": expected_calibration_error(some_labels, probabilities),
        },
    )


def _components(labels: NDArray[np.int64], probabilities: NDArray[np.float32]) -> Iterator[tuple[int, float]]:
    """For each connected component of writing on a page, its majority region and its mean probability of
    belonging to a number."""
    likely = region_probability(NUMBER_REGIONS, probabilities, labels.shape)
    owners, stats = find_components(np.isin(labels, [Region.TEXT, *NUMBER_REGIONS]))
    for component in range(1, len(stats)):
        if stats[component, cv2.CC_STAT_HEIGHT] >= _LEAST_PX:
            own = owners == component
            yield int(np.bincount(labels[own]).argmax()), float(likely[own].mean())
