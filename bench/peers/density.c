/*
 * Log-densities of a mixture of diagonal Gaussians, joint and in each dimension, as one writes them in C for the compiler to vectorise: float32,
 * every pair, no array of pairs. bench/peers/density.ts builds it with
 *
 *   gcc -O3 -march=x86-64-v2 -ffast-math density.c -lmvec -lm
 *
 * which takes exponentials from libmvec, four at a time, and runs it as
 *
 *   density INPUT OUTPUT
 *
 * INPUT: i32 N, M, D; f32 mu[D][N], logvar[D][N], z[D][M]. For each line on the standard input everything is computed once and the
 * seconds that took, of this process's processor time, are printed; the results of the first time go to OUTPUT, f32[D + 1][M], joint last.
 *
 * A sum of one dimension is taken relative to the height of its narrowest component, so that it needs no pass for the maximum;
 * points that are more than 87 nats below that come out wrong.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static const float HALF_LOG_2_PI = 0.918938533f;

static double processor_seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static float *allocate(size_t count) {
  float *p = aligned_alloc(64, (count * sizeof(float) + 63) / 64 * 64);
  if (!p) exit(1);
  return p;
}

static float *read_floats(FILE *file, size_t count) {
  float *p = allocate(count);
  if (fread(p, sizeof(float), count, file) != count) exit(1);
  return p;
}

/* 1 / (2 sigma^2), and log-heights less the largest of each dimension, which is put in heights. */
static void prepare(float *restrict halves, float *restrict logs, float *restrict heights, const float *restrict logvar, int n, int dimensions) {
  for (int d = 0; d < dimensions; d++) {
    const float *v = logvar + (size_t)d * n;
    float least = v[0];
    for (int j = 1; j < n; j++) least = v[j] < least ? v[j] : least;
    heights[d] = -0.5f * least - HALF_LOG_2_PI;
    for (int j = 0; j < n; j++) {
      halves[(size_t)d * n + j] = 0.5f * expf(-v[j]);
      logs[(size_t)d * n + j] = 0.5f * (least - v[j]);
    }
  }
}

/* Adds log-terms of one dimension to joint; returns the sum of their exponentials. */
static float add_dimension(float *restrict joint, const float *restrict mu, const float *restrict halves, const float *restrict logs, float z, int n) {
  float sum = 0;
  for (int j = 0; j < n; j++) {
    float difference = z - mu[j];
    float term = logs[j] - difference * difference * halves[j];
    joint[j] += term;
    sum += expf(term);
  }
  return sum;
}

static float log_sum_exp(const float *restrict terms, int n) {
  float largest = terms[0];
  for (int j = 1; j < n; j++) largest = terms[j] > largest ? terms[j] : largest;
  float sum = 0;
  for (int j = 0; j < n; j++) sum += expf(terms[j] - largest);
  return largest + logf(sum);
}

int main(int argc, char **argv) {
  FILE *input = argc == 3 ? fopen(argv[1], "rb") : NULL;
  int32_t size[3];
  if (!input || fread(size, sizeof(int32_t), 3, input) != 3) return 1;
  const int n = size[0], m = size[1], dimensions = size[2];
  const size_t components = (size_t)n * dimensions;
  float *mu = read_floats(input, components);
  float *logvar = read_floats(input, components);
  float *z = read_floats(input, (size_t)m * dimensions);
  float *halves = allocate(components), *logs = allocate(components), *heights = allocate(dimensions);
  float *joint = allocate(n), *out = allocate((size_t)m * (dimensions + 1));
  const float log_n = logf((float)n);

  int is_written = 0;
  for (int c; (c = getchar()) != EOF;) {
    if (c != '\n') continue;
    const double start = processor_seconds();
    prepare(halves, logs, heights, logvar, n, dimensions);
    float height = 0;
    for (int d = 0; d < dimensions; d++) height += heights[d];
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) joint[j] = 0;
      for (int d = 0; d < dimensions; d++) {
        const size_t at = (size_t)d * n;
        const float sum = add_dimension(joint, mu + at, halves + at, logs + at, z[(size_t)d * m + i], n);
        out[(size_t)d * m + i] = heights[d] + logf(sum) - log_n;
      }
      out[(size_t)dimensions * m + i] = height + log_sum_exp(joint, n) - log_n;
    }
    const double seconds = processor_seconds() - start;
    if (!is_written) {
      FILE *output = fopen(argv[2], "wb");
      if (!output || fwrite(out, sizeof(float), (size_t)m * (dimensions + 1), output) != (size_t)m * (dimensions + 1)) return 1;
      fclose(output);
      is_written = 1;
    }
    printf("%.9f\n", seconds);
    fflush(stdout);
  }
  return 0;
}
