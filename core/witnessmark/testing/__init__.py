"""A strict fake of the Claude API, for tests of everything that speaks to it."""
