# SPDX-License-Identifier: Apache-2.0
"""The attacks, one module for each theme."""
