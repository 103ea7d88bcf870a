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

/* --- papers that came without a bundle --------------------------------------------------------------------------------------------------- */

static enum err show(struct db *db, void *sha256, struct fault *fault)
{
    enum err e = docs_reading_show(db, sha256);
    return e == OK ? OK : db_fault(db, e, fault, "store the pages of a paper");
}

static enum err write_in_turns(struct docs_turns *turns, const struct docs_draft *draft, struct fault *fault)
{
    enum err e = docs_turns_begin(turns, fault);
    if (e == OK) e = docs_draft_write(turns, draft, fault);
    if (e == OK) e = turns->transact(turns->context, show, (void *)(uintptr_t)draft->sha256, fault);
    docs_turns_end(turns);
    return e;
}

enum err docs_read_paper(struct db *db, const char *data_folder, const struct docs_paper *paper, struct fault *fault)
{
    struct arena arena = {0};
    struct docs_reading reading;
    const char **shas;
    int64_t *sizes;
    struct docs_turns turns = {.folder = data_folder, .transact = docs_turns_on_connection, .context = db, .on_page = paper->on_page, .page_context = paper->context};
    const char *folder = docs_work_folder(&arena, fault), *path = blob_path(&arena, data_folder, paper->sha256);
    struct docs_wishes wishes = {.folder = folder, .name = paper->name, .on_page = paper->on_page, .context = paper->context};
    enum err e = folder && path ? docs_extract(&arena, path, &wishes, &reading, fault) : ERR_IO;
    /* An office file stays what it is here: the version's bytes are not ours to change. Its pages are those of its PDF. */
    bool later = e == OK && reading.kind == DOCS_OFFICE && !reading.count; /* LibreOffice may be installed one day */
    if (later) e = fault_set(fault, ERR_NOT_FOUND, "%s", reading.warning_count ? reading.warnings[0] : "cannot be opened here");
    if (e == OK) e = docs_pictures_put(&arena, data_folder, &reading, &shas, &sizes, fault);
    if (e == OK) {
        struct docs_draft draft = {.sha256 = paper->sha256, .reading = &reading, .shas = (const char *const *)shas, .sizes = sizes, .now_ms = clock_now_ms()};
        e = write_in_turns(&turns, &draft, fault);
    }
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
