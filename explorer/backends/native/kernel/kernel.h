/* What a program is made of: tensors in an arena, and the operations that go over them one after another.
 *
 * explorer/backends/native/library.py has the same structures for ctypes; `ge_layout` says whether both agree.
 *
 * Channels lie in blocks of 16: [block][row][column][16]. A pixel's neighbour is then at a fixed distance whatever the
 * number of channels is, and one block of an output pixel is one AVX-512 register of float32.
 */
#ifndef GE_KERNEL_H
#define GE_KERNEL_H

#include <stdint.h>

#define BLOCK 16
#define MAX_THREADS 256

enum kind { GATHER, NORM, CONV, SCATTER, KEYS, ATTENTION, KINDS };
enum type { FLOAT32, BFLOAT16 };
enum activation { NONE, RELU, SILU };

struct tensor {
  int64_t offset;       /* in the arena, bytes; a multiple of 64 */
  int64_t sums;         /* where the sums over its pixels are: float32 [slot][2: values, squares][channel]; -1 without */
  int32_t blocks, height, width;
  int32_t border;       /* rows and columns of zeros around, 0 or 1 */
  int32_t type;
  int32_t slots;
  int32_t split;        /* in each row the even columns come first, then the odd: what a step of 2 reads lies together */
  int32_t unused;
};

struct op {
  int32_t kind;
  int32_t joined;       /* the next operation neither reads what this one writes nor writes what it reads */
  int32_t sources;      /* how many of `source` */
  int32_t has_copy;
  struct tensor source[2];
  struct tensor target;
  struct tensor copy;   /* NORM: a second target that takes the values as they are; CONV: what is added to the result */

  /* CONV: at row y and column x of a grid, the sum over taps of weights times the source's pixel y * row_step + x + offset */
  int64_t taps;         /* in the constants, int32 [tap][2: source, offset in pixels] */
  int64_t weights;      /* [tile of output blocks][tap][block][channel, or pair of them][output channel][2 if pairs] */
  int64_t bias;         /* float32, a channel each */
  int32_t tap_count, row_step;
  int32_t rows, columns;
  int32_t out_step, out_row, out_column; /* the result goes to row y * out_step + out_row, and so with columns */
  int32_t first_slot;   /* of the target's sums; a slot for each tile of the grid */
  int32_t table_bias;   /* index in the sample's row of the table of one more bias; -1 without */

  /* NORM: activation(normalize(source) * gamma + beta), then * (1 + table[film]) + table[film + channels] */
  int32_t group_count;  /* 0: not normalized */
  int64_t groups;       /* in the constants, int32: the group of each channel, -1 for padding */
  int64_t gamma, beta;
  float eps;
  int32_t activation;
  int32_t film;         /* index in the sample's row of the table; -1 without */

  /* GATHER and SCATTER: the image's channels */
  int32_t channels;
  int32_t plane;        /* GATHER: index in the table of the value of one more channel; -1 without */
  int32_t skip, scale;  /* SCATTER: indices in the table of the factors of x_t (-1: it is not added) and of the result */

  /* KEYS and ATTENTION: the source has queries, keys and values, one after another, `blocks / 3` each */
  int32_t heads, head_size;
  float factor;
};

struct program {
  const struct op *ops;
  const char *constants;
  int64_t constant_bytes, arena_bytes, scratch_bytes;
  int32_t op_count, table_length;
  int32_t channels, height, width;
  int32_t level;        /* index of the instruction level, see levels.c */
};

/* One thread's part of one sample. */
struct site {
  const struct program *program;
  char *arena, *scratch;
  const float *image, *table;
  float *out;
  int part, parts;
};

struct level {
  const char *name;
  int (*present)(void);
  int has_bfloat16;
  int pixels, out_blocks; /* of one tile of a convolution */
  void (*run)(const struct op *op, const struct site *site);
};

struct tiling { int across, down, rows; };

/* How the grid of a convolution is cut into tiles of at most `pixels` pixels: part of a row, or several whole rows. */
static inline struct tiling tiling_of(const struct op *op, int pixels) {
  struct tiling tiles = {.across = (op->columns + pixels - 1) / pixels, .rows = 1};
  if (tiles.across == 1) tiles.rows = pixels / op->columns;
  tiles.down = (op->rows + tiles.rows - 1) / tiles.rows;
  return tiles;
}

static inline int64_t row_pixels(const struct tensor *t) { return t->width + 2 * t->border; }
static inline int64_t plane_pixels(const struct tensor *t) { return row_pixels(t) * (t->height + 2 * t->border); }
static inline int64_t item_bytes(const struct tensor *t) { return t->type == BFLOAT16 ? 2 : 4; }
static inline int64_t tensor_bytes(const struct tensor *t) { return plane_pixels(t) * t->blocks * BLOCK * item_bytes(t); }
static inline int64_t sums_bytes(const struct tensor *t) { return (int64_t)t->slots * 2 * t->blocks * BLOCK * 4; }

/* What is wrong with a program for tiles of so many pixels, and at which operation; NULL if nothing is. */
const char *ge_fault(const struct program *program, int pixels, int bfloat16, int32_t *op);

#endif
