"""Hold out a part: stratified by class, or by writer."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tenfold.errors import InputError


def stratified_split(
    labels: ArrayLike, n_validation: int, seed: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Split the indices of `labels` (integers, shape (N,)) into a training and a validation part.

    Returns (train, validation), both sorted; together they are 0..N-1. The validation part has exactly
    `n_validation` members; each class gets its share, rounded by the largest remainder method (ties go to
    the smaller label). The same labels, number and seed give the same split with the same NumPy version.
    Raises InputError unless 0 <= n_validation <= N.
    """
    labels = np.asarray(labels)
    if labels.ndim != 1:
        raise InputError(f"expected labels of shape (N,), received shape {labels.shape}")
    if not 0 <= n_validation <= len(labels):
        raise InputError(f"expected n_validation from 0 to {len(labels)}, received {n_validation}")
    classes, members = np.unique(labels, return_inverse=True)
    quotas = _largest_remainder(np.bincount(members, minlength=len(classes)), n_validation)
    rng = np.random.default_rng(seed)
    in_validation = np.zeros(len(labels), dtype=bool)
    for index, quota in enumerate(quotas):
        of_class = np.flatnonzero(members == index)
        in_validation[rng.choice(of_class, size=quota, replace=False)] = True
    return np.flatnonzero(~in_validation).astype(np.int64), np.flatnonzero(in_validation).astype(np.int64)


def _largest_remainder(counts: NDArray[np.int64], n_seats: int) -> NDArray[np.int64]:
    """Distribute `n_seats` in proportion to `counts`: whole parts first, then by largest remainder."""
    total = max(int(counts.sum()), 1)
    seats: NDArray[np.int64] = counts * n_seats // total
    remainders = counts * n_seats % total
    by_remainder = np.argsort(-remainders, kind="stable")
    seats[by_remainder[: n_seats - int(seats.sum())]] += 1
    return seats


def writer_split(writers: Sequence[str], share: float, seed: int) -> NDArray[np.bool_]:
    """A mask (N,) of the held-out samples: all samples of some writers, about `share` of the total.

    `writers` (N,) has at least two different names; at least one writer is held out, and one is not. The same
    writers, share and seed give the same split with the same NumPy version.
    """
    names, members = np.unique(np.asarray(writers), return_inverse=True)
    sizes = np.bincount(members)
    wanted = share * len(members)
    held_out: list[int] = []
    n_held_out = 0
    for writer in np.random.default_rng(seed).permutation(len(names)):
        nearer = abs(n_held_out + sizes[writer] - wanted) < abs(n_held_out - wanted)
        if nearer and len(held_out) < len(names) - 1:
            held_out.append(writer)
            n_held_out += sizes[writer]
    return np.isin(members, held_out or [int(sizes.argmin())])
