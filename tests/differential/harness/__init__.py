# SPDX-License-Identifier: Apache-2.0
"""Runs both programs and says where they differ."""
