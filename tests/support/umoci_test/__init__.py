# SPDX-License-Identifier: Apache-2.0
"""What the Python tests share; found with PYTHONPATH=tests/support."""
