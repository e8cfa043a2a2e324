// dW[o, i, h, w] = sum over n, y, x of dY[n, o, y, x] X[n, i, y s + h d - p, x s + w d - p].
//
// The sum runs over strips: some rows of the output of some samples. The part of the image that a strip sees is packed to blocks of 16
// channels, together with the gradient, so that both fit in the L2 cache; then each tap of the kernel is the same packed image
// at another place, and nothing is copied for it. The sums [output][channel block][tap][16] stay in the cache too, and are brought
// into the order of the weights once, at the end.
#include <algorithm>
#include <cstring>
#include <vector>

#include "geometry.h"
#include "packing.h"
#include "products.h"

namespace ichor {
namespace {

/** Input channels of a task. */
constexpr int64_t CHANNELS = 256;
/** Floats of the packed image of a strip: 384 kB, so that the gradient fits in 1 MB of L2 beside it. */
constexpr int64_t STRIP = 96 * 1024;
/** Shorter strips at the end of a full buffer are not worth a call. */
constexpr int64_t SHORT = 4;
/** Outputs whose sums one call of `addProducts` keeps. */
constexpr int64_t OUTPUTS = 8;
/** Up to so many floats, sums are made for two halves of the samples. */
constexpr int64_t HALVED = 160 * 1024;

int64_t ceilDivide(int64_t a, int64_t b) { return (a + b - 1) / b; }

/** How the work is cut into tasks. It does not depend on the number of threads, so the sums do not either. */
struct Plan {
  explicit Plan(const Geometry& geometry, const float* x, const float* dy, float* dw)
      : g(geometry),
        x(x),
        dy(dy),
        dw(dw),
        inputs(g.channels / g.groups),
        outputs(g.outputs / g.groups),
        taps(g.taps()),
        width(g.columnsSeen()),
        small(g.groups > 1 && inputs == outputs && (inputs == 1 || inputs == 2 || inputs == 4 || inputs == 8)) {
    units = small ? ceilDivide(g.channels, LANES) : g.groups;
    if (!small) {
      const int64_t wanted = ceilDivide(inputs, CHANNELS);
      chunk = std::min(CHANNELS, ceilDivide(inputs, wanted * LANES) * LANES);
      chunks = ceilDivide(inputs, chunk);
    }
    const int64_t sums = ceilDivide(outputs, OUTPUTS) * OUTPUTS * ceilDivide(inputs, LANES) * LANES * taps;
    if (!small && g.groups == 1 && chunks == 1 && sums <= HALVED && g.samples > 1) halves = 2;
    else if (!small && units * chunks < 4) splits = std::min<int64_t>(2, ceilDivide(outputs, OUTPUTS));
  }

  const Geometry g;
  const float* const x;
  const float* const dy;
  float* const dw;
  /** Channels and outputs of a group. */
  const int64_t inputs, outputs;
  const int64_t taps;
  /** Columns of a packed row. */
  const int64_t width;
  /** Whether a vector of 16 channels holds several groups. */
  const bool small;
  /** Tasks: units (groups, or 16 channels of small groups) x chunks of input channels x splits of outputs x halves of the samples. */
  int64_t units = 1, chunks = 1, splits = 1, halves = 1;
  /** Channels of a chunk. */
  int64_t chunk = LANES;
};

/** Some rows of the output of one sample; where its image and its gradient are packed, in vectors. */
struct Segment {
  int64_t sample, row, rows, image, gradient;
};

class Task {
 public:
  Task(const Plan& plan, int64_t index)
      : plan_(plan),
        g_(plan.g),
        half(index % plan.halves),
        split_(index / plan.halves % plan.splits),
        chunk_(index / plan.halves / plan.splits % plan.chunks),
        unit_(index / plan.halves / plan.splits / plan.chunks) {
    if (plan.small) {
      channel_ = unit_ * LANES;
      channels_ = std::min(LANES, g_.channels - channel_);
      output_ = channel_;
      first_ = 0;
      outputs_ = plan.inputs;
    } else {
      channel_ = unit_ * plan.inputs + chunk_ * plan.chunk;
      channels_ = std::min(plan.chunk, plan.inputs - chunk_ * plan.chunk);
      output_ = unit_ * plan.outputs;
      const int64_t eights = ceilDivide(plan.outputs, OUTPUTS);
      first_ = eights * split_ / plan.splits * OUTPUTS;
      outputs_ = eights * (split_ + 1) / plan.splits * OUTPUTS - first_;
    }
    blocks_ = ceilDivide(channels_, LANES);
    vectors_ = blocks_ * plan.taps;
  }

  const int64_t half;

  /** Floats of the sums. */
  size_t sumsCount() const { return outputs_ * vectors_ * LANES; }

  /** @param sums [outputs][block][tap][16], becomes the sum over this half of the samples */
  void sum(float* sums) const {
    memset(sums, 0, sumsCount() * sizeof(float));
    const int64_t end = g_.samples * (half + 1) / plan_.halves;
    int64_t sample = g_.samples * half / plan_.halves, row = 0;
    static thread_local Buffer imageBuffer, gradientBuffer;
    std::vector<Segment> segments;
    while (sample < end) {
      int64_t imageVectors = 0, gradientVectors = 0;
      segments.clear();
      while (sample < end) {
        const int64_t rows = rowsThatFit(imageVectors, row, segments.empty());
        if (rows == 0) break;
        segments.push_back({sample, row, rows, imageVectors, gradientVectors});
        imageVectors += g_.rowsSeen(rows) * plan_.width;
        gradientVectors += rows * g_.size.columns;
        row += rows;
        if (row == g_.size.rows) {
          row = 0;
          sample++;
        }
      }
      float* image = imageBuffer.atLeast(imageVectors * blocks_ * LANES);
      float* gradient = gradientBuffer.atLeast(gradientVectors * LANES);
      for (const Segment& s : segments) {
        for (int64_t block = 0; block < blocks_; block++) {
          packImageRows(g_, plan_.x, s.sample, channel_ + block * LANES, std::min(LANES, channels_ - block * LANES), s.row,
                        s.rows, image + (block * imageVectors + s.image) * LANES);
        }
      }
      if (plan_.small) addSmallGroups(segments, image, imageVectors, gradient, sums);
      else addBlocks(segments, image, imageVectors, gradient, sums);
    }
  }

  /** Writes the sums to their places among the weights. */
  void store(const float* sums) const {
    const int64_t inputs = plan_.inputs, taps = plan_.taps;
    float* const dw = plan_.dw;
    if (plan_.small) {
      for (int64_t o = 0; o < inputs; o++)
        for (int64_t lane = 0; lane < channels_; lane++)
          for (int64_t t = 0; t < taps; t++)
            dw[((channel_ + lane / inputs * inputs + o) * inputs + lane % inputs) * taps + t] =
                sums[(o * taps + t) * LANES + lane];
      return;
    }
    for (int64_t o = 0; o < std::min(outputs_, plan_.outputs - first_); o++)
      for (int64_t block = 0; block < blocks_; block++)
        unpackTaps(sums + (o * vectors_ + block * taps) * LANES, taps, std::min(LANES, channels_ - block * LANES),
                   dw + ((output_ + first_ + o) * inputs + chunk_ * plan_.chunk + block * LANES) * taps);
  }

 private:
  /** Rows of the output from `row` on that still fit in the strip; at least one in an empty strip, 0: none. */
  int64_t rowsThatFit(int64_t used, int64_t row, bool empty) const {
    const int64_t room = (STRIP / (blocks_ * LANES) - used) / plan_.width;
    const int64_t reach = (g_.kernel.rows - 1) * g_.dilation.rows + 1;
    int64_t fit = room < reach ? 0 : (room - reach) / g_.stride.rows + 1;
    if (fit < 1) {
      if (!empty) return 0;
      fit = 1;
    }
    const int64_t rows = std::min(g_.size.rows - row, fit);
    return !empty && rows < g_.size.rows - row && rows < SHORT ? 0 : rows;
  }

  Strip stripOf(const Segment& s) const {
    return {s.rows, g_.size.columns, g_.stride.rows * plan_.width * LANES, g_.stride.columns * LANES};
  }

  /** Where the vectors from `first` on (block by block, tap by tap) begin in the packed image. */
  void pointTo(const Segment& s, const float* image, int64_t imageVectors, int64_t first, int count, const float** x) const {
    for (int i = 0; i < count; i++) {
      const int64_t block = (first + i) / plan_.taps, tap = (first + i) % plan_.taps;
      const int64_t down = tap / g_.kernel.columns * g_.dilation.rows, right = tap % g_.kernel.columns * g_.dilation.columns;
      x[i] = image + (block * imageVectors + s.image + down * plan_.width + right) * LANES;
    }
  }

  void addSmallGroups(const std::vector<Segment>& segments, const float* image, int64_t imageVectors, float* gradient,
                      float* sums) const {
    switch (plan_.inputs) {
      case 1: return addVectors<1, 9>(segments, image, imageVectors, gradient, sums);
      case 2: return addVectors<2, 3>(segments, image, imageVectors, gradient, sums);
      case 4: return addVectors<4, 3>(segments, image, imageVectors, gradient, sums);
      default: return addVectors<8, 3>(segments, image, imageVectors, gradient, sums);
    }
  }

  /** MOST taps at a time while there are so many, then 7 (depthwise), then one. */
  template <int WIDTH, int MOST>
  void addVectors(const std::vector<Segment>& segments, const float* image, int64_t imageVectors, float* gradient,
                  float* sums) const {
    const int64_t apart = plan_.taps * LANES;
    for (const Segment& s : segments) {
      float* const dy = gradient + s.gradient * LANES;
      packGradientRows(g_, plan_.dy, s.sample, output_, channels_, s.row, s.rows, dy);
      const Strip strip = stripOf(s);
      const float* x[MOST];
      for (int64_t v = 0; v < plan_.taps;) {
        const int64_t left = plan_.taps - v;
        const int count = left >= MOST ? MOST : MOST > 7 && left >= 7 ? 7 : 1;
        pointTo(s, image, imageVectors, v, count, x);
        float* const to = sums + v * LANES;
        if (count == MOST) addGroupProducts<MOST, WIDTH>(x, dy, strip, to, apart);
        else if (count == 1) addGroupProducts<1, WIDTH>(x, dy, strip, to, apart);
        else if constexpr (MOST > 7) addGroupProducts<7, WIDTH>(x, dy, strip, to, apart);
        v += count;
      }
    }
  }

  void addBlocks(const std::vector<Segment>& segments, const float* image, int64_t imageVectors, float* gradient,
                 float* sums) const {
    const int64_t end = first_ + outputs_;
    for (int64_t o = first_; o < end; o += LANES) {
      // Splits are multiples of 8 outputs: the upper half of the last block may belong to another task, or be missing and zero.
      for (const Segment& s : segments)
        packGradientRows(g_, plan_.dy, s.sample, output_ + o, std::min(LANES, plan_.outputs - o), s.row, s.rows,
                         gradient + s.gradient * LANES);
      for (int64_t h = 0; h < LANES && o + h < end; h += OUTPUTS) {
        float* const rowOfSums = sums + (o + h - first_) * vectors_ * LANES;
        for (int64_t v = 0; v < vectors_;) {
          const int64_t left = vectors_ - v;
          const int count = left == 4 || left == 2 ? 2 : left >= 3 ? 3 : 1;
          const float* x[3];
          float* const to = rowOfSums + v * LANES;
          for (const Segment& s : segments) {
            pointTo(s, image, imageVectors, v, count, x);
            const float* const dy = gradient + s.gradient * LANES + h;
            const Strip strip = stripOf(s);
            if (count == 3) addProducts<3, OUTPUTS>(x, dy, strip, to, vectors_ * LANES);
            else if (count == 2) addProducts<2, OUTPUTS>(x, dy, strip, to, vectors_ * LANES);
            else addProducts<1, OUTPUTS>(x, dy, strip, to, vectors_ * LANES);
          }
          v += count;
        }
      }
    }
  }

  const Plan& plan_;
  const Geometry& g_;
  const int64_t split_, chunk_, unit_;
  /** First input channel, and how many. */
  int64_t channel_, channels_;
  /** First output of the group; the first of this task counted from there, and how many (rounded up to 8). */
  int64_t output_, first_, outputs_;
  /** Blocks of 16 channels; vectors of sums for each output. */
  int64_t blocks_, vectors_;
};

Geometry geometryOf(const WeightGradient& op, const Shape& x, const Shape& dy) {
  const auto sizeOf = [](int64_t image, int64_t before, int64_t after, int64_t kernel, int64_t dilation, int64_t stride) {
    const int64_t left = image + before + after - ((kernel - 1) * dilation + 1);
    return left < 0 ? 0 : left / stride + 1;
  };
  require(x[1] % op.groups == 0 && dy[1] % op.groups == 0, [&] {
    return "channels of x " + describe(x) + " or dy " + describe(dy) + " do not divide by " +
           std::to_string(op.groups) + " groups";
  });
  requireShape("dy", dy,
               {x[0], dy[1], sizeOf(x[2], op.top, op.bottom, op.kernel.rows, op.dilation.rows, op.stride.rows),
                sizeOf(x[3], op.left, op.right, op.kernel.columns, op.dilation.columns, op.stride.columns)});
  return {x[0], x[1], {x[2], x[3]}, dy[1], {dy[2], dy[3]}, op.kernel, op.stride, op.dilation, op.top, op.left, op.groups};
}

}  // namespace

WeightGradient::WeightGradient(const Attributes& attributes)
    : kernel(attributes.pair("kernel", 1, 1024)),
      stride(attributes.pair("stride", 1, 1024)),
      dilation(attributes.pair("dilation", 1, 1024)),
      groups(attributes.integer("groups", 1, 1 << 20)) {
  const auto padding = attributes.integers("padding", 4, 0, 1 << 20);
  top = padding[0];
  left = padding[1];
  bottom = padding[2];
  right = padding[3];
}

void WeightGradient::compute(const Call& call) const {
  const auto x = call.floats(0, "x", 4), dy = call.floats(1, "dy", 4);
  const Geometry g = geometryOf(*this, x.shape, dy.shape);
  float* const dw = call.outputFloats(0, {g.outputs, g.channels / g.groups, g.kernel.rows, g.kernel.columns});
  const Plan plan(g, x.data, dy.data, dw);
  const size_t tasks = plan.units * plan.chunks * plan.splits * plan.halves;
  if (plan.halves == 1) {
    call.parallel(tasks, [&](size_t index) {
      const Task task(plan, index);
      static thread_local Buffer buffer;
      float* const sums = buffer.atLeast(task.sumsCount());
      task.sum(sums);
      task.store(sums);
    });
    return;
  }
  // One task for each half of the samples; both sums are kept by the thread that called, which adds them.
  static thread_local Buffer buffer;
  const Task whole(plan, 0);
  const size_t count = whole.sumsCount();
  float* const sums = buffer.atLeast(2 * count);
  call.parallel(tasks, [&](size_t index) {
    const Task task(plan, index);
    task.sum(sums + task.half * count);
  });
  for (size_t i = 0; i < count; i += LANES)
    _mm512_store_ps(sums + i, _mm512_add_ps(_mm512_load_ps(sums + i), _mm512_load_ps(sums + count + i)));
  whole.store(sums);
}

}  // namespace ichor
