/* What papers an event has, and where they came from. */
#include "catalogue.h"
#include "core/base/clock.h"
#include "docs-bundle/bundle.h"

#include <string.h>

static json_t *when(int64_t ms)
{
    char text[CLOCK_TEXT_SIZE];
    return json_string(clock_format(ms, text));
}

static json_t *show_version(const struct sql_docs_versions_row *v, const struct sql_docs_installed_row *from, size_t from_count)
{
    json_t *o = json_pack("{s:I, s:s, s:s, s:I, s:s, s:o}", "version", (json_int_t)v->version, "name", v->name, "sha256", v->sha256, "size",
        (json_int_t)v->size, "media_type",
                          v->media_type, "added", when(v->added_ms));
    if (o && v->pages != DB_NULL)
        (void)json_object_set_new(o, "reading", json_pack("{s:s, s:I, s:I}", "source", v->source, "pages", (json_int_t)v->pages, "unread", (json_int_t)v->unread));
    for (size_t i = 0; o && i < from_count; i++) {
        if (from[i].version != v->version) continue;
        json_t *bundle = json_pack("{s:s, s:s, s:o, s:o}", "signer", from[i].signer, "key", from[i].public_key, "signed", when(from[i].signed_ms), "installed",
            when(from[i].installed_ms));
        if (from[i].secrecy) (void)json_object_set_new(bundle, "secrecy", json_string(from[i].secrecy));
        (void)json_object_set_new(o, "bundle", bundle);
        break;
    }
    return o;
}

static enum err show_paper(struct db *db, struct arena *arena, int64_t event_id, const struct sql_docs_papers_row *row, json_t *list)
{
    struct sql_docs_versions_row *versions;
    struct sql_docs_installed_row *from;
    size_t count, from_count;
    json_t *title = NULL, *shown = json_array();
    enum err e = sql_docs_versions(db, arena, row->id, &versions, &count);
    if (e == OK) e = sql_docs_installed(db, arena, event_id, row->id, &from, &from_count);
    for (size_t i = 0; e == OK && i < count; i++)
        if (json_array_append_new(shown, show_version(&versions[i], from, from_count)) != 0) e = ERR_NOMEM;
    if (e == OK && json_read(row->title, strlen(row->title), &title, NULL) != OK) title = json_string(row->title);
    json_t *paper = e == OK ? json_pack("{s:s, s:o, s:O}", "code", row->code, "title", title, "versions", shown) : NULL;
    json_decref(shown);
    if (e != OK) return e;
    return json_array_append_new(list, paper) == 0 ? OK : ERR_NOMEM;
}

enum err bundle_list(struct db *db, const char *slug, json_t **ret, struct fault *fault)
{
    struct arena arena = {0};
    struct sql_docs_event_row event;
    struct sql_docs_papers_row *rows;
    size_t count = 0;
    json_t *papers = json_array();
    enum err e = sql_docs_event(db, &arena, slug, &event);
    bool no_event = e == ERR_NOT_FOUND;
    if (e == OK) e = sql_docs_papers(db, &arena, event.id, &rows, &count);
    for (size_t i = 0; e == OK && i < count; i++) e = show_paper(db, &arena, event.id, &rows[i], papers);
    struct twin *items = e == OK ? arena_array(&arena, count + 1, sizeof *items) : NULL;
    struct twin_pair *twins = NULL;
    size_t twin_count = 0;
    for (size_t i = 0; items && i < count; i++) items[i] = (struct twin){rows[i].code, rows[i].sha256, rows[i].restricted != 0, true};
    if (e == OK) e = items ? twins_find(&arena, items, count, &twins, &twin_count) : ERR_NOMEM;
    json_t *root = e == OK ? json_pack("{s:s, s:O, s:o}", "event", slug, "documents", papers, "twins", twins_show(twins, twin_count)) : NULL;
    if (no_event) (void)fault_set(fault, e, "there is no event \"%s\"", slug);
    else if (e != OK) (void)db_fault(db, e, fault, "read the list of papers");
    else if (!root) e = fault_set(fault, ERR_NOMEM, "not enough memory");
    else *ret = root;
    json_decref(papers);
    arena_release(&arena);
    return e;
}
