// SPDX-License-Identifier: Apache-2.0
#pragma once

// For this module's tests: one text for an entry, whoever read it, to compare listings by.

#include <umoci/digest/hasher.hpp>
#include <umoci/tar/test_archive.hpp>

#include <umoci_test/run_program.hpp>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace umoci::tar::test {

inline std::string hex(std::string_view bytes) {
  std::string text;
  for (const char byte : bytes) text += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  return text;
}

inline std::string describe(const tree::Entry& entry, std::string_view content) {
  std::string text = fmt::format(
      "{} {} mode={:o} uid={} gid={} size={} mtime={}.{:09} link={} device={},{} sha256={}",
      quoted(entry.path.text()), tree::name_of(entry.type), entry.mode, entry.uid, entry.gid,
      entry.size_bytes, entry.mtime.seconds, entry.mtime.nanoseconds, hex(entry.link),
      entry.device.major, entry.device.minor, digest::digest_of(content).encoded().substr(0, 16));
  if (entry.atime)
    text += fmt::format(" atime={}.{:09}", entry.atime->seconds, entry.atime->nanoseconds);
  for (const auto& [name, value] : entry.xattrs) {
    text += fmt::format(" {}={}", hex(name), hex(value));
  }
  return text;
}

inline std::vector<std::string> listing_of(const std::vector<ReadEntry>& entries) {
  std::vector<std::string> lines;
  for (const ReadEntry& read : entries) lines.push_back(describe(read.entry, read.content));
  return lines;
}

inline std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

/// What a program prints. Throws if it fails or complains.
inline std::string output_of(const std::vector<std::string>& arguments) {
  const umoci::test::ProgramResult result = umoci::test::run_program(arguments);
  if (result.status != 0 || !result.err.empty()) {
    throw std::runtime_error(
        fmt::format("{} ended with {}: {}", fmt::join(arguments, " "), result.status, result.err));
  }
  return result.out;
}

/// describe() of every member, as Python's tarfile sees them. Arguments: archives.
inline constexpr const char* python_listing = R"(
import hashlib, posixpath, sys, tarfile
from decimal import Decimal, ROUND_FLOOR

def raw(text): return text.encode('utf-8', 'surrogateescape')

def quoted(name):
    out = '"'
    for char in name:
        code = ord(char)
        if 0xdc80 <= code <= 0xdcff: out += '\\x%02x' % (code - 0xdc00)
        elif code < 32 or code == 127: out += '\\x%02x' % code
        elif char in '"\\': out += '\\' + char
        else: out += char
    return out + '"'

def time(text):
    value = Decimal(text)
    seconds = value.to_integral_value(ROUND_FLOOR)
    return '%d.%09d' % (seconds, int((value - seconds) * 10**9))

KINDS = {tarfile.REGTYPE: 'file', tarfile.AREGTYPE: 'file', tarfile.CONTTYPE: 'file',
         tarfile.GNUTYPE_SPARSE: 'file', tarfile.DIRTYPE: 'directory', tarfile.SYMTYPE: 'symlink',
         tarfile.LNKTYPE: 'hard link', tarfile.CHRTYPE: 'character device',
         tarfile.BLKTYPE: 'block device', tarfile.FIFOTYPE: 'fifo'}
PREFIX = 'SCHILY.xattr.'

def list_members(archive):
    for member in archive:
        kind = KINDS[member.type]
        device = kind.endswith('device')
        link = member.linkname if kind in ('symlink', 'hard link') else ''
        content = archive.extractfile(member).read() if kind == 'file' else b''
        pax = member.pax_headers
        line = '%s %s mode=%o uid=%d gid=%d size=%d mtime=%s link=%s device=%d,%d sha256=%s' % (
            quoted(posixpath.normpath('/' + member.name).lstrip('/')), kind, member.mode & 0o7777,
            member.uid, member.gid, len(content), time(pax.get('mtime', int(member.mtime))),
            raw(link).hex(), member.devmajor if device else 0, member.devminor if device else 0,
            hashlib.sha256(content).hexdigest()[:16])
        if 'atime' in pax: line += ' atime=' + time(pax['atime'])
        for key in sorted(key for key in pax if key.startswith(PREFIX) and pax[key]):
            line += ' %s=%s' % (raw(key[len(PREFIX):]).hex(), raw(pax[key]).hex())
        sys.stdout.buffer.write(raw(line) + b'\n')

for name in sys.argv[1:]:
    print('# ' + name, flush=True)
    with tarfile.open(name, encoding='utf-8', errors='surrogateescape') as archive:
        list_members(archive)
    sys.stdout.buffer.flush()
)";

/// For each archive a line "# " and its name, then its members.
inline std::vector<std::string> python_lines(const std::vector<std::string>& archives) {
  std::vector<std::string> arguments = {"python3", "-c", python_listing};
  arguments.insert(arguments.end(), archives.begin(), archives.end());
  return lines_of(output_of(arguments));
}

}  // namespace umoci::tar::test
