#include "server/pages/setup_form.h"
#include "core/base/text.h"
#include "core/congress/title.h"
#include "server/pages/messages.h"

#include <stdlib.h>
#include <string.h>

#define LINES_MOST 200
#define TICKS_MOST 200
#define COLOUR_USUAL "#b01020"

static const char *const zones[] = {"Asia/Ho_Chi_Minh", "Asia/Bangkok", "Asia/Singapore", "Asia/Tokyo", "Asia/Riyadh", "Africa/Luanda", "Africa/Maputo", "Africa/Cairo",
                                    "Europe/Lisbon", "Europe/Paris", "America/Sao_Paulo", "America/New_York", "UTC", NULL};
static const char *const screen_languages[] = {"vi", "en", "pt", "ar", NULL};

/* "venue.name" as the name of a control. */
static const char *control(struct arena *arena, const char *key, const char *behind)
{
    char *name = arena_printf(arena, "%s%s%s", key, behind ? "_" : "", behind ? behind : "");
    for (char *p = name; p && *p; p++)
        if (*p == '.') *p = '_';
    return name;
}

static json_t *value_of(const json_t *row, const char *key)
{
    char first[32];
    const char *dot = strchr(key, '.');
    if (!dot) return json_object_get(row, key);
    if ((size_t)(dot - key) >= sizeof first) return NULL;
    memcpy(first, key, (size_t)(dot - key));
    first[dot - key] = '\0';
    return json_object_get(json_object_get(row, first), dot + 1);
}

const char *setup_title(struct view *view, const json_t *title)
{
    char *text = title ? json_text(view->arena, title) : NULL;
    const char *picked = text ? title_pick(view->arena, text, view->tag) : NULL;
    return picked ? picked : "";
}

/* --- showing ---------------------------------------------------------------------------------------------------------------------------------- */

struct show {
    const struct form_about *about;
    const struct form_table *table;
    const struct form_field *field;
    const json_t *row;
    json_t *out;
};

static const char *sent(const struct show *s, const char *behind)
{
    struct http_request *req = s->about->view->req;
    return http_form(req, control(req->arena, s->field->key, behind));
}

static bool was_sent(const struct show *s, const char *value)
{
    struct http_request *req = s->about->view->req;
    const char *one, *name = control(req->arena, s->field->key, NULL);
    for (size_t i = 0; i < TICKS_MOST && (one = http_form_at(req, name, i)) != NULL; i++)
        if (strcmp(one, value) == 0) return true;
    return false;
}

static bool stands_in(const json_t *list, const char *text)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        if (strcmp(json_string_value(json_array_get(list, i)), text) == 0) return true;
    return false;
}

static void put_option(const struct show *s, json_t *options, const char *code, const char *title, bool chosen)
{
    json_t *option = json_object();
    view_put(option, "code", code);
    view_put(option, "title", title);
    view_put(option, "id", arena_printf(s->about->view->arena, "f-%s-%zu", control(s->about->view->arena, s->field->key, s->table->name), json_array_size(options)));
    view_put_flag(option, "chosen", chosen);
    json_array_append_new(options, option);
}

static void put_choices(const struct show *s)
{
    struct view *view = s->about->view;
    const char *now = s->about->sent ? sent(s, NULL) : json_string_value(value_of(s->row, s->field->key));
    json_t *options = json_array();
    for (size_t i = 0; s->field->choices[i]; i++) {
        const char *code = s->field->choices[i];
        put_option(s, options, code, view_words(view, arena_printf(view->arena, "setup.is.%s", code)), now ? strcmp(now, code) == 0 : i == 0);
    }
    view_put_json(s->out, "options", options);
    view_put_flag(s->out, "is_choice", true);
}

/* One of the event's own rows, or none. */
static void put_rows(const struct show *s, const char *list, const char *none)
{
    struct view *view = s->about->view;
    const json_t *rows = json_object_get(s->about->event, list);
    const char *now = s->about->sent ? sent(s, NULL) : json_string_value(value_of(s->row, s->field->key));
    bool first = !s->row && !s->about->sent && s->field->kind == FORM_AREA; /* a new row stands in the first area until somebody says otherwise */
    json_t *options = json_array();
    put_option(s, options, "", view_words(view, none), !now && !first);
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i);
        const char *code = json_string_value(json_object_get(row, "code"));
        put_option(s, options, code, setup_title(view, json_object_get(row, "title")), now ? strcmp(now, code) == 0 : first && i == 0);
    }
    view_put_json(s->out, "options", options);
    view_put_flag(s->out, "is_choice", true);
}

static void put_who(const struct show *s)
{
    struct view *view = s->about->view;
    const json_t *rows = json_object_get(s->about->event, "categories"), *now = value_of(s->row, s->field->key);
    json_t *options = json_array();
    bool all = s->about->sent ? sent(s, "all") != NULL : now == NULL;
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i);
        const char *code = json_string_value(json_object_get(row, "code"));
        put_option(s, options, code, setup_title(view, json_object_get(row, "title")), s->about->sent ? was_sent(s, code) : stands_in(now, code));
    }
    view_put_flag(s->out, "all", all);
    view_put_json(s->out, "options", options);
    view_put_flag(s->out, "is_who", true);
}

static void put_languages(const struct show *s)
{
    const json_t *now = value_of(s->row, s->field->key);
    json_t *options = json_array();
    const char *first = s->about->sent ? sent(s, "first") : json_string_value(json_array_get(now, 0)), *tag;
    for (size_t i = 0; i < json_array_size(now) || (!now && i == 0); i++) {
        tag = now ? json_string_value(json_array_get(now, i)) : "vi";
        put_option(s, options, tag, messages_language_name(tag), s->about->sent ? was_sent(s, tag) : true);
    }
    for (size_t i = 0; (tag = screen_languages[i]) != NULL; i++)
        if (!stands_in(now, tag) && (now || i > 0)) put_option(s, options, tag, messages_language_name(tag), s->about->sent && was_sent(s, tag));
    size_t i;
    json_t *option;
    json_array_foreach(options, i, option) view_put_flag(option, "first", first ? strcmp(json_string_value(json_object_get(option, "code")), first) == 0 : i == 0);
    view_put_json(s->out, "options", options);
    view_put_flag(s->out, "is_languages", true);
}

static void put_words(const struct show *s)
{
    struct view *view = s->about->view;
    const json_t *now = value_of(s->row, s->field->key);
    json_t *list = json_array(), *others = json_array();
    for (size_t i = 0; i < s->about->tag_count; i++) {
        const char *tag = s->about->tags[i], *text = json_string_value(json_object_get(now, tag));
        if (json_is_string(now) && i == 0) text = json_string_value(now);
        if (s->about->sent) text = sent(s, tag);
        json_t *out = json_object();
        view_put(out, "tag", tag);
        view_put(out, "dir", text_is_right_to_left(tag) ? "rtl" : "ltr");
        if (s->about->tag_count > 1) view_put(out, "language", messages_language_name(tag));
        view_put(out, "name", control(view->arena, s->field->key, tag));
        view_put(out, "text", text);
        view_put(out, "id", i == 0 ? arena_printf(view->arena, "f-%s", control(view->arena, s->field->key, s->table->name))
                                   : arena_printf(view->arena, "f-%s-%s", control(view->arena, s->field->key, s->table->name), tag));
        json_array_append_new(i == 0 ? list : others, out);
    }
    view_put_flag(s->out, "has_others", json_array_size(others) > 0);
    view_put_json(s->out, "texts", list);
    view_put_json(s->out, "others", others);
    view_put_flag(s->out, "is_words", true);
}

static void put_lines(const struct show *s)
{
    struct view *view = s->about->view;
    const json_t *now = value_of(s->row, s->field->key);
    const char *text = s->about->sent ? sent(s, NULL) : "", *code;
    json_t *title, *all = (json_t *)now;
    for (size_t i = 0; !s->about->sent && i < json_array_size(now); i++)
        text = arena_printf(view->arena, "%s%s%s", text, i ? "\n" : "", json_string_value(json_array_get(now, i)));
    if (!s->about->sent && json_is_object(now))
        json_object_foreach(all, code, title) text = arena_printf(view->arena, "%s%s%s = %s", text, *text ? "\n" : "", code, setup_title(view, title));
    view_put(s->out, "value", text);
    view_put_flag(s->out, "is_lines", true);
}

static void put_colour(const struct show *s)
{
    const char *now = json_string_value(value_of(s->row, s->field->key));
    bool own = s->about->sent ? sent(s, "own") != NULL : now != NULL;
    if (s->about->sent) now = sent(s, NULL);
    view_put_flag(s->out, "own", own);
    view_put(s->out, "value", now && *now ? now : COLOUR_USUAL);
    view_put_flag(s->out, "is_colour", true);
}

static void put_zone(const struct show *s)
{
    const char *now = s->about->sent ? sent(s, NULL) : json_string_value(value_of(s->row, s->field->key));
    json_t *options = json_array();
    for (size_t i = 0; zones[i]; i++) json_array_append_new(options, json_string(zones[i]));
    view_put_json(s->out, "zones", options);
    view_put(s->out, "value", now ? now : zones[0]);
    view_put_flag(s->out, "is_zone", true);
}

static void put_plain(const struct show *s)
{
    const json_t *now = value_of(s->row, s->field->key);
    const char *text = json_string_value(now);
    if (json_is_integer(now)) text = arena_printf(s->about->view->arena, "%lld", (long long)json_integer_value(now));
    if (s->about->sent) text = sent(s, NULL);
    if (s->field->kind == FORM_MOMENT && text && !s->about->sent) text = arena_strndup(s->about->view->arena, text, 16);
    view_put(s->out, "value", text);
    enum form_kind kind = s->field->kind;
    view_put_flag(s->out, kind == FORM_MOMENT ? "is_moment" : kind == FORM_DAY ? "is_day" : kind == FORM_NUMBER ? "is_number" : "is_line", true);
}

static void put_tick(const struct show *s)
{
    const json_t *now = value_of(s->row, s->field->key);
    bool usual = strcmp(s->field->key, "reentry") == 0 || strcmp(s->field->key, "carry_over") == 0; /* the event file's own: entities.c */
    view_put_flag(s->out, "ticked", s->about->sent ? sent(s, NULL) != NULL : now ? json_is_true(now) : usual);
    view_put_flag(s->out, "is_tick", true);
}

static void put_value(const struct show *s)
{
    switch (s->field->kind) {
    case FORM_WORDS: put_words(s); return;
    case FORM_LINES:
    case FORM_VALUES: put_lines(s); return;
    case FORM_CHOICE: put_choices(s); return;
    case FORM_ZONE: put_zone(s); return;
    case FORM_AREA: put_rows(s, "areas", "setup.no_area"); return;
    case FORM_CATEGORY: put_rows(s, "categories", "setup.no_quorum"); return;
    case FORM_WHO: put_who(s); return;
    case FORM_TICK: put_tick(s); return;
    case FORM_COLOUR: put_colour(s); return;
    case FORM_LANGUAGES: put_languages(s); return;
    default: put_plain(s); return;
    }
}

/* Words of the field of this form, else those that all forms share. */
static const char *words_of(const struct show *s, const char *behind)
{
    struct view *view = s->about->view;
    const char *name = control(view->arena, s->field->key, NULL);
    const char *own = view_words(view, arena_printf(view->arena, "setup.%s.%s%s", s->table->name, name, behind));
    return *own ? own : view_words(view, arena_printf(view->arena, "setup.%s%s", name, behind));
}

static bool is_wrong(const struct form_about *about, const char *key)
{
    const char *dot = strchr(key, '.');
    return about->wrong && (strcmp(about->wrong, key) == 0 || (dot && strcmp(about->wrong, dot + 1) == 0));
}

json_t *setup_form_show(const struct form_about *about, const struct form_table *table, const json_t *row)
{
    struct view *view = about->view;
    json_t *form = json_object(), *lines = json_array(), *later = json_array();
    bool open = false;
    for (size_t i = 0; i < table->count; i++) {
        const struct form_field *field = &table->fields[i];
        if ((field->flags & FORM_FRESH) && row) continue;
        struct show s = {about, table, field, row, json_object()};
        const char *how = words_of(&s, "_how");
        view_put(s.out, "name", control(view->arena, field->key, NULL));
        view_put(s.out, "id", arena_printf(view->arena, "f-%s", control(view->arena, field->key, table->name)));
        view_put(s.out, "label", words_of(&s, ""));
        if (*how) view_put(s.out, "how", how);
        view_put_flag(s.out, "needed", field->flags & FORM_NEEDED);
        view_put_flag(s.out, "wide", field->flags & FORM_WIDE);
        view_put_flag(s.out, "wrong", is_wrong(about, field->key));
        put_value(&s);
        open = open || ((field->flags & FORM_LATER) && is_wrong(about, field->key));
        json_array_append_new(field->flags & FORM_LATER ? later : lines, s.out);
    }
    view_put_flag(form, "has_later", json_array_size(later) > 0);
    view_put_flag(form, "open", open);
    view_put_json(form, "lines", lines);
    view_put_json(form, "later", later);
    view_put(form, "list", table->name);
    view_put_flag(form, "is_new", row == NULL);
    view_put(form, "code", json_string_value(json_object_get(row, "code")));
    view_put(form, "mark", about->sent ? http_form(view->req, "mark") : json_string_value(json_object_get(row, SETUP_MARK)));
    return form;
}

/* --- reading ---------------------------------------------------------------------------------------------------------------------------------- */

struct read {
    struct http_request *req;
    const struct form_field *field;
    const json_t *now; /* what is stored there */
    const char *const *tags;
    size_t tag_count;
};

static const char *trimmed(struct http_request *req, const char *text)
{
    if (!text) return NULL;
    text += strspn(text, " \t\r\n");
    size_t n = strlen(text);
    while (n && strchr(" \t\r\n", text[n - 1])) n--;
    return n ? arena_strndup(req->arena, text, n) : NULL;
}

static const char *typed(const struct read *r, const char *behind)
{
    return trimmed(r->req, http_form(r->req, control(r->req->arena, r->field->key, behind)));
}

static json_t *text_or_null(const char *text)
{
    return text ? json_string(text) : json_null();
}

/* Languages that the form does not show stay; a title that says no language stays so while it is the only one. */
static json_t *read_words(const struct read *r)
{
    json_t *title = json_is_object(r->now) ? json_deep_copy(r->now) : json_object();
    for (size_t i = 0; i < r->tag_count; i++) {
        const char *text = typed(r, r->tags[i]);
        if (text) (void)json_object_set_new(title, r->tags[i], json_string(text));
        else (void)json_object_del(title, r->tags[i]);
    }
    bool plain = json_is_string(r->now) && json_object_size(title) == 1 && json_object_get(title, r->tags[0]);
    json_t *out = json_object_size(title) == 0 ? json_null() : plain ? json_incref(json_object_get(title, r->tags[0])) : json_incref(title);
    json_decref(title);
    return out;
}

static json_t *read_lines(const struct read *r)
{
    const char *text = typed(r, NULL);
    json_t *list = json_array();
    for (size_t i = 0; text && *text && i < LINES_MOST; i++) {
        size_t n = strcspn(text, "\r\n");
        const char *line = trimmed(r->req, arena_strndup(r->req->arena, text, n));
        if (line) json_array_append_new(list, json_string(line));
        text += n;
        text += strspn(text, "\r\n");
    }
    if (json_array_size(list)) return list;
    json_decref(list);
    return json_null();
}

/* "code = title", or a title alone, whose code is made of it; a title that was not touched keeps its other languages. */
static json_t *read_values(const struct read *r)
{
    json_t *lines = read_lines(r), *values = json_object(), *line;
    size_t i;
    json_array_foreach(json_is_array(lines) ? lines : NULL, i, line) {
        const char *text = json_string_value(line), *equal = strstr(text, " = ");
        const char *title = trimmed(r->req, equal ? equal + 3 : text);
        json_t *plain = json_string(title ? title : text);
        const char *code = equal ? trimmed(r->req, arena_strndup(r->req->arena, text, (size_t)(equal - text))) : setup_code_of(r->req->arena, plain, "value");
        json_t *old = code ? json_object_get(r->now, code) : NULL;
        char *stored = json_is_object(old) ? json_text(r->req->arena, old) : NULL;
        bool same = stored && title && strcmp(title_pick(r->req->arena, stored, i18n_tag(view_language(r->req))), title) == 0;
        if (code) (void)json_object_set(values, code, same ? old : plain);
        json_decref(plain);
    }
    json_decref(lines);
    if (json_object_size(values)) return values;
    json_decref(values);
    return json_null();
}

static json_t *read_who(const struct read *r, bool languages)
{
    json_t *list = json_array();
    const char *one, *name = control(r->req->arena, r->field->key, NULL), *first = languages ? typed(r, "first") : NULL;
    if (!languages && typed(r, "all")) {
        json_decref(list);
        return json_null();
    }
    if (first) json_array_append_new(list, json_string(first));
    for (size_t i = 0; i < TICKS_MOST && (one = http_form_at(r->req, name, i)) != NULL; i++)
        if (!first || strcmp(first, one) != 0) json_array_append_new(list, json_string(one));
    return list;
}

static json_t *read_number(const struct read *r)
{
    const char *text = typed(r, NULL);
    if (!text) return json_null();
    bool number = strlen(text) < 12 && strspn(text, "0123456789") == strlen(text);
    return number ? json_integer(strtoll(text, NULL, 10)) : json_string(text); /* the file says what is wrong with it */
}

static json_t *read_field(const struct read *r)
{
    switch (r->field->kind) {
    case FORM_WORDS: return read_words(r);
    case FORM_LINES: return read_lines(r);
    case FORM_VALUES: return read_values(r);
    case FORM_NUMBER: return read_number(r);
    case FORM_WHO: return read_who(r, false);
    case FORM_LANGUAGES: return read_who(r, true);
    case FORM_TICK: return json_boolean(typed(r, NULL) != NULL);
    case FORM_COLOUR: return typed(r, "own") ? text_or_null(typed(r, NULL)) : json_null();
    case FORM_MOMENT: { /* to the second what was not touched */
        const char *text = typed(r, NULL), *was = json_string_value(r->now);
        return text && was && strlen(text) == 16 && strncmp(text, was, 16) == 0 ? json_string(was) : text_or_null(text);
    }
    default: return text_or_null(typed(r, NULL));
    }
}

static void put_read(json_t *row, const char *key, json_t *value)
{
    char first[32] = "";
    const char *dot = strchr(key, '.');
    if (!dot) {
        (void)json_object_set_new(row, key, value);
        return;
    }
    memcpy(first, key, (size_t)(dot - key) < sizeof first ? (size_t)(dot - key) : 0);
    json_t *object = json_object_get(row, first);
    if (!object) (void)json_object_set_new(row, first, object = json_object());
    if (json_is_null(value)) json_decref(value); /* absent in an object is none */
    else (void)json_object_set_new(object, dot + 1, value);
}

/* An object without its heart is none: a network without a name, a quorum of nobody. */
static void drop_empty(json_t *row)
{
    static const char *const hearts[][2] = {{"venue", NULL}, {"colors", NULL}, {"wifi", "ssid"}, {"quorum", "category"}};
    for (size_t i = 0; i < sizeof hearts / sizeof hearts[0]; i++) {
        json_t *object = json_object_get(row, hearts[i][0]);
        if (!object) continue;
        bool none = hearts[i][1] ? json_object_get(object, hearts[i][1]) == NULL : json_object_size(object) == 0;
        if (none) (void)json_object_set_new(row, hearts[i][0], json_null());
    }
}

json_t *setup_form_read(struct http_request *req, const struct form_table *table, const json_t *row, const char *const *tags, size_t tag_count)
{
    json_t *out = json_object();
    for (size_t i = 0; out && i < table->count; i++) {
        const struct form_field *field = &table->fields[i];
        if ((field->flags & FORM_FRESH) && row) continue;
        const struct read r = {req, field, value_of(row, field->key), tags, tag_count};
        json_t *value = read_field(&r);
        if ((field->flags & FORM_FRESH) && json_is_null(value)) json_decref(value); /* the code is made of the title */
        else put_read(out, field->key, value);
    }
    drop_empty(out);
    return out;
}
