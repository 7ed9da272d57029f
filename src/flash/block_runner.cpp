#include "flash/block_runner.hpp"

#include <algorithm>
#include <optional>

namespace probity {

std::unique_ptr<BlockRunner> BlockRunner::load(Target& target, const Needs& needs) {
  const std::uint32_t fixed = static_cast<std::uint32_t>(needs.code.size()) + needs.stack;
  std::uint32_t free = target.work_areas().largest_free();
  if (free < needs.spare + fixed + needs.unit) return nullptr;
  free -= needs.spare;
  std::unique_ptr<WorkArea> area = target.work_areas().allocate(std::min(free, fixed + 2 * needs.largest));
  if (!area) return nullptr;
  std::unique_ptr<BlockRunner> runner(new BlockRunner(target, std::move(area)));
  const WorkArea& lent = *runner->area_;
  if (!needs.code.empty()) target.memory().write(lent.address(), needs.code, Width::word);
  const Address buffers = lent.address() + fixed;
  const std::uint32_t room = lent.size() - fixed;
  const bool two = room / 2 >= needs.unit;
  runner->stack_top_ = buffers / 8 * 8;
  runner->block_size_ = std::min(needs.largest, (two ? room / 2 : room) / needs.unit * needs.unit);
  runner->buffers_[0] = buffers;
  runner->buffers_[1] = two ? buffers + runner->block_size_ : buffers;
  return runner;
}

void BlockRunner::run(ByteView data, Milliseconds limit, Clock& clock, const Call& call, const Check& check) {
  const bool two = buffers_[0] != buffers_[1];
  std::optional<RunningAlgorithm> running;
  Block busy{};
  const auto finish = [&] {
    if (!running) return;
    check(busy, target_.wait_algorithm(limit));
    running->finish();
    running.reset();
  };
  for (std::size_t at = 0, n = 0; at < data.size(); at += block_size_, ++n) {
    const ByteView part = data.subspan(at, std::min<std::size_t>(block_size_, data.size() - at));
    const Block next{buffers_[n % 2], at, static_cast<std::uint32_t>(part.size())};
    if (!two) finish();
    target_.memory().write(next.buffer, part, Width::word);
    finish();
    clock.check_interrupt();
    running.emplace(target_, call(next));
    busy = next;
  }
  finish();
}

}  // namespace probity
