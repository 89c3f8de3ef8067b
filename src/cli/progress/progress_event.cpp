// SPDX-License-Identifier: Apache-2.0
#include <cli/json_number.hpp>
#include <cli/progress/progress_event.hpp>

#include <cli/go_quote.hpp>

#include <umoci/oci/json.hpp>

namespace umoci::cli {
namespace {

using oci::Json;

std::string_view name_of(ProgressMoment moment) {
  switch (moment) {
    case ProgressMoment::begin:
      return "begin";
    case ProgressMoment::step:
      return "step";
    case ProgressMoment::progress:
      return "progress";
    case ProgressMoment::end:
      return "end";
  }
  return "";
}

std::string_view name_of(ProgressActivity activity) {
  switch (activity) {
    case ProgressActivity::read_layers:
      return "read-layers";
    case ProgressActivity::describe_rootfs:
      return "describe-rootfs";
    case ProgressActivity::compare_rootfs:
      return "compare-rootfs";
    case ProgressActivity::write_layer:
      return "write-layer";
    case ProgressActivity::find_garbage:
      return "find-garbage";
    case ProgressActivity::remove_garbage:
      return "remove-garbage";
    case ProgressActivity::check_blobs:
      return "check-blobs";
  }
  return "";
}

std::string_view name_of(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return "debug";
    case LogLevel::info:
      return "info";
    case LogLevel::warn:
      return "warn";
    case LogLevel::error:
      return "error";
    case LogLevel::fatal:
      return "fatal";
  }
  return "";
}

void set_if_known(Json& event, std::string_view name, const std::optional<std::uint64_t>& value) {
  if (value) event.set(name, number(*value));
}

}  // namespace

std::string progress_event(ProgressMoment moment, const ProgressView& view) {
  Json event;
  event.set("event", name_of(moment));
  event.set("activity", name_of(view.phase.activity));
  if (view.phase.steps > 0) event.set("steps", number(view.phase.steps));
  if (view.step > 0) {
    event.set("step", number(view.step));
    event.set("digest", view.step_name);
  }
  event.set("bytes", number(view.bytes));
  set_if_known(event, "total_bytes", view.phase.total_bytes);
  event.set("entries", number(view.entries));
  set_if_known(event, "total_entries", view.phase.total_entries);
  event.set("elapsed_ms", number(static_cast<std::uint64_t>(view.elapsed.count())));
  set_if_known(event, "bytes_per_second", view.bytes_per_second);
  if (view.left) event.set("seconds_left", number(static_cast<std::uint64_t>(view.left->count())));
  return event.dump() + '\n';
}

std::string message_event(LogLevel level, std::string_view message,
                          const std::vector<LogField>& fields) {
  // Bytes that are no UTF-8 have no place in JSON.
  Json event;
  event.set("event", "message");
  event.set("level", name_of(level));
  event.set("message", escape_invisible(message));
  Json values{Json::Object{}};
  for (const LogField& field : fields) {
    values.set(escape_invisible(field.key), escape_invisible(field.value));
  }
  event.set("fields", std::move(values));
  return event.dump() + '\n';
}

}  // namespace umoci::cli
