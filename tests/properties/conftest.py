"""How many cases property tests try: a few in every run, about as many as `WITNESSMARK_CASES` says in a long one.

An example that Hypothesis draws gives several cases, since drawing takes longer than what is tested. The summary of a
long run says how many cases of each kind there were.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, Phase, settings

from tests.properties.cases import counted

CASES = int(os.environ.get("WITNESSMARK_CASES", "0"))
CASES_OF_AN_EXAMPLE = 20
"""At least, of the kinds whose examples are slow to draw."""

settings.register_profile(
    "properties",
    max_examples=max(150, CASES // CASES_OF_AN_EXAMPLE),
    derandomize=not CASES,  # the same examples in every run, so that a change is blamed for what it broke
    phases=(Phase.generate, Phase.shrink),
    deadline=None,  # a busy machine is no fault
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
settings.load_profile("properties")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if CASES and counted:
        terminalreporter.section("cases of property tests")
        for kind, count in sorted(counted.items()):
            terminalreporter.write_line(f"{kind}: {count:,}")
