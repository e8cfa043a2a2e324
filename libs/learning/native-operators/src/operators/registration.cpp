// Makes the operators known to onnxruntime, under the domain `ichor`.
#include <exception>
#include <new>

#include "operators.h"

namespace ichor {
namespace {

OrtApi* table = nullptr;

/** Runs `work`; what it throws becomes a status that names the operator. No exception may reach onnxruntime. */
template <typename Work>
OrtStatus* guarded(const char* op, const Work& work) {
  const Api api(table);
  try {
    work(api);
    return nullptr;
  } catch (const Failure& failure) {
    return api.createStatus(INVALID_ARGUMENT, (std::string("ichor.") + op + ": " + failure.what()).c_str());
  } catch (const std::bad_alloc&) {
    return api.createStatus(FAIL, "ichor: not enough memory");
  } catch (const std::exception& error) {
    return api.createStatus(FAIL, error.what());
  } catch (...) {
    return api.createStatus(FAIL, "ichor: unknown error");
  }
}

struct Ports {
  size_t inputs, outputs;
  /** Optional inputs, at the end. */
  size_t optional = 0;
  /** Index of the input or output of bytes, if any. */
  int byteInput = -1, byteOutput = -1;
};

/** An operator with the functions that onnxruntime calls. */
struct Registered : OrtCustomOp {
  const char* name;
  Ports ports;
};

const Registered& registered(const OrtCustomOp* op) { return *static_cast<const Registered*>(op); }

template <typename Operator>
Registered describeOperator(const char* name, const Ports& ports, bool inPlace = false) {
  struct Kernel {
    Operator op;
    const char* name;
  };
  Registered r{};
  r.version = API_VERSION;
  r.name = name;
  r.ports = ports;
  r.GetName = [](const OrtCustomOp* op) { return registered(op).name; };
  r.GetExecutionProviderType = [](const OrtCustomOp*) -> const char* { return nullptr; };
  r.GetInputTypeCount = [](const OrtCustomOp* op) { return registered(op).ports.inputs; };
  r.GetOutputTypeCount = [](const OrtCustomOp* op) { return registered(op).ports.outputs; };
  r.GetInputType = [](const OrtCustomOp* op, size_t i) {
    return static_cast<int>(i) == registered(op).ports.byteInput ? UINT8 : FLOAT32;
  };
  r.GetOutputType = [](const OrtCustomOp* op, size_t i) {
    return static_cast<int>(i) == registered(op).ports.byteOutput ? UINT8 : FLOAT32;
  };
  r.GetInputCharacteristic = [](const OrtCustomOp* op, size_t i) {
    const Ports& ports = registered(op).ports;
    return i >= ports.inputs - ports.optional ? OPTIONAL : REQUIRED;
  };
  r.GetOutputCharacteristic = [](const OrtCustomOp*, size_t) { return REQUIRED; };
  r.GetInputMemoryType = [](const OrtCustomOp*, size_t) { return 0; };
  r.GetStartVersion = [](const OrtCustomOp*) { return 1; };
  r.GetEndVersion = [](const OrtCustomOp*) { return 1; };
  r.CreateKernelV2 = [](const OrtCustomOp* op, OrtApi*, const OrtKernelInfo* info, void** kernel) {
    const char* const name = registered(op).name;
    return guarded(name, [&](const Api& api) { *kernel = new Kernel{Operator(Attributes(api, info)), name}; });
  };
  r.KernelComputeV2 = [](void* kernel, OrtKernelContext* context) {
    const auto& [op, name] = *static_cast<const Kernel*>(kernel);
    const Operator& bound = op;
    return guarded(name, [&](const Api& api) { bound.compute(Call(api, context)); });
  };
  r.KernelDestroy = [](void* kernel) { delete static_cast<Kernel*>(kernel); };
  if (inPlace) {
    // The first output may be written over the first input.
    r.GetMayInplace = [](int** inputs, int** outputs) -> size_t {
      *inputs = new int[1]{0};
      *outputs = new int[1]{0};
      return 1;
    };
    r.ReleaseMayInplace = [](int* inputs, int* outputs) {
      delete[] inputs;
      delete[] outputs;
    };
  }
  return r;
}

}  // namespace
}  // namespace ichor

OrtStatus* RegisterCustomOps(OrtSessionOptions* options, const OrtApiBase* base) {
  using namespace ichor;
  OrtApi* const found = base->GetApi(API_VERSION);
  // Without a table there is no function that could make a status; version 1 has one in every release.
  if (found == nullptr) return Api(base->GetApi(1)).createStatus(FAIL, "ichor: onnxruntime is older than 1.18");
  table = found;
  const Api api(table);
  if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512bw") || !__builtin_cpu_supports("avx512cd") ||
      !__builtin_cpu_supports("avx512dq") || !__builtin_cpu_supports("avx512vl"))
    return api.createStatus(FAIL, "ichor: the processor has no AVX-512");
  static const Registered operators[] = {
      describeOperator<MaxPool>("MaxPool", {1, 2, 0, -1, 1}),
      describeOperator<MaxPoolGradient>("MaxPoolGradient", {2, 1, 0, 1, -1}),
      describeOperator<WeightGradient>("WeightGradient", {2, 1}),
      describeOperator<BatchStatistics>("BatchStatistics", {1, 2}),
      describeOperator<BatchNorm>("BatchNorm", {3, 3}),
      describeOperator<BatchNormWith>("BatchNormWith", {5, 1}),
      describeOperator<BatchNormGradient>("BatchNormGradient", {7, 3, 1}, true),
      describeOperator<ReluGradient>("ReluGradient", {2, 1}, true),
  };
  OrtCustomOpDomain* domain = nullptr;
  if (OrtStatus* const status = api.createDomain("ichor", &domain)) return status;
  for (const Registered& op : operators)
    if (OrtStatus* const status = api.addOperator(domain, &op)) return status;
  return api.addDomain(options, domain);
}
