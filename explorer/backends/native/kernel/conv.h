/* Convolutions: a tile of output pixels stays in registers while all taps and channels pass by.
 *
 * Every sum goes over taps and channels in one order whatever tile its pixel is in, so that a result does not depend on
 * how the work is divided.
 */

#define SUMS (PIXELS * OUT_BLOCKS * VECTORS) /* arrays of this constant size become registers; of a computed one they would not */

struct tile {
  const char *source[2];   /* at the pixel that offset 0 of the tile's first pixel means */
  int64_t plane[2];        /* bytes from block to block */
  int blocks[2];
  int64_t row;             /* bytes from one of the tile's rows to the next */
  const int32_t *taps;
  int tap_count;
  const char *weights;
  const float *bias, *more_bias;
  const float *added;      /* at the tile's first pixel, laid out as `out`; or NULL */
  float *out, *sums;       /* sums may be NULL */
  int64_t out_pixel, out_row, out_block; /* in floats */
  int64_t squares;         /* floats from the sums of values to those of squares */
};

/* Bias and whatever is added, the sums over the tile's pixels, and out. */
INLINE void finish(int R, int P, int B, const struct tile *t, const vec *sum) {
  UNROLL for (int k = 0; k < B * VECTORS; k++) {
    const int64_t at = k / VECTORS * t->out_block + k % VECTORS * LANES;
    vec bias = load(t->bias + k * LANES);
    if (t->more_bias) bias += load(t->more_bias + k * LANES);
    vec values = {0}, squares = {0};
    UNROLL for (int r = 0; r < R; r++) {
      UNROLL for (int p = 0; p < P; p++) {
        const int64_t pixel = at + r * t->out_row + p * t->out_pixel;
        vec v = sum[(r * P + p) * B * VECTORS + k] + bias;
        if (t->added) v += load(t->added + pixel);
        store(t->out + pixel, v);
        values += v;
        squares += v * v;
      }
    }
    if (t->sums) {
      store(t->sums + k * LANES, values);
      store(t->sums + t->squares + k * LANES, squares);
    }
  }
}

/* R rows of P pixels, B blocks of output channels; the constants are known where it is expanded, so that sums are registers. */
INLINE void tile_float32(const int R, const int P, const int B, const struct tile *t) {
  vec sum[SUMS];
  UNROLL for (int i = 0; i < R * P * B * VECTORS; i++) sum[i] = (vec){0};
  const float *w = (const float *)t->weights;
  for (int tap = 0; tap < t->tap_count; tap++) {
    const int source = t->taps[2 * tap];
    const char *from = t->source[source] + (int64_t)t->taps[2 * tap + 1] * BLOCK * 4;
    for (int block = 0; block < t->blocks[source]; block++, from += t->plane[source]) {
      for (int c = 0; c < BLOCK; c++, w += B * BLOCK) {
        vec weight[OUT_BLOCKS * VECTORS];
        UNROLL for (int k = 0; k < B * VECTORS; k++) weight[k] = load(w + k * LANES);
        UNROLL for (int r = 0; r < R; r++) UNROLL for (int p = 0; p < P; p++) {
          const float pixel = ((const float *)(from + r * t->row))[p * BLOCK + c];
          UNROLL for (int k = 0; k < B * VECTORS; k++) sum[(r * P + p) * B * VECTORS + k] += weight[k] * pixel;
        }
      }
    }
  }
  finish(R, P, B, t, sum);
}

#if defined(__AVX512BF16__)
/* The same for bfloat16, whose channels are multiplied in pairs; sums are float32. */
INLINE void tile_bfloat16(const int R, const int P, const int B, const struct tile *t) {
  vec sum[SUMS];
  UNROLL for (int i = 0; i < R * P * B; i++) sum[i] = (vec){0};
  const char *w = t->weights;
  for (int tap = 0; tap < t->tap_count; tap++) {
    const int source = t->taps[2 * tap];
    const char *from = t->source[source] + (int64_t)t->taps[2 * tap + 1] * BLOCK * 2;
    for (int block = 0; block < t->blocks[source]; block++, from += t->plane[source]) {
      for (int pair = 0; pair < BLOCK / 2; pair++, w += B * 64) {
        __m512bh weight[OUT_BLOCKS];
        UNROLL for (int k = 0; k < B; k++) weight[k] = (__m512bh)_mm512_loadu_si512(w + k * 64);
        UNROLL for (int r = 0; r < R; r++) UNROLL for (int p = 0; p < P; p++) {
          int32_t both;
          memcpy(&both, from + r * t->row + (p * BLOCK + 2 * pair) * 2, 4);
          const __m512bh pixel = (__m512bh)_mm512_set1_epi32(both);
          UNROLL for (int k = 0; k < B; k++) {
            vec *const to = &sum[(r * P + p) * B + k];
            *to = (vec)_mm512_dpbf16_ps((__m512)*to, weight[k], pixel);
          }
        }
      }
    }
  }
  finish(R, P, B, t, sum);
}
#endif

/* A function for each shape of a tile: one row of P pixels, or as many rows as registers allow. */
#define ROWS(P) (PIXELS / (P))
#define SHAPES(type, P)                                                                                           \
  static void type##_one_##P(const struct tile *t) { tile_##type(1, P, 1, t); }                                   \
  static void type##_rows_##P(const struct tile *t) { tile_##type(ROWS(P), P, 1, t); }                            \
  static void type##_wide_one_##P(const struct tile *t) { tile_##type(1, P, OUT_BLOCKS, t); }                     \
  static void type##_wide_rows_##P(const struct tile *t) { tile_##type(ROWS(P), P, OUT_BLOCKS, t); }
#define NAMES(type, P) {{type##_one_##P, type##_rows_##P}, {type##_wide_one_##P, type##_wide_rows_##P}},
#if PIXELS == 14
#define EACH(M, type) M(type, 1) M(type, 2) M(type, 3) M(type, 4) M(type, 5) M(type, 6) M(type, 7) \
  M(type, 8) M(type, 9) M(type, 10) M(type, 11) M(type, 12) M(type, 13) M(type, 14)
#else
#define EACH(M, type) M(type, 1) M(type, 2) M(type, 3) M(type, 4) M(type, 5) M(type, 6)
#endif

typedef void tile_function(const struct tile *);
EACH(SHAPES, float32)
static tile_function *const float32_tiles[PIXELS][2][2] = {EACH(NAMES, float32)};
#if defined(__AVX512BF16__)
EACH(SHAPES, bfloat16)
static tile_function *const bfloat16_tiles[PIXELS][2][2] = {EACH(NAMES, bfloat16)};
#endif

/* One tile; one of several rows that does not fit the grid goes row by row, whose sums are then added. */
static void run_tile(struct tile *t, int type, int pixels, int rows, int full, int wide) {
  tile_function *const (*shapes)[2][2] = float32_tiles;
  (void)type;
#if defined(__AVX512BF16__)
  if (type == BFLOAT16) shapes = bfloat16_tiles;
#endif
  if (rows == full) {
    shapes[pixels - 1][wide][rows > 1](t);
    return;
  }
  float total[2 * OUT_BLOCKS * BLOCK] = {0}, part[2 * OUT_BLOCKS * BLOCK];
  float *const sums = t->sums;
  const int64_t squares = t->squares, width = (wide ? OUT_BLOCKS : 1) * BLOCK;
  if (sums) { t->sums = part; t->squares = width; }
  for (int row = 0; row < rows; row++) {
    shapes[pixels - 1][wide][0](t);
    for (int64_t i = 0; sums && i < 2 * width; i++) total[i] += part[i];
    t->source[0] += t->row;
    t->source[1] += t->row;
    t->out += t->out_row;
    if (t->added) t->added += t->out_row;
  }
  if (sums) {
    memcpy(sums, total, width * 4);
    memcpy(sums + squares, total + width, width * 4);
  }
}

/* What is the same for all tiles. */
static struct tile tile_of(const struct op *op, const struct site *site) {
  const struct tensor *to = &op->target;
  struct tile t = {
    .row = op->row_step * BLOCK * item_bytes(&op->source[0]),
    .taps = constant(site, op->taps), .tap_count = op->tap_count,
    .out_pixel = (int64_t)op->out_step * BLOCK, .out_row = op->out_step * row_pixels(to) * BLOCK,
    .out_block = plane_pixels(to) * BLOCK, .squares = (int64_t)to->blocks * BLOCK,
  };
  for (int i = 0; i < op->sources; i++) {
    t.plane[i] = plane_pixels(&op->source[i]) * BLOCK * item_bytes(&op->source[i]);
    t.blocks[i] = op->source[i].blocks;
  }
  return t;
}

/* The tile at a column and row of the tiling, for output blocks from `block`. */
static void place(struct tile *t, const struct op *op, const struct site *site, int block, int row, int column, int slot) {
  const struct tensor *to = &op->target;
  const int64_t pixel = (int64_t)row * op->row_step + column;
  const int64_t out = (((int64_t)row * op->out_step + op->out_row) * row_pixels(to) + column * op->out_step + op->out_column) * BLOCK
                    + block * t->out_block;
  for (int i = 0; i < op->sources; i++)
    t->source[i] = site->arena + op->source[i].offset + pixel * BLOCK * item_bytes(&op->source[i]);
  t->out = (float *)(site->arena + to->offset) + out;
  t->added = op->has_copy ? (const float *)(site->arena + op->copy.offset) + out : NULL;
  t->bias = (const float *)constant(site, op->bias) + block * BLOCK;
  t->more_bias = op->table_bias < 0 ? NULL : site->table + op->table_bias + block * BLOCK;
  t->sums = to->sums < 0 ? NULL : (float *)(site->arena + to->sums) + slot * 2 * t->squares + block * BLOCK;
}

static void convolve(const struct op *op, const struct site *site) {
  const struct tiling tiles = tiling_of(op, PIXELS);
  const int grid = tiles.across * tiles.down, units = (op->target.blocks + OUT_BLOCKS - 1) / OUT_BLOCKS * grid;
  struct tile t = tile_of(op, site);
  int64_t depth = 0; /* bytes of weights for one output channel */
  for (int tap = 0; tap < op->tap_count; tap++)
    depth += (int64_t)op->source[t.taps[2 * tap]].blocks * BLOCK * item_bytes(&op->source[0]);
  for (int unit = first_of(units, site); unit < end_of(units, site); unit++) {
    const int block = unit / grid * OUT_BLOCKS, slot = unit % grid;
    const int across = slot % tiles.across, row = slot / tiles.across * tiles.rows;
    const int column = op->columns * across / tiles.across, pixels = op->columns * (across + 1) / tiles.across - column;
    const int rows = op->rows - row < tiles.rows ? op->rows - row : tiles.rows;
    t.weights = (const char *)constant(site, op->weights) + block * BLOCK * depth;
    place(&t, op, site, block, row, column, op->first_slot + slot);
    const int64_t squares = t.squares;
    run_tile(&t, op->source[0].type, pixels, rows, tiles.rows, op->target.blocks - block >= OUT_BLOCKS);
    t.squares = squares;
  }
}
