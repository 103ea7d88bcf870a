#include "server/pages/setup_pages.h"

struct work {
    const struct setup_change *change;
    const struct setup_copy *copy; /* or this, out of that */
    json_t *root;
    struct arena *arena;
    const char *code;
};

static enum err apply(struct db *db, void *arg, struct fault *fault)
{
    struct work *work = arg;
    if (work->copy) return setup_copy(db, work->arena, work->copy, work->root, &work->code, fault);
    return setup_apply(db, work->arena, work->change, &work->code, fault);
}

/* Not on the writer's thread: what it gathers for a whole batch of check-ins (core/congress/write_tools.h) would be counted twice by a recount. As `plenum import`
 * beside a running server, this waits for its turn. */
static enum err write_it(struct app *app, struct work *work, const char **ret_code, struct fault *fault)
{
    struct db *db = NULL;
    enum err e = store_connect(&app->store, DB_WRITE, &db, fault);
    if (e != OK) return e;
    if (work->copy) e = setup_copy_read(db, work->copy->from, &work->root, fault);
    if (e == OK) e = db_transaction(db, apply, work, fault);
    json_decref(work->root);
    db_close(db);
    if (e == OK && ret_code) *ret_code = work->code;
    return e;
}

enum err setup_write(struct app *app, struct arena *arena, const struct setup_change *change, const char **ret_code, struct fault *fault)
{
    return write_it(app, &(struct work){.change = change, .arena = arena}, ret_code, fault);
}

enum err setup_write_copy(struct app *app, struct arena *arena, const struct setup_copy *copy, const char **ret_slug, struct fault *fault)
{
    return write_it(app, &(struct work){.copy = copy, .arena = arena}, ret_slug, fault);
}
