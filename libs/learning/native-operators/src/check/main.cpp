// Runs every operator on shapes at the edges of its blocks and compares with loops. Whole numbers: sums are exact, results equal.
// Built with -fsanitize=address,undefined, see tools/build-native-operators.mjs.
#include <cmath>
#include <cstdio>

#include "stand-in.h"

using check::Answer;
using check::Attributes;
using check::call;
using check::filled;
using check::Tensor;
using check::wholeNumbers;

namespace {

int failures = 0;
int checks = 0;

void expect(bool holds, const std::string& what) {
  checks++;
  if (holds) return;
  failures++;
  std::printf("WRONG %s\n", what.c_str());
}

std::string text(const std::vector<int64_t>& numbers) {
  std::string all;
  for (const int64_t number : numbers) all += std::to_string(number) + " ";
  return all;
}

void expectEqual(const Tensor& found, const Tensor& expected, const std::string& what) {
  bool same = found.shape == expected.shape && found.floats.size() == expected.floats.size();
  for (size_t i = 0; same && i < found.floats.size(); i++) same = found.floats[i] == expected.floats[i];
  expect(same, what);
}

void expectClose(const Tensor& found, const std::vector<double>& expected, double tolerance, const std::string& what) {
  double largest = 1, worst = 0;
  for (size_t i = 0; i < expected.size(); i++) {
    largest = std::fmax(largest, std::fabs(expected[i]));
    worst = std::fmax(worst, std::fabs(found.floats[i] - expected[i]));
  }
  expect(found.floats.size() == expected.size() && worst <= tolerance * largest, what + " off by " + std::to_string(worst));
}

void expectRefused(const Answer& answer, const char* part, const std::string& what) {
  expect(answer.error.find(part) != std::string::npos, what + " was answered with \"" + answer.error + "\"");
}

struct Conv {
  int64_t n, c, h, w, o, kh, kw, sh, sw, dh, dw, top, left, bottom, right, groups;

  int64_t rows() const { return (h + top + bottom - (kh - 1) * dh - 1) / sh + 1; }
  int64_t columns() const { return (w + left + right - (kw - 1) * dw - 1) / sw + 1; }
  Attributes attributes() const {
    return {{{"kernel", {kh, kw}}, {"stride", {sh, sw}}, {"dilation", {dh, dw}}, {"padding", {top, left, bottom, right}}, {"groups", {groups}}}, {}};
  }
  std::string name() const {
    return "weight gradient " + text({n, c, h, w, o, kh, kw, sh, sw, dh, dw, top, left, bottom, right, groups});
  }
};

void weightGradient(const Conv& g) {
  const int64_t rows = g.rows(), columns = g.columns(), inputs = g.c / g.groups, outputs = g.o / g.groups;
  const Tensor x = wholeNumbers({g.n, g.c, g.h, g.w}, 1), dy = wholeNumbers({g.n, g.o, rows, columns}, 2);
  Tensor expected = filled({g.o, inputs, g.kh, g.kw}, 0);
  for (int64_t o = 0; o < g.o; o++)
    for (int64_t i = 0; i < inputs; i++)
      for (int64_t a = 0; a < g.kh; a++)
        for (int64_t b = 0; b < g.kw; b++) {
          float& sum = expected.floats[((o * inputs + i) * g.kh + a) * g.kw + b];
          for (int64_t n = 0; n < g.n; n++)
            for (int64_t r = 0; r < rows; r++)
              for (int64_t q = 0; q < columns; q++) {
                const int64_t y = r * g.sh + a * g.dh - g.top, z = q * g.sw + b * g.dw - g.left;
                if (y < 0 || y >= g.h || z < 0 || z >= g.w) continue;
                sum += dy.floats[((n * g.o + o) * rows + r) * columns + q] *
                       x.floats[((n * g.c + o / outputs * inputs + i) * g.h + y) * g.w + z];
              }
        }
  for (const int threads : {1, 3}) {
    const Answer answer = call("WeightGradient", {x, dy}, g.attributes(), threads);
    expect(answer.error.empty(), g.name() + answer.error);
    if (answer.error.empty()) expectEqual(answer.outputs[0], expected, g.name());
  }
}

void weightGradients() {
  for (const int64_t c : {1, 15, 16, 17, 33})
    for (const int64_t o : {1, 7, 8, 9, 17}) weightGradient({2, c, 5, 6, o, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1});
  // One sample, one column, one row.
  weightGradient({1, 16, 5, 1, 9, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1});
  weightGradient({3, 17, 1, 18, 8, 1, 7, 1, 1, 1, 1, 0, 3, 0, 3, 1});
  // Strides, dilations, uneven padding, padding beyond the image.
  weightGradient({2, 16, 9, 8, 5, 3, 3, 2, 2, 1, 1, 0, 0, 0, 0, 1});
  weightGradient({2, 20, 13, 11, 4, 5, 3, 2, 3, 2, 1, 3, 0, 1, 2, 1});
  weightGradient({1, 16, 7, 1, 4, 1, 1, 4, 4, 1, 1, 6, 6, 0, 0, 1});
  weightGradient({2, 16, 7, 7, 4, 1, 1, 3, 3, 1, 1, 0, 0, 0, 0, 1});
  weightGradient({1, 18, 4, 4, 3, 2, 2, 1, 1, 1, 1, 5, 5, 5, 5, 1});
  // Many taps (more than a vector), a large kernel.
  weightGradient({1, 16, 9, 9, 2, 7, 7, 1, 1, 1, 1, 3, 3, 3, 3, 1});
  // Several chunks of channels; strips of several samples, and samples of several strips.
  weightGradient({2, 272, 3, 3, 9, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1});
  weightGradient({1, 600, 2, 2, 3, 2, 2, 1, 1, 1, 1, 0, 0, 0, 0, 1});
  weightGradient({3, 64, 70, 66, 1, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1});
  weightGradient({1, 256, 9, 120, 16, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1});
  // Sums too large for two halves of the samples.
  weightGradient({2, 256, 2, 2, 90, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1});
  // Groups: depthwise, small, wide, of unlike widths.
  for (const int64_t c : {2, 15, 16, 17, 40}) weightGradient({2, c, 6, 5, c, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, c});
  weightGradient({1, 20, 9, 9, 20, 5, 5, 2, 2, 1, 1, 2, 2, 2, 2, 20});
  weightGradient({1, 18, 5, 4, 18, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 9});
  for (const int64_t c : {8, 16, 20, 36}) weightGradient({2, c, 5, 4, c, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, c / 4});
  for (const int64_t c : {16, 24, 40}) weightGradient({2, c, 5, 4, c, 3, 3, 2, 2, 1, 1, 1, 1, 1, 1, c / 8});
  weightGradient({2, 64, 5, 4, 32, 3, 2, 1, 1, 1, 1, 1, 1, 1, 1, 2});
  weightGradient({2, 34, 5, 4, 18, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 2});
  weightGradient({2, 12, 5, 4, 6, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 2});
  weightGradient({2, 4, 5, 4, 8, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 4});
  const Conv g{2, 16, 5, 6, 4, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1};
  const Tensor x = wholeNumbers({2, 16, 5, 6}, 1), dy = wholeNumbers({2, 4, 5, 6}, 2);
  expectRefused(call("WeightGradient", {x, wholeNumbers({2, 4, 5, 7}, 2)}, g.attributes()), "dy has the shape", "a wide dy");
  expectRefused(call("WeightGradient", {x, wholeNumbers({3, 4, 5, 6}, 2)}, g.attributes()), "dy has the shape", "another batch");
  expectRefused(call("WeightGradient", {x, wholeNumbers({2, 4, 5}, 2)}, g.attributes()), "4 axes", "a dy of three axes");
  expectRefused(call("WeightGradient", {x, {{2, 4, 5, 6}, {}, std::vector<uint8_t>(240)}}, g.attributes()), "type", "a dy of bytes");
  expectRefused(call("WeightGradient", {x}, g.attributes()), "dy is missing", "no dy");
  for (const char* attribute : {"kernel", "stride", "dilation", "padding", "groups"}) {
    Attributes wrong = g.attributes();
    wrong.integers[attribute][0] = attribute[0] == 'p' ? -1 : 0;
    expectRefused(call("WeightGradient", {x, dy}, wrong), attribute, "a wrong attribute");
    wrong.integers.erase(attribute);
    expectRefused(call("WeightGradient", {x, dy}, wrong), attribute, "a missing attribute");
  }
  Attributes groups = g.attributes();
  groups.integers["groups"] = {3};
  expectRefused(call("WeightGradient", {x, dy}, groups), "groups", "groups that do not divide");
  Attributes three = g.attributes();
  three.integers["kernel"] = {3, 3, 3};
  expectRefused(call("WeightGradient", {x, dy}, three), "3 numbers", "a kernel of three axes");
}

void batchNorm(const std::vector<int64_t>& shape, bool relu, bool adds) {
  const int64_t samples = shape[0], channels = shape[1];
  int64_t pixels = 1;
  for (size_t i = 2; i < shape.size(); i++) pixels *= shape[i];
  const std::string name = "batch norm " + text(shape) + (relu ? "relu" : "") + (adds ? " addend" : "");
  const Tensor x = wholeNumbers(shape, 3), dy = wholeNumbers(shape, 4), addend = wholeNumbers(shape, 5);
  Tensor gamma = wholeNumbers({channels}, 6), beta = wholeNumbers({channels}, 7);
  for (float& value : gamma.floats) value = value / 4 + 0.3f;
  // Nothing is exactly at the edge of the ReLU.
  for (float& value : beta.floats) value = value / 4 + 0.1234f;
  const double epsilon = 0.01f;
  std::vector<double> mean(channels), variance(channels), y(x.floats.size()), dx(y.size()), dgamma(channels), dbeta(channels);
  for (int64_t c = 0; c < channels; c++) {
    const auto each = [&](auto work) {
      for (int64_t n = 0; n < samples; n++)
        for (int64_t i = 0; i < pixels; i++) work((n * channels + c) * pixels + i);
    };
    const double count = static_cast<double>(samples * pixels);
    each([&](size_t i) { mean[c] += x.floats[i] / count; });
    each([&](size_t i) { variance[c] += (x.floats[i] - mean[c]) * (x.floats[i] - mean[c]) / count; });
    const double inverse = 1 / std::sqrt(variance[c] + epsilon);
    const auto normal = [&](size_t i) { return (x.floats[i] - mean[c]) * inverse; };
    const auto before = [&](size_t i) { return normal(i) * gamma.floats[c] + beta.floats[c]; };
    const auto passed = [&](size_t i) { return relu && before(i) <= 0 ? 0.0 : dy.floats[i]; };
    each([&](size_t i) {
      y[i] = relu ? std::fmax(before(i), 0) : before(i);
      dbeta[c] += passed(i);
      dgamma[c] += passed(i) * normal(i);
    });
    each([&](size_t i) {
      dx[i] = gamma.floats[c] * inverse * (passed(i) - dbeta[c] / count - normal(i) * dgamma[c] / count) + (adds ? addend.floats[i] : 0);
    });
  }
  const Attributes attributes{{{"relu", {relu ? 1 : 0}}}, {{"epsilon", 0.01f}}};
  for (const int threads : {1, 3}) {
    const Answer forward = call("BatchNorm", {x, gamma, beta}, attributes, threads);
    expect(forward.error.empty(), name + forward.error);
    if (!forward.error.empty()) return;
    expectClose(forward.outputs[0], y, 2e-6, name + " y");
    expectClose(forward.outputs[1], mean, 1e-6, name + " mean");
    expectClose(forward.outputs[2], variance, 1e-6, name + " variance");
    const Answer statistics = call("BatchStatistics", {x}, {}, threads);
    expectEqual(statistics.outputs[0], forward.outputs[1], name + " mean alone");
    expectEqual(statistics.outputs[1], forward.outputs[2], name + " variance alone");
    const Answer with = call("BatchNormWith", {x, gamma, beta, forward.outputs[1], forward.outputs[2]}, attributes, threads);
    expectEqual(with.outputs[0], forward.outputs[0], name + " with given statistics");
    std::vector<Tensor> inputs{dy, x, gamma, beta, forward.outputs[1], forward.outputs[2]};
    if (adds) inputs.push_back(addend);
    const Answer backward = call("BatchNormGradient", inputs, attributes, threads);
    expect(backward.error.empty(), name + backward.error);
    if (!backward.error.empty()) return;
    expectClose(backward.outputs[0], dx, 5e-6, name + " dx");
    expectClose(backward.outputs[1], dgamma, 2e-6, name + " dgamma");
    expectClose(backward.outputs[2], dbeta, 2e-6, name + " dbeta");
  }
}

void batchNorms() {
  for (const bool relu : {false, true})
    for (const bool adds : {false, true})
      for (const std::vector<int64_t>& shape : std::vector<std::vector<int64_t>>{
               {1, 1, 1, 2}, {2, 15, 3, 5}, {2, 16, 4, 4}, {3, 17, 1, 17}, {1, 2, 8, 8}, {2, 3, 5, 13}, {2, 3, 8, 9}, {5, 20}, {4, 3, 33}})
        batchNorm(shape, relu, adds);
  const Tensor x = wholeNumbers({2, 3, 4, 4}, 1), three = wholeNumbers({3}, 2), four = wholeNumbers({4}, 2);
  const Attributes attributes{{{"relu", {0}}}, {{"epsilon", 0.01f}}};
  expectRefused(call("BatchNorm", {x, four, three}, attributes), "gamma has the shape", "a long gamma");
  expectRefused(call("BatchNorm", {x, three, wholeNumbers({1, 3}, 1)}, attributes), "1 axes", "a beta of two axes");
  expectRefused(call("BatchNorm", {three, three, three}, attributes), "[N, C, ...]", "an x of one axis");
  expectRefused(call("BatchNorm", {x, three, three}, {{{"relu", {2}}}, {{"epsilon", 0.01f}}}), "relu", "a relu of 2");
  expectRefused(call("BatchNorm", {x, three, three}, {{{"relu", {0}}}, {{"epsilon", -1.0f}}}), "epsilon", "an epsilon below 0");
  expectRefused(call("BatchNormWith", {x, three, three, three, four}, attributes), "variance has", "a long variance");
  const Tensor other = wholeNumbers({2, 3, 4, 5}, 1);
  expectRefused(call("BatchNormGradient", {other, x, three, three, three, three}, attributes), "dy has", "a wide dy");
  expectRefused(call("BatchNormGradient", {x, x, three, three, three, three, other}, attributes), "addend has", "a wide addend");
  expectRefused(call("BatchNormGradient", {x, x, three, three, four, three}, attributes), "mean has", "a long mean");
}

void relu(const std::vector<int64_t>& shape) {
  const Tensor dy = wholeNumbers(shape, 8), y = wholeNumbers(shape, 9);
  Tensor expected = dy;
  for (size_t i = 0; i < expected.floats.size(); i++)
    if (y.floats[i] <= 0) expected.floats[i] = 0;
  for (const int threads : {1, 3}) expectEqual(call("ReluGradient", {dy, y}, {}, threads).outputs[0], expected, "relu " + text(shape));
}

struct Pool {
  int64_t n, c, h, w, kh, kw, sh, sw, top, left, rows, columns;

  Attributes attributes() const { return {{{"kernel", {kh, kw}}, {"stride", {sh, sw}}, {"padding", {top, left}}, {"size", {rows, columns}}}, {}}; }
  Attributes back() const { return {{{"kernel", {kh, kw}}, {"stride", {sh, sw}}, {"padding", {top, left}}, {"image", {h, w}}}, {}}; }
};

void maxPool(const Pool& g) {
  const std::string name = "max pooling " + text({g.n, g.c, g.h, g.w, g.kh, g.kw, g.sh, g.sw, g.top, g.left, g.rows, g.columns});
  // Few values, so that many windows hold equal maxima; all below zero, so that padding must not win.
  Tensor x = wholeNumbers({g.n, g.c, g.h, g.w}, 10);
  for (float& value : x.floats) value -= 10;
  const Tensor dy = wholeNumbers({g.n, g.c, g.rows, g.columns}, 11);
  Tensor y = filled(dy.shape, 0), dx = filled(x.shape, 0);
  for (int64_t p = 0; p < g.n * g.c; p++)
    for (int64_t r = 0; r < g.rows; r++)
      for (int64_t q = 0; q < g.columns; q++) {
        float best = -INFINITY;
        size_t at = 0;
        for (int64_t i = 0; i < g.kh; i++)
          for (int64_t j = 0; j < g.kw; j++) {
            const int64_t a = r * g.sh + i - g.top, b = q * g.sw + j - g.left;
            if (a < 0 || a >= g.h || b < 0 || b >= g.w) continue;
            const size_t from = (p * g.h + a) * g.w + b;
            if (x.floats[from] > best) {
              best = x.floats[from];
              at = from;
            }
          }
        const size_t to = (p * g.rows + r) * g.columns + q;
        y.floats[to] = best;
        dx.floats[at] += dy.floats[to];
      }
  for (const int threads : {1, 3}) {
    const Answer forward = call("MaxPool", {x}, g.attributes(), threads);
    expect(forward.error.empty(), name + forward.error);
    if (!forward.error.empty()) return;
    expectEqual(forward.outputs[0], y, name);
    const Answer backward = call("MaxPoolGradient", {dy, forward.outputs[1]}, g.back(), threads);
    expect(backward.error.empty(), name + backward.error);
    if (backward.error.empty()) expectEqual(backward.outputs[0], dx, name + " gradient");
  }
}

void maxPools() {
  for (const int64_t w : {1, 2, 15, 16, 17, 33}) {
    maxPool({2, 3, 5, w, 3, 3, 1, 1, 1, 1, 5, w});
    maxPool({1, 17, 7, w, 3, 3, 2, 2, 1, 1, 4, (w + 1) / 2});
    maxPool({1, 1, 7, w, 2, 2, 3, 3, 1, 1, 3, w / 3 + 1});
  }
  // ceil mode: the last window begins inside the image and ends after it; a window as large as the image; 1 x 1.
  maxPool({2, 2, 6, 6, 3, 3, 2, 2, 0, 0, 3, 3});
  maxPool({2, 2, 6, 5, 6, 5, 1, 1, 0, 0, 1, 1});
  maxPool({1, 2, 6, 40, 1, 1, 2, 2, 0, 0, 3, 20});
  maxPool({1, 1, 30, 30, 16, 16, 5, 7, 8, 3, 5, 3});
  // Columns that no window reaches.
  maxPool({1, 2, 9, 60, 2, 2, 2, 2, 0, 0, 2, 1});
  const Pool g{1, 2, 5, 6, 3, 3, 2, 2, 1, 1, 3, 3};
  const Tensor x = wholeNumbers({1, 2, 5, 6}, 1);
  const auto with = [](Attributes attributes, const char* name, std::vector<int64_t> values) {
    attributes.integers[name] = values;
    return attributes;
  };
  expectRefused(call("MaxPool", {x}, with(g.attributes(), "size", {3, 5})), "last window", "a window after the image");
  expectRefused(call("MaxPool", {x}, with(g.attributes(), "padding", {3, 1})), "padding", "padding as large as the window");
  expectRefused(call("MaxPool", {x}, with(g.attributes(), "kernel", {17, 16})), "256", "a window without bytes");
  expectRefused(call("MaxPool", {x}, with(g.attributes(), "stride", {0, 1})), "stride", "no stride");
  expectRefused(call("MaxPool", {wholeNumbers({2, 5, 6}, 1)}, g.attributes()), "4 axes", "an x of three axes");
  const Tensor dy = wholeNumbers({1, 2, 3, 3}, 1);
  const auto places = [](uint8_t value, std::vector<int64_t> shape) { return Tensor{shape, {}, std::vector<uint8_t>(18, value)}; };
  expectRefused(call("MaxPoolGradient", {dy, places(9, {1, 2, 3, 3})}, g.back()), "no place", "a place that is none");
  expectRefused(call("MaxPoolGradient", {dy, places(0, {2, 1, 3, 3})}, g.back()), "places has", "places of another shape");
  expectRefused(call("MaxPoolGradient", {dy, places(0, {1, 2, 3, 3})}, with(g.back(), "image", {2, 6})), "last window", "a small image");
  // Places in the padding hold no maximum of finite numbers.
  expectEqual(call("MaxPoolGradient", {wholeNumbers({1, 2, 1, 1}, 1), Tensor{{1, 2, 1, 1}, {}, {0, 0}}}, g.back()).outputs[0],
              filled({1, 2, 5, 6}, 0), "a gradient of the padding");
  Tensor odd = filled({1, 1, 3, 3}, -INFINITY);
  const Attributes whole{{{"kernel", {3, 3}}, {"stride", {1, 1}}, {"padding", {0, 0}}, {"size", {1, 1}}}, {}};
  expect(call("MaxPool", {odd}, whole).outputs[0].floats[0] == -INFINITY, "minus infinity");
  odd.floats[4] = NAN;
  odd.floats[7] = 5;
  const Answer answer = call("MaxPool", {odd}, whole);
  expect(std::isnan(answer.outputs[0].floats[0]) && answer.outputs[1].bytes[0] == 4, "not a number is passed on");
}

}  // namespace

int main() {
  weightGradients();
  batchNorms();
  for (const int64_t count : {1, 15, 16, 17, 257}) relu({count});
  relu({3, 5, 7, 3});
  expectRefused(call("ReluGradient", {wholeNumbers({4}, 1), wholeNumbers({5}, 1)}, {}), "dy has", "a short dy");
  maxPools();
  std::printf("%d checks of native operators, %d wrong\n", checks, failures);
  return failures == 0 ? 0 : 1;
}
