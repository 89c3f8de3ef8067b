# SPDX-License-Identifier: Apache-2.0
"""Changes of a tree that are repacked, each module with a `suite`."""
