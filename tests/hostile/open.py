# SPDX-License-Identifier: Apache-2.0
"""Attacks that are known to succeed and not yet stopped: the name of the case, and what is wrong.

They are run and must fail; one that passes is to be taken off the list, which is empty before a release.
"""

OPEN: dict[str, str] = {
    "bundles/mtree-is-not-ours/huge": "8 GiB are read into memory",
    "sparse/hole-of-almost-a-tib/1.0": "holes are hashed for an hour",
    "sparse/hole-of-almost-a-tib/old": "holes are hashed for an hour",
    "floods/long-ways-by-links": "each entry takes 200,000 steps",
    "limits/attributes-of-many-directories": "2 GiB of memory",
    "limits/implied-directories": "implied directories are not counted",
    "limits/depth-by-links": "depth is counted in names only",
    "archives/archive-that-nobody-may-unpack/dot": "not refused",
    "archives/archive-that-nobody-may-unpack/dot-dot": "not refused",
    "archives/archive-that-nobody-may-unpack/empty": "not refused",
    "archives/archive-that-nobody-may-unpack/as-parent": "not refused",
    "archives/archive-that-nobody-may-unpack/root-is-a-link": "not refused",
    "sparse/many-that-are-large-together": "holes are hashed for an hour",
}
