// Batch norm in the statistics of the batch, with the ReLU that may follow: one pass for the sum, one for the squares, one to write;
// backward one for both sums and one to write. Each channel is one piece of work, its planes one after the other in the cache.
#include <cmath>

#include "operators.h"
#include "vectors.h"

namespace ichor {
namespace {

/** [samples][channels][pixels] */
struct Extents {
  int64_t samples, channels, pixels;

  double count() const { return static_cast<double>(samples) * static_cast<double>(pixels); }
  /** Where the plane of a sample and a channel begins. */
  int64_t plane(int64_t sample, int64_t channel) const { return (sample * channels + channel) * pixels; }
  Shape perChannel() const { return {channels}; }
};

Extents extentsOf(const Shape& shape) {
  require(shape.size() >= 2, [&] { return "x has the shape " + describe(shape) + ", expected are [N, C, ...]"; });
  int64_t pixels = 1;
  for (size_t axis = 2; axis < shape.size(); axis++) pixels *= shape[axis];
  return {shape[0], shape[1], pixels};
}

/** An input [C]. */
const float* perChannel(const Call& call, size_t index, const char* name, const Extents& extents) {
  const auto vector = call.floats(index, name, 1);
  requireShape(name, vector.shape, extents.perChannel());
  return vector.data;
}

template <typename Work>
void forChannels(const Call& call, const Extents& extents, const Work& work) {
  inPieces(call, extents.channels, [&](int64_t first, int64_t end) {
    for (int64_t channel = first; channel < end; channel++) work(channel);
  });
}

/** Sum of `term(lanes, x)` over a channel. Sums of a plane are float32 in 64 lanes, those of planes are added in float64. */
template <typename Term>
double sumOver(const Extents& extents, const float* x, int64_t channel, const Term& term) {
  double total = 0;
  for (int64_t sample = 0; sample < extents.samples; sample++) {
    const float* const plane = x + extents.plane(sample, channel);
    __m512 sum[4] = {_mm512_setzero_ps(), _mm512_setzero_ps(), _mm512_setzero_ps(), _mm512_setzero_ps()};
    int64_t i = 0;
    for (; i + 4 * LANES <= extents.pixels; i += 4 * LANES)
      for (int u = 0; u < 4; u++) sum[u] = term(0xffff, _mm512_loadu_ps(plane + i + u * LANES), sum[u]);
    for (; i < extents.pixels; i += LANES) {
      const __mmask16 lanes = firstLanes(extents.pixels - i);
      sum[0] = term(lanes, _mm512_maskz_loadu_ps(lanes, plane + i), sum[0]);
    }
    total += _mm512_reduce_add_ps(_mm512_add_ps(_mm512_add_ps(sum[0], sum[1]), _mm512_add_ps(sum[2], sum[3])));
  }
  return total;
}

struct Statistics {
  float mean, variance;
};

/** Mean and biased variance of a channel. */
Statistics statisticsOf(const Extents& extents, const float* x, int64_t channel) {
  const double sum = sumOver(extents, x, channel, [](__mmask16, __m512 v, __m512 sum) { return _mm512_add_ps(sum, v); });
  const float mean = static_cast<float>(sum / extents.count());
  const __m512 means = _mm512_set1_ps(mean);
  const double squares = sumOver(extents, x, channel, [means](__mmask16 lanes, __m512 v, __m512 sum) {
    const __m512 centred = _mm512_maskz_sub_ps(lanes, v, means);
    return _mm512_fmadd_ps(centred, centred, sum);
  });
  return {mean, static_cast<float>(squares / extents.count())};
}

/** y = scale x + shift. The gradient computes it again for the mask of the ReLU, so it must be the same expression. */
struct Affine {
  Affine(float gamma, float beta, Statistics statistics, float epsilon)
      : inverse(1 / std::sqrt(statistics.variance + epsilon)),
        scale(gamma / std::sqrt(statistics.variance + epsilon)),
        scales(_mm512_set1_ps(scale)),
        shifts(_mm512_set1_ps(beta - statistics.mean * scale)) {}

  __m512 of(__m512 x) const { return _mm512_fmadd_ps(x, scales, shifts); }

  const float inverse, scale;

 private:
  const __m512 scales, shifts;
};

void normalize(const Extents& extents, const float* x, float* y, int64_t channel, const Affine& affine, bool relu) {
  // The second operand of max is the result where one is not a number.
  const __m512 lowest = relu ? _mm512_setzero_ps() : _mm512_set1_ps(-INFINITY);
  for (int64_t sample = 0; sample < extents.samples; sample++) {
    const int64_t at = extents.plane(sample, channel);
    for (int64_t i = 0; i < extents.pixels; i += LANES) {
      const __mmask16 lanes = firstLanes(extents.pixels - i);
      const __m512 v = affine.of(_mm512_maskz_loadu_ps(lanes, x + at + i));
      _mm512_mask_storeu_ps(y + at + i, lanes, _mm512_max_ps(lowest, v));
    }
  }
}

}  // namespace

NormAttributes::NormAttributes(const Attributes& attributes)
    : epsilon(attributes.positive("epsilon")), relu(attributes.integer("relu", 0, 1) == 1) {}

void BatchStatistics::compute(const Call& call) const {
  const auto x = call.floats(0, "x");
  const Extents extents = extentsOf(x.shape);
  float* const mean = call.outputFloats(0, extents.perChannel());
  float* const variance = call.outputFloats(1, extents.perChannel());
  forChannels(call, extents, [&](int64_t channel) {
    const Statistics found = statisticsOf(extents, x.data, channel);
    mean[channel] = found.mean;
    variance[channel] = found.variance;
  });
}

void BatchNorm::compute(const Call& call) const {
  const auto x = call.floats(0, "x");
  const Extents extents = extentsOf(x.shape);
  const float* const gamma = perChannel(call, 1, "gamma", extents);
  const float* const beta = perChannel(call, 2, "beta", extents);
  float* const y = call.outputFloats(0, x.shape);
  float* const mean = call.outputFloats(1, extents.perChannel());
  float* const variance = call.outputFloats(2, extents.perChannel());
  forChannels(call, extents, [&](int64_t channel) {
    const Statistics found = statisticsOf(extents, x.data, channel);
    mean[channel] = found.mean;
    variance[channel] = found.variance;
    normalize(extents, x.data, y, channel, Affine(gamma[channel], beta[channel], found, norm.epsilon), norm.relu);
  });
}

void BatchNormWith::compute(const Call& call) const {
  const auto x = call.floats(0, "x");
  const Extents extents = extentsOf(x.shape);
  const float* const gamma = perChannel(call, 1, "gamma", extents);
  const float* const beta = perChannel(call, 2, "beta", extents);
  const float* const mean = perChannel(call, 3, "mean", extents);
  const float* const variance = perChannel(call, 4, "variance", extents);
  float* const y = call.outputFloats(0, x.shape);
  forChannels(call, extents, [&](int64_t c) {
    normalize(extents, x.data, y, c, Affine(gamma[c], beta[c], {mean[c], variance[c]}, norm.epsilon), norm.relu);
  });
}

void BatchNormGradient::compute(const Call& call) const {
  const auto dy = call.floats(0, "dy"), x = call.floats(1, "x");
  const Extents extents = extentsOf(x.shape);
  requireShape("dy", dy.shape, x.shape);
  const float* const gamma = perChannel(call, 2, "gamma", extents);
  const float* const beta = perChannel(call, 3, "beta", extents);
  const float* const mean = perChannel(call, 4, "mean", extents);
  const float* const variance = perChannel(call, 5, "variance", extents);
  const float* addend = nullptr;
  if (call.has(6)) {
    const auto found = call.floats(6, "addend");
    requireShape("addend", found.shape, x.shape);
    addend = found.data;
  }
  // dx may be written over dy: what a lane reads, it reads before it writes.
  float* const dx = call.outputFloats(0, x.shape);
  float* const dgamma = call.outputFloats(1, extents.perChannel());
  float* const dbeta = call.outputFloats(2, extents.perChannel());
  forChannels(call, extents, [&](int64_t channel) {
    const Affine affine(gamma[channel], beta[channel], {mean[channel], variance[channel]}, norm.epsilon);
    const auto seen = [&](__mmask16 lanes, __m512 v) { return norm.relu ? passes(lanes, affine.of(v)) : lanes; };
    const __m512 means = _mm512_set1_ps(mean[channel]);
    double sum = 0, product = 0;
    for (int64_t sample = 0; sample < extents.samples; sample++) {
      const int64_t at = extents.plane(sample, channel);
      __m512 sums[2] = {_mm512_setzero_ps(), _mm512_setzero_ps()}, products[2] = {sums[0], sums[0]};
      const auto step = [&](int64_t i, __mmask16 lanes, int u) {
        const __m512 v = _mm512_maskz_loadu_ps(lanes, x.data + at + i);
        const __m512 g = _mm512_maskz_loadu_ps(seen(lanes, v), dy.data + at + i);
        sums[u] = _mm512_add_ps(sums[u], g);
        products[u] = _mm512_fmadd_ps(g, _mm512_sub_ps(v, means), products[u]);
      };
      int64_t i = 0;
      for (; i + 2 * LANES <= extents.pixels; i += 2 * LANES) {
        step(i, 0xffff, 0);
        step(i + LANES, 0xffff, 1);
      }
      for (; i < extents.pixels; i += LANES) step(i, firstLanes(extents.pixels - i), 0);
      sum += _mm512_reduce_add_ps(_mm512_add_ps(sums[0], sums[1]));
      product += _mm512_reduce_add_ps(_mm512_add_ps(products[0], products[1]));
    }
    dbeta[channel] = static_cast<float>(sum);
    dgamma[channel] = static_cast<float>(product * affine.inverse);
    // dx = scale (g - mean(g) - xhat mean(g xhat)): scale g plus an affine function of x.
    const double scale = affine.scale;
    const float slope = static_cast<float>(-scale * affine.inverse * dgamma[channel] / extents.count());
    const float offset =
        static_cast<float>(-scale * sum / extents.count() - static_cast<double>(slope) * mean[channel]);
    const __m512 scales = _mm512_set1_ps(affine.scale), slopes = _mm512_set1_ps(slope), offsets = _mm512_set1_ps(offset);
    for (int64_t sample = 0; sample < extents.samples; sample++) {
      const int64_t at = extents.plane(sample, channel);
      for (int64_t i = 0; i < extents.pixels; i += LANES) {
        const __mmask16 lanes = firstLanes(extents.pixels - i);
        const __m512 v = _mm512_maskz_loadu_ps(lanes, x.data + at + i);
        const __m512 g = _mm512_maskz_loadu_ps(seen(lanes, v), dy.data + at + i);
        __m512 result = _mm512_fmadd_ps(g, scales, _mm512_fmadd_ps(v, slopes, offsets));
        if (addend != nullptr) result = _mm512_add_ps(result, _mm512_maskz_loadu_ps(lanes, addend + at + i));
        _mm512_mask_storeu_ps(dx + at + i, lanes, result);
      }
    }
  });
}

}  // namespace ichor
