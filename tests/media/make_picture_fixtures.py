"""Pictures that Pillow wrote, and what Pillow and diffusers make of them. Run from the repository:

    pip install pillow diffusers && python tests/media/make_picture_fixtures.py

Writes tests/media/fixtures/resample.json (the drawing is repeated in the test, by the same integer formulas) and tests/media/fixtures/pictures.
"""

import json
import struct
import zlib
from pathlib import Path

import numpy
from diffusers.image_processor import VaeImageProcessor
from PIL import Image, ImageOps

FIXTURES = Path(__file__).parent / "fixtures"
PICTURES = FIXTURES / "pictures"


def scene(width: int, height: int) -> Image.Image:
    y, x, c = numpy.mgrid[:height, :width, :3]
    return Image.fromarray(((x * 7 + y * 13 + c * 50 + (x * y) % 17 * 3) % 256).astype(numpy.uint8))


def values(image: Image.Image) -> list[int]:
    return numpy.asarray(image.convert("RGB")).reshape(-1).tolist()


def resampled() -> list[dict]:
    cases = []
    for kernel, resample in (("bicubic", Image.Resampling.BICUBIC), ("lanczos", Image.Resampling.LANCZOS)):
        for size in ((16, 12), (37, 12), (16, 29), (1, 1), (53, 41), (40, 7)):
            cases.append({"kernel": kernel, "width": size[0], "height": size[1], "rgb": values(scene(37, 29).resize(size, resample))})
    return cases


def cropped() -> list[dict]:
    processor = VaeImageProcessor(resample="lanczos")
    cases = []
    for size in ((16, 16), (32, 8), (8, 24), (37, 29), (24, 17)):
        image = processor.resize(scene(37, 29), size[1], size[0], resize_mode="crop")
        cases.append({"width": size[0], "height": size[1], "rgb": values(image)})
    return cases


def corner(width: int = 24, height: int = 16) -> Image.Image:
    """A red quarter at the upper left, a green one at the upper right, the rest blue: no turn looks like another."""
    image = Image.new("RGB", (width, height), (20, 40, 220))
    image.paste((230, 30, 20), (0, 0, width // 2, height // 2))
    image.paste((20, 200, 60), (width // 2, 0, width, height // 2))
    return image


def write_deep_png(file: Path) -> None:
    """16 bits a channel, which Pillow reads but does not write: level v of 0..255 is v * 257."""
    y, x = numpy.mgrid[:16, :16]
    rgb = numpy.stack([x * 17, y * 17, (x + y) * 8], -1).astype(">u2") * 257
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in rgb)

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    file.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 16, 16, 16, 2, 0, 0, 0)) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def pictures() -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    upright = corner()
    # What undoes each orientation, so that every file shows the same picture when it is turned as its tag says.
    undo = {1: None, 2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
            5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE, 8: Image.Transpose.ROTATE_270}
    for orientation, operation in undo.items():
        stored = upright if operation is None else upright.transpose(operation)
        exif = Image.Exif()
        exif[0x0112] = orientation
        for ending, options in (("jpg", {"quality": 95, "subsampling": 0}), ("png", {}), ("webp", {"lossless": True})):
            file = PICTURES / f"turned-{orientation}.{ending}"
            stored.save(file, exif=exif, **options)
            shown = ImageOps.exif_transpose(Image.open(file)).convert("RGB")
            assert shown.size == upright.size and numpy.abs(numpy.asarray(shown).astype(int) - numpy.asarray(upright)).max() < 12
    exif = Image.Exif()
    exif[0x0112] = 6
    upright.resize((96, 64), 0).transpose(Image.Transpose.ROTATE_90).save(PICTURES / "turned.avif", quality=95, subsampling="4:4:4", exif=exif)
    y, x = numpy.mgrid[:16, :16]
    alpha = Image.fromarray((x * 17).astype(numpy.uint8))
    for ending in ("png", "webp"):
        image = Image.new("RGB", (16, 16), (200, 100, 50))
        image.putalpha(alpha)
        image.save(PICTURES / f"alpha.{ending}", **({"lossless": True, "exact": True} if ending == "webp" else {}))
    Image.new("L", (16, 16), 77).save(PICTURES / "grey.png")
    palette = corner().quantize(4)
    palette.save(PICTURES / "palette.png")
    Image.new("CMYK", (16, 16), (0, 128, 255, 0)).save(PICTURES / "cmyk.jpg", quality=95)
    corner().convert("L").save(PICTURES / "grey.jpg", quality=95)
    corner().save(PICTURES / "progressive.jpg", quality=95, progressive=True, subsampling=2)
    write_deep_png(PICTURES / "deep.png")
    Image.frombytes("I;16", (16, 16), (numpy.arange(256, dtype="<u2") * 257).tobytes()).save(PICTURES / "sixteen.png")


def main() -> None:
    (FIXTURES / "resample.json").write_text(json.dumps({"resampled": resampled(), "cropped": cropped()}, separators=(",", ":")) + "\n")
    pictures()


if __name__ == "__main__":
    main()
