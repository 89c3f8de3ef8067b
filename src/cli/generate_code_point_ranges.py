#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes a table of code points, the rows of an array of CodePointRange. In cell_width.cpp stand
those that take two cells of a terminal (wide), and those that take none because they are drawn over
what stands before them (combining); in unicode_printable.cpp those that leave a mark on paper
(printable), which are the letters, marks, numbers, punctuation and symbols of Unicode.

Usage: generate_code_point_ranges.py wide EastAsianWidth.txt
       generate_code_point_ranges.py combining UnicodeData.txt
       generate_code_point_ranges.py printable UnicodeData.txt (all of Debian's package unicode-data)
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


def printable_points(lines):
    first = None
    for line in lines:
        fields = line.split(";")
        point, name, category = int(fields[0], 16), fields[1], fields[2]
        if name.endswith(", First>"):
            first = point
            continue
        if name.endswith(", Last>"):
            points = range(first, point + 1)
        else:
            points = (point,)
        if category[0] in "LMNPS":
            # ASCII needs no table.
            yield from (point for point in points if point >= 0x80)


def ranges(points):
    found = []
    for point in sorted(points):
        if found and found[-1][1] == point - 1:
            found[-1][1] = point
        else:
            found.append([point, point])
    return found


def main():
    tables = {"wide": wide_points, "combining": combining_points, "printable": printable_points}
    if len(sys.argv) != 3 or sys.argv[1] not in tables:
        sys.exit(__doc__)
    with open(sys.argv[2], encoding="utf-8") as data:
        row = "   "
        for first, last in ranges(tables[sys.argv[1]](data)):
            pair = f" {{0x{first:x}, 0x{last:x}}},"
            if len(row) + len(pair) > 100:
                print(row)
                row = "   "
            row += pair
        print(row)


if __name__ == "__main__":
    main()
