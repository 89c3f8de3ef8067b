// SPDX-License-Identifier: Apache-2.0
#include <umoci/check/bundle_schema.hpp>

namespace umoci::check {
namespace {

using enum Presence;

constexpr MemberShape id_mapping_members[] = {
    {"containerID", &shape::uint32, required},
    {"hostID", &shape::uint32, required},
    {"size", &shape::uint32, required},
};
constexpr Shape id_mapping = object_of(id_mapping_members);

constexpr Shape hook_timeout = integer_between(1, std::numeric_limits<std::uint64_t>::max());
constexpr MemberShape hook_members[] = {
    {"path", &shape::string, required},
    {"args", &shape::strings},
    {"env", &shape::strings},
    {"timeout", &hook_timeout},
};
constexpr Shape hook = object_of(hook_members);
constexpr Shape hook_list = array_of(hook);
constexpr MemberShape hooks_members[] = {
    {"prestart", &hook_list},       {"createRuntime", &hook_list}, {"createContainer", &hook_list},
    {"startContainer", &hook_list}, {"poststart", &hook_list},     {"poststop", &hook_list},
};
constexpr Shape hooks = object_of(hooks_members);

constexpr MemberShape mount_members[] = {
    {"source", &shape::string},           {"destination", &shape::string, required},
    {"options", &shape::strings},         {"type", &shape::string},
    {"uidMappings", &shape::id_mappings}, {"gidMappings", &shape::id_mappings},
};
constexpr Shape mount = object_of(mount_members);
constexpr Shape mounts = array_of(mount);

constexpr MemberShape root_members[] = {
    {"path", &shape::string, required},
    {"readonly", &shape::boolean},
};
constexpr Shape root = object_of(root_members);

constexpr MemberShape hypervisor_members[] = {
    {"path", &shape::string, required},
    {"parameters", &shape::strings},
};
constexpr Shape hypervisor = object_of(hypervisor_members);
constexpr MemberShape kernel_members[] = {
    {"path", &shape::string, required},
    {"parameters", &shape::strings},
    {"initrd", &shape::string},
};
constexpr Shape kernel = object_of(kernel_members);
constexpr std::string_view image_formats[] = {"raw", "qcow2", "vdi", "vmdk", "vhd"};
constexpr Shape image_format = one_of(image_formats);
constexpr MemberShape image_members[] = {
    {"path", &shape::string, required},
    {"format", &image_format, required},
};
constexpr Shape image = object_of(image_members);
constexpr MemberShape vm_members[] = {
    {"hypervisor", &hypervisor},
    {"kernel", &kernel, required},
    {"image", &image},
};
constexpr Shape vm = object_of(vm_members);

constexpr MemberShape config_members[] = {
    {"ociVersion", &shape::string, required},
    {"hooks", &hooks},
    {"annotations", &shape::string_map},
    {"hostname", &shape::string},
    {"domainname", &shape::string},
    {"mounts", &mounts},
    {"root", &root},
    {"process", &process_shape},
    {"linux", &linux_shape},
    {"solaris", &shape::object},
    {"windows", &shape::object},
    {"vm", &vm},
    {"zos", &shape::object},
    {"freebsd", &shape::object},
};
constexpr Shape config = object_of(config_members);

}  // namespace

const Shape shape::id_mappings = array_of(id_mapping);

const Shape& runtime_config_shape() { return config; }

}  // namespace umoci::check
