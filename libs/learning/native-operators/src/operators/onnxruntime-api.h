// The part of onnxruntime's C API that the operators use. The whole header has 8,000 lines and would tie the library to one release.
//
// Why this is safe: onnxruntime hands out a table of functions for a version of the API, and refuses versions that it does not know.
// Functions are only appended to the table, so a place never changes its meaning. `OrtCustomOp` grows at its end too, and onnxruntime
// reads no field that is newer than the version written in it.
#pragma once
#include <cstddef>
#include <cstdint>

extern "C" {

struct OrtStatus;
struct OrtValue;
struct OrtKernelInfo;
struct OrtKernelContext;
struct OrtSessionOptions;
struct OrtCustomOpDomain;
struct OrtTensorTypeAndShapeInfo;

/** An OrtApi: a table of functions. */
using OrtApi = const void* const;

struct OrtApiBase {
  OrtApi* (*GetApi)(uint32_t version);
  const char* (*GetVersionString)();
};

/** ONNXTensorElementDataType. */
enum ElementType : int { FLOAT32 = 1, UINT8 = 2 };

/** OrtErrorCode. */
enum ErrorCode : int { FAIL = 1, INVALID_ARGUMENT = 2 };

/** OrtCustomOpInputOutputCharacteristic. */
enum Presence : int { REQUIRED = 0, OPTIONAL = 1 };

/** Of API version 18, the first with `GetMayInplace`. */
struct OrtCustomOp {
  uint32_t version;
  void* (*CreateKernel)(const OrtCustomOp*, OrtApi*, const OrtKernelInfo*);
  const char* (*GetName)(const OrtCustomOp*);
  const char* (*GetExecutionProviderType)(const OrtCustomOp*);
  ElementType (*GetInputType)(const OrtCustomOp*, size_t);
  size_t (*GetInputTypeCount)(const OrtCustomOp*);
  ElementType (*GetOutputType)(const OrtCustomOp*, size_t);
  size_t (*GetOutputTypeCount)(const OrtCustomOp*);
  void (*KernelCompute)(void*, OrtKernelContext*);
  void (*KernelDestroy)(void*);
  Presence (*GetInputCharacteristic)(const OrtCustomOp*, size_t);
  Presence (*GetOutputCharacteristic)(const OrtCustomOp*, size_t);
  int (*GetInputMemoryType)(const OrtCustomOp*, size_t);
  int (*GetVariadicInputMinArity)(const OrtCustomOp*);
  int (*GetVariadicInputHomogeneity)(const OrtCustomOp*);
  int (*GetVariadicOutputMinArity)(const OrtCustomOp*);
  int (*GetVariadicOutputHomogeneity)(const OrtCustomOp*);
  OrtStatus* (*CreateKernelV2)(const OrtCustomOp*, OrtApi*, const OrtKernelInfo*, void**);
  OrtStatus* (*KernelComputeV2)(void*, OrtKernelContext*);
  OrtStatus* (*InferOutputShapeFn)(const OrtCustomOp*, void*);
  int (*GetStartVersion)(const OrtCustomOp*);
  int (*GetEndVersion)(const OrtCustomOp*);
  size_t (*GetMayInplace)(int** inputs, int** outputs);
  void (*ReleaseMayInplace)(int* inputs, int* outputs);
  size_t (*GetAliasMap)(int** inputs, int** outputs);
  void (*ReleaseAliasMap)(int* inputs, int* outputs);
};

/** The one function that onnxruntime looks for in the library. */
__attribute__((visibility("default"))) OrtStatus* RegisterCustomOps(OrtSessionOptions* options, const OrtApiBase* base);
}

namespace ichor {

constexpr uint32_t API_VERSION = 18;

/** onnxruntime's functions by their places in the table. */
class Api {
 public:
  explicit Api(OrtApi* table) : table_(table) {}

  OrtStatus* createStatus(ErrorCode code, const char* message) const { return at<0, OrtStatus*>(code, message); }
  const char* errorMessage(const OrtStatus* status) const { return at<2, const char*>(status); }
  OrtStatus* createDomain(const char* name, OrtCustomOpDomain** domain) const { return at<26, OrtStatus*>(name, domain); }
  OrtStatus* addOperator(OrtCustomOpDomain* domain, const OrtCustomOp* op) const { return at<27, OrtStatus*>(domain, op); }
  OrtStatus* addDomain(OrtSessionOptions* options, OrtCustomOpDomain* domain) const {
    return at<28, OrtStatus*>(options, domain);
  }
  OrtStatus* tensorData(OrtValue* value, void** data) const { return at<51, OrtStatus*>(value, data); }
  OrtStatus* elementType(const OrtTensorTypeAndShapeInfo* info, ElementType* type) const {
    return at<60, OrtStatus*>(info, type);
  }
  OrtStatus* rank(const OrtTensorTypeAndShapeInfo* info, size_t* rank) const { return at<61, OrtStatus*>(info, rank); }
  OrtStatus* dimensions(const OrtTensorTypeAndShapeInfo* info, int64_t* values, size_t count) const {
    return at<62, OrtStatus*>(info, values, count);
  }
  OrtStatus* typeAndShape(const OrtValue* value, OrtTensorTypeAndShapeInfo** info) const {
    return at<65, OrtStatus*>(value, info);
  }
  OrtStatus* floatAttribute(const OrtKernelInfo* info, const char* name, float* value) const {
    return at<85, OrtStatus*>(info, name, value);
  }
  OrtStatus* integerAttribute(const OrtKernelInfo* info, const char* name, int64_t* value) const {
    return at<86, OrtStatus*>(info, name, value);
  }
  OrtStatus* inputCount(const OrtKernelContext* context, size_t* count) const {
    return at<88, OrtStatus*>(context, count);
  }
  OrtStatus* input(const OrtKernelContext* context, size_t index, const OrtValue** value) const {
    return at<90, OrtStatus*>(context, index, value);
  }
  OrtStatus* output(OrtKernelContext* context, size_t index, const int64_t* shape, size_t rank, OrtValue** value) const {
    return at<91, OrtStatus*>(context, index, shape, rank, value);
  }
  void releaseStatus(OrtStatus* status) const { at<93, void>(status); }
  void releaseTypeAndShape(OrtTensorTypeAndShapeInfo* info) const { at<99, void>(info); }
  OrtStatus* integersAttribute(const OrtKernelInfo* info, const char* name, int64_t* values, size_t* count) const {
    return at<163, OrtStatus*>(info, name, values, count);
  }
  /** Calls `work(data, 0 .. count - 1)` on the threads of the session. */
  OrtStatus* parallelFor(const OrtKernelContext* context, void (*work)(void*, size_t), size_t count, void* data) const {
    return at<274, OrtStatus*>(context, work, count, size_t{0}, data);
  }

 private:
  template <size_t Place, typename Result, typename... Arguments>
  Result at(Arguments... arguments) const {
    return reinterpret_cast<Result (*)(Arguments...)>(const_cast<void*>(table_[Place]))(arguments...);
  }

  OrtApi* table_;
};

}  // namespace ichor
