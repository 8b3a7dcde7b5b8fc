"""The tools, one file each: what it asks, what it returns, how it judges the answer."""
