#ifndef GE_POOL_H
#define GE_POOL_H

#include <stdatomic.h>
#include <stdint.h>

/* Where threads that share a sample meet after each operation. */
struct meeting { atomic_int waiting, round; };

typedef void task(void *job, int thread);

/* Within ge_lock: how many threads of those wished there are, the caller included. */
int ge_threads(int wished);
/* Runs task(job, i) for i in 0..threads-1 and returns when all are done; the caller is thread 0. */
void ge_together(task *task, void *job, int threads);
void ge_meet(struct meeting *meeting, int members);
/* Memory of a thread that stays from call to call, at least so large; NULL if there is none. Only within ge_lock. */
char *ge_memory(int thread, int64_t bytes);
/* Callers take turns. */
void ge_lock(void);
void ge_unlock(void);

#endif
