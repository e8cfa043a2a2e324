#include <algorithm>

#include "operators.h"
#include "vectors.h"

namespace ichor {

void ReluGradient::compute(const Call& call) const {
  const auto dy = call.floats(0, "dy"), y = call.floats(1, "y");
  requireShape("dy", dy.shape, y.shape);
  // dx may be written over dy.
  float* const dx = call.outputFloats(0, y.shape);
  int64_t count = 1;
  for (const int64_t extent : y.shape) count *= extent;
  inPieces(call, (count + LANES - 1) / LANES, [&](int64_t first, int64_t end) {
    for (int64_t i = first * LANES; i < std::min(end * LANES, count); i += LANES) {
      const __mmask16 lanes = firstLanes(count - i);
      const __mmask16 seen = passes(lanes, _mm512_maskz_loadu_ps(lanes, y.data + i));
      _mm512_mask_storeu_ps(dx + i, lanes, _mm512_maskz_loadu_ps(seen, dy.data + i));
    }
  });
}

}  // namespace ichor
