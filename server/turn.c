#include "server/turn.h"
#include "core/db/writer.h"

struct turn {
    struct write_tools *tools;
    enum err (*apply)(struct db *db, struct write_tools *tools, void *arg, struct fault *fault);
    void *arg;
};

static enum err take_turn(struct db *db, void *arg, struct fault *fault)
{
    struct turn *turn = arg;
    struct write_mark mark = write_tools_mark(turn->tools);
    enum err e = turn->apply(db, turn->tools, turn->arg, fault);
    if (e != OK) write_tools_forget(turn->tools, mark); /* as the engine forgets the savepoint */
    return e;
}

static enum err run_turn(void *context, enum err (*apply)(struct db *, struct write_tools *, void *, struct fault *), void *arg, struct fault *fault)
{
    struct app *app = context;
    struct turn turn = {app->write_tools, apply, arg};
    return writer_run(app->writer, take_turn, &turn, fault);
}

struct list_import_door turn_door(struct app *app)
{
    return (struct list_import_door){.run = run_turn, .context = app};
}
