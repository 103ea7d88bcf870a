#include "tests/torture/ground.h"
#include "core/base/json.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unicode/uclean.h>

void *__real_malloc(size_t size);
void *__real_realloc(void *memory, size_t size);

static struct {
    _Atomic(struct disk *) disk;
    atomic_bool on;
    enum fault_kind kind;
    enum fault_where where;
    const char *planner; /* which thread planned */
    long nth, times;
    atomic_long count, hits;
    sqlite3_mem_methods engine;
} ground;
static _Thread_local char here; /* its address tells threads apart */

void ground_watch(struct disk *disk) { atomic_store(&ground.disk, disk); }
struct disk *ground_disk(void) { return atomic_load(&ground.disk); }
long ground_chances(void) { return atomic_load(&ground.count); }

void ground_plan(enum fault_kind kind, enum fault_where where, long nth, long times)
{
    ground.kind = kind;
    ground.where = where;
    ground.planner = &here;
    ground.nth = nth;
    ground.times = times;
    atomic_store(&ground.count, 0);
    atomic_store(&ground.hits, 0);
    atomic_store(&ground.on, true);
}

long ground_calm(void)
{
    atomic_store(&ground.on, false);
    return atomic_load(&ground.hits);
}

static bool is_on(bool memory)
{
    return atomic_load(&ground.on) && memory == (ground.kind == FAULT_MEMORY) && (ground.planner == &here) == (ground.where == FAULT_HERE);
}

static bool is_hit(void)
{
    long n = atomic_fetch_add(&ground.count, 1) + 1;
    if (n < ground.nth || (ground.times && n >= ground.nth + ground.times)) return false;
    atomic_fetch_add(&ground.hits, 1);
    return true;
}

bool ground_fails_memory(void)
{
    return is_on(true) && is_hit();
}

int ground_fails_io(bool grows, bool *ret_half)
{
    *ret_half = false;
    if (!is_on(false)) return 0;
    if (ground.kind == FAULT_IO) return is_hit() ? EIO : 0;
    if (!grows || !is_hit()) return 0;
    *ret_half = ground.kind == FAULT_SHORT;
    return ENOSPC;
}

/* --- memory of the libraries that let us ------------------------------------------------------------------------------------------ */

static void *engine_malloc(int size) { return ground_fails_memory() ? NULL : ground.engine.xMalloc(size); }
static void *engine_realloc(void *memory, int size) { return ground_fails_memory() ? NULL : ground.engine.xRealloc(memory, size); }
static void *plain_malloc(size_t size) { return ground_fails_memory() ? NULL : __real_malloc(size); }

static void *icu_malloc(const void *context, size_t size)
{
    (void)context;
    return plain_malloc(size);
}

static void *icu_realloc(const void *context, void *memory, size_t size)
{
    (void)context;
    return ground_fails_memory() ? NULL : __real_realloc(memory, size);
}

static void icu_free(const void *context, void *memory)
{
    (void)context;
    free(memory);
}

void ground_start(void)
{
    UErrorCode status = U_ZERO_ERROR;
    (void)setvbuf(stdout, NULL, _IOLBF, 0);
    u_setMemoryFunctions(NULL, icu_malloc, icu_realloc, icu_free, &status);
    json_set_alloc_funcs(plain_malloc, free);
    if (sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0) != SQLITE_OK || sqlite3_config(SQLITE_CONFIG_GETMALLOC, &ground.engine) != SQLITE_OK || U_FAILURE(status)) abort();
    sqlite3_mem_methods methods = ground.engine;
    methods.xMalloc = engine_malloc;
    methods.xRealloc = engine_realloc;
    if (sqlite3_config(SQLITE_CONFIG_MALLOC, &methods) != SQLITE_OK) abort();
    ground_register_vfs();
}
