// The inner loops: sums of products over the pixels of a strip, kept in registers.
#pragma once
#include "../vectors.h"

namespace ichor {

/** Pixels of a strip: `rows` times `columns` of the output, whose floats in the packed image lie so far apart. */
struct Strip {
  int64_t rows, columns, imageRow, imageColumn;
};

/**
 * sums[o][v] += dy[pixel][o] x[v][pixel], a vector of 16 input channels for each of VECTORS and OUTPUTS. 3 x 8 sums, 3 vectors of x and
 * one broadcast dy use 28 of the 32 registers, and two multiply-adds a cycle need 8 sums at least.
 *
 * @param x packed image of each vector, [.., 16], shifted by its tap
 * @param dy packed gradient, [pixel][16], from the first of its OUTPUTS channels on
 * @param sums [OUTPUTS][vectors][16], `sumsOutput` floats apart
 */
template <int VECTORS, int OUTPUTS>
void addProducts(const float* const* x, const float* dy, const Strip& strip, float* sums, int64_t sumsOutput) {
  __m512 sum[VECTORS][OUTPUTS];
  for (int v = 0; v < VECTORS; v++)
    for (int o = 0; o < OUTPUTS; o++) sum[v][o] = _mm512_load_ps(sums + o * sumsOutput + v * LANES);
  for (int64_t row = 0; row < strip.rows; row++) {
    int64_t at = row * strip.imageRow;
    for (int64_t column = 0; column < strip.columns; column++, dy += LANES, at += strip.imageColumn) {
      __m512 image[VECTORS];
      for (int v = 0; v < VECTORS; v++) image[v] = _mm512_load_ps(x[v] + at);
#pragma GCC unroll 16
      for (int o = 0; o < OUTPUTS; o++) {
        const __m512 gradient = _mm512_set1_ps(dy[o]);
        for (int v = 0; v < VECTORS; v++) sum[v][o] = _mm512_fmadd_ps(image[v], gradient, sum[v][o]);
      }
    }
  }
  for (int v = 0; v < VECTORS; v++)
    for (int o = 0; o < OUTPUTS; o++) _mm512_store_ps(sums + o * sumsOutput + v * LANES, sum[v][o]);
}

/**
 * The same for 16 / WIDTH small groups at once, WIDTH inputs and outputs each: lane l of sum[v][o] belongs to input l and output
 * `o` of its group, so the gradient's lanes are permuted to l / WIDTH * WIDTH + o.
 */
template <int VECTORS, int WIDTH>
void addGroupProducts(const float* const* x, const float* dy, const Strip& strip, float* sums, int64_t sumsOutput) {
  __m512 sum[VECTORS][WIDTH];
  __m512i lanes[WIDTH];
  for (int o = 0; o < WIDTH; o++) {
    int from[LANES];
    for (int l = 0; l < LANES; l++) from[l] = l / WIDTH * WIDTH + o;
    lanes[o] = _mm512_loadu_si512(from);
    for (int v = 0; v < VECTORS; v++) sum[v][o] = _mm512_load_ps(sums + o * sumsOutput + v * LANES);
  }
  for (int64_t row = 0; row < strip.rows; row++) {
    int64_t at = row * strip.imageRow;
    for (int64_t column = 0; column < strip.columns; column++, dy += LANES, at += strip.imageColumn) {
      const __m512 gradients = _mm512_load_ps(dy);
      __m512 image[VECTORS];
      for (int v = 0; v < VECTORS; v++) image[v] = _mm512_load_ps(x[v] + at);
#pragma GCC unroll 16
      for (int o = 0; o < WIDTH; o++) {
        const __m512 gradient = WIDTH == 1 ? gradients : _mm512_permutexvar_ps(lanes[o], gradients);
        for (int v = 0; v < VECTORS; v++) sum[v][o] = _mm512_fmadd_ps(image[v], gradient, sum[v][o]);
      }
    }
  }
  for (int v = 0; v < VECTORS; v++)
    for (int o = 0; o < WIDTH; o++) _mm512_store_ps(sums + o * sumsOutput + v * LANES, sum[v][o]);
}

}  // namespace ichor
