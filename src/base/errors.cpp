#include "base/errors.hpp"

namespace probity {

std::string Error::describe() const {
  std::string text;
  std::string indent;
  for (auto level = context_.rbegin(); level != context_.rend(); ++level) {
    text += indent + *level + "\n";
    indent += "  ";
  }
  return text + indent + message_;
}

}  // namespace probity
