/* What the console's pages of the register share (/admin/-/register…; docs/decisions/0060-register-pages.md). For organisers of all events: the register is the whole
 * organisation's. Private to server/pages. */
#ifndef PLENUM_SERVER_PAGES_REGISTER_H
#define PLENUM_SERVER_PAGES_REGISTER_H

#include "core/congress/register/people.h"
#include "server/pages/console.h"

#define REGISTER_PAGE 50 /* people and changes on a page */

struct register_view {
    struct view view;
    struct db *db;
    struct register_fields fields;
    const char *zone;
};

/* For a job of the pool, behind console_enter. False: the reply is made. */
bool register_view_begin(struct register_view *r, struct http_request *req, void *thread_state);

/* "/admin/-/register/people/P-1"; `kind` "people" or "units". In the arena. */
const char *register_href(struct view *view, const char *kind, const char *code);

/* What the press before this page did (done=, photo=): words of our own tables only. */
void register_put_done(struct view *view);

/* The field in the reader's words, as columns of lists are called, "attribute:CODE" by its title. */
const char *register_field_words(struct register_view *r, const char *code);
/* "87 %", rounded down: only what is whole says 100. */
const char *register_percent(struct view *view, int64_t have, int64_t wanted);
/* "Sex, Phone": what is wanted and not known. NULL: nothing is. */
const char *register_missing_words(struct register_view *r, int64_t known);

/* One person of a list: name, href, code, title, unit, missing. */
json_t *register_line_json(struct register_view *r, const struct register_line *line);
/* `changes`, and `older` where there are more: count may be REGISTER_PAGE + 1. */
void register_put_changes(struct register_view *r, const struct register_change *changes, size_t count);
/* A stored value as a reader writes it. NULL for NULL. */
const char *register_value_words(struct register_view *r, const char *field, const char *value);

#endif
