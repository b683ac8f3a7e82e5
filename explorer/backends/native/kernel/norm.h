/* Normalization, scale and shift by t, and the activation in one pass, written as the next convolution reads it. */

/* The larger and the smaller of both; an x that is NaN stays so. */
INLINE vec at_least(vec low, vec x) { const ivec below = x < low; return (vec)((below & (ivec)low) | (~below & (ivec)x)); }
INLINE vec at_most(vec high, vec x) { const ivec above = x > high; return (vec)((above & (ivec)high) | (~above & (ivec)x)); }

/* e^x for float32 to 2 units in the last place. Without AVX-512, beyond +-87 it stays what it is there. */
INLINE vec exponential(vec x) {
#if defined(__AVX512F__)
  const vec octaves = (vec)_mm512_roundscale_ps((__m512)(x * 0x1.715476p0f), 0);
#else
  const vec magic = (vec){0} + 0x1.8p23f;
  x = at_most((vec){0} + 87.0f, at_least((vec){0} - 87.0f, x));
  const vec shifted = x * 0x1.715476p0f + magic; /* the nearest whole number of octaves is in its lowest bits */
  const vec octaves = shifted - magic;
#endif
  vec rest = x - octaves * 0x1.62e4p-1f;         /* ln 2 in two parts, so that the product is exact */
  rest = rest - octaves * 0x1.7f7d1cp-20f;
  vec power = rest * (1 / 720.0f) + 1 / 120.0f;  /* Taylor's series: rest is within half an octave */
  power = power * rest + 1 / 24.0f;
  power = power * rest + 1 / 6.0f;
  power = power * rest + 0.5f;
  power = power * rest * rest + rest + 1.0f;
#if defined(__AVX512F__)
  return (vec)_mm512_scalef_ps((__m512)power, (__m512)octaves);
#else
  return (vec)((ivec)power + ((ivec)shifted << 23));
#endif
}

#if defined(__AVX512BF16__)
/* x / (1 + e^-x) to a tenth of what bfloat16 can tell. */
INLINE vec short_silu(vec x) {
  const vec octaves = x * -0x1.715476p0f, whole = (vec)_mm512_roundscale_ps((__m512)octaves, 0), rest = octaves - whole;
  vec power = rest * 0x1.3b2ap-7f + 0x1.c6b08ep-5f; /* (rest ln 2)^n / n! */
  power = power * rest + 0x1.ebfbep-3f;
  power = power * rest + 0x1.62e43p-1f;
  power = power * rest + 1.0f;
  power = (vec)_mm512_scalef_ps((__m512)power, (__m512)whole);
  return x * (vec)_mm512_rcp14_ps((__m512)(power + 1.0f));
}
#endif

INLINE vec activated(vec x, int activation, int type) {
  (void)type;
#if defined(__AVX512BF16__)
  if (activation == SILU && type == BFLOAT16) return short_silu(x);
#endif
  if (activation == SILU) return x / (1.0f + exponential(-x));
  if (activation == RELU) return at_least((vec){0}, x);
  return x;
}

/* One pixel's block of 16 values. */
INLINE void put(char *to, const vec *values, int type) {
#if defined(__AVX512BF16__)
  if (type == BFLOAT16) {
    const __m256bh half = _mm512_cvtneps_pbh((__m512)values[0]);
    memcpy(to, &half, sizeof half);
    return;
  }
#endif
  (void)type;
  for (int k = 0; k < VECTORS; k++) store((float *)to + k * LANES, values[k]);
}

/* Where column `x` of a row with its borders lies. */
INLINE int64_t column_of(int64_t x, int64_t pixels, int split) { return split ? (x & 1) * (pixels / 2) + (x >> 1) : x; }

/* Sums over all pixels of each channel of one source, in the order of the slots whoever adds them. */
static void add_sums(const struct tensor *from, const struct site *site, double *restrict value, double *restrict square) {
  const int channels = from->blocks * BLOCK;
  const float *sums = (const float *)(site->arena + from->sums);
  for (int c = 0; c < channels; c++) value[c] = square[c] = 0;
  for (int slot = 0; slot < from->slots; slot++, sums += 2 * channels) {
    for (int c = 0; c < channels; c++) value[c] += sums[c];
    for (int c = 0; c < channels; c++) square[c] += sums[channels + c];
  }
}

/* scale and shift of each channel such that activation(x * scale + shift) is what is wanted: mean and variance are those of
 * its group, gamma and beta the layer's, and those of t come after (Ho et al. 2020's time embedding as FiLM). */
static void coefficients(const struct op *op, const struct site *site, float *scale, float *shift) {
  const int channels = (op->source[0].blocks + (op->sources > 1 ? op->source[1].blocks : 0)) * BLOCK;
  if (op->group_count) {
    double *value = (double *)(site->scratch + 2 * (int64_t)channels * 4), *square = value + channels;
    double *group_value = square + channels, *group_square = group_value + op->group_count, *size = group_square + op->group_count;
    const int32_t *group = constant(site, op->groups);
    const float *gamma = constant(site, op->gamma), *beta = constant(site, op->beta);
    for (int i = 0, at = 0; i < op->sources; at += op->source[i++].blocks * BLOCK)
      add_sums(&op->source[i], site, value + at, square + at);
    for (int g = 0; g < op->group_count; g++) group_value[g] = group_square[g] = size[g] = 0;
    for (int c = 0; c < channels; c++) {
      if (group[c] < 0) continue;
      group_value[group[c]] += value[c];
      group_square[group[c]] += square[c];
      size[group[c]] += (double)op->source[0].height * op->source[0].width;
    }
    for (int g = 0; g < op->group_count; g++) {
      const double mean = group_value[g] / size[g], variance = group_square[g] / size[g] - mean * mean;
      group_value[g] = mean;
      group_square[g] = 1 / sqrt((variance < 0 ? 0 : variance) + op->eps); /* a NaN stays one */
    }
    for (int c = 0; c < channels; c++) {
      const int g = group[c];
      scale[c] = g < 0 ? 0 : (float)(gamma[c] * group_square[g]);
      shift[c] = g < 0 ? 0 : (float)(beta[c] - group_value[g] * gamma[c] * group_square[g]);
    }
  } else {
    for (int c = 0; c < channels; c++) { scale[c] = 1; shift[c] = 0; }
  }
  if (op->film < 0) return;
  const float *film = site->table + op->film;
  for (int c = 0; c < channels; c++) {
    scale[c] *= 1 + film[c];
    shift[c] = shift[c] * (1 + film[c]) + film[channels + c];
  }
}

struct row { const float *from; char *to, *copy; const float *scale, *shift; };

/* One row of one block, its borders included. */
INLINE void norm_row(const struct op *op, const struct row *row, int activation, int type) {
  const struct tensor *to = &op->target;
  const int64_t pixels = row_pixels(to), bytes = BLOCK * item_bytes(to);
  vec scale[VECTORS], shift[VECTORS];
  for (int k = 0; k < VECTORS; k++) { scale[k] = load(row->scale + k * LANES); shift[k] = load(row->shift + k * LANES); }
  for (int border = 0; border < to->border; border++) {
    memset(row->to + column_of(0, pixels, to->split) * bytes, 0, bytes);
    memset(row->to + column_of(pixels - 1, pixels, to->split) * bytes, 0, bytes);
  }
  for (int x = 0; x < to->width; x++) {
    vec value[VECTORS];
    for (int k = 0; k < VECTORS; k++) value[k] = load(row->from + x * BLOCK + k * LANES);
    const int64_t at = column_of(x + to->border, pixels, to->split) * bytes;
    if (row->copy) put(row->copy + at, value, type);
    for (int k = 0; k < VECTORS; k++) value[k] = activated(value[k] * scale[k] + shift[k], activation, type);
    put(row->to + at, value, type);
  }
}

static void any_row(const struct op *op, const struct row *row) {
  const int type = op->target.type;
  if (op->activation == SILU && type == BFLOAT16) norm_row(op, row, SILU, BFLOAT16);
  else if (op->activation == SILU) norm_row(op, row, SILU, FLOAT32);
  else norm_row(op, row, op->activation, type);
}

/* All sources one after another in the blocks of the target: a concatenation costs no pass of its own. */
static void normalize(const struct op *op, const struct site *site) {
  const struct tensor *to = &op->target;
  const int rows = to->height + 2 * to->border, units = to->blocks * rows;
  const int64_t bytes = row_pixels(to) * BLOCK * item_bytes(to);
  float *scale = (float *)site->scratch, *shift = scale + to->blocks * BLOCK;
  coefficients(op, site, scale, shift);
  for (int unit = first_of(units, site); unit < end_of(units, site); unit++) {
    const int block = unit / rows, y = unit % rows - to->border;
    char *const out = site->arena + to->offset + unit * bytes;
    char *const copy = op->has_copy ? site->arena + op->copy.offset + unit * bytes : NULL;
    if (y < 0 || y >= to->height) {
      memset(out, 0, bytes);
      continue;
    }
    const struct tensor *from = &op->source[block >= op->source[0].blocks];
    const int of = block - (from == op->source ? 0 : op->source[0].blocks);
    const struct row row = {
      .from = (const float *)(site->arena + from->offset) + ((int64_t)of * from->height + y) * from->width * BLOCK,
      .to = out, .copy = copy, .scale = scale + block * BLOCK, .shift = shift + block * BLOCK,
    };
    any_row(op, &row);
  }
}
