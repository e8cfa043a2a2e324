#include "kernel.h"

#include <cmath>

namespace ichor {

std::string describe(const Shape& shape) {
  std::string text = "[";
  for (size_t i = 0; i < shape.size(); i++) text += (i ? ", " : "") + std::to_string(shape[i]);
  return text + "]";
}

void requireShape(const char* name, const Shape& found, const Shape& expected) {
  require(found == expected, [&] {
    return std::string(name) + " has the shape " + describe(found) + ", expected is " + describe(expected);
  });
}

static std::string messageOf(const Api& api, OrtStatus* status) {
  std::string message = api.errorMessage(status);
  api.releaseStatus(status);
  return message;
}

void Attributes::check(OrtStatus* status, const char* name) const {
  if (status != nullptr) throw Failure(std::string("attribute ") + name + ": " + messageOf(api_, status));
}

std::vector<int64_t> Attributes::integers(const char* name, size_t count, int64_t low, int64_t high) const {
  // Asked without room, onnxruntime tells the count, with an error or without.
  size_t found = 0;
  OrtStatus* const asked = api_.integersAttribute(info_, name, nullptr, &found);
  if (asked != nullptr) {
    const std::string message = messageOf(api_, asked);
    require(found > 0, [&] { return std::string("attribute ") + name + ": " + message; });
  }
  require(found == count, [&] {
    return std::string("attribute ") + name + " has " + std::to_string(found) + " numbers, expected are " +
           std::to_string(count);
  });
  std::vector<int64_t> values(count);
  check(api_.integersAttribute(info_, name, values.data(), &found), name);
  for (const int64_t value : values) {
    require(value >= low && value <= high, [&] {
      return std::string("attribute ") + name + " is " + describe(values) + ", allowed are " + std::to_string(low) +
             " to " + std::to_string(high);
    });
  }
  return values;
}

Pair Attributes::pair(const char* name, int64_t low, int64_t high) const {
  const auto values = integers(name, 2, low, high);
  return {values[0], values[1]};
}

int64_t Attributes::integer(const char* name, int64_t low, int64_t high) const {
  int64_t value = 0;
  check(api_.integerAttribute(info_, name, &value), name);
  require(value >= low && value <= high, [&] {
    return std::string("attribute ") + name + " is " + std::to_string(value) + ", allowed are " + std::to_string(low) +
           " to " + std::to_string(high);
  });
  return value;
}

float Attributes::positive(const char* name) const {
  float value = 0;
  check(api_.floatAttribute(info_, name, &value), name);
  require(std::isfinite(value) && value >= 0, [&] {
    return std::string("attribute ") + name + " is " + std::to_string(value);
  });
  return value;
}

void Call::check(OrtStatus* status) const {
  if (status != nullptr) throw Failure(messageOf(api_, status));
}

bool Call::has(size_t index) const {
  size_t count = 0;
  check(api_.inputCount(context_, &count));
  if (index >= count) return false;
  const OrtValue* value = nullptr;
  check(api_.input(context_, index, &value));
  return value != nullptr;
}

const void* Call::input(size_t index, const char* name, ElementType type, size_t rank, Shape& shape) const {
  require(has(index), [&] { return std::string(name) + " is missing"; });
  const OrtValue* value = nullptr;
  check(api_.input(context_, index, &value));
  struct Info {
    const Api& api;
    OrtTensorTypeAndShapeInfo* info = nullptr;
    ~Info() {
      if (info != nullptr) api.releaseTypeAndShape(info);
    }
  } owned{api_};
  check(api_.typeAndShape(value, &owned.info));
  ElementType found{};
  check(api_.elementType(owned.info, &found));
  require(found == type, [&] {
    return std::string(name) + " has elements of another type (" + std::to_string(found) + ")";
  });
  size_t axes = 0;
  check(api_.rank(owned.info, &axes));
  shape.resize(axes);
  check(api_.dimensions(owned.info, shape.data(), axes));
  require(rank == 0 || axes == rank, [&] {
    return std::string(name) + " has the shape " + describe(shape) + ", expected are " + std::to_string(rank) + " axes";
  });
  for (const int64_t extent : shape) require(extent > 0, [&] {
    return std::string(name) + " is empty: " + describe(shape);
  });
  void* data = nullptr;
  check(api_.tensorData(const_cast<OrtValue*>(value), &data));
  return data;
}

Tensor<const float> Call::floats(size_t index, const char* name, size_t rank) const {
  Shape shape;
  const void* data = input(index, name, FLOAT32, rank, shape);
  return {shape, static_cast<const float*>(data)};
}

Tensor<const uint8_t> Call::bytes(size_t index, const char* name, size_t rank) const {
  Shape shape;
  const void* data = input(index, name, UINT8, rank, shape);
  return {shape, static_cast<const uint8_t*>(data)};
}

void* Call::output(size_t index, const Shape& shape) const {
  OrtValue* value = nullptr;
  check(api_.output(context_, index, shape.data(), shape.size(), &value));
  require(value != nullptr, [&] { return "output " + std::to_string(index) + " is not wanted, but has no default"; });
  void* data = nullptr;
  check(api_.tensorData(value, &data));
  return data;
}

float* Call::outputFloats(size_t index, const Shape& shape) const {
  return static_cast<float*>(output(index, shape));
}

uint8_t* Call::outputBytes(size_t index, const Shape& shape) const {
  return static_cast<uint8_t*>(output(index, shape));
}

}  // namespace ichor
