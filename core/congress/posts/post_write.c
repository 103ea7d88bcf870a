/* Writing, publishing, correcting, withdrawing. */
#include "core/base/text.h"
#include "core/congress/figures/fixed.h"
#include "core/congress/messages/announcements.h"
#include "core/congress/posts/posts_private.h"

#include <string.h>

/* --- texts --------------------------------------------------------------------------------------------------------------------------------- */

/* Marks that turn the direction of what follows, and a carriage return, are not copied. */
static char *without_turns(struct arena *arena, const char *text)
{
    struct buf out;
    const char *from = text;
    buf_init(&out, BUF_LIMIT_BODY);
    for (const char *at = text; *at; from = at) {
        int32_t c = text_next(&at);
        bool turns = (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0xfeff;
        if (c == '\r' && *at != '\n') buf_putc(&out, '\n');
        else if (!turns && c != '\r') buf_add(&out, from, (size_t)(at - from));
    }
    while (out.length && strchr(" \t\n", out.data[out.length - 1])) out.data[--out.length] = '\0';
    char *made = out.failed ? NULL : arena_strdup(arena, buf_text(&out));
    buf_release(&out);
    return made;
}

enum err post_tidy(struct arena *arena, const char *text, bool lines, size_t letters, const char **ret, struct fault *fault)
{
    const char *given = text ? text : "";
    if (!text_is_utf8(given, strlen(given))) return fault_because(fault, ERR_INPUT, "post_text", NULL, "this is no text");
    const char *tidy = lines ? without_turns(arena, given) : text_tidy(arena, given);
    if (tidy && lines) tidy = text_nfc(arena, tidy);
    if (!tidy || !text_is_printable(tidy)) return fault_because(fault, ERR_INPUT, "post_text", NULL, "this is no text");
    if (text_length(tidy) > letters) {
        char most[24];
        (void)snprintf(most, sizeof most, "%zu", letters);
        return fault_because(fault, ERR_INPUT, "post_long", most, "longer than %zu letters", letters);
    }
    if (announcement_names_badge(tidy)) return fault_because(fault, ERR_INPUT, "post_badge", NULL, "the address of a badge is for one person: leave it out");
    *ret = tidy;
    return OK;
}

/* --- steps --------------------------------------------------------------------------------------------------------------------------------- */

enum err post_note(const struct doing *d, int64_t post_id, const char *action)
{
    const char *subject = arena_printf(d->arena, "%lld", (long long)post_id);
    enum err e = subject ? OK : ERR_NOMEM;
    return e == OK ? audit_write_of(d->db, d->event_id, d->now_ms, d->actor, action, subject, NULL) : e;
}

static enum err end(const struct doing *d, enum err e)
{
    return e == OK || d->fault->text[0] ? e : db_fault(d->db, e, d->fault, "write a post");
}

static enum err find(const struct doing *d, int64_t id, int64_t version, struct post *ret)
{
    enum err e = post_find(d->db, d->arena, d->event_id, id, d->now_ms, ret);
    if (e == ERR_NOT_FOUND) return fault_set(d->fault, e, "there is no such post");
    if (e == OK && ret->version != version) return fault_because(d->fault, ERR_CONFLICT, "post_changed", NULL, "somebody has changed this meanwhile");
    return e;
}

static enum err check_session(const struct doing *d, const char *code)
{
    struct sql_pages_sessions_row *rows;
    size_t count;
    if (!code) return OK;
    enum err e = sql_pages_sessions(d->db, d->arena, d->event_id, &rows, &count);
    for (size_t i = 0; e == OK && i < count; i++)
        if (strcmp(rows[i].code, code) == 0) return OK;
    return e == OK ? fault_because(d->fault, ERR_INPUT, "post_session", code, "the event has no session \"%.64s\"", code) : e;
}

static enum err check_figure(const struct doing *d, int64_t number)
{
    struct fixed_figure figure;
    enum err e = number == DB_NULL ? OK : fixed_find(d->db, d->arena, d->event_id, number, &figure);
    return e == ERR_NOT_FOUND ? fault_because(d->fault, ERR_INPUT, "post_figure", NULL, "there is no such fixed figure") : e;
}

enum err post_save(const struct doing *d, int64_t id, int64_t version, const struct post_words *w, int64_t *ret_id)
{
    struct post old;
    struct sql_post_count_row room = {0};
    const char *kind = w->is_results ? "results" : "news", *title = json_text(d->arena, w->title), *body = json_text(d->arena, w->body);
    if (!title || !body) return ERR_NOMEM;
    if (!json_object_size(w->title)) return fault_because(d->fault, ERR_INPUT, "post_empty", NULL, "a title is needed in one language at least");
    enum err e = id ? find(d, id, version, &old) : sql_post_count(d->db, d->arena, d->event_id, &room);
    if (e == OK && room.count >= POSTS_MOST) return fault_because(d->fault, ERR_LIMIT, "post_many", NULL, "there are %d posts already", POSTS_MOST);
    if (e == OK) e = check_session(d, w->session);
    if (e == OK) e = check_figure(d, w->figure_id);
    *ret_id = id ? id : id_next(d->ids);
    const struct sql_post_insert_in fresh = {*ret_id, d->event_id, kind, w->session, title, body, w->figure_id, d->now_ms, d->actor};
    const struct sql_post_update_in change = {id, kind, w->session, title, body, w->figure_id, d->now_ms, d->actor};
    if (e == OK) e = id ? sql_post_update(d->db, &change, NULL) : sql_post_insert(d->db, &fresh, NULL);
    if (e == OK) e = post_note(d, *ret_id, id ? "post.changed" : "post.made");
    return end(d, e);
}

/* Title and text in the same languages; approved pictures have their words in all of them. */
static enum err check_languages(const struct doing *d, const struct post_text *text)
{
    json_t *title = NULL, *body = NULL, *value;
    const char *tag;
    enum err e = json_read(text->title, strlen(text->title), &title, NULL);
    if (e == OK) e = json_read(text->body, strlen(text->body), &body, NULL);
    json_object_foreach(title, tag, value)
        if (e == OK && !json_object_get(body, tag)) e = fault_because(d->fault, ERR_INPUT, "post_half", tag, "\"%.20s\" has a title and no text", tag);
    json_object_foreach(body, tag, value)
        if (e == OK && !json_object_get(title, tag)) e = fault_because(d->fault, ERR_INPUT, "post_half", tag, "\"%.20s\" has a text and no title", tag);
    json_decref(title);
    json_decref(body);
    for (size_t i = 0; e == OK && i < text->picture_count; i++)
        if (text->pictures[i].approved) e = post_picture_check(d, text->title, text->pictures[i].caption, text->pictures[i].alt);
    return e;
}

static enum err pictures_text(const struct doing *d, const struct post_text *text, const char **ret)
{
    json_t *list = json_array();
    bool failed = list == NULL;
    for (size_t i = 0; !failed && i < text->picture_count; i++) {
        const struct post_picture *p = &text->pictures[i];
        json_t *caption = NULL, *alt = NULL;
        if (!p->approved) continue;
        if (json_read(p->caption, strlen(p->caption), &caption, NULL) != OK || json_read(p->alt, strlen(p->alt), &alt, NULL) != OK) failed = true;
        char id[24];
        (void)snprintf(id, sizeof id, "%lld", (long long)p->id);
        if (json_array_append_new(list, json_sure(json_pack("{s:s, s:o, s:o}", "id", id, "caption", caption, "alt", alt), &failed)) != 0) failed = true;
    }
    *ret = failed ? NULL : json_text(d->arena, list);
    json_decref(list);
    return *ret ? OK : ERR_NOMEM;
}

enum err post_publish(const struct doing *d, int64_t id, int64_t version, int64_t from_ms)
{
    struct post post;
    struct post_text text;
    const char *pictures = NULL;
    enum err e = find(d, id, version, &post);
    if (e == OK && post.edition_count >= POST_EDITIONS_MOST) e = fault_because(d->fault, ERR_LIMIT, "post_editions", NULL, "published %d times", POST_EDITIONS_MOST);
    if (e == OK) e = post_read(d->db, d->arena, d->event_id, id, 0, &text);
    if (e == OK) e = check_languages(d, &text);
    if (e == OK) e = pictures_text(d, &text, &pictures);
    if (e == OK) e = sql_post_edition_recall(d->db, id, d->now_ms, d->actor, NULL);
    int64_t number = (int64_t)post.edition_count + 1, from = from_ms == DB_NULL || from_ms < d->now_ms ? d->now_ms : from_ms;
    const struct sql_post_edition_insert_in edition = {id_next(d->ids), id, d->event_id, number, d->now_ms, d->actor, from, pictures};
    if (e == OK) e = sql_post_edition_insert(d->db, &edition, NULL);
    bool later = post.state == POST_WITHDRAWN && from > d->now_ms; /* withdrawn until then */
    if (e == OK) e = sql_post_withdraw(d->db, id, later ? post.withdrawn_ms : DB_NULL, later ? post.withdrawn_by : NULL, NULL);
    if (e == OK) e = post_note(d, id, post.state == POST_PUBLIC ? "post.corrected" : "post.published");
    return end(d, e);
}

enum err post_recall(const struct doing *d, int64_t id, int64_t version)
{
    struct post post;
    enum err e = find(d, id, version, &post);
    if (e == OK && !post.coming) return OK;
    if (e == OK) e = sql_post_edition_recall(d->db, id, d->now_ms, d->actor, NULL);
    if (e == OK) e = sql_post_withdraw(d->db, id, post.withdrawn_ms, post.withdrawn_by, NULL); /* a newer version */
    if (e == OK) e = post_note(d, id, "post.recalled");
    return end(d, e);
}

enum err post_withdraw(const struct doing *d, int64_t id, int64_t version)
{
    struct post post;
    enum err e = find(d, id, version, &post);
    if (e == OK && post.state == POST_WITHDRAWN && !post.coming) return OK;
    if (e == OK && post.state == POST_DRAFT) return fault_because(d->fault, ERR_INPUT, "post_draft", NULL, "it was never published");
    if (e == OK) e = sql_post_edition_recall(d->db, id, d->now_ms, d->actor, NULL);
    if (e == OK) e = sql_post_withdraw(d->db, id, d->now_ms, d->actor, NULL);
    if (e == OK) e = post_note(d, id, "post.withdrawn");
    return end(d, e);
}
