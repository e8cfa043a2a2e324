// A stand-in for onnxruntime: tensors with memory of their own, of exactly their size, and a table with the functions that the operators
// call. In onnxruntime tensors share an arena, in which a sanitizer sees no access out of bounds.
#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace check {

struct Tensor {
  std::vector<int64_t> shape;
  /** One of both. */
  std::vector<float> floats;
  std::vector<uint8_t> bytes;

  bool isBytes() const { return floats.empty() && !bytes.empty(); }
};

/** A tensor of small whole numbers from -4 to 4, sums of which are exact. */
Tensor wholeNumbers(const std::vector<int64_t>& shape, uint32_t salt);
Tensor filled(const std::vector<int64_t>& shape, float value);

struct Attributes {
  std::map<std::string, std::vector<int64_t>> integers;
  std::map<std::string, float> floats;
};

/** What an operator has answered: a message, or its outputs. */
struct Answer {
  std::string error;
  std::vector<Tensor> outputs;
};

/**
 * Registers the library, creates the operator and calls it.
 *
 * @param threads on which its parts run
 */
Answer call(const std::string& op, const std::vector<Tensor>& inputs, const Attributes& attributes, int threads = 1);

}  // namespace check
