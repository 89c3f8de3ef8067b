# SPDX-License-Identifier: Apache-2.0
"""Finds the cases: every module of the directories stacks and changes has a `suite`."""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType

import changes
import stacks
from harness import random_changes, random_stacks
from harness.change import Change
from harness.stack import Stack

Case = Stack | Change


def all_cases(seeds: range) -> dict[str, Case]:
    """By name, theme after theme; random ones come last."""
    cases = [case for package in (stacks, changes) for case in _listed(package)]
    cases += [random_stacks.stack(seed) for seed in seeds] + [random_changes.change(seed) for seed in seeds[::3]]
    found: dict[str, Case] = {}
    for case in cases:
        assert case.name not in found, f"two cases are named {case.name}"
        found[case.name] = case
    return found


def _listed(package: ModuleType) -> list[Case]:
    names = sorted(info.name for info in pkgutil.iter_modules(package.__path__))
    suites = [importlib.import_module(f"{package.__name__}.{name}").suite for name in names]
    return [case for suite in suites for case in suite.cases]
