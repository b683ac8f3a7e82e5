/* What the library is called for: which instruction levels there are, whether a program is whole, and running it. */
#include <stddef.h>

#include "kernel.h"
#include "pool.h"

#define PUBLIC __attribute__((visibility("default")))

#define LEVEL(name) extern const struct level level_##name;
#include "levels.h"
#undef LEVEL

static const struct level *const levels[] = {
#define LEVEL(name) &level_##name,
#include "levels.h"
#undef LEVEL
};
enum { LEVELS = sizeof levels / sizeof *levels };

/* Sizes of the structures, for who writes them in another language. */
PUBLIC int ge_layout(int32_t sizes[3]) {
  sizes[0] = sizeof(struct tensor);
  sizes[1] = sizeof(struct op);
  sizes[2] = sizeof(struct program);
  return LEVELS;
}

/* Name of a level, NULL if this processor does not have it; numbers: whether it has bfloat16, pixels and blocks of a tile. */
PUBLIC const char *ge_level(int32_t index, int32_t numbers[3]) {
  if (index < 0 || index >= LEVELS || !levels[index]->present()) return NULL;
  numbers[0] = levels[index]->has_bfloat16;
  numbers[1] = levels[index]->pixels;
  numbers[2] = levels[index]->out_blocks;
  return levels[index]->name;
}

struct job {
  const struct program *program;
  const float *images;
  float *out;
  const float *const *tables;
  int samples, threads, team;
  int whole;               /* samples that one thread does alone; teams do the rest */
  atomic_int next;
  struct meeting meetings[MAX_THREADS];
  char *memory[MAX_THREADS];
};

static struct site site_of(const struct job *job, int sample, int thread, int leader) {
  const struct program *p = job->program;
  const int64_t size = (int64_t)p->channels * p->height * p->width;
  return (struct site){
    .program = p, .arena = job->memory[leader] + p->scratch_bytes, .scratch = job->memory[thread],
    .image = job->images + sample * size, .table = job->tables[sample], .out = job->out + sample * size, .parts = 1,
  };
}

/* Whole samples first, one at a time for each thread, each from beginning to end within that thread's cache. What is left
 * is fewer than threads: they share a sample, and meet after each operation. */
static void do_part(void *argument, int thread) {
  struct job *job = argument;
  const struct program *p = job->program;
  const struct level *level = levels[p->level];
  for (int sample; (sample = atomic_fetch_add(&job->next, 1)) < job->whole;) {
    const struct site site = site_of(job, sample, thread, thread);
    for (int i = 0; i < p->op_count; i++) level->run(&p->ops[i], &site);
  }
  const int team = thread / job->team, sample = job->whole + team;
  if (sample >= job->samples) return;
  struct site site = site_of(job, sample, thread, team * job->team);
  site.part = thread % job->team;
  site.parts = job->team;
  if (job->team > 1) ge_meet(&job->meetings[team], job->team); /* the leader may still be at a sample of its own, in its arena */
  for (int i = 0; i < p->op_count; i++) {
    level->run(&p->ops[i], &site);
    if (!p->ops[i].joined && job->team > 1) ge_meet(&job->meetings[team], job->team);
  }
}

/* Runs a program that ge_fault found nothing in on each of the images, (samples, channels, height, width) float32, with a
 * row of the table for each. 0: done; 1: no memory; 2: an argument is not valid. */
PUBLIC int ge_run(const struct program *program, const float *images, float *out, const float *const *tables, int32_t samples, int32_t threads) {
  if (!program || !images || !out || !tables || samples < 0 || program->level < 0 || program->level >= LEVELS) return 2;
  ge_lock();
  struct job job = {.program = program, .images = images, .out = out, .tables = tables, .samples = samples};
  job.threads = ge_threads(threads);
  job.whole = samples / job.threads * job.threads;
  job.team = samples > job.whole ? job.threads / (samples - job.whole) : job.threads;
  int fault = 0;
  for (int thread = 0; thread < job.threads && !fault; thread++) {
    const int alone = job.whole > 0 || thread % job.team == 0; /* others of a team work in their leader's arena */
    job.memory[thread] = ge_memory(thread, program->scratch_bytes + (alone ? program->arena_bytes : 0));
    fault = !job.memory[thread];
  }
  if (!fault) ge_together(do_part, &job, job.threads);
  ge_unlock();
  return fault;
}

PUBLIC const char *ge_check(const struct program *program, int32_t *op) {
  *op = -1;
  if (!program || program->level < 0 || program->level >= LEVELS || !levels[program->level]->present()) return "no such level";
  return ge_fault(program, levels[program->level]->pixels, levels[program->level]->has_bfloat16, op);
}
