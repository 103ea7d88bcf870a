#include "core/congress/papers/reading.h"
#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/text_words.h"
#include "core/congress/papers/reflow.h"
#include "core/db/words.h"

#include "catalogue.h"

#include <string.h>

#define PAGES_AT_ONCE 16
#define PLACE_PAGES 4096 /* more than any reading has (docs-bundle: 2000): number in the index = place * this + page */

enum err reading_load(struct db *db, struct arena *arena, const char *sha256, struct reading *ret)
{
    struct sql_reading_get_row row;
    enum err e = sql_reading_get(db, arena, sha256, &row);
    if (e != OK) return e;
    *ret = (struct reading){row.pages, row.unread, strcmp(row.source, "scan") == 0, strcmp(row.source, "ocr") == 0};
    return OK;
}

enum err reading_load_about(struct db *db, struct arena *arena, int64_t document_id, struct reading_about *ret)
{
    struct sql_reading_document_row row;
    enum err e = sql_reading_document(db, arena, document_id, &row);
    if (e == OK) *ret = (struct reading_about){row.language, row.number, row.newest};
    return e;
}

enum err reading_load_pages(struct db *db, struct arena *arena, const char *sha256, int64_t first, int64_t last, struct reading_page **ret, size_t *ret_count)
{
    struct sql_reading_pages_row *rows;
    size_t count;
    enum err e = sql_reading_pages(db, arena, sha256, first, last, &rows, &count);
    if (e != OK) return e;
    struct reading_page *pages = arena_array(arena, count + 1, sizeof *pages);
    if (!pages) return ERR_NOMEM;
    for (size_t i = 0; i < count; i++) pages[i] = (struct reading_page){rows[i].page, rows[i].text, rows[i].picture, rows[i].width, rows[i].height};
    *ret = pages;
    *ret_count = count;
    return OK;
}

enum err reading_find_picture(struct db *db, struct arena *arena, const char *sha256, int64_t page, const char **ret_sha256, int64_t *ret_size)
{
    struct sql_reading_picture_row row;
    enum err e = sql_reading_picture(db, arena, sha256, page, &row);
    if (e != OK) return e;
    *ret_sha256 = row.picture;
    *ret_size = row.size;
    return OK;
}

enum err reading_list_missing(struct db *db, struct arena *arena, struct reading_missing **ret, size_t *ret_count)
{
    struct sql_reading_missing_row *rows;
    enum err e = sql_reading_missing(db, arena, &rows, ret_count);
    struct reading_missing *list = e == OK ? arena_array(arena, *ret_count + 1, sizeof *list) : NULL;
    if (e == OK && !list) e = ERR_NOMEM;
    if (e != OK) return e;
    for (size_t i = 0; i < *ret_count; i++) list[i] = (struct reading_missing){rows[i].sha256, rows[i].name, rows[i].code, rows[i].event};
    *ret = list;
    return OK;
}

/* --- words ----------------------------------------------------------------------------------------------------------------------------- */

struct page_words {
    const char *plain, *marked;
};

struct indexing {
    const char *sha256;
    int64_t place, indexed; /* indexed: before this piece */
    struct page_words *pages;
    size_t count;
};

static bool put_words(struct arena *arena, const char *text, struct page_words *ret)
{
    struct text_words words = {.arena = arena, .memo = {.arena = arena}};
    struct text_word word;
    struct buf plain, marked;
    size_t at = 0;
    buf_init(&plain, BUF_LIMIT_BODY);
    buf_init(&marked, BUF_LIMIT_BODY);
    while (text_words_next(&words, text, &at, &word)) {
        buf_printf(&plain, "%s ", word.plain);
        buf_printf(&marked, "%s ", word.marked);
    }
    bool good = !words.failed && buf_ok(&plain) && buf_ok(&marked);
    ret->plain = good ? arena_strdup(arena, buf_text(&plain)) : NULL;
    ret->marked = good ? arena_strdup(arena, buf_text(&marked)) : NULL;
    buf_release(&plain);
    buf_release(&marked);
    return ret->plain && ret->marked;
}

/* Everything that takes time is done before the transaction. */
static enum err prepare_piece(struct db *db, struct arena *arena, struct indexing *ret)
{
    struct reading_page *pages;
    enum err e = reading_load_pages(db, arena, ret->sha256, ret->indexed + 1, ret->indexed + PAGES_AT_ONCE, &pages, &ret->count);
    ret->pages = e == OK ? arena_array(arena, ret->count + 1, sizeof *ret->pages) : NULL;
    if (e == OK && !ret->pages) e = ERR_NOMEM;
    for (size_t i = 0; e == OK && i < ret->count; i++) {
        const char *text = reflow_text(arena, pages[i].text);
        if (!text || !put_words(arena, text, &ret->pages[i])) e = ERR_NOMEM;
    }
    return e;
}

static enum err write_piece(struct db *db, void *arg, struct fault *fault)
{
    const struct indexing *i = arg;
    struct arena arena = {0};
    struct sql_reading_last_place_row last = {.place = DB_NULL};
    int64_t place = i->place, changes = 0;
    enum err e = place == DB_NULL ? sql_reading_last_place(db, &arena, &last) : OK;
    arena_release(&arena);
    if (place == DB_NULL) place = last.place == DB_NULL ? 1 : last.place + 1;
    struct sql_reading_set_indexed_in in = {i->sha256, place, i->indexed + (int64_t)i->count, i->indexed};
    if (e == OK) e = sql_reading_set_indexed(db, &in, &changes);
    /* Another program that does the same work was quicker: it is done. */
    for (size_t k = 0; e == OK && changes && k < i->count; k++)
        e = db_words_add(db, place * PLACE_PAGES + i->indexed + 1 + (int64_t)k, i->pages[k].plain, i->pages[k].marked);
    return e == OK ? OK : db_fault(db, e, fault, "take the words of a paper into the index");
}

/* *ret_pages 0: nothing to do. */
static enum err index_piece(struct db *db, size_t *ret_pages, struct fault *fault)
{
    struct arena arena = {0};
    struct sql_reading_unindexed_row *rows;
    size_t count;
    struct indexing piece;
    enum err e = sql_reading_unindexed(db, &arena, &rows, &count);
    *ret_pages = 0;
    if (e == OK && count) {
        piece = (struct indexing){.sha256 = rows[0].sha256, .place = rows[0].place, .indexed = rows[0].indexed};
        e = prepare_piece(db, &arena, &piece);
        if (e == OK && !piece.count) e = ERR_BUG; /* a reading says how many pages it has */
    }
    if (e != OK) (void)db_fault(db, e, fault, "read the pages of a paper");
    else if (count) e = db_transaction(db, write_piece, &piece, fault);
    if (e == OK && count) *ret_pages = piece.count;
    arena_release(&arena);
    return e;
}

enum err reading_index(struct db *db, bool (*stop)(void *context), void *context, int64_t until_steady_ms, size_t *ret_pages, struct fault *fault)
{
    size_t all = 0, piece = 1;
    enum err e = OK;
    while (db_has_words(db) && e == OK && piece && !(stop && stop(context)) && (!until_steady_ms || clock_steady_ms() < until_steady_ms)) {
        e = index_piece(db, &piece, fault);
        all += piece;
    }
    if (ret_pages) *ret_pages = all;
    return e;
}
