/* Slices of a program of its own, beside a running server: a transaction each, then room for whoever waits. */
#include "core/base/clock.h"
#include "core/congress/list_import/list_import.h"

#include <string.h>

#define PAUSE_MS 4 /* whoever waits for the database looks every few milliseconds (core/db/sqlite.c) */

struct piece {
    struct list_import_own *own;
    enum err (*apply)(struct db *db, struct write_tools *tools, void *arg, struct fault *fault);
    void *arg;
};

static enum err run_piece(struct db *db, void *arg, struct fault *fault)
{
    struct piece *piece = arg;
    write_tools_begin(&piece->own->tools);
    enum err e = piece->apply(db, &piece->own->tools, piece->arg, fault);
    if (e != OK) return e;
    e = write_tools_flush(&piece->own->tools, db);
    return e == OK ? OK : db_fault(db, e, fault, "count");
}

static enum err run(void *context, enum err (*apply)(struct db *, struct write_tools *, void *, struct fault *), void *arg, struct fault *fault)
{
    struct list_import_own *own = context;
    struct piece piece = {own, apply, arg};
    enum err e = db_transaction(own->db, run_piece, &piece, fault);
    clock_sleep_ms(PAUSE_MS);
    return e;
}

void list_import_own_open(struct list_import_own *own, struct db *db)
{
    memset(own, 0, sizeof *own);
    own->db = db;
    own->door = (struct list_import_door){.run = run, .context = own};
}

void list_import_own_close(struct list_import_own *own)
{
    write_tools_release(&own->tools);
}
