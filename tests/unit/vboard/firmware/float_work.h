/* Floating-point work that the firmware and the test both do; -ffp-contract=off, so that both round alike. */
#ifndef FLOAT_WORK_H
#define FLOAT_WORK_H

#define SINGLE_RESULTS 24
#define DOUBLE_RESULTS 8

struct results {
  volatile unsigned done, ticks, disturbed;
  float single[SINGLE_RESULTS], in_handler[SINGLE_RESULTS];
  double doubles[DOUBLE_RESULTS];
};

static inline float series_sine(float x) {
  float term = x, sum = x;
  for (int i = 1; i < 9; ++i) {
    term *= -x * x / (float)((2 * i) * (2 * i + 1));
    sum += term;
  }
  return sum;
}

static inline float horner(const float* coefficients, int count, float x) {
  float value = 0.0F;
  for (int i = count - 1; i >= 0; --i) value = value * x + coefficients[i];
  return value;
}

/* `one` is 1, but the compiler must not know it. */
static inline void work_single(float* out, float one) {
  static const float kCoefficients[6] = {1.5F, -0.25F, 3.0e-3F, 7.0e5F, -1.0e-7F, 0.1F};
  float matrix[3][3], product[3][3];
  for (int i = 0; i < 3; ++i)
    for (int j = 0; j < 3; ++j) matrix[i][j] = (float)(i * 7 - j * 3) / 8.0F + 0.3F * one;
  for (int i = 0; i < 3; ++i)
    for (int j = 0; j < 3; ++j) {
      product[i][j] = 0.0F;
      for (int k = 0; k < 3; ++k) product[i][j] += matrix[i][k] * matrix[k][j];
    }
  for (int i = 0; i < 9; ++i) out[i] = product[i / 3][i % 3];
  for (int i = 0; i < 6; ++i) out[9 + i] = series_sine((float)i * 0.5F * one);
  for (int i = 0; i < 4; ++i) out[15 + i] = horner(kCoefficients, 6, (float)i * one - 1.75F);
  float smallest = one;
  for (int i = 0; i < 140; ++i) smallest = smallest / 2.0F; /* subnormal */
  out[19] = smallest;
  out[20] = 1.0e30F * (out[0] + 1.0e10F); /* infinity */
  out[21] = __builtin_sqrtf(2.0F + out[1]);
  out[22] = (float)(int)(out[4] * 1000.0F) + (float)(unsigned)(out[21] * 4.0e8F);
  out[23] = out[3] < out[5] && !(out[3] > out[5]) ? 1.0F : -1.0F;
}

static inline void work_double(double* out, double one) {
  double x = one;
  for (int i = 0; i < 30; ++i) x = 0.5 * (x + 2.0 / x); /* Newton: the root of 2 */
  out[0] = x;
  out[1] = x * x - 2.0;
  double sum = 0.0;
  for (int i = 1; i < 200; ++i) sum += one / (double)i;
  out[2] = sum;
  out[3] = (double)(float)sum;
  out[4] = sum * 1.0e300 * 1.0e300;
  out[5] = (double)(int)(sum * -1.0e5);
  out[6] = sum / 1.0e300 / 1.0e15;
  out[7] = out[2] < out[3] ? 1.0 : 2.0;
}

#endif
