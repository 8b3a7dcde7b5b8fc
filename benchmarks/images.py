"""Preparing images: ours beside the classic recipe (open, convert, LANCZOS, JPEG 85), in one run.

    python -m benchmarks.images

Photos of 12 and 48 megapixels to a long edge of 1,568 pixels; a scan, as JPEG and PNG, and a 4K screen to that and to
what a high-tier model sees. All are drawn here. Prints CPU milliseconds (medians of runs in turn), how many times
faster ours is, PSNR of both against the unencoded LANCZOS copy, bytes of both, and of each in a process of its own the
peak memory. Goals: photos 2.3 and 3.5 times faster, at most 0.5 and 0.2 of the memory, at most 0.3 dB lost; the rest
1.1 times faster.
"""

from __future__ import annotations

import io
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from PIL import Image

from witnessmark.plans.image_tokens import HIGH, ImageTier
from witnessmark.plans.images import Wanted, prepare_image

RUNS = 7
EDGE = ImageTier(long_edge=1568, max_tokens=10_000)
TIERS = {"1568": EDGE, "high": HIGH}
CASES = [
    *(("photo 12 MP", "1568"), ("photo 48 MP", "1568"), ("photo 12 MP", "high")),
    *((name, tier) for name in ("scan, JPEG", "scan, PNG", "screen 4K") for tier in TIERS),
]


def classic(content: bytes, size: tuple[int, int]) -> bytes:
    """Prepare an image as most programs do."""
    picture = Image.open(io.BytesIO(content)).convert("RGB").resize(size, Image.Resampling.LANCZOS)
    target = io.BytesIO()
    picture.save(target, "JPEG", quality=85)
    return target.getvalue()


def ours(content: bytes, tier: ImageTier) -> bytes:
    """Prepare it as the worker does."""
    wanted = Wanted(purpose="reading", tier=tier)
    (image,) = prepare_image(content, 0, wanted, orientation=1, is_damaged=False)
    return image.content


def main() -> None:
    """Draw the images, prepare them both ways and print the table."""
    if len(sys.argv) == 4:
        _prepare_once(*sys.argv[1:])
        return
    head = f"{'image':13} {'to':5} {'classic ms':>10} {'ours ms':>8} {'faster':>7}"
    print(head + f" {'PSNR':>6} {'ours':>6} {'kB':>6} {'ours':>6} {'peak MB':>8} {'ours':>6} {'ratio':>6}")
    with tempfile.TemporaryDirectory() as folder:
        drawn: dict[str, Path] = {}
        for name, tier in CASES:
            if name not in drawn:
                drawn[name] = Path(folder) / str(len(drawn))
                drawn[name].write_bytes(_draw(name))
            _compare(name, drawn[name], tier)


def _draw(name: str) -> bytes:
    from benchmarks.drawn_images import photo, scan, screen

    draw: dict[str, Callable[[], bytes]] = {
        "photo 12 MP": lambda: photo(4000, 3000),
        "photo 48 MP": lambda: photo(8064, 6048),
        "scan, JPEG": scan,
        "scan, PNG": lambda: scan("PNG"),
        "screen 4K": screen,
    }
    return draw[name]()


def _compare(name: str, path: Path, tier: str) -> None:
    content = path.read_bytes()
    size = _size(content, TIERS[tier])
    theirs_ms: list[float] = []
    ours_ms: list[float] = []
    theirs = mine = b""
    for _ in range(RUNS):
        begin = time.process_time()
        theirs = classic(content, size)
        between = time.process_time()
        mine = ours(content, TIERS[tier])
        theirs_ms.append((between - begin) * 1e3)
        ours_ms.append((time.process_time() - between) * 1e3)
    faster = statistics.median(one / other for one, other in zip(theirs_ms, ours_ms, strict=True))
    whole = Image.open(io.BytesIO(content)).convert("RGB").resize(size, Image.Resampling.LANCZOS)
    peaks = [_peak_mb(way, path, tier) for way in ("classic", "ours")]
    print(
        f"{name:13} {tier:5} {statistics.median(theirs_ms):10.0f} {statistics.median(ours_ms):8.0f} {faster:7.2f}"
        f" {_psnr(whole, theirs):6.2f} {_psnr(whole, mine):6.2f} {len(theirs) / 1e3:6.0f} {len(mine) / 1e3:6.0f}"
        f" {peaks[0]:8.0f} {peaks[1]:6.0f} {peaks[1] / peaks[0]:6.2f}",
        flush=True,
    )


def _size(content: bytes, tier: ImageTier) -> tuple[int, int]:
    with Image.open(io.BytesIO(content)) as picture:
        return Wanted(purpose="reading", tier=tier).size((0, 0, *picture.size))


def _psnr(whole: Image.Image, content: bytes) -> float:
    import numpy as np

    shown = np.asarray(Image.open(io.BytesIO(content)).convert("RGB"), np.float32)
    error = float(((np.asarray(whole, np.float32) - shown) ** 2).mean())
    return float(10 * np.log10(255**2 / max(error, 1e-9)))


def _peak_mb(way: str, path: Path, tier: str) -> float:
    command = [sys.executable, "-m", "benchmarks.images", way, str(path), tier]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def _prepare_once(way: str, path: str, tier: str) -> None:
    """Prepare one image and print the peak memory of this process, in MB."""
    content = Path(path).read_bytes()
    if way == "classic":
        classic(content, _size(content, TIERS[tier]))
    else:
        ours(content, TIERS[tier])
    # Not getrusage, which begins with what the parent had.
    peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM:"))
    print(int(peak.split()[1]) / 1024)


if __name__ == "__main__":
    main()
