/* Self-attention over the pixels: softmax(q k^T * factor) v for each head, in float32. */

/* Keys with the pixels of one channel side by side, so that a query meets 16 of them at once: target [head][channel][pixel]. */
static void transpose_keys(const struct op *op, const struct site *site) {
  const struct tensor *from = &op->source[0];
  const int pixels = from->height * from->width, channels = op->heads * op->head_size, across = op->target.width;
  const float *keys = (const float *)(site->arena + from->offset) + (int64_t)(from->blocks / 3) * pixels * BLOCK;
  float *const out = (float *)(site->arena + op->target.offset);
  for (int c = first_of(channels, site); c < end_of(channels, site); c++) {
    float *row = out + (int64_t)c * across;
    for (int p = 0; p < pixels; p++) row[p] = keys[((int64_t)(c / BLOCK) * pixels + p) * BLOCK + c % BLOCK];
    for (int p = pixels; p < across; p++) row[p] = 0;
  }
}

/* weight[p] = softmax over p of a query's products with all keys, for the head whose channels begin at `first`. */
static void softmax(const struct op *op, const float *query, int first, const float *keys, int pixels, int across, float *weight) {
  const int64_t plane = (int64_t)pixels * BLOCK;
  float most = -INFINITY, total = 0;
  for (int p = 0; p < across; p += LANES) store(weight + p, (vec){0});
  for (int c = first; c < first + op->head_size; c++) {
    const float q = query[c / BLOCK * plane + c % BLOCK] * op->factor;
    for (int p = 0; p < across; p += LANES) store(weight + p, load(weight + p) + load(keys + (int64_t)c * across + p) * q);
  }
  for (int p = 0; p < pixels; p++) most = weight[p] > most ? weight[p] : most;
  for (int p = 0; p < across; p += LANES) store(weight + p, exponential(load(weight + p) - most));
  for (int p = 0; p < pixels; p++) total += weight[p];
  for (int p = 0; p < pixels; p++) weight[p] /= total;
}

static void attend(const struct op *op, const struct site *site) {
  const struct tensor *from = &op->source[0], *to = &op->target;
  const int pixels = from->height * from->width, across = op->source[1].width, units = op->heads * pixels;
  const int64_t plane = (int64_t)pixels * BLOCK, third = from->blocks / 3 * plane;
  const float *queries = (const float *)(site->arena + from->offset), *values = queries + 2 * third;
  const float *keys = (const float *)(site->arena + op->source[1].offset);
  float *const out = (float *)(site->arena + to->offset), *const weight = (float *)site->scratch;
  for (int unit = first_of(units, site); unit < end_of(units, site); unit++) {
    const int head = unit / pixels, query = unit % pixels, first = head * op->head_size;
    softmax(op, queries + (int64_t)query * BLOCK, first, keys, pixels, across, weight);
    const int last = head + 1 < op->heads ? first + op->head_size : to->blocks * BLOCK; /* padding has keys and values of 0 */
    for (int c = first; c < last; c += 8) { /* head_size is a multiple of 8, so that 8 lie in one block */
      const int64_t at = c / BLOCK * plane + c % BLOCK;
      float sum[8] = {0};
      for (int p = 0; p < pixels; p++)
        for (int i = 0; i < 8; i++) sum[i] += weight[p] * values[at + (int64_t)p * BLOCK + i];
      memcpy(out + at + (int64_t)query * BLOCK, sum, sizeof sum);
    }
  }
}
