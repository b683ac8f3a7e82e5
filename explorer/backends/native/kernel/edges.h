/* The first and the last convolution. An image has one channel or a few, of which blocks of 16 would be mostly empty: so
 * the nine neighbours of a pixel become its channels before the first, and after the last they are added where they belong.
 */

/* Source: the image, float32 (channels, height, width). Target: channel 9 c + tap is channel c of the pixel's neighbour. */
static void gather(const struct op *op, const struct site *site) {
  const struct tensor *to = &op->target;
  const int planes = op->channels + (op->plane >= 0), height = to->height, width = to->width;
  float *const out = (float *)(site->arena + to->offset);
  for (int y = first_of(height, site); y < end_of(height, site); y++) {
    for (int block = 0; block < to->blocks; block++)
      memset(out + ((int64_t)block * height + y) * width * BLOCK, 0, (size_t)width * BLOCK * 4);
    for (int i = 0; i < planes * 9; i++) {
      const int c = i / 9, dy = i % 9 / 3 - 1, dx = i % 3 - 1;
      if (y + dy < 0 || y + dy >= height) continue;
      float *pixel = out + (((int64_t)(i / BLOCK) * height + y) * width) * BLOCK + i % BLOCK;
      const float *from = site->image + ((int64_t)c * height + y + dy) * width + dx;
      const int begin = dx < 0 ? 1 : 0, end = dx > 0 ? width - 1 : width;
      for (int x = begin; x < end; x++) pixel[x * BLOCK] = c < op->channels ? from[x] : site->table[op->plane];
    }
  }
}

/* Source: channel 9 c + tap is what a pixel gives to its neighbour's channel c. Out: skip(t) x_t + scale(t) (sum + bias). */
static void scatter(const struct op *op, const struct site *site) {
  const struct tensor *from = &op->source[0];
  const int height = from->height, width = from->width, units = op->channels * height;
  const float *given = (const float *)(site->arena + from->offset), *bias = constant(site, op->bias);
  for (int unit = first_of(units, site); unit < end_of(units, site); unit++) {
    const int c = unit / height, y = unit % height;
    float *const out = site->out + (int64_t)unit * width;
    const float *const image = site->image + (int64_t)unit * width;
    for (int x = 0; x < width; x++) out[x] = bias[c];
    for (int i = c * 9; i < c * 9 + 9; i++) {
      const int dy = i % 9 / 3 - 1, dx = i % 3 - 1;
      if (y + dy < 0 || y + dy >= height) continue;
      const float *pixel = given + (((int64_t)(i / BLOCK) * height + y + dy) * width + dx) * BLOCK + i % BLOCK;
      const int begin = dx < 0 ? 1 : 0, end = dx > 0 ? width - 1 : width;
      for (int x = begin; x < end; x++) out[x] += pixel[x * BLOCK];
    }
    const float scale = site->table[op->scale];
    for (int x = 0; x < width; x++) out[x] = op->skip < 0 ? scale * out[x] : site->table[op->skip] * image[x] + scale * out[x];
  }
}
