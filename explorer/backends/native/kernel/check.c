/* Whether a program stays within its memory: nothing that an operation reads or writes may lie outside. */
#include <stddef.h>

#include "kernel.h"

static int within(int64_t offset, int64_t bytes, int64_t all) { return offset >= 0 && bytes >= 0 && offset <= all - bytes; }

static int is_tensor(const struct program *p, const struct tensor *t, int bfloat16) {
  return t->blocks > 0 && t->blocks <= 1 << 20 && t->height > 0 && t->height <= 1 << 15 && t->width > 0 && t->width <= 1 << 20
      && (t->border == 0 || t->border == 1) && (t->type == FLOAT32 || (t->type == BFLOAT16 && bfloat16)) && t->slots >= 0
      && t->offset % 64 == 0 && within(t->offset, tensor_bytes(t), p->arena_bytes)
      && (t->sums < 0 || (t->slots > 0 && within(t->sums, sums_bytes(t), p->arena_bytes)))
      && (!t->split || row_pixels(t) % 2 == 0);
}

static int same_place(const struct tensor *a, const struct tensor *b) {
  return a->blocks == b->blocks && a->height == b->height && a->width == b->width && a->border == b->border && a->type == b->type
      && a->split == b->split;
}

static int has_constant(const struct program *p, int64_t offset, int64_t bytes) { return within(offset, bytes, p->constant_bytes); }
static int in_table(const struct program *p, int64_t index, int64_t length) { return within(index, length, p->table_length); }
static int plain(const struct tensor *t) { return t->type == FLOAT32 && !t->border && !t->split; }

static const char *conv_fault(const struct program *p, const struct op *op, int pixels) {
  const struct tensor *to = &op->target;
  const int64_t channels = (int64_t)to->blocks * BLOCK;
  if (!plain(to) || op->rows < 1 || op->columns < 1 || op->row_step < 1 || op->out_step < 1 || op->out_row < 0 || op->out_column < 0)
    return "grid";
  if ((op->rows - 1) * (int64_t)op->out_step + op->out_row >= to->height) return "rows";
  if ((op->columns - 1) * (int64_t)op->out_step + op->out_column >= to->width) return "columns";
  const struct tiling tiles = tiling_of(op, pixels);
  if (op->first_slot < 0 || (to->sums >= 0 && op->first_slot + (int64_t)tiles.across * tiles.down > to->slots)) return "slots";
  if (op->has_copy && !same_place(&op->copy, to)) return "what is added";
  if (!has_constant(p, op->bias, channels * 4) || (op->table_bias >= 0 && !in_table(p, op->table_bias, channels))) return "bias";
  if (op->tap_count < 1 || op->taps % 4 || !has_constant(p, op->taps, op->tap_count * 8LL)) return "taps";
  const int32_t *taps = (const int32_t *)(p->constants + op->taps);
  const int64_t last = (int64_t)(op->rows - 1) * op->row_step + op->columns - 1;
  int64_t depth = 0;
  for (int tap = 0; tap < op->tap_count; tap++) {
    if (taps[2 * tap] < 0 || taps[2 * tap] >= op->sources) return "source of a tap";
    const struct tensor *from = &op->source[taps[2 * tap]];
    if (from->type != op->source[0].type || taps[2 * tap + 1] < 0 || taps[2 * tap + 1] + last >= plane_pixels(from)) return "tap";
    depth += (int64_t)from->blocks * BLOCK * item_bytes(from);
  }
  return has_constant(p, op->weights, depth * channels) ? NULL : "weights";
}

static const char *norm_fault(const struct program *p, const struct op *op) {
  const struct tensor *to = &op->target;
  int64_t blocks = 0;
  for (int i = 0; i < op->sources; i++) {
    const struct tensor *from = &op->source[i];
    if (!plain(from) || from->height != to->height || from->width != to->width) return "source";
    if (op->group_count && from->sums < 0) return "sums";
    blocks += from->blocks;
  }
  if (op->sources < 1 || blocks != to->blocks || (op->has_copy && !same_place(&op->copy, to))) return "target";
  const int64_t channels = blocks * BLOCK;
  if (op->activation < NONE || op->activation > SILU) return "activation";
  if (op->film >= 0 && !in_table(p, op->film, 2 * channels)) return "film";
  if (p->scratch_bytes < 24 * channels + 24LL * op->group_count) return "scratch";
  if (!op->group_count) return NULL;
  if (op->group_count < 0 || op->groups % 4 || !has_constant(p, op->groups, channels * 4)) return "groups";
  const int32_t *groups = (const int32_t *)(p->constants + op->groups);
  for (int64_t c = 0; c < channels; c++)
    if (groups[c] < -1 || groups[c] >= op->group_count) return "group";
  return has_constant(p, op->gamma, channels * 4) && has_constant(p, op->beta, channels * 4) ? NULL : "gamma and beta";
}

static const char *edge_fault(const struct program *p, const struct op *op) {
  const struct tensor *inner = op->kind == GATHER ? &op->target : &op->source[0];
  if (!plain(inner) || inner->height != p->height || inner->width != p->width || op->channels != p->channels) return "image";
  if (op->kind == GATHER) {
    if (op->plane >= 0 && !in_table(p, op->plane, 1)) return "plane";
    return (op->channels + (op->plane >= 0)) * 9 <= inner->blocks * BLOCK ? NULL : "channels";
  }
  if (!in_table(p, op->scale, 1) || (op->skip >= 0 && !in_table(p, op->skip, 1))) return "factors";
  return op->channels * 9 <= inner->blocks * BLOCK && has_constant(p, op->bias, op->channels * 4LL) ? NULL : "channels";
}

static const char *attention_fault(const struct program *p, const struct op *op) {
  const struct tensor *from = &op->source[0], *keys = op->kind == KEYS ? &op->target : &op->source[1];
  const int64_t pixels = (int64_t)from->height * from->width, channels = (int64_t)op->heads * op->head_size;
  if (!plain(from) || from->blocks % 3 || op->heads < 1 || op->head_size < 8 || op->head_size % 8) return "heads";
  if (channels > from->blocks / 3 * BLOCK || channels > (int64_t)keys->blocks * BLOCK) return "channels";
  if (!plain(keys) || keys->width < pixels || keys->width % BLOCK || keys->height != 1) return "keys";
  if (op->kind == KEYS) return NULL;
  if (!plain(&op->target) || op->target.blocks != from->blocks / 3 || plane_pixels(&op->target) != pixels) return "target";
  return p->scratch_bytes >= keys->width * 4LL ? NULL : "scratch";
}

const char *ge_fault(const struct program *p, int pixels, int bfloat16, int32_t *number) {
  if (!p->ops || !p->constants || p->op_count < 1 || p->arena_bytes < 0 || p->scratch_bytes < 0 || p->scratch_bytes % 64) return "program";
  if (p->channels < 1 || p->height < 1 || p->width < 1) return "image";
  for (*number = 0; *number < p->op_count; ++*number) {
    const struct op *op = &p->ops[*number];
    if (op->kind < 0 || op->kind >= KINDS || op->sources < 0 || op->sources > 2) return "kind";
    for (int i = 0; i < op->sources; i++)
      if (!is_tensor(p, &op->source[i], bfloat16)) return "source";
    if (op->kind != SCATTER && !is_tensor(p, &op->target, bfloat16)) return "target";
    if (op->has_copy && !is_tensor(p, &op->copy, bfloat16)) return "copy";
    if (op->kind != GATHER && op->sources < (op->kind == ATTENTION ? 2 : 1)) return "sources";
    const char *fault = op->kind == CONV ? conv_fault(p, op, pixels) : op->kind == NORM ? norm_fault(p, op)
                      : op->kind == KEYS || op->kind == ATTENTION ? attention_fault(p, op) : edge_fault(p, op);
    if (fault) return fault;
  }
  return NULL;
}
