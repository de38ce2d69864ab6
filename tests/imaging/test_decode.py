"""Tiny exact pictures first, then every format, then broken files."""

import io
import struct
import zlib
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageOps

from tenfold.errors import ImageError
from tenfold.imaging.decode import decode, decode_reduced

GREY = np.array([[0, 50, 100], [150, 200, 255]], dtype=np.uint8)


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, format=kind, **options)
    return stream.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "BMP", "TIFF", "GIF"])
def test_lossless_formats_decode_to_exact_levels(kind: str) -> None:
    grey = decode(saved(Image.fromarray(GREY), kind))
    assert grey.dtype == np.uint8
    assert np.array_equal(grey, GREY)


def test_webp_and_jpeg_come_close() -> None:
    ramp = np.repeat(np.arange(0, 256, 8, dtype=np.uint8)[None], 32, axis=0)
    assert np.abs(decode(saved(Image.fromarray(ramp), "JPEG", quality=95)).astype(int) - ramp).max() < 6
    lossless = saved(Image.fromarray(ramp), "WEBP", lossless=True)
    assert np.array_equal(decode(lossless), ramp)


def test_a_path_bytes_an_image_and_an_array_decode_to_the_same(tmp_path: Path) -> None:
    image = Image.fromarray(GREY)
    image.save(tmp_path / "grey.png")
    for picture in (
        tmp_path / "grey.png",
        str(tmp_path / "grey.png"),
        (tmp_path / "grey.png").read_bytes(),
        image,
        GREY,
        GREY[:, :, None],
        np.stack([GREY] * 3, axis=2),
    ):
        assert np.array_equal(decode(picture), GREY)


def test_an_array_is_copied() -> None:
    array = GREY.copy()
    decode(array)[0, 0] = 99
    assert array[0, 0] == 0


def test_transparency_is_composited_on_white() -> None:
    rgba = np.array([[[0, 0, 0, 0], [0, 0, 0, 255], [0, 0, 0, 128]]], dtype=np.uint8)
    assert decode(saved(Image.fromarray(rgba), "PNG")).tolist() == [[255, 0, 127]]
    assert decode(rgba).tolist() == [[255, 0, 127]]
    grey_alpha = Image.merge("LA", [Image.new("L", (2, 1), 0), Image.new("L", (2, 1), 0)])
    assert decode(saved(grey_alpha, "PNG")).tolist() == [[255, 255]]


def test_white_ink_on_a_transparent_background_does_not_vanish() -> None:
    rgba = np.full((1, 3, 4), 255, np.uint8)
    rgba[0, :, 3] = (0, 255, 128)
    assert decode(rgba).tolist() == [[0, 255, 128]]
    rgba[0, :, 3] = 255
    assert decode(rgba).tolist() == [[255, 255, 255]]


def test_a_palette_with_and_without_a_transparent_colour() -> None:
    image = Image.new("P", (2, 1))
    image.putpalette([10, 10, 10, 200, 200, 200])
    image.putdata([0, 1])
    assert decode(saved(image, "PNG")).tolist() == [[10, 200]]
    assert decode(saved(image, "PNG", transparency=0)).tolist() == [[255, 200]]


def test_one_bit_becomes_black_and_white() -> None:
    bits = GREY > 120
    expected = np.where(bits, 255, 0)
    assert np.array_equal(decode(bits), expected)
    assert np.array_equal(decode(saved(Image.fromarray(bits), "PNG")), expected)
    assert np.array_equal(decode(saved(Image.fromarray(bits), "TIFF", compression="group4")), expected)


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_16_bits_are_scaled_to_8(kind: str) -> None:
    deep = GREY.astype(np.uint16) * 257
    assert np.array_equal(decode(saved(Image.fromarray(deep), kind)), GREY)
    assert np.array_equal(decode(deep), GREY)
    assert decode(np.array([[0, 128, 129, 65535]], dtype=np.uint16)).tolist() == [[0, 0, 1, 255]]


def test_floats_in_a_tiff_range_from_0_to_1() -> None:
    assert decode(saved(Image.fromarray(GREY / np.float32(255)), "TIFF")).tolist() == GREY.tolist()
    assert decode(saved(Image.fromarray(GREY.astype(np.float32)), "TIFF")).tolist() == GREY.tolist()
    with pytest.raises(ImageError, match="from 0 to 1, or from 0 to 255, received 0 to 510"):
        decode(saved(Image.fromarray(GREY * np.float32(2)), "TIFF"))


def test_cmyk_is_converted_to_grey_via_rgb() -> None:
    image = Image.fromarray(np.stack([GREY] * 3, axis=2)).convert("CMYK")
    assert np.abs(decode(saved(image, "TIFF")).astype(int) - GREY).max() <= 1


@pytest.mark.parametrize("orientation", range(10))
@pytest.mark.parametrize("kind", ["PNG", "TIFF", "WEBP"])
def test_a_photograph_is_rotated_upright(kind: str, orientation: int) -> None:
    image = Image.fromarray(GREY)
    exif = image.getexif()
    exif[0x0112] = orientation
    content = saved(image, kind, exif=exif, **({"lossless": True} if kind == "WEBP" else {}))
    with Image.open(io.BytesIO(content)) as opened:
        expected = np.asarray(ImageOps.exif_transpose(opened).convert("L"))
    with Image.open(io.BytesIO(content)) as opened:
        assert np.array_equal(decode(opened), expected)
    assert np.array_equal(decode(content), expected)


def test_a_multi_picture_jpeg_from_a_phone_is_read() -> None:
    image = Image.fromarray(np.full((16, 16, 3), 200, np.uint8))
    content = saved(image, "MPO", save_all=True, append_images=[image])
    assert np.array_equal(decode(content), np.full((16, 16), 200))


def ramp_of_size(width: int, height: int) -> np.ndarray:
    return np.add.outer(np.linspace(0, 100, height), np.linspace(0, 150, width)).astype(np.uint8)


@pytest.mark.parametrize(("kind", "mode"), [("JPEG", "L"), ("JPEG", "RGB"), ("JPEG", "CMYK"), ("MPO", "RGB")])
@pytest.mark.parametrize(("side", "fraction"), [(199, 1), (201, 2), (400, 4), (850, 8)])
def test_a_large_jpeg_is_decoded_at_a_fraction_of_its_size(
    kind: str, mode: str, side: int, fraction: int
) -> None:
    image = Image.fromarray(ramp_of_size(side, side // 2)).convert(mode)
    content = saved(image, kind, quality=95)

    grey, size = decode_reduced(content, longest_px=100)

    assert size == image.size
    assert grey.shape == (-(-image.height // fraction), -(-image.width // fraction))
    averaged = np.asarray(image.convert("L").resize(grey.shape[::-1], Image.Resampling.BOX), dtype=int)
    assert np.abs(grey[:-1, :-1] - averaged[:-1, :-1]).max() < 6


def test_a_large_jpeg_on_its_side_is_rotated_and_keeps_its_size() -> None:
    image = Image.fromarray(ramp_of_size(400, 240))
    exif = image.getexif()
    exif[0x0112] = 6

    content = saved(image, "JPEG", exif=exif)

    grey, size = decode_reduced(content, longest_px=100)

    assert size == (240, 400)
    assert grey.shape == (100, 60)
    averaged = np.asarray(Image.fromarray(decode(content)).resize((60, 100), Image.Resampling.BOX), dtype=int)
    assert np.abs(grey - averaged).max() < 6


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "WEBP"])
def test_other_formats_are_decoded_as_they_are(kind: str) -> None:
    ramp = ramp_of_size(400, 240)
    lossless = {"lossless": True} if kind == "WEBP" else {}

    grey, size = decode_reduced(saved(Image.fromarray(ramp), kind, **lossless), longest_px=100)

    assert np.array_equal(grey, ramp)
    assert size == (400, 240)


@pytest.mark.parametrize("kind", ["GIF", "TIFF"])
def test_the_first_of_several_pages_is_decoded(kind: str) -> None:
    pages = [Image.fromarray(GREY), Image.fromarray(255 - GREY)]
    assert np.array_equal(decode(saved(pages[0], kind, save_all=True, append_images=pages[1:])), GREY)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match=r"nowhere\.png cannot be opened: No such file"):
        decode(tmp_path / "nowhere.png")
    with pytest.raises(ImageError, match="cannot be opened"):
        decode(tmp_path)


@pytest.mark.parametrize("content", [b"", b"hello", b"<svg/>", b"%!PS-Adobe-3.0 EPSF-3.0\n"])
def test_content_that_is_not_a_picture_is_refused(content: bytes) -> None:
    with pytest.raises(ImageError, match="is not a picture tenfold can read"):
        decode(content)


@given(st.sampled_from(["PNG", "JPEG", "WEBP", "BMP", "TIFF", "GIF"]), st.floats(0, 0.9))
def test_a_truncated_file_of_any_format_is_refused(kind: str, share: float) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (40, 40), dtype=np.uint8)
    content = saved(Image.fromarray(noise), kind)
    with pytest.raises(ImageError):
        decode(content[: int(share * len(content))])


@given(
    st.sampled_from(["PNG", "JPEG", "WEBP", "BMP", "TIFF", "GIF"]),
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=8),
)
def test_a_damaged_file_is_decoded_or_refused(kind: str, damages: list[tuple[float, int]]) -> None:
    content = bytearray(saved(Image.fromarray(np.kron(GREY, np.ones((8, 8), np.uint8))), kind))
    for place, value in damages:
        content[int(place * len(content))] = value
    with suppress(ImageError):
        assert decode(bytes(content)).dtype == np.uint8


def png_of_size(width: int, height: int) -> bytes:
    """The beginning of a PNG of this size, enough to judge it."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(100)))


@pytest.mark.parametrize("side", [8000, 10_000, 30_000])
def test_a_decompression_bomb_is_refused_before_decoding(side: int) -> None:
    with pytest.raises(ImageError, match="more than the 50,000,000"):
        decode(png_of_size(side, side))


def test_the_maximum_number_of_pixels_is_configurable(tmp_path: Path) -> None:
    Image.fromarray(GREY).save(tmp_path / "grey.png")
    for picture in (GREY, Image.fromarray(GREY), saved(Image.fromarray(GREY), "PNG"), tmp_path / "grey.png"):
        assert decode(picture, max_pixels=6).size == 6
        with pytest.raises(ImageError, match="has 3 x 2 pixels, more than the 5"):
            decode(picture, max_pixels=5)


def test_a_picture_above_pillows_own_limit_is_refused_with_that_limit() -> None:
    with pytest.raises(ImageError, match="more than the 178,956,970 pixels"):
        decode(png_of_size(30_000, 30_000), max_pixels=10**9)


def test_an_image_with_damaged_data_is_refused() -> None:
    content = saved(Image.fromarray(np.arange(2500, dtype=np.uint8).reshape(50, 50)), "PNG")
    with Image.open(io.BytesIO(content[:80])) as image, pytest.raises(ImageError, match="this image is dam"):
        decode(image)


@pytest.mark.parametrize("path", ["no\0name.png", "~nobody-has-this-name/x.png", "x" * 5000])
def test_an_impossible_file_name_is_refused(path: str) -> None:
    with pytest.raises(ImageError, match="cannot be opened"):
        decode(path)


FRACTIONS = GREY / 255


@pytest.mark.parametrize(
    "picture",
    [
        FRACTIONS,
        FRACTIONS.astype(np.float16),
        FRACTIONS.astype(">f4"),
        GREY.astype(np.float32),
        GREY.astype(np.float64),
        GREY.astype(np.int64),
        GREY.astype(np.int16),
        GREY.astype(">u2"),
        GREY.astype(np.uint16),
        GREY.astype(">u2") * 257,
        GREY.astype(np.int32) * 257,
        np.stack([FRACTIONS] * 3, axis=2),
        GREY.tolist(),
        FRACTIONS.tolist(),
        tuple(map(tuple, GREY.tolist())),
        np.asfortranarray(GREY),
    ],
    ids=lambda picture: f"{getattr(picture, 'dtype', type(picture).__name__)}{np.shape(picture)}",
)
def test_numbers_of_any_dtype_and_layout_are_a_picture(picture: object) -> None:
    assert np.array_equal(decode(picture), GREY)  # type: ignore[arg-type]


@pytest.mark.parametrize("mode", ["I", "I;16", "F"])
def test_deep_images_with_values_from_0_to_255_are_not_blank(mode: str) -> None:
    dtype = {"I": np.int32, "I;16": np.uint16, "F": np.float32}[mode]
    image = Image.fromarray(GREY.astype(dtype))
    assert image.mode == mode
    assert np.array_equal(decode(image), GREY)
    assert np.array_equal(decode(saved(image, "TIFF")), GREY)


def test_interpolation_overshoot_is_clipped() -> None:
    assert decode(np.array([[-0.1, 0.5, 1.1]])).tolist() == [[0, 128, 255]]


class Tensor:
    """Behaves like another library's tensor."""

    def __init__(self, array: np.ndarray | None) -> None:
        self.array = array

    def __array__(self, dtype: object = None, copy: object = None) -> np.ndarray:
        if self.array is None:
            raise RuntimeError("it is on another device\nbring it here")
        return self.array


def test_a_tensor_is_an_array() -> None:
    assert np.array_equal(decode(Tensor(FRACTIONS)), GREY)
    with pytest.raises(ImageError, match=r"received a Tensor.*: it is on another device bring it here$"):
        decode(Tensor(None))


def test_the_channels_may_come_first() -> None:
    wide = np.hstack([GREY, GREY])
    for channels in ([wide], [wide] * 3, [wide, wide, wide, np.full_like(wide, 255)]):
        assert np.array_equal(decode(np.stack(channels)), wide)


def test_if_both_ends_could_be_the_channels_the_last_axis_is() -> None:
    colours = np.zeros((3, 5, 3), np.uint8)
    assert decode(colours).shape == (3, 5)
    assert decode(np.zeros((1, 5, 4), np.uint8)).shape == (1, 5)
    assert decode(np.zeros((3, 5, 6), np.uint8)).shape == (5, 6)


@pytest.mark.parametrize(
    ("picture", "message"),
    [
        (np.full((2, 2), np.nan), "NaN or infinity"),
        (np.array([[0, np.inf]]), "NaN or infinity"),
        (np.array([[-1.0, 1.0]]), "from 0 to 1, or from 0 to 255, received -1 to 1"),
        (np.array([[-0.42, 2.82]]), "received -0.42 to 2.82"),
        (np.array([[0, 300.0]]), "received 0 to 300"),
        (np.array([[-1, 255]]), "from 0 to 255, or from 0 to 65535, received -1 to 255"),
        (np.array([[0, 65536]]), "received 0 to 65536"),
        (np.zeros((2, 2, 2), np.uint8), r"shape \(H, W\).*received uint8 with shape \(2, 2, 2\)"),
        (np.zeros((5, 8, 8), np.uint8), "read_digits takes a batch"),
        (np.zeros((5, 8, 8, 1), np.uint8), "read_digits takes a batch"),
        (np.zeros(4, np.uint8), r"shape \(4,\)"),
        (np.uint8(4), r"shape \(\)"),
        (np.array(4), r"shape \(\)"),
        (np.zeros((0, 4), np.uint8), "is empty"),
        (np.zeros((0, 4, 3)), "is empty"),
        ([], r"shape \(0,\)"),
        (np.array([[1, None]]), "real numbers, received object"),
        (np.zeros((2, 2), complex), "real numbers, received complex128"),
        (np.zeros((2, 2), "datetime64[s]"), "real numbers"),
        (["a.png", "b.png"], "real numbers, received <U5 .*one at a time"),
        ([[1, 2], [3]], "received a list that is not an array"),
        (None, "expected a path, a file's bytes, a binary file, a PIL image or an array, received NoneType"),
        (7, "received int"),
        ({"a": 1}, "received dict"),
    ],
    ids=repr,
)
def test_anything_else_is_refused_in_one_line(picture: object, message: str) -> None:
    with pytest.raises(ImageError, match=message) as raised:
        decode(picture)  # type: ignore[arg-type]
    assert "\n" not in str(raised.value)


class Place:
    """A path object of another library."""

    def __init__(self, path: bytes | str) -> None:
        self.path = path

    def __fspath__(self) -> bytes | str:
        return self.path


class Pipe(io.BytesIO):
    """A stream that cannot seek, such as a network response."""

    def seekable(self) -> bool:
        return False

    def seek(self, *_: int) -> int:
        raise io.UnsupportedOperation("seek")


def test_paths_and_bytes_of_any_type_and_open_files_can_be_decoded(tmp_path: Path) -> None:
    content, path = saved(Image.fromarray(GREY), "PNG"), tmp_path / "grey.png"
    path.write_bytes(content)
    for picture in (
        Place(str(path)), Place(bytes(path)), bytearray(content), memoryview(content), io.BytesIO(content),
        Pipe(content),
    ):  # fmt: skip
        assert np.array_equal(decode(picture), GREY)  # type: ignore[arg-type]
    with path.open("rb") as file:
        file.seek(20)
        assert np.array_equal(decode(file), GREY)
        assert not file.closed
        file.close()
        with pytest.raises(ImageError, match=r"grey\.png cannot be read: "):
            decode(file)
    with path.open(encoding="latin-1") as file, pytest.raises(ImageError, match=r"mode 'rb'.*received text"):
        decode(file)  # type: ignore[arg-type]
    with (tmp_path / "other.png").open("wb") as file, pytest.raises(ImageError, match="cannot be read"):
        decode(file)
