// Planes of channels [channel][pixel] to blocks [pixel][16 channels] and back.
#pragma once
#include <algorithm>
#include <cstring>

#include "../vectors.h"
#include "geometry.h"

namespace ichor {

/** Floats that are fetched ahead: packing waits for memory otherwise. */
constexpr int64_t AHEAD = 128;

/**
 * Writes `pixels` pixels of `channels` channels (1 to 16, `plane` floats apart) to [pixel][16]; channels that are missing are zero.
 */
inline void packPixels(const float* from, int64_t plane, int64_t channels, int64_t pixels, float* to) {
  for (int64_t i = 0; i < pixels; i += LANES) {
    const __mmask16 lanes = firstLanes(pixels - i);
    __m512 r[LANES];
    for (int c = 0; c < LANES; c++) {
      if (c < channels) {
        const float* at = from + c * plane + i;
        r[c] = _mm512_maskz_loadu_ps(lanes, at);
        _mm_prefetch(reinterpret_cast<const char*>(reinterpret_cast<uintptr_t>(at) + AHEAD * sizeof(float)), _MM_HINT_T0);
      } else {
        r[c] = _mm512_setzero_ps();
      }
    }
    transpose16(r);
    const int64_t count = std::min<int64_t>(LANES, pixels - i);
    if (count == LANES) {
      for (int c = 0; c < LANES; c++) _mm512_store_ps(to + (i + c) * LANES, r[c]);
    } else {
      for (int64_t c = 0; c < count; c++) _mm512_store_ps(to + (i + c) * LANES, r[c]);
    }
  }
}

inline void zeroPixels(float* to, int64_t pixels) {
  if (pixels > 0) memset(to, 0, pixels * LANES * sizeof(float));
}

/**
 * Packs what the rows `row .. row + rows - 1` of the output of one sample see of the padded image: [rows seen][columns seen][16].
 *
 * @param first of the channels
 * @param channels 1 to 16
 */
inline void packImageRows(const Geometry& g, const float* x, int64_t sample, int64_t first, int64_t channels, int64_t row,
                          int64_t rows, float* to) {
  const int64_t width = g.columnsSeen();
  const int64_t before = std::min(g.left, width);
  const int64_t columns = std::min(g.image.columns, width - before);
  const int64_t plane = g.image.rows * g.image.columns;
  for (int64_t i = 0; i < g.rowsSeen(rows); i++, to += width * LANES) {
    // A kernel of one row sees no row between the strides.
    if (g.kernel.rows == 1 && i % g.stride.rows != 0) continue;
    const int64_t y = row * g.stride.rows - g.top + i;
    if (y < 0 || y >= g.image.rows) {
      zeroPixels(to, width);
      continue;
    }
    zeroPixels(to, before);
    packPixels(x + (sample * g.channels + first) * plane + y * g.image.columns, plane, channels, columns, to + before * LANES);
    zeroPixels(to + (before + columns) * LANES, width - before - columns);
  }
}

/** Packs rows of the output's gradient of one sample: [pixel][16]. */
inline void packGradientRows(const Geometry& g, const float* dy, int64_t sample, int64_t first, int64_t channels, int64_t row,
                             int64_t rows, float* to) {
  const int64_t plane = g.size.rows * g.size.columns;
  packPixels(dy + (sample * g.outputs + first) * plane + row * g.size.columns, plane, channels, rows * g.size.columns, to);
}

/** Sums [tap][16 channels] to weights [channel][tap] of the first `channels` channels. */
inline void unpackTaps(const float* sums, int64_t taps, int64_t channels, float* weights) {
  if (taps == 1) {
    _mm512_mask_storeu_ps(weights, firstLanes(channels), _mm512_load_ps(sums));
    return;
  }
  for (int64_t first = 0; first < taps; first += LANES) {
    __m512 r[LANES];
    const int64_t count = std::min<int64_t>(LANES, taps - first);
    for (int i = 0; i < LANES; i++) r[i] = i < count ? _mm512_load_ps(sums + (first + i) * LANES) : _mm512_setzero_ps();
    transpose16(r);
    for (int64_t c = 0; c < channels; c++) _mm512_mask_storeu_ps(weights + c * taps + first, firstLanes(count), r[c]);
  }
}

}  // namespace ichor
