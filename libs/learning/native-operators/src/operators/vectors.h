// Vectors of 16 floats (AVX-512), and memory for them.
#pragma once
#include <immintrin.h>

#include <cstdint>
#include <cstdlib>
#include <new>

namespace ichor {

/** Floats of a vector, and so channels of a block. */
constexpr int64_t LANES = 16;

/** The first `count` lanes; all from 16 on, none from 0 down. */
inline __mmask16 firstLanes(int64_t count) {
  if (count >= LANES) return 0xffff;
  return count <= 0 ? 0 : static_cast<__mmask16>((1u << count) - 1);
}

/** Lanes in which v is above zero or not a number: there, a ReLU passes its gradient. */
inline __mmask16 passes(__mmask16 lanes, __m512 v) {
  return _mm512_mask_cmp_ps_mask(lanes, v, _mm512_setzero_ps(), _CMP_NLE_UQ);
}

/** Floats at a multiple of 64 bytes, which grow and are kept. */
class Buffer {
 public:
  Buffer() = default;
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;
  ~Buffer() { free(data_); }

  float* atLeast(size_t count) {
    if (count > count_) {
      free(data_);
      data_ = nullptr;
      count_ = 0;
      const size_t rounded = (count + 1023) / 1024 * 1024;
      data_ = static_cast<float*>(aligned_alloc(64, rounded * sizeof(float)));
      if (data_ == nullptr) throw std::bad_alloc();
      count_ = rounded;
    }
    return data_;
  }

 private:
  float* data_ = nullptr;
  size_t count_ = 0;
};

/** Rows become columns. */
inline void transpose16(__m512 r[16]) {
  __m512 t[16];
  for (int i = 0; i < 8; i++) {
    t[2 * i] = _mm512_unpacklo_ps(r[2 * i], r[2 * i + 1]);
    t[2 * i + 1] = _mm512_unpackhi_ps(r[2 * i], r[2 * i + 1]);
  }
  for (int i = 0; i < 4; i++) {
    const __m512d a = _mm512_castps_pd(t[4 * i]), b = _mm512_castps_pd(t[4 * i + 2]);
    const __m512d c = _mm512_castps_pd(t[4 * i + 1]), d = _mm512_castps_pd(t[4 * i + 3]);
    r[4 * i] = _mm512_castpd_ps(_mm512_unpacklo_pd(a, b));
    r[4 * i + 1] = _mm512_castpd_ps(_mm512_unpackhi_pd(a, b));
    r[4 * i + 2] = _mm512_castpd_ps(_mm512_unpacklo_pd(c, d));
    r[4 * i + 3] = _mm512_castpd_ps(_mm512_unpackhi_pd(c, d));
  }
  for (int i = 0; i < 4; i++) {
    t[i] = _mm512_shuffle_f32x4(r[i], r[i + 4], 0x88);
    t[i + 4] = _mm512_shuffle_f32x4(r[i], r[i + 4], 0xdd);
    t[i + 8] = _mm512_shuffle_f32x4(r[i + 8], r[i + 12], 0x88);
    t[i + 12] = _mm512_shuffle_f32x4(r[i + 8], r[i + 12], 0xdd);
  }
  for (int i = 0; i < 4; i++) {
    r[i] = _mm512_shuffle_f32x4(t[i], t[i + 8], 0x88);
    r[i + 8] = _mm512_shuffle_f32x4(t[i], t[i + 8], 0xdd);
    r[i + 4] = _mm512_shuffle_f32x4(t[i + 4], t[i + 12], 0x88);
    r[i + 12] = _mm512_shuffle_f32x4(t[i + 4], t[i + 12], 0xdd);
  }
}

}  // namespace ichor
