/* Readings into the data folder: pictures are blobs, texts are rows. */
#include "catalogue.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/text.h"
#include "core/congress/store/store.h"
#include "docs-bundle/docs.h"

#include <string.h>

enum err docs_pictures_put(struct arena *arena, const char *data_folder, const struct docs_reading *reading, const char ***ret_shas, int64_t **ret_sizes,
                           struct fault *fault)
{
    const char **shas = arena_array(arena, reading->count + 1, sizeof *shas);
    int64_t *sizes = arena_array(arena, reading->count + 1, sizeof *sizes);
    if (!shas || !sizes) return fault_set(fault, ERR_NOMEM, "not enough memory");
    for (size_t i = 0; i < reading->count; i++) {
        struct blob blob;
        if (!reading->pages[i].picture) continue;
        enum err e = blob_put_file(data_folder, reading->pages[i].picture, DOCS_PICTURE_MOST, &blob, fault);
        if (e == OK && strcmp(blob.media_type, "image/jpeg") != 0) e = fault_set(fault, ERR_INPUT, "the picture of page %zu is no JPEG", i + 1);
        if (e == OK && !(shas[i] = arena_strdup(arena, blob.sha256))) e = fault_set(fault, ERR_NOMEM, "not enough memory");
        if (e != OK) return e;
        sizes[i] = blob.size;
    }
    *ret_sizes = sizes;
    *ret_shas = shas;
    return OK;
}

bool docs_reading_is_there(struct db *db, const char *sha256)
{
    struct arena scratch = {0};
    struct sql_docs_reading_get_row row;
    bool there = sql_docs_reading_get(db, &scratch, sha256, &row) == OK;
    arena_release(&scratch);
    return there;
}

static enum err write_page(struct db *db, const char *sha256, const struct docs_page *page, int64_t number, const char *picture, int64_t size, int64_t now_ms)
{
    struct arena scratch = {0};
    const char *folded = text_fold(&scratch, page->text);
    enum err e = folded ? OK : ERR_NOMEM;
    if (e == OK && picture) {
        struct sql_blob_insert_in blob = {picture, size, "image/jpeg", now_ms, DB_NULL /* no picture goes into an archive */};
        e = sql_blob_insert(db, &blob, NULL);
    }
    struct sql_docs_page_insert_in in = {sha256, number, page->text, folded, picture, picture ? (int64_t)page->width : DB_NULL, picture ? (int64_t)page->height
        : DB_NULL};
    if (e == OK) e = sql_docs_page_insert(db, &in, NULL);
    arena_release(&scratch);
    return e;
}

enum err docs_reading_write(struct db *db, const char *sha256, const struct docs_reading *reading, const char *const *shas, const int64_t *sizes, int64_t now_ms,
                            bool *ret_new)
{
    struct sql_docs_reading_insert_in in = {sha256, docs_source_word(reading->source), (int64_t)reading->count, (int64_t)reading->unread, now_ms};
    int64_t changes = 0;
    enum err e = sql_docs_reading_insert(db, &in, &changes);
    for (size_t i = 0; e == OK && changes && i < reading->count; i++) e = write_page(db, sha256, &reading->pages[i], (int64_t)i + 1, shas[i], shas[i]
        ? sizes[i] : 0, now_ms);
    if (e == OK && ret_new) *ret_new = changes > 0;
    return e;
}

/* --- papers that came without a bundle --------------------------------------------------------------------------------------------------- */

struct one {
    const char *sha256;
    const struct docs_reading *reading;
    const char **shas;
    int64_t *sizes;
};

static enum err write_one(struct db *db, void *arg, struct fault *fault)
{
    const struct one *o = arg;
    enum err e = docs_reading_write(db, o->sha256, o->reading, (const char *const *)o->shas, o->sizes, clock_now_ms(), NULL);
    return e == OK ? OK : db_fault(db, e, fault, "store the pages of a paper");
}

enum err docs_read_paper(struct db *db, const char *data_folder, const struct docs_paper *paper, struct fault *fault)
{
    struct arena arena = {0};
    struct docs_reading reading;
    struct one one = {.sha256 = paper->sha256, .reading = &reading};
    const char *folder = docs_work_folder(&arena, fault), *path = blob_path(&arena, data_folder, paper->sha256);
    struct docs_wishes wishes = {.folder = folder, .name = paper->name, .on_page = paper->on_page, .context = paper->context};
    enum err e = folder && path ? docs_extract(&arena, path, &wishes, &reading, fault) : ERR_IO;
    /* An office file stays what it is here: the version's bytes are not ours to change. Its pages are those of its PDF. */
    bool later = e == OK && reading.kind == DOCS_OFFICE && !reading.count; /* LibreOffice may be installed one day */
    if (later) e = fault_set(fault, ERR_NOT_FOUND, "%s", reading.warning_count ? reading.warnings[0] : "cannot be opened here");
    if (e == OK) e = docs_pictures_put(&arena, data_folder, &reading, &one.shas, &one.sizes, fault);
    if (e == OK) e = db_transaction(db, write_one, &one, fault);
    docs_remove_folder(folder);
    arena_release(&arena);
    return e;
}

enum err docs_read_missing(struct db *db, const char *data_folder, const char *slug, void (*tell)(void *context, const char *code, const char *sentence), void *context,
                           size_t *ret_read, struct fault *fault)
{
    struct arena arena = {0};
    struct sql_docs_event_row event;
    struct sql_docs_papers_row *rows;
    size_t count = 0, read = 0;
    enum err e = sql_docs_event(db, &arena, slug, &event);
    if (e == ERR_NOT_FOUND) (void)fault_set(fault, e, "there is no event \"%s\"", slug);
    else if (e == OK && (e = sql_docs_papers(db, &arena, event.id, &rows, &count)) != OK) (void)db_fault(db, e, fault, "read the list of papers");
    for (size_t i = 0; e == OK && i < count; i++) {
        struct fault why = {0};
        if (!rows[i].sha256 || docs_reading_is_there(db, rows[i].sha256)) continue;
        e = docs_read_paper(db, data_folder, &(struct docs_paper){.sha256 = rows[i].sha256, .name = rows[i].name}, &why);
        if (e == OK) read++;
        else if (tell) tell(context, rows[i].code, why.text[0] ? why.text : err_name(e));
        if (e == ERR_FULL || e == ERR_NOMEM) (void)fault_set(fault, e, "%s: %s", rows[i].code, why.text[0] ? why.text : err_name(e));
        else e = OK; /* one bad paper does not keep the others from being read */
    }
    arena_release(&arena);
    if (e == OK && ret_read) *ret_read = read;
    return e;
}
