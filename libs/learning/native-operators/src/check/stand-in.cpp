#include "stand-in.h"

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include "../operators/onnxruntime-api.h"

// onnxruntime's types are whatever onnxruntime makes of them.
struct OrtStatus {
  std::string message;
};
struct OrtValue {
  std::vector<int64_t> shape;
  ElementType type;
  std::unique_ptr<uint8_t[]> data;
  size_t count;
};
struct OrtTensorTypeAndShapeInfo {
  const OrtValue* value;
};
struct OrtKernelInfo {
  const check::Attributes& attributes;
};
struct OrtKernelContext {
  std::vector<OrtValue> inputs;
  std::vector<OrtValue> outputs;
  int threads;
};
struct OrtSessionOptions {};
struct OrtCustomOpDomain {
  std::vector<const OrtCustomOp*> operators;
};

namespace check {
namespace {

OrtStatus* fail(const std::string& message) { return new OrtStatus{message}; }

OrtValue valueOf(const std::vector<int64_t>& shape, ElementType type) {
  size_t count = 1;
  for (const int64_t extent : shape) count *= static_cast<size_t>(extent);
  const size_t bytes = count * (type == FLOAT32 ? sizeof(float) : 1);
  return {shape, type, std::unique_ptr<uint8_t[]>(new uint8_t[bytes]), count};
}

OrtCustomOpDomain domain;

OrtStatus* createStatus(ErrorCode, const char* message) { return fail(message); }
const char* errorMessage(const OrtStatus* status) { return status->message.c_str(); }
void releaseStatus(OrtStatus* status) { delete status; }
OrtStatus* createDomain(const char*, OrtCustomOpDomain** made) {
  *made = &domain;
  return nullptr;
}
OrtStatus* addOperator(OrtCustomOpDomain* to, const OrtCustomOp* op) {
  to->operators.push_back(op);
  return nullptr;
}
OrtStatus* addDomain(OrtSessionOptions*, OrtCustomOpDomain*) { return nullptr; }
OrtStatus* tensorData(OrtValue* value, void** data) {
  *data = value->data.get();
  return nullptr;
}
OrtStatus* typeAndShape(const OrtValue* value, OrtTensorTypeAndShapeInfo** info) {
  *info = new OrtTensorTypeAndShapeInfo{value};
  return nullptr;
}
void releaseTypeAndShape(OrtTensorTypeAndShapeInfo* info) { delete info; }
OrtStatus* elementType(const OrtTensorTypeAndShapeInfo* info, ElementType* type) {
  *type = info->value->type;
  return nullptr;
}
OrtStatus* rank(const OrtTensorTypeAndShapeInfo* info, size_t* rank) {
  *rank = info->value->shape.size();
  return nullptr;
}
OrtStatus* dimensions(const OrtTensorTypeAndShapeInfo* info, int64_t* values, size_t count) {
  for (size_t i = 0; i < count; i++) values[i] = info->value->shape[i];
  return nullptr;
}
OrtStatus* floatAttribute(const OrtKernelInfo* info, const char* name, float* value) {
  const auto found = info->attributes.floats.find(name);
  if (found == info->attributes.floats.end()) return fail("no attribute");
  *value = found->second;
  return nullptr;
}
OrtStatus* integersAttribute(const OrtKernelInfo* info, const char* name, int64_t* values, size_t* count) {
  const auto found = info->attributes.integers.find(name);
  if (found == info->attributes.integers.end()) return fail("no attribute");
  *count = found->second.size();
  if (values != nullptr)
    for (size_t i = 0; i < *count; i++) values[i] = found->second[i];
  return nullptr;
}
OrtStatus* integerAttribute(const OrtKernelInfo* info, const char* name, int64_t* value) {
  size_t count = 1;
  return integersAttribute(info, name, value, &count);
}
OrtStatus* inputCount(const OrtKernelContext* context, size_t* count) {
  *count = context->inputs.size();
  return nullptr;
}
OrtStatus* input(const OrtKernelContext* context, size_t index, const OrtValue** value) {
  *value = &context->inputs[index];
  return nullptr;
}
OrtStatus* output(OrtKernelContext* context, size_t index, const int64_t* shape, size_t rank, OrtValue** value) {
  context->outputs[index] = valueOf({shape, shape + rank}, context->outputs[index].type);
  *value = &context->outputs[index];
  return nullptr;
}
OrtStatus* parallelFor(const OrtKernelContext* context, void (*work)(void*, size_t), size_t count, size_t, void* data) {
  std::atomic<size_t> next{0};
  const auto run = [&] {
    for (size_t i = next++; i < count; i = next++) work(data, i);
  };
  std::vector<std::thread> threads;
  for (int i = 1; i < context->threads; i++) threads.emplace_back(run);
  run();
  for (auto& thread : threads) thread.join();
  return nullptr;
}

const void* table[275];

OrtApi* getApi(uint32_t) { return table; }
const char* version() { return "stand-in"; }

template <typename Function>
void put(size_t place, Function* function) {
  table[place] = reinterpret_cast<const void*>(function);
}

void registerOnce() {
  if (!domain.operators.empty()) return;
  put(0, createStatus);
  put(2, errorMessage);
  put(26, createDomain);
  put(27, addOperator);
  put(28, addDomain);
  put(51, tensorData);
  put(60, elementType);
  put(61, rank);
  put(62, dimensions);
  put(65, typeAndShape);
  put(85, floatAttribute);
  put(86, integerAttribute);
  put(88, inputCount);
  put(90, input);
  put(91, output);
  put(93, releaseStatus);
  put(99, releaseTypeAndShape);
  put(163, integersAttribute);
  put(274, parallelFor);
  const OrtApiBase base{getApi, version};
  OrtSessionOptions options;
  if (OrtStatus* const status = RegisterCustomOps(&options, &base)) {
    std::fprintf(stderr, "%s\n", status->message.c_str());
    std::exit(1);
  }
}

std::string messageOf(OrtStatus* status) {
  const std::unique_ptr<OrtStatus> owned(status);
  return owned->message;
}

}  // namespace

Tensor wholeNumbers(const std::vector<int64_t>& shape, uint32_t salt) {
  Tensor tensor = filled(shape, 0);
  uint32_t state = salt;
  for (float& value : tensor.floats) {
    state = state * 1664525u + 1013904223u;
    value = static_cast<float>(static_cast<int>((state >> 16) % 9) - 4);
  }
  return tensor;
}

Tensor filled(const std::vector<int64_t>& shape, float value) {
  return {shape, std::vector<float>(valueOf(shape, FLOAT32).count, value), {}};
}

Answer call(const std::string& op, const std::vector<Tensor>& inputs, const Attributes& attributes, int threads) {
  registerOnce();
  const OrtCustomOp* found = nullptr;
  for (const OrtCustomOp* one : domain.operators)
    if (op == one->GetName(one)) found = one;
  if (found == nullptr) abort();
  const OrtKernelInfo info{attributes};
  void* kernel = nullptr;
  if (OrtStatus* const status = found->CreateKernelV2(found, getApi(18), &info, &kernel)) return {messageOf(status), {}};
  OrtKernelContext context{{}, {}, threads};
  for (const Tensor& tensor : inputs) {
    OrtValue value = valueOf(tensor.shape, tensor.isBytes() ? UINT8 : FLOAT32);
    if (value.type == FLOAT32) std::copy(tensor.floats.begin(), tensor.floats.end(), reinterpret_cast<float*>(value.data.get()));
    else std::copy(tensor.bytes.begin(), tensor.bytes.end(), value.data.get());
    context.inputs.push_back(std::move(value));
  }
  for (size_t i = 0; i < found->GetOutputTypeCount(found); i++) context.outputs.push_back({{}, found->GetOutputType(found, i), nullptr, 0});
  OrtStatus* const status = found->KernelComputeV2(kernel, &context);
  found->KernelDestroy(kernel);
  if (status != nullptr) return {messageOf(status), {}};
  Answer answer;
  for (const OrtValue& value : context.outputs) {
    Tensor tensor{value.shape, {}, {}};
    if (value.type == FLOAT32) {
      const float* data = reinterpret_cast<const float*>(value.data.get());
      tensor.floats.assign(data, data + value.count);
    } else {
      tensor.bytes.assign(value.data.get(), value.data.get() + value.count);
    }
    answer.outputs.push_back(std::move(tensor));
  }
  return answer;
}

}  // namespace check
