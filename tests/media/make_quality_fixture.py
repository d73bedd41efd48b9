"""PSNR and SSIM by scikit-image for the frames that quality_test.cpp draws. Run from the repository:

    pip install scikit-image && python tests/media/make_quality_fixture.py

Writes tests/media/fixtures/quality.json. The drawing is repeated in the test, by the same integer formulas.
"""

import json
from pathlib import Path

import numpy
from skimage.metrics import peak_signal_noise_ratio, structural_similarity


def scene(width: int, height: int, shift: int = 0) -> numpy.ndarray:
    y, x, c = numpy.mgrid[:height, :width, :3]
    x = x + shift
    return ((x * 7 + y * 13 + c * 50 + (x * y) % 17 * 3) % 256).astype(numpy.uint8)


def noisy(frame: numpy.ndarray, amount: int) -> numpy.ndarray:
    y, x, c = numpy.indices(frame.shape)
    noise = (x * 7919 + y * 104729 + c * 1299709 + x * y * 31) % (2 * amount + 1) - amount
    return numpy.clip(frame.astype(int) + noise, 0, 255).astype(numpy.uint8)


def main() -> None:
    frame = scene(37, 29)
    others = {"noise_3": noisy(frame, 3), "noise_40": noisy(frame, 40), "shifted": scene(37, 29, 1), "inverted": 255 - frame}
    values = {}
    for name, other in others.items():
        values[name] = {
            "psnr": peak_signal_noise_ratio(frame, other, data_range=255),
            "ssim": structural_similarity(frame, other, channel_axis=-1, gaussian_weights=True, sigma=1.5,
                                          use_sample_covariance=False, data_range=255),
        }
    target = Path(__file__).parent / "fixtures" / "quality.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(values, indent=1) + "\n")


if __name__ == "__main__":
    main()
