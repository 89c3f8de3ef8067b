#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the table in unicode_printable.cpp: the code points that leave a mark on paper, which are
the letters, marks, numbers, punctuation and symbols of Unicode.

Usage: generate_unicode_printable.py UnicodeData.txt (of Debian's package unicode-data)
"""

import sys


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
            yield from points


def ranges(points):
    found = []
    for point in sorted(points):
        if found and found[-1][1] == point - 1:
            found[-1][1] = point
        else:
            found.append([point, point])
    return found


def main():
    with open(sys.argv[1], encoding="ascii") as data:
        row = "   "
        for first, last in ranges(point for point in printable_points(data) if point >= 0x80):
            pair = f" {{0x{first:x}, 0x{last:x}}},"
            if len(row) + len(pair) > 100:
                print(row)
                row = "   "
            row += pair
        print(row)


if __name__ == "__main__":
    main()
