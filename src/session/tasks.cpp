#include "session/tasks.hpp"

#include <algorithm>

namespace probity {

Tasks::Tasks(Clock& clock, std::function<void(const Error&)> report)
    : clock_(clock), report_(std::move(report)) {}

Tasks::Id Tasks::add(Milliseconds period, std::function<void()> run) {
  tasks_.push_back(
      std::make_shared<Task>(Task{next_id_, period, std::move(run), clock_.now() + Nanoseconds(period)}));
  return next_id_++;
}

void Tasks::set_period(Id id, Milliseconds period) {
  for (const auto& task : tasks_) {
    if (task->id != id) continue;
    task->period = period;
    task->due = clock_.now() + Nanoseconds(period);
  }
}

void Tasks::remove(Id id) {
  for (const auto& task : tasks_) task->removed |= task->id == id;
  std::erase_if(tasks_, [](const auto& task) { return task->removed; });
}

void Tasks::run_due() {
  const Nanoseconds now = clock_.now();
  const auto turns = tasks_;  // a turn may add and remove tasks
  for (const auto& task : turns) {
    if (task->removed || task->running || task->due > now) continue;
    task->running = true;
    try {
      task->run();
    } catch (const Error& e) {
      report_(e);
    } catch (...) {
      task->running = false;
      throw;
    }
    task->running = false;
    task->due = clock_.now() + Nanoseconds(task->period);
  }
}

std::optional<Nanoseconds> Tasks::next_due() const {
  std::optional<Nanoseconds> least;
  for (const auto& task : tasks_) {
    if (!least || task->due < *least) least = task->due;
  }
  if (!least) return {};
  return std::max(*least - clock_.now(), Nanoseconds(0));
}

}  // namespace probity
