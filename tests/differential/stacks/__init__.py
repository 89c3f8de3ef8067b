# SPDX-License-Identifier: Apache-2.0
"""Layer stacks by question, each module with a `suite`."""
