// The operators, each with its attributes. `compute` may be called by several threads at once.
#pragma once
#include "kernel.h"

namespace ichor {

/** Where max pooling reads. */
struct PoolWindow {
  explicit PoolWindow(const Attributes& attributes);

  /** Whether windows from the first to the last (`size`) all begin before the end of an image, so that each sees some of it. */
  void requireFit(Pair image, Pair size) const;

  Pair kernel, stride;
  /** Rows above the image and columns left of it; fewer than the kernel has. */
  Pair before;
};

/** x [N, C, H, W] -> maxima [N, C, rows, columns], bytes of the same shape: the place of each maximum in its window, row by row. */
struct MaxPool {
  explicit MaxPool(const Attributes& attributes);
  void compute(const Call& call) const;

  PoolWindow window;
  /** Rows and columns of the output. */
  Pair size;
};

/** Gradient of the maxima, their places -> gradient of x [N, C, H, W]. */
struct MaxPoolGradient {
  explicit MaxPoolGradient(const Attributes& attributes);
  void compute(const Call& call) const;

  PoolWindow window;
  /** Rows and columns of x. */
  Pair image;
};

/** x [N, C, H, W], dy [N, O, rows, columns] -> dW [O, C / groups, kernel rows, kernel columns]. */
struct WeightGradient {
  explicit WeightGradient(const Attributes& attributes);
  void compute(const Call& call) const;

  Pair kernel, stride, dilation;
  int64_t top, left, bottom, right, groups;
};

/** x [N, C, ...] -> mean, biased variance [C]. */
struct BatchStatistics {
  explicit BatchStatistics(const Attributes&) {}
  void compute(const Call& call) const;
};

struct NormAttributes {
  explicit NormAttributes(const Attributes& attributes);

  float epsilon;
  /** Whether a ReLU follows. */
  bool relu;
};

/** x [N, C, ...], gamma, beta [C] -> y, mean, variance. */
struct BatchNorm {
  explicit BatchNorm(const Attributes& attributes) : norm(attributes) {}
  void compute(const Call& call) const;

  NormAttributes norm;
};

/** x, gamma, beta, mean, variance -> y. */
struct BatchNormWith {
  explicit BatchNormWith(const Attributes& attributes) : norm(attributes) {}
  void compute(const Call& call) const;

  NormAttributes norm;
};

/** dy, x, gamma, beta, mean, variance, optionally an addend -> dx (+ addend), dgamma, dbeta. */
struct BatchNormGradient {
  explicit BatchNormGradient(const Attributes& attributes) : norm(attributes) {}
  void compute(const Call& call) const;

  NormAttributes norm;
};

/** dy, y -> dy where y is above zero, else 0. */
struct ReluGradient {
  explicit ReluGradient(const Attributes&) {}
  void compute(const Call& call) const;
};

}  // namespace ichor
