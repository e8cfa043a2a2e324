// Max pooling that keeps the place of each maximum in its window as a byte, and its gradient, which adds to these places.
#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstring>

#include "operators.h"
#include "vectors.h"

namespace ichor {
namespace {

constexpr int64_t MOST_TAPS = 256;

void requirePairFits(const char* axis, int64_t image, int64_t size, int64_t stride, int64_t before) {
  require((size - 1) * stride - before < image, [&] {
    return std::string("the last window begins after the ") + axis + " of the image (" + std::to_string(size) +
           " windows, " + std::to_string(image) + " " + axis + ")";
  });
}

/** 16 floats, `stride` apart. */
inline __m512 every(const float* from, int64_t stride) {
  if (stride == 1) return _mm512_loadu_ps(from);
  const __m512i lanes = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  if (stride == 2)
    return _mm512_permutex2var_ps(_mm512_loadu_ps(from), _mm512_slli_epi32(lanes, 1), _mm512_loadu_ps(from + LANES));
  return _mm512_i32gather_ps(_mm512_mullo_epi32(lanes, _mm512_set1_epi32(static_cast<int>(stride))), from, sizeof(float));
}

}  // namespace

PoolWindow::PoolWindow(const Attributes& attributes)
    : kernel(attributes.pair("kernel", 1, MOST_TAPS)),
      stride(attributes.pair("stride", 1, 1024)),
      before(attributes.pair("padding", 0, MOST_TAPS)) {
  require(kernel.rows * kernel.columns <= MOST_TAPS, [&] {
    return "a window of more than 256 pixels has no byte for each";
  });
  require(before.rows < kernel.rows && before.columns < kernel.columns, [&] {
    return "the padding is as large as the window";
  });
}

void PoolWindow::requireFit(Pair image, Pair size) const {
  requirePairFits("rows", image.rows, size.rows, stride.rows, before.rows);
  requirePairFits("columns", image.columns, size.columns, stride.columns, before.columns);
}

MaxPool::MaxPool(const Attributes& attributes) : window(attributes), size(attributes.pair("size", 1, 1 << 20)) {}

void MaxPool::compute(const Call& call) const {
  const auto x = call.floats(0, "x", 4);
  const auto [kernel, stride, before] = window;
  const Pair image{x.shape[2], x.shape[3]};
  window.requireFit(image, size);
  const Shape shape{x.shape[0], x.shape[1], size.rows, size.columns};
  float* const y = call.outputFloats(0, shape);
  uint8_t* const places = call.outputBytes(1, shape);
  // Each plane is copied into one with its padding, whose rows are long enough for whole vectors of outputs.
  const int64_t rows = (size.rows - 1) * stride.rows + kernel.rows;
  const int64_t columns = (size.columns + LANES - 1) / LANES * LANES * stride.columns + kernel.columns + LANES;
  const int64_t seen = std::min(image.columns, columns - before.columns);
  inPieces(call, shape[0] * shape[1], [&, kernel = kernel, stride = stride, before = before](int64_t first, int64_t end) {
    static thread_local Buffer buffer;
    float* const padded = buffer.atLeast(rows * columns);
    std::fill(padded, padded + rows * columns, -INFINITY);
    for (int64_t plane = first; plane < end; plane++) {
      for (int64_t row = 0; row < rows; row++) {
        const int64_t from = row - before.rows;
        if (from < 0 || from >= image.rows) continue;
        memcpy(padded + row * columns + before.columns, x.data + (plane * image.rows + from) * image.columns, seen * sizeof(float));
      }
      for (int64_t row = 0; row < size.rows; row++) {
        for (int64_t column = 0; column < size.columns; column += LANES) {
          __m512 best = _mm512_set1_ps(-INFINITY);
          __m512i place = _mm512_setzero_si512();
          int tap = 0;
          for (int64_t i = 0; i < kernel.rows; i++) {
            for (int64_t j = 0; j < kernel.columns; j++, tap++) {
              const __m512 v = every(padded + (row * stride.rows + i) * columns + column * stride.columns + j, stride.columns);
              if (tap == 0) {
                best = v;
                continue;
              }
              // The first of equal maxima stays; what is not a number wins, as in PyTorch.
              const __mmask16 above = _mm512_cmp_ps_mask(v, best, _CMP_GT_OQ) | _mm512_cmp_ps_mask(v, v, _CMP_UNORD_Q);
              best = _mm512_mask_mov_ps(best, above, v);
              place = _mm512_mask_mov_epi32(place, above, _mm512_set1_epi32(tap));
            }
          }
          const __mmask16 lanes = firstLanes(size.columns - column);
          const int64_t at = (plane * size.rows + row) * size.columns + column;
          _mm512_mask_storeu_ps(y + at, lanes, best);
          _mm512_mask_cvtepi32_storeu_epi8(places + at, lanes, place);
        }
      }
    }
  });
}

MaxPoolGradient::MaxPoolGradient(const Attributes& attributes)
    : window(attributes), image(attributes.pair("image", 1, 1 << 20)) {}

void MaxPoolGradient::compute(const Call& call) const {
  const auto dy = call.floats(0, "dy", 4);
  const auto places = call.bytes(1, "places", 4);
  requireShape("places", places.shape, dy.shape);
  const auto [kernel, stride, before] = window;
  const Pair size{dy.shape[2], dy.shape[3]};
  window.requireFit(image, size);
  float* const dx = call.outputFloats(0, {dy.shape[0], dy.shape[1], image.rows, image.columns});
  const int64_t taps = kernel.rows * kernel.columns;
  Pair shift[MOST_TAPS];
  for (int64_t tap = 0; tap < taps; tap++) shift[tap] = {tap / kernel.columns - before.rows, tap % kernel.columns - before.columns};
  std::atomic<bool> wrong{false};
  inPieces(call, dy.shape[0] * dy.shape[1], [&, stride = stride](int64_t first, int64_t end) {
    for (int64_t plane = first; plane < end; plane++) {
      float* const to = dx + plane * image.rows * image.columns;
      memset(to, 0, image.rows * image.columns * sizeof(float));
      for (int64_t row = 0; row < size.rows; row++) {
        const int64_t at = (plane * size.rows + row) * size.columns;
        for (int64_t column = 0; column < size.columns; column++) {
          const uint8_t tap = places.data[at + column];
          if (tap >= taps) {
            wrong = true;
            continue;
          }
          const int64_t y = row * stride.rows + shift[tap].rows, x = column * stride.columns + shift[tap].columns;
          // A place in the padding: the window held nothing above minus infinity.
          if (y < 0 || y >= image.rows || x < 0 || x >= image.columns) continue;
          to[y * image.columns + x] += dy.data[at + column];
        }
      }
    }
  });
  require(!wrong, [&] { return "places hold a number that is no place of the window"; });
}

}  // namespace ichor
