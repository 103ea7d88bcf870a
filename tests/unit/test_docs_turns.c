/* Pages of papers in turns: how many rows a transaction has, what is seen when, what is left by somebody who was killed; and when papers are looked
 * through for stamps. */
#include "catalogue.h"
#include "core/base/file.h"
#include "core/congress/papers/reading.h"
#include "core/congress/store/store.h"
#include "docs-bundle/docs.h"
#include "tests/unit/check.h"

#include <stdlib.h>
#include <string.h>

#define PAGES 203
#define SHA "1111111111111111111111111111111111111111111111111111111111111111"

/* Counts what each transaction adds. */
struct counting {
    struct db *db;
    size_t turns, stop_after; /* stop_after 0: never */
    int64_t most, last;
};

/* Pages that are written, whether or not somebody sees them. */
static int64_t written(struct db *db)
{
    struct arena a = {0};
    struct sql_docs_draft_left_row row = {.last = 0};
    if (sql_docs_draft_left(db, &a, &row) != OK || row.last == DB_NULL) row.last = 0;
    arena_release(&a);
    return row.last;
}

static enum err transact(void *context, enum err (*work)(struct db *db, void *arg, struct fault *fault), void *arg, struct fault *fault)
{
    struct counting *counting = context;
    enum err e = db_transaction(counting->db, work, arg, fault);
    int64_t now = written(counting->db), more = llabs(now - counting->last);
    if (more > counting->most) counting->most = more;
    counting->last = now;
    counting->turns++;
    return e;
}

static bool on_page(void *context, size_t done, size_t total)
{
    (void)done, (void)total;
    const struct counting *counting = context;
    return !counting->stop_after || counting->turns < counting->stop_after;
}

/* What a reader finds of it, by every way that goes to pages. */
static size_t seen(struct db *db, struct arena *a)
{
    struct reading reading;
    struct reading_page *pages;
    struct reading_missing *missing;
    struct sql_reading_like_row *like;
    struct sql_reading_unindexed_row *unindexed;
    struct sql_docs_unstamped_row *unstamped;
    size_t count = 0, missing_count = 0, like_count = 0, unindexed_count = 0, unstamped_count = 0;
    size_t ways = reading_load(db, a, SHA, &reading) == OK && reading.pages == PAGES;
    if (reading_load_pages(db, a, SHA, 1, PAGES, &pages, &count) == OK) ways += count == PAGES;
    if (reading_list_missing(db, a, &missing, &missing_count) == OK) ways += missing_count == 0;
    if (sql_reading_like(db, a, SHA, "%trang%", &like, &like_count) == OK) ways += like_count == PAGES;
    if (sql_reading_unindexed(db, a, &unindexed, &unindexed_count) == OK) ways += unindexed_count == 1;
    if (sql_docs_unstamped(db, a, &unstamped, &unstamped_count) == OK && unstamped_count == 1) ways += unstamped[0].text != NULL;
    ways += docs_reading_is_there(db, SHA);
    bool any = count || like_count || unindexed_count || (unstamped_count && unstamped[0].text);
    return ways == 7 ? ways : any ? 1 : ways;
}

static enum err begin(struct db *db, void *arg, struct fault *fault)
{
    (void)arg, (void)fault;
    struct sql_import_event_write_in event = {.id = 1, .slug = "e", .kind = "congress", .title = "E", .timezone = "Etc/GMT", .ends_ms = 100, .documents_access = "badge",
                                              .pin = "phone_tail"};
    struct sql_blob_insert_in blob = {SHA, 10, "application/pdf", 1, DB_NULL};
    struct sql_docs_paper_insert_in paper = {.id = 1, .event_id = 1, .code = "p", .title = "P", .file = "x.pdf", .file_blob = SHA, .publish_ms = DB_NULL,
                                          .session_id = DB_NULL};
    struct sql_import_document_version_insert_in version = {1, 1, 1, SHA, "x.pdf", 1};
    enum err e = sql_import_event_write(db, &event, NULL);
    if (e == OK) e = sql_blob_insert(db, &blob, NULL);
    if (e == OK) e = sql_docs_paper_insert(db, &paper, NULL);
    return e == OK ? sql_import_document_version_insert(db, &version, NULL) : e;
}

static enum err show(struct db *db, void *arg, struct fault *fault)
{
    (void)arg, (void)fault;
    return docs_reading_show(db, SHA);
}

static struct docs_reading make_reading(struct arena *a)
{
    struct docs_reading r = {.source = DOCS_SOURCE_FILE, .count = PAGES, .pages = arena_array(a, PAGES, sizeof *r.pages)};
    for (size_t i = 0; i < PAGES; i++) r.pages[i].text = arena_printf(a, "Trang %zu của báo cáo", i + 1);
    char *text = arena_alloc(a, DOCS_PAGE_TEXT_MOST); /* two pages that are a turn of their own each */
    memset(text, 'x', DOCS_PAGE_TEXT_MOST - 1);
    memcpy(text, "trang ", 6);
    text[DOCS_PAGE_TEXT_MOST - 1] = '\0';
    r.pages[100].text = r.pages[101].text = text;
    return r;
}

static void check_turns(struct check *c, struct store *store)
{
    struct arena a = {0};
    struct fault fault = {0};
    const char **shas = arena_array(&a, PAGES, sizeof *shas);
    int64_t *sizes = arena_array(&a, PAGES, sizeof *sizes);
    struct docs_reading reading = make_reading(&a);
    struct docs_draft draft = {.sha256 = SHA, .reading = &reading, .shas = shas, .sizes = sizes, .now_ms = 5};
    struct counting counting = {.db = store->db};
    struct docs_turns turns = {.folder = store->folder, .transact = transact, .context = &counting, .on_page = on_page, .page_context = &counting};
    CHECK(c, db_transaction(store->db, begin, NULL, &fault) == OK);
    CHECK(c, docs_turns_begin(&turns, &fault) == OK && docs_draft_write(&turns, &draft, &fault) == OK);
    CHECK(c, counting.most > 0 && counting.most <= DOCS_TURN_PAGES && counting.turns >= PAGES / DOCS_TURN_PAGES + 2);
    CHECK(c, written(store->db) == PAGES && seen(store->db, &a) == 0);
    /* As if it was killed here: the lock is gone, the rows are not. Somebody else removes them, and begins anew. */
    file_unlock(turns.lock);
    counting = (struct counting){.db = store->db, .last = PAGES};
    struct docs_turns second = turns, third = turns;
    CHECK(c, docs_turns_begin(&second, &fault) == OK && written(store->db) == 0 && counting.most <= 64 && counting.turns > PAGES / 64);
    /* While it writes nobody else does; who waits can be stopped. */
    counting.stop_after = 1;
    CHECK(c, docs_turns_begin(&third, &fault) == ERR_TIMEOUT);
    docs_turns_end(&third);
    /* Stopped in the middle it leaves nothing. */
    counting.stop_after = counting.turns + 4;
    CHECK(c, docs_draft_write(&second, &draft, &fault) == ERR_TIMEOUT && written(store->db) > 0);
    docs_turns_end(&second);
    CHECK(c, written(store->db) == 0 && seen(store->db, &a) == 0);
    counting.stop_after = 0;
    CHECK(c, docs_turns_begin(&third, &fault) == OK && docs_draft_write(&third, &draft, &fault) == OK && seen(store->db, &a) == 0);
    CHECK(c, db_transaction(store->db, show, NULL, &fault) == OK && seen(store->db, &a) == 7);
    docs_turns_end(&third);
    CHECK(c, seen(store->db, &a) == 7);
    /* What was read before stays as it is. */
    reading.pages[0].text = "anders";
    CHECK(c, docs_turns_begin(&third, &fault) == OK && docs_draft_write(&third, &draft, &fault) == OK);
    docs_turns_end(&third);
    CHECK(c, seen(store->db, &a) == 7);
    arena_release(&a);
}

static enum err check_in(struct db *db, void *arg, struct fault *fault)
{
    (void)arg, (void)fault;
    return audit_write(db, 6, "x", "checkin", "P01", NULL);
}

static enum err touch(struct db *db, void *arg, struct fault *fault)
{
    (void)arg, (void)fault;
    return sql_docs_event_touch(db, 1, NULL);
}

static enum err read_other(struct db *db, void *arg, struct fault *fault)
{
    (void)arg, (void)fault;
    static const char other[] = "2222222222222222222222222222222222222222222222222222222222222222";
    struct sql_blob_insert_in blob = {other, 10, "application/pdf", 1, DB_NULL};
    struct sql_docs_reading_insert_in reading = {other, "none", 0, 0, 9, 0};
    enum err e = sql_blob_insert(db, &blob, NULL);
    return e == OK ? sql_docs_reading_insert(db, &reading, NULL) : e;
}

static void check_stamps(struct check *c, struct store *store)
{
    struct docs_stamp_watch watch = {0};
    struct fault fault = {0};
    CHECK(c, docs_stop_stamped(store->db, 7, &watch, NULL, NULL, &fault) == OK && watch.looks == 1);
    CHECK(c, docs_stop_stamped(store->db, 7, &watch, NULL, NULL, &fault) == OK && watch.looks == 1);
    CHECK(c, db_transaction(store->db, check_in, NULL, &fault) == OK);
    CHECK(c, docs_stop_stamped(store->db, 7, &watch, NULL, NULL, &fault) == OK && watch.looks == 1);
    CHECK(c, db_transaction(store->db, touch, NULL, &fault) == OK);
    CHECK(c, docs_stop_stamped(store->db, 7, &watch, NULL, NULL, &fault) == OK && watch.looks == 2);
    CHECK(c, db_transaction(store->db, read_other, NULL, &fault) == OK);
    CHECK(c, docs_stop_stamped(store->db, 7, &watch, NULL, NULL, &fault) == OK && watch.looks == 3);
    CHECK(c, docs_stop_stamped(store->db, 7, &watch, NULL, NULL, &fault) == OK && watch.looks == 3);
}

int main(void)
{
    struct check c = {0, 0};
    struct fault fault = {0};
    struct store store;
    char folder[] = "/tmp/plenum-test-turns-XXXXXX";
    if (!mkdtemp(folder)) return 1;
    if (CHECK(&c, store_open(folder, STORE_CREATE, &store, &fault) == OK)) {
        check_turns(&c, &store);
        check_stamps(&c, &store);
        store_close(&store);
    }
    docs_remove_folder(folder);
    return check_done(&c, "papers in turns");
}
