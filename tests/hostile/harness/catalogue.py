# SPDX-License-Identifier: Apache-2.0
"""Finds the cases: every module of the directory cases has a `suite`."""

from __future__ import annotations

import functools
import importlib
import pkgutil

import cases
from harness.case import Case


@functools.cache
def all_cases() -> dict[str, Case]:
    """By name, theme after theme."""
    found: dict[str, Case] = {}
    for module in sorted(info.name for info in pkgutil.iter_modules(cases.__path__)):
        for case in importlib.import_module(f"cases.{module}").suite.cases:
            assert case.name not in found, f"two cases are named {case.name}"
            found[case.name] = case
    return found
