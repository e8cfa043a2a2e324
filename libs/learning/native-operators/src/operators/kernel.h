// What an operator sees of onnxruntime: its attributes, the tensors of a call, and threads. Everything that does not fit throws
// `Failure`; registration.cpp makes an OrtStatus of it, which ends the run of the session with the message.
#pragma once
#include <atomic>
#include <cstdint>
#include <exception>
#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

#include "onnxruntime-api.h"

namespace ichor {

using Shape = std::vector<int64_t>;

struct Failure : std::runtime_error {
  using std::runtime_error::runtime_error;
};

std::string describe(const Shape& shape);

/** Throws where the condition does not hold. @param message is called only then: to write it takes longer than a small operator */
template <typename Message>
void require(bool condition, const Message& message) {
  if (!condition) throw Failure(message());
}

/** @throws Failure where `found` is not `expected` */
void requireShape(const char* name, const Shape& found, const Shape& expected);

/** Rows and columns. */
struct Pair {
  int64_t rows, columns;
};

/** Attributes of a node. */
class Attributes {
 public:
  Attributes(const Api& api, const OrtKernelInfo* info) : api_(api), info_(info) {}

  /** Whole numbers within bounds, as many as stated. */
  std::vector<int64_t> integers(const char* name, size_t count, int64_t low, int64_t high) const;
  Pair pair(const char* name, int64_t low, int64_t high) const;
  int64_t integer(const char* name, int64_t low, int64_t high) const;
  /** A finite number, not below zero. */
  float positive(const char* name) const;

 private:
  void check(OrtStatus* status, const char* name) const;

  const Api& api_;
  const OrtKernelInfo* info_;
};

template <typename T>
struct Tensor {
  Shape shape;
  T* data;
};

/** One call of an operator. */
class Call {
 public:
  Call(const Api& api, OrtKernelContext* context) : api_(api), context_(context) {}

  /** An input of `rank` axes (0: of any), none of them empty. */
  Tensor<const float> floats(size_t index, const char* name, size_t rank = 0) const;
  Tensor<const uint8_t> bytes(size_t index, const char* name, size_t rank) const;
  bool has(size_t index) const;

  float* outputFloats(size_t index, const Shape& shape) const;
  uint8_t* outputBytes(size_t index, const Shape& shape) const;

  /** Runs `work(0 .. count - 1)` on the threads of the session; what one of them throws is thrown here. */
  template <typename Work>
  void parallel(size_t count, const Work& work) const {
    struct Shared {
      const Work& work;
      std::mutex mutex;
      std::exception_ptr error;
    } shared{work, {}, nullptr};
    const auto one = [](void* data, size_t index) {
      auto& shared = *static_cast<Shared*>(data);
      try {
        shared.work(index);
      } catch (...) {
        const std::lock_guard<std::mutex> lock(shared.mutex);
        if (!shared.error) shared.error = std::current_exception();
      }
    };
    if (count == 1) one(&shared, 0);
    else check(api_.parallelFor(context_, one, count, &shared));
    if (shared.error) std::rethrow_exception(shared.error);
  }

 private:
  const void* input(size_t index, const char* name, ElementType type, size_t rank, Shape& shape) const;
  void* output(size_t index, const Shape& shape) const;
  void check(OrtStatus* status) const;

  const Api& api_;
  OrtKernelContext* context_;
};

/** Pieces into which independent planes or channels are cut: enough for the threads of a desktop, few calls. */
constexpr int64_t PIECES = 16;

/** Calls `work(first, end)` for up to PIECES ranges of 0 .. count - 1. Which ranges does not depend on the number of threads. */
template <typename Work>
void inPieces(const Call& call, int64_t count, const Work& work) {
  const int64_t pieces = count < PIECES ? count : PIECES;
  call.parallel(pieces, [&](size_t piece) {
    const int64_t i = static_cast<int64_t>(piece);
    work(count * i / pieces, count * (i + 1) / pieces);
  });
}

}  // namespace ichor
