/* Threads that sleep between calls.
 *
 * Who waits looks again a few times first, since an operation lasts some ten microseconds and waking takes as long; then it
 * sleeps, so that on a busy machine nobody spins on a processor that the thread it waits for could have.
 */
#include "pool.h"

#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#ifdef __linux__
#include <sys/resource.h>
#endif

#include "kernel.h"

enum { LOOKS = 2000 };

static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;   /* one call at a time */
static pthread_mutex_t asleep = PTHREAD_MUTEX_INITIALIZER; /* of those who wait for any of the counters below */
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static atomic_int sleepers;

static struct { char *memory; int64_t bytes; } kept[MAX_THREADS];
static int started = 1; /* threads that there are, the caller included */
static struct { task *task; void *job; int threads, niceness; atomic_int call, working; } now;

/* A thread that others go before has no helper that they wait for; back up it may not go, nor need. */
static int niceness(void) {
#ifdef __linux__
  return getpriority(PRIO_PROCESS, 0);
#else
  return 0;
#endif
}

static void lower_to(int wished, int *own) {
  if (wished <= *own) return;
#ifdef __linux__
  setpriority(PRIO_PROCESS, 0, wished);
#endif
  *own = wished;
}

static void pause_a_little(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

/* Until *value is no longer `old`. */
static void wait_for_change(atomic_int *value, int old) {
  for (int look = 0; look < LOOKS; look++) {
    if (atomic_load_explicit(value, memory_order_acquire) != old) return;
    pause_a_little();
  }
  pthread_mutex_lock(&asleep);
  atomic_fetch_add(&sleepers, 1);
  while (atomic_load(value) == old) pthread_cond_wait(&changed, &asleep);
  atomic_fetch_sub(&sleepers, 1);
  pthread_mutex_unlock(&asleep);
}

/* After a counter was changed: a sleeper has either seen that or is counted already. */
static void wake(void) {
  if (!atomic_load(&sleepers)) return;
  pthread_mutex_lock(&asleep);
  pthread_cond_broadcast(&changed);
  pthread_mutex_unlock(&asleep);
}

void ge_meet(struct meeting *meeting, int members) {
  const int round = atomic_load(&meeting->round);
  if (atomic_fetch_add(&meeting->waiting, 1) + 1 < members) {
    wait_for_change(&meeting->round, round);
    return;
  }
  atomic_store(&meeting->waiting, 0);
  atomic_fetch_add(&meeting->round, 1);
  wake();
}

struct start { int thread, call; };
static struct start starts[MAX_THREADS];

static void *work(void *argument) {
  const struct start start = *(struct start *)argument;
  int own = niceness();
  for (int call = start.call;; call++) {
    wait_for_change(&now.call, call);
    lower_to(now.niceness, &own);
    if (start.thread < now.threads) now.task(now.job, start.thread);
    atomic_fetch_sub(&now.working, 1);
    wake();
  }
  return NULL;
}

/* As many threads as wished, or as there can be. Signals are for the program's own threads. */
static int start_threads(int wished) {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  for (; started < wished; started++) {
    pthread_t thread;
    starts[started] = (struct start){started, atomic_load(&now.call)};
    if (pthread_create(&thread, NULL, work, &starts[started])) break;
    pthread_detach(thread);
  }
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return started < wished ? started : wished;
}

int ge_threads(int wished) {
  return start_threads(wished < 1 ? 1 : wished > MAX_THREADS ? MAX_THREADS : wished);
}

void ge_together(task *task, void *job, int threads) {
  if (threads > 1) {
    now.task = task;
    now.job = job;
    now.threads = threads;
    now.niceness = niceness();
    atomic_store(&now.working, started - 1);
    atomic_fetch_add(&now.call, 1);
    wake();
  }
  task(job, 0);
  for (int left; threads > 1 && (left = atomic_load(&now.working)) > 0;) wait_for_change(&now.working, left);
}

char *ge_memory(int thread, int64_t bytes) {
  if (kept[thread].bytes < bytes) {
    free(kept[thread].memory);
    kept[thread].bytes = 0;
    kept[thread].memory = aligned_alloc(64, (size_t)(bytes + 63) / 64 * 64);
    if (!kept[thread].memory) return NULL;
    kept[thread].bytes = bytes;
  }
  return kept[thread].memory;
}

/* In a process that was forked there are no threads, whatever the parent had; memory is there. */
static void forget(void) {
  started = 1;
  atomic_store(&now.call, 0);
  atomic_store(&sleepers, 0);
  turn = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
  asleep = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
  changed = (pthread_cond_t)PTHREAD_COND_INITIALIZER;
}

static pthread_once_t once = PTHREAD_ONCE_INIT;
static void prepare(void) { pthread_atfork(NULL, NULL, forget); }

void ge_lock(void) {
  pthread_once(&once, prepare);
  pthread_mutex_lock(&turn);
}

void ge_unlock(void) { pthread_mutex_unlock(&turn); }
