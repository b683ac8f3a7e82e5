/* The operations for one instruction level: compiled once for each, with LEVEL its name and the compiler's flags its instructions. */
#include <math.h>
#include <string.h>

#include "kernel.h"

#if defined(__AVX512F__)
#include <immintrin.h>
#define LANES 16
#define PIXELS 14     /* 14 pixels of 2 vectors are 28 sums; 2 weights and a pixel take 3 more of 32 registers */
#define OUT_BLOCKS 2
#elif defined(__AVX2__)
#include <immintrin.h>
#define LANES 8
#define PIXELS 6      /* 12 sums, 2 weights and a pixel of 16 registers */
#define OUT_BLOCKS 1
#else
#define LANES 4
#define PIXELS 6      /* 24 sums, 4 weights and a pixel of 32 registers */
#define OUT_BLOCKS 1
#endif

#define VECTORS (BLOCK / LANES)
#define INLINE static inline __attribute__((always_inline))
#if defined(__clang__)
#define UNROLL _Pragma("clang loop unroll(full)")
#else
#define UNROLL _Pragma("GCC unroll 32")
#endif
#define GLUE_(a, b) a##b
#define GLUE(a, b) GLUE_(a, b)

typedef float vec __attribute__((vector_size(4 * LANES)));
typedef int32_t ivec __attribute__((vector_size(4 * LANES)));

INLINE vec load(const float *from) { vec v; memcpy(&v, from, sizeof v); return v; }
INLINE void store(float *to, vec v) { memcpy(to, &v, sizeof v); }

static int first_of(int units, const struct site *site) { return (int)((int64_t)units * site->part / site->parts); }
static int end_of(int units, const struct site *site) { return (int)((int64_t)units * (site->part + 1) / site->parts); }

static const void *constant(const struct site *site, int64_t offset) { return site->program->constants + offset; }

#include "conv.h"
#include "norm.h"
#include "edges.h"
#include "attention.h"

static void run(const struct op *op, const struct site *site) {
  switch (op->kind) {
    case GATHER: gather(op, site); break;
    case NORM: normalize(op, site); break;
    case CONV: convolve(op, site); break;
    case SCATTER: scatter(op, site); break;
    case KEYS: transpose_keys(op, site); break;
    case ATTENTION: attend(op, site); break;
  }
}

#if defined(__x86_64__)
static int present(void) {
#if defined(__AVX512BF16__)
  if (!__builtin_cpu_supports("avx512bf16")) return 0;
#endif
#if defined(__AVX512F__)
  if (!__builtin_cpu_supports("avx512vl") || !__builtin_cpu_supports("avx512bw") || !__builtin_cpu_supports("avx512dq")) return 0;
  if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512cd")) return 0;
#endif
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2");
}
#else
static int present(void) { return 1; }
#endif

const struct level GLUE(level_, LEVEL) = {
  .name = LEVEL_NAME,
  .present = present,
#if defined(__AVX512BF16__)
  .has_bfloat16 = 1,
#endif
  .pixels = PIXELS,
  .out_blocks = OUT_BLOCKS,
  .run = run,
};
