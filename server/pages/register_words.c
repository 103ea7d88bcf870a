/* What the pages of the register say in the same way: fields, values, people of a list, changes. */
#include "core/base/clock.h"
#include "core/base/text.h"
#include "core/congress/title.h"
#include "server/pages/register.h"

#include <string.h>

bool register_view_begin(struct register_view *r, struct http_request *req, void *thread_state)
{
    struct worker *worker = thread_state;
    *r = (struct register_view){.db = worker ? worker->db : NULL};
    if (!worker) {
        reply_reason(req, REASON_busy);
        return false;
    }
    if (!view_begin(&r->view, req)) return false;
    enum err e = register_fields_read(r->db, req->arena, &r->fields);
    if (e == OK) e = console_zone(r->db, req->arena, clock_now_ms(), &r->zone);
    if (e == OK) return true;
    reply_error(req, e, NULL);
    return false;
}

const char *register_href(struct view *view, const char *kind, const char *code)
{
    struct buf out;
    buf_init(&out, BUF_LIMIT_LINE);
    buf_printf(&out, "/admin/-/register/%s/", kind);
    buf_put_url(&out, code);
    const char *text = buf_ok(&out) ? arena_strdup(view->arena, buf_text(&out)) : NULL;
    buf_release(&out);
    return text;
}

void register_put_done(struct view *view)
{
    const char *done = http_query(view->req, "done"), *photo = http_query(view->req, "photo");
    const char *words = done ? view_words(view, arena_printf(view->arena, "register.done.%.20s", done)) : "";
    if (*words) view_put(view->root, "did", words);
    if (photo) words = view_words(view, arena_printf(view->arena, "register.photo.%.20s", photo));
    if (photo && *words) view_put(view->root, "photo_said", words);
}

const char *register_field_words(struct register_view *r, const char *code)
{
    for (size_t i = 0; i < r->fields.count; i++)
        if (r->fields.items[i].title && strcmp(r->fields.items[i].code, code) == 0) return title_pick(r->view.arena, r->fields.items[i].title, r->view.tag);
    const char *words = view_words(&r->view, arena_printf(r->view.arena, "list.field.%.40s", code));
    if (!*words) words = view_words(&r->view, arena_printf(r->view.arena, "register.field.%.40s", code)); /* what happened to the entry itself */
    return *words ? words : code;
}

const char *register_percent(struct view *view, int64_t have, int64_t wanted)
{
    return arena_printf(view->arena, "\u2066%lld %%\u2069", wanted > 0 ? (long long)(have * 100 / wanted) : 100LL);
}

const char *register_missing_words(struct register_view *r, int64_t known)
{
    const char *out = NULL;
    for (size_t i = 0; i < r->fields.count; i++) {
        const struct register_field *field = &r->fields.items[i];
        if (!field->wanted || !field->mask || (known & field->mask)) continue;
        out = arena_printf(r->view.arena, "%s%s%s", out ? out : "", out ? ", " : "", register_field_words(r, field->code));
    }
    return out;
}

json_t *register_line_json(struct register_view *r, const struct register_line *line)
{
    struct view *view = &r->view;
    json_t *row = json_object();
    view_put(row, "name", line->name);
    view_put(row, "href", register_href(view, "people", line->code));
    view_put(row, "code", line->code);
    view_put(row, "title", line->title);
    view_put_title(view, row, "unit", line->unit_name);
    view_put(row, "missing", register_missing_words(r, line->known));
    view_put(row, "edit", arena_printf(view->arena, "%s/edit", register_href(view, "people", line->code)));
    return row;
}

/* Of an attribute: canonical JSON. */
static const char *attribute_words(struct view *view, const char *value)
{
    json_t *root = NULL;
    const char *out = value;
    if (json_read(value, strlen(value), &root, NULL) != OK) return value;
    if (json_is_string(root)) out = view_date(view, arena_strdup(view->arena, json_string_value(root)));
    else if (json_is_boolean(root)) out = view_words(view, json_is_true(root) ? "register.yes" : "register.no");
    json_decref(root);
    return out;
}

static bool is_day(const char *field) { return strcmp(field, "born") == 0 || strcmp(field, "joined") == 0; }

const char *register_value_words(struct register_view *r, const char *field, const char *value)
{
    struct view *view = &r->view;
    if (!value) return NULL;
    if (strncmp(field, "attribute:", 10) == 0) return attribute_words(view, value);
    if (strcmp(field, "gender") == 0) {
        const char *words = view_words(view, arena_printf(view->arena, "register.gender.%.4s", value));
        return *words ? words : value;
    }
    if (is_day(field)) return view_date(view, value);
    return value[0] == '{' ? title_pick(view->arena, value, view->tag) : value;
}

/* By what: "list 12" for "import:12". */
static const char *source_words(struct view *view, const char *source)
{
    if (strncmp(source, "import:", 7) == 0) return arena_printf(view->arena, "%s %.20s", view_words(view, "register.source.list"), source + 7);
    const char *words = view_words(view, strcmp(source, "event file") == 0 ? "register.source.file" : arena_printf(view->arena, "register.source.%.20s", source));
    return *words ? words : source;
}

void register_put_changes(struct register_view *r, const struct register_change *changes, size_t count)
{
    struct view *view = &r->view;
    json_t *rows = json_array();
    for (size_t i = 0; i < count && i < REGISTER_PAGE; i++) {
        const struct register_change *c = &changes[i];
        json_t *row = json_object();
        view_put(row, "at", view_moment(view, r->zone, c->at_ms));
        view_put(row, "day", view_date(view, c->day));
        view_put(row, "field", register_field_words(r, c->field));
        view_put(row, "old", register_value_words(r, c->field, c->old));
        view_put(row, "value", register_value_words(r, c->field, c->value));
        view_put_flag(row, "hidden", c->sensitive && !c->old && !c->value);
        view_put_actor(view, row, "actor", c->actor);
        view_put(row, "source", source_words(view, c->source));
        if (c->person_code || c->unit_code) {
            view_put(row, "whose", c->person_name ? c->person_name : c->person_code ? c->person_code : c->unit_code);
            view_put(row, "whose_href", register_href(view, c->person_code ? "people" : "units", c->person_code ? c->person_code : c->unit_code));
        }
        json_array_append_new(rows, row);
    }
    view_put_json(view->root, "changes", rows);
    view_put_flag(view->root, "any_change", count > 0);
    if (count > REGISTER_PAGE) view_put(view->root, "older", arena_printf(view->arena, "?before=%lld", (long long)changes[REGISTER_PAGE - 1].id));
}
