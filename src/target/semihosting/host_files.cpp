#include "target/semihosting/host_files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>

#include "target/semihosting/operations.hpp"

namespace probity::semihosting {

namespace {

constexpr std::size_t kMostFiles = 256;
constexpr std::uint32_t kFirstFeatures = 0x5346;

// Semihosting 2.0, 5.7: magic, then SH_EXT_EXIT_EXTENDED (bit 0) and SH_EXT_STDOUT_STDERR (bit 1).
constexpr std::uint8_t kFeatures[] = {0x53, 0x48, 0x46, 0x42, 0x03};

Outcome failed(int error) { return {-1, error}; }
Outcome result(std::int64_t value) { return value < 0 ? failed(errno) : Outcome{value, 0}; }

// Modes go in fours (r, w, a); bit 1 adds the other direction, bit 0 says binary, which all files are here.
int flags_of(std::uint32_t mode) {
  const int access = (mode & 2) != 0 ? O_RDWR : mode < 4 ? O_RDONLY : O_WRONLY;
  const int make = mode < 4 ? 0 : mode < 8 ? O_CREAT | O_TRUNC : O_CREAT | O_APPEND;
  return access | make | O_CLOEXEC | O_NOCTTY;
}

}  // namespace

HostFiles::~HostFiles() { close_all(); }

void HostFiles::close_all() {
  for (const auto& [handle, file] : files_) {
    if (file.kind == File::Kind::host) ::close(file.descriptor);
  }
  files_.clear();
}

std::string HostFiles::path(const std::string& name) const {
  return base_folder.empty() ? name : base_folder + "/" + name;
}

Outcome HostFiles::add(File file, std::uint32_t first) {
  std::uint32_t handle = first;
  while (files_.contains(handle)) ++handle;
  files_.emplace(handle, file);
  return {handle, 0};
}

const HostFiles::File* HostFiles::find(std::uint32_t handle) const {
  const auto found = files_.find(handle);
  return found == files_.end() ? nullptr : &found->second;
}

Outcome HostFiles::open(const std::string& name, std::uint32_t mode) {
  if (mode >= kModes) return failed(EINVAL);
  if (files_.size() >= kMostFiles) return failed(EMFILE);
  const int descriptor = ::open(path(name).c_str(), flags_of(mode), 0644);
  if (descriptor < 0) return failed(errno);
  return add({File::Kind::host, descriptor, {}, 0});
}

Outcome HostFiles::open_console(Console console) {
  if (files_.size() >= kMostFiles) return failed(EMFILE);
  return add({File::Kind::console, -1, console, 0});
}

Outcome HostFiles::open_features() {
  if (files_.size() >= kMostFiles) return failed(EMFILE);
  return add({File::Kind::features, -1, {}, 0}, kFirstFeatures);
}

Outcome HostFiles::close(std::uint32_t handle) {
  const File* file = find(handle);
  if (!file) return failed(EBADF);
  const Outcome closed = file->kind == File::Kind::host ? result(::close(file->descriptor)) : Outcome{};
  files_.erase(handle);
  return closed;
}

const HostFiles::Console* HostFiles::console(std::uint32_t handle) const {
  const File* file = find(handle);
  return file && file->kind == File::Kind::console ? &file->console : nullptr;
}

bool HostFiles::is_features(std::uint32_t handle) const {
  const File* file = find(handle);
  return file && file->kind == File::Kind::features;
}

Outcome HostFiles::write(std::uint32_t handle, ByteView bytes) {
  const File* file = find(handle);
  if (!file || file->kind != File::Kind::host) return failed(EBADF);
  return result(::write(file->descriptor, bytes.data(), bytes.size()));
}

Outcome HostFiles::read(std::uint32_t handle, ByteSpan bytes) {
  const auto found = files_.find(handle);
  if (found == files_.end()) return failed(EBADF);
  File& file = found->second;
  if (file.kind == File::Kind::host) return result(::read(file.descriptor, bytes.data(), bytes.size()));
  if (file.kind == File::Kind::console) return failed(EBADF);
  const std::size_t count = std::min(bytes.size(), std::size(kFeatures) - file.position);
  std::copy_n(kFeatures + file.position, count, bytes.begin());
  file.position += count;
  return {static_cast<std::int64_t>(count), 0};
}

Outcome HostFiles::seek(std::uint32_t handle, std::uint32_t position) {
  const auto found = files_.find(handle);
  if (found == files_.end()) return failed(EBADF);
  File& file = found->second;
  if (file.kind == File::Kind::console) return failed(ESPIPE);
  if (file.kind == File::Kind::host) {
    const Outcome moved = result(::lseek(file.descriptor, position, SEEK_SET));
    return moved.value < 0 ? moved : Outcome{};
  }
  if (position > std::size(kFeatures)) return failed(EINVAL);
  file.position = position;
  return {};
}

Outcome HostFiles::length(std::uint32_t handle) {
  const File* file = find(handle);
  if (!file) return failed(EBADF);
  if (file->kind == File::Kind::features) return {std::size(kFeatures), 0};
  if (file->kind == File::Kind::console) return {};
  struct stat status {};
  if (::fstat(file->descriptor, &status) != 0) return failed(errno);
  if (status.st_size > INT32_MAX) return failed(EOVERFLOW);
  return {status.st_size, 0};
}

Outcome HostFiles::is_tty(std::uint32_t handle) {
  const File* file = find(handle);
  if (!file) return failed(EBADF);
  if (file->kind == File::Kind::features) return {};
  return {file->kind == File::Kind::console || ::isatty(file->descriptor) == 1, 0};
}

Outcome HostFiles::remove(const std::string& name) const { return result(std::remove(path(name).c_str())); }

Outcome HostFiles::rename(const std::string& from, const std::string& to) const {
  return result(std::rename(path(from).c_str(), path(to).c_str()));
}

}  // namespace probity::semihosting
