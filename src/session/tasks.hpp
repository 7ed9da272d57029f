// What is done again and again while nobody asks: looking at the targets, emptying trace and RTT buffers. The
// server loop and `sleep` give them their turns; nothing runs by itself.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "base/clock.hpp"
#include "base/errors.hpp"
#include "base/units.hpp"

namespace probity {

class Tasks {
 public:
  using Id = int;

  // `report` gets the Error that a task ends with; the task stays. `clock` must outlive the tasks.
  Tasks(Clock& clock, std::function<void(const Error&)> report);

  // `run` has its first turn one period from now, and each next one a period after the one before was over.
  Id add(Milliseconds period, std::function<void()> run);
  // From now on; the next turn is one new period from now. Nothing where there is no such task.
  void set_period(Id id, Milliseconds period);
  // Allowed from within the task itself.
  void remove(Id id);

  // A turn for everything that is due. A task that gets here again from inside itself has no second turn.
  void run_due();
  // How long until the next one is due, not below 0; nothing: there are none.
  std::optional<Nanoseconds> next_due() const;

 private:
  struct Task {
    Id id;
    Milliseconds period;
    std::function<void()> run;
    Nanoseconds due{0};
    bool running = false, removed = false;
  };

  Clock& clock_;
  std::function<void(const Error&)> report_;
  std::vector<std::shared_ptr<Task>> tasks_;
  Id next_id_ = 1;
};

}  // namespace probity
