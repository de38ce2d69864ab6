"""Characters as pen strokes: verified, and split by writer."""

from pathlib import Path

import numpy as np
import pytest

from tenfold.data import fetch, pens
from tenfold.data.pens import fingerprint, load_characters
from tenfold.errors import DataError, InputError
from writers import TEXT, arrays_of, write_collection


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, np.ndarray]:
    """Two small collections in the cache, each of twenty writers; the arrays of the first."""
    arrays = arrays_of(("futural",) * 20)
    monkeypatch.setenv("TENFOLD_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(pens, "SHA256", dict.fromkeys(pens.SHA256, fingerprint(arrays)))
    for name in pens.SHA256:
        fetch(name, write_collection(tmp_path / "given.npz", arrays))
    return arrays


def test_every_writer_is_either_in_training_or_held_out(kept: dict[str, np.ndarray]) -> None:
    learnt, held_out = load_characters(held_out=False), load_characters(held_out=True)
    by_hand = learnt.of(learnt.writers >= 0)

    assert len(by_hand) + len(held_out) == 2 * 20 * len(TEXT)
    assert not set(by_hand.writers) & set(held_out.writers)
    # None of both collections is mixed up.
    assert set(by_hand.writers) | set(held_out.writers) == set(range(40))
    assert 0 < len(set(held_out.writers)) < 15
    assert (learnt.hasty, held_out.hasty) == (0.4, 0)  # measured as they wrote


def test_fonts_are_writers_for_training_only(kept: dict[str, np.ndarray]) -> None:
    learnt = load_characters(held_out=False)
    fonts = learnt.of(learnt.writers < 0)

    assert set(fonts.writers) == set(range(-255, 0))
    for font in set(fonts.writers):
        assert set("0123456789") <= set(fonts.labels[fonts.writers == font])
    assert min(load_characters(held_out=True).writers) >= 0
    for index in range(0, len(fonts), 100):
        points = np.concatenate(fonts.strokes_of(index))
        assert points.min() == 0
        assert points.max() <= 260


def test_a_character_has_the_points_its_writer_wrote(kept: dict[str, np.ndarray]) -> None:
    characters = load_characters(held_out=False)
    place = TEXT.index("=")
    first, last = kept["characters"][place : place + 2]

    for index in np.flatnonzero((characters.labels == "=") & (characters.writers >= 0)):
        strokes = characters.strokes_of(int(index))
        assert len(strokes) == last - first == 2
        for number, stroke in enumerate(strokes, start=first):
            start, end = kept["strokes"][number : number + 2]
            np.testing.assert_array_equal(stroke, kept["points"][start:end])


def test_a_missing_collection_names_the_command_that_fetches_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TENFOLD_CACHE", str(tmp_path))

    with pytest.raises(InputError, match="download it with tenfold fetch unipen"):
        load_characters(held_out=False)


def test_other_arrays_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TENFOLD_CACHE", str(tmp_path / "cache"))
    path = write_collection(tmp_path / "unipen.npz", arrays_of())

    with pytest.raises(InputError, match="received other arrays; download it again"):
        fetch("unipen", path)
    with pytest.raises(InputError, match=r"No such file.*; download it again"):
        fetch("unipen", tmp_path / "none.npz")
    with pytest.raises(InputError, match=r"expected one of .*unipen, pendigits, received 'omniglot'"):
        fetch("omniglot", path)


def test_damage_in_the_cache_is_found(
    kept: dict[str, np.ndarray], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "cache" / "unipen.npz"
    path.write_bytes(path.read_bytes()[:-500])

    with pytest.raises(DataError, match="download it again with tenfold fetch unipen"):
        load_characters(held_out=False)
