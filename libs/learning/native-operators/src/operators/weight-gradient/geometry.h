// The convolution whose weight gradient is computed, with all sizes known.
#pragma once
#include "../operators.h"

namespace ichor {

struct Geometry {
  int64_t samples;
  int64_t channels;
  Pair image;
  int64_t outputs;
  /** Rows and columns of the output. */
  Pair size;
  Pair kernel, stride, dilation;
  int64_t top, left, groups;

  /** Rows of the image that `rows` rows of the output see. */
  int64_t rowsSeen(int64_t rows) const { return (rows - 1) * stride.rows + (kernel.rows - 1) * dilation.rows + 1; }
  /** Columns of the padded image that the output sees. */
  int64_t columnsSeen() const { return (size.columns - 1) * stride.columns + (kernel.columns - 1) * dilation.columns + 1; }
  int64_t taps() const { return kernel.rows * kernel.columns; }
};

}  // namespace ichor
