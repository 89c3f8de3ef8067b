#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the tables in cell_width.cpp: the code points that take two cells of a terminal, and those
that take none because they are drawn over what stands before them.

Usage: generate_cell_width.py wide EastAsianWidth.txt
       generate_cell_width.py combining UnicodeData.txt (both of Debian's package unicode-data)
"""

import sys


def wide_points(lines):
    for line in lines:
        fields = line.split("#")[0].strip().split(";")
        if len(fields) != 2 or fields[1].strip() not in ("W", "F"):
            continue
        first, _, last = fields[0].strip().partition("..")
        yield from range(int(first, 16), int(last or first, 16) + 1)


def combining_points(lines):
    for line in lines:
        fields = line.split(";")
        # A variation selector may ask for a wide form of what stands before it.
        if fields[2] in ("Mn", "Me") and "VARIATION SELECTOR" not in fields[1]:
            yield int(fields[0], 16)


def ranges(points):
    found = []
    for point in sorted(points):
        if found and found[-1][1] == point - 1:
            found[-1][1] = point
        else:
            found.append([point, point])
    return found


def main():
    points = {"wide": wide_points, "combining": combining_points}[sys.argv[1]]
    with open(sys.argv[2], encoding="utf-8") as data:
        row = "   "
        for first, last in ranges(points(data)):
            pair = f" {{0x{first:x}, 0x{last:x}}},"
            if len(row) + len(pair) > 100:
                print(row)
                row = "   "
            row += pair
        print(row)


if __name__ == "__main__":
    main()
