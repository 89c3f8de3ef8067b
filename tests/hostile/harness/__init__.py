# SPDX-License-Identifier: Apache-2.0
"""What runs a case: the canary around it, the program, and what must hold afterwards."""
