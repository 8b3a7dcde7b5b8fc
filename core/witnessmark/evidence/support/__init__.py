"""Support: whether what a statement cites bears it out, judged without a model."""
