// Work areas: RAM lent to flash loaders and other algorithms, as `-work-area-phys`, `-work-area-size` and
// `-work-area-backup` configure it.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "adapter/mem_port.hpp"
#include "base/clock.hpp"
#include "base/units.hpp"

namespace probity {

struct WorkAreaConfig {
  std::optional<Address> physical;
  std::uint32_t size = 0;  // bytes; 0: none
  bool backup = false;     // give the RAM its old content back
};

class WorkAreas;

// One piece of work-area RAM; freed (and restored, with backup) on destruction.
class WorkArea {
 public:
  WorkArea(WorkAreas& owner, AddressRange range, Bytes saved);
  ~WorkArea();
  WorkArea(const WorkArea&) = delete;
  WorkArea& operator=(const WorkArea&) = delete;
  Address address() const { return range_.begin; }
  std::uint32_t size() const { return static_cast<std::uint32_t>(range_.size); }

 private:
  WorkAreas& owner_;
  AddressRange range_;
  Bytes saved_;
};

class WorkAreas {
 public:
  // Both must outlive this.
  WorkAreas(MemPort& memory, Clock& clock) : memory_(memory), clock_(clock) {}
  WorkAreaConfig config;

  // A 4-byte aligned piece of `size` bytes, or null where none is configured or it does not fit.
  std::unique_ptr<WorkArea> allocate(std::uint32_t size);
  // Bytes that allocate() can give in one piece now.
  std::uint32_t largest_free() const;

 private:
  friend class WorkArea;
  void release(const AddressRange& range, const Bytes& saved);
  MemPort& memory_;
  Clock& clock_;
  std::vector<AddressRange> used_;  // sorted by address
};

}  // namespace probity
