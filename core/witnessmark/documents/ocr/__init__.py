"""Words out of pixels: a page's picture is put upright, read by an OCR engine, and given back as words and rules."""
