/* The rows of readings, in turns: thousands of pages in one transaction would keep every check-in waiting for as long as they take. */
#include "catalogue.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/text.h"
#include "docs-bundle/docs.h"

#include <string.h>

#define LOCK_FILE "pages.lock"
#define LOCK_WAIT_MS (5 * CLOCK_MINUTE)
#define LOCK_POLL_MS 20
#define PAUSE_LEAST_MS 4 /* a writer that waits looks again after 1, 2, 5, 10 ms */
#define CUT_PAGES 64

/* One turn: pages `from` until `until` of a draft, folded before the transaction. */
struct turn {
    const struct docs_draft *draft;
    const char **folds;
    size_t from, until;
    bool there; /* somebody has read this file before */
};

enum err docs_turns_on_connection(void *db, enum err (*work)(struct db *db, void *arg, struct fault *fault), void *arg, struct fault *fault)
{
    int64_t begun = clock_steady_ms();
    enum err e = db_transaction(db, work, arg, fault);
    clock_sleep_ms(clock_steady_ms() - begun + PAUSE_LEAST_MS);
    return e;
}

static bool may_go_on(const struct docs_turns *turns, size_t done, size_t total)
{
    return !turns->on_page || turns->on_page(turns->page_context, done, total);
}

/* --- leftovers ------------------------------------------------------------------------------------------------------------------------------ */

static enum err remove_some(struct db *db, void *arg, struct fault *fault)
{
    bool *left = arg;
    struct arena arena = {0};
    struct sql_docs_draft_left_row row;
    enum err e = sql_docs_draft_left(db, &arena, &row);
    *left = e == OK;
    if (e == OK && row.last != DB_NULL) e = sql_docs_draft_cut(db, row.sha256, row.last > CUT_PAGES ? row.last - CUT_PAGES : 0, NULL);
    else if (e == OK) e = sql_docs_draft_remove(db, row.sha256, NULL);
    arena_release(&arena);
    if (e == ERR_NOT_FOUND) return OK;
    return e == OK ? OK : db_fault(db, e, fault, "remove pages that somebody left");
}

enum err docs_turns_begin(struct docs_turns *turns, struct fault *fault)
{
    struct arena arena = {0};
    struct fault why = {0};
    const char *path = file_join(&arena, turns->folder, LOCK_FILE);
    int64_t end = clock_steady_ms() + LOCK_WAIT_MS;
    enum err e = path ? ERR_BUSY : ERR_NOMEM;
    turns->lock = -1;
    while (e == ERR_BUSY && (e = file_lock(path, &turns->lock, &why)) == ERR_BUSY) {
        if (!may_go_on(turns, 0, 1)) e = fault_set(&why, ERR_TIMEOUT, "stopped");
        else if (clock_steady_ms() > end) break;
        else clock_sleep_ms(LOCK_POLL_MS);
    }
    arena_release(&arena);
    if (e == ERR_BUSY) return fault_set(fault, e, "somebody else has been writing papers into this folder for minutes; try again");
    if (e != OK) return fault_set(fault, e, "%s", why.text[0] ? why.text : err_name(e));
    for (bool left = true; e == OK && left;) e = turns->transact(turns->context, remove_some, &left, fault);
    return e;
}

void docs_turns_end(struct docs_turns *turns)
{
    struct fault why = {0};
    bool left = turns->lock >= 0;
    while (left && turns->transact(turns->context, remove_some, &left, &why) == OK) continue;
    if (turns->lock >= 0) file_unlock(turns->lock);
    turns->lock = -1;
}

/* --- drafts --------------------------------------------------------------------------------------------------------------------------------- */

static enum err write_head(struct db *db, void *arg, struct fault *fault)
{
    struct turn *turn = arg;
    const struct docs_draft *d = turn->draft;
    int64_t changes = 0;
    enum err e = OK;
    if (d->media_type) {
        struct sql_blob_insert_in blob = {d->sha256, d->size, d->media_type, d->now_ms, d->crc};
        e = sql_blob_insert(db, &blob, NULL);
    }
    struct sql_docs_reading_insert_in in = {d->sha256, docs_source_word(d->reading->source), (int64_t)d->reading->count, (int64_t)d->reading->unread, d->now_ms, 1};
    if (e == OK) e = sql_docs_reading_insert(db, &in, &changes);
    turn->there = changes == 0;
    return e == OK ? OK : db_fault(db, e, fault, "store a paper");
}

static enum err write_pages(struct db *db, void *arg, struct fault *fault)
{
    const struct turn *turn = arg;
    const struct docs_draft *d = turn->draft;
    enum err e = OK;
    for (size_t i = turn->from; e == OK && i < turn->until; i++) {
        const struct docs_page *page = &d->reading->pages[i];
        const char *picture = d->shas[i];
        struct sql_blob_insert_in blob = {picture, d->sizes[i], "image/jpeg", d->now_ms, DB_NULL /* no picture goes into an archive */};
        if (picture) e = sql_blob_insert(db, &blob, NULL);
        struct sql_docs_page_insert_in in = {d->sha256, (int64_t)i + 1, page->text, turn->folds[i - turn->from], picture, picture ? (int64_t)page->width : DB_NULL,
                                             picture ? (int64_t)page->height : DB_NULL};
        if (e == OK) e = sql_docs_page_insert(db, &in, NULL);
    }
    return e == OK ? OK : db_fault(db, e, fault, "store the pages of a paper");
}

/* Everything that takes time is done before the transaction. */
static bool prepare(struct arena *arena, struct turn *turn)
{
    const struct docs_reading *r = turn->draft->reading;
    size_t bytes = 0;
    turn->folds = arena_array(arena, DOCS_TURN_PAGES, sizeof *turn->folds);
    for (turn->until = turn->from; turn->folds && turn->until < r->count && turn->until - turn->from < DOCS_TURN_PAGES; turn->until++) {
        bytes += strlen(r->pages[turn->until].text);
        if (bytes > DOCS_TURN_BYTES && turn->until > turn->from) break;
        if (!(turn->folds[turn->until - turn->from] = text_fold(arena, r->pages[turn->until].text))) return false;
    }
    return turn->folds != NULL;
}

enum err docs_draft_write(struct docs_turns *turns, const struct docs_draft *draft, struct fault *fault)
{
    struct turn turn = {.draft = draft};
    enum err e = turns->transact(turns->context, write_head, &turn, fault);
    while (e == OK && !turn.there && turn.until < draft->reading->count) {
        struct arena arena = {0};
        turn.from = turn.until;
        if (!prepare(&arena, &turn)) e = fault_set(fault, ERR_NOMEM, "not enough memory");
        else if (!may_go_on(turns, turn.from, draft->reading->count)) e = fault_set(fault, ERR_TIMEOUT, "stopped");
        else e = turns->transact(turns->context, write_pages, &turn, fault);
        arena_release(&arena);
    }
    return e;
}

enum err docs_reading_show(struct db *db, const char *sha256)
{
    return sql_docs_reading_show(db, sha256, NULL);
}
