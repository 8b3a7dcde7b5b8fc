"""What the pixel work of OCR is done on. Imports numpy, so only a worker imports it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
"""Grey pixels, rows by columns, 0 black to 255 white."""
