// `target create NAME mem_ap`: an access port without a core behind it, through which memory is read and
// written. It is never halted for real; its state follows what it was told, as OpenOCD 0.12.0's does, so that
// `reset halt` and the like go through all targets.
#pragma once

#include <memory>
#include <string>

#include "target/target.hpp"

namespace probity {

// Whatever needs a core throws TargetError. The environment's references must outlive the target.
std::unique_ptr<Target> make_mem_ap(std::string name, const TargetEnvironment& environment);

}  // namespace probity
