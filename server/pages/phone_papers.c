/* Papers and questions on a delegate's page, and the mark by which an open page knows that something is new. */
#include "server/pages/phone_papers.h"
#include "core/base/clock.h"
#include "core/base/crypto.h"
#include "core/congress/messages/announcements.h"
#include "core/congress/messages/questions.h"
#include "server/pages/opened.h"
#include "server/pages/pin.h"
#include "server/pages/reading.h"
#include "server/web_assets.h"

#include "catalogue.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define ETAG_BYTES 12 /* FRAGMENT_ETAG in hexadecimal */

/* What this delegate has opened, and since when each paper is there. */
struct marks {
    struct sql_opened_by_row *opened;
    struct sql_news_first_row *first;
    size_t opened_count, first_count;
    int64_t here_ms; /* when they opened a paper for the first time; DB_NULL: never */
};

static enum err marks_load(struct db *db, struct arena *arena, const struct paper_viewer *viewer, struct marks *ret)
{
    *ret = (struct marks){.here_ms = DB_NULL};
    enum err err = sql_opened_by(db, arena, viewer->delegate_id, &ret->opened, &ret->opened_count);
    for (size_t i = 0; err == OK && i < ret->opened_count; i++)
        if (ret->here_ms == DB_NULL || ret->opened[i].opened_ms < ret->here_ms) ret->here_ms = ret->opened[i].opened_ms;
    if (err == OK && ret->here_ms != DB_NULL) err = sql_news_first(db, arena, viewer->event_id, &ret->first, &ret->first_count);
    return err;
}

/* "New version" for those who opened an older one; "new" for what came after they began to read. To somebody who has read nothing yet everything is
 * new, and a mark on everything says nothing. */
static void put_mark(struct view *view, json_t *out, const struct paper *paper, const struct marks *marks)
{
    for (size_t i = 0; i < marks->opened_count; i++) {
        if (marks->opened[i].document_id != paper->id) continue;
        if (marks->opened[i].version < paper->version) view_put(out, "fresh", view_words(view, "papers.new_version"));
        return;
    }
    for (size_t i = 0; i < marks->first_count; i++)
        if (marks->first[i].document_id == paper->id && marks->first[i].first_ms > marks->here_ms) view_put(out, "fresh", view_words(view, "papers.new"));
}

enum err view_has_marks(struct db *db, struct arena *arena, int64_t event_id, int64_t delegate_id, bool *ret)
{
    struct marks marks;
    enum err err = marks_load(db, arena, &(struct paper_viewer){.event_id = event_id, .delegate_id = delegate_id}, &marks);
    if (err != OK) return err;
    *ret = false;
    for (size_t i = 0; i < marks.first_count && !*ret; i++) {
        size_t k = 0;
        while (k < marks.opened_count && marks.opened[k].document_id != marks.first[i].document_id) k++;
        *ret = k < marks.opened_count ? marks.opened[k].version < marks.first[i].newest : marks.first[i].first_ms > marks.here_ms;
    }
    return OK;
}

static char *file_kind(struct arena *arena, const char *name)
{
    const char *dot = strrchr(name, '.');
    if (dot == NULL || strlen(dot) > 6) return NULL;
    char *kind = arena_strdup(arena, dot + 1);
    for (char *p = kind; p != NULL && *p != '\0'; p++) *p = (char)toupper((unsigned char)*p);
    return kind;
}

static json_t *paper_view(struct view *view, const struct viewer *viewer, const struct paper *paper, const struct marks *marks)
{
    struct buf href;
    buf_init(&href, BUF_LIMIT_LINE);
    buf_printf(&href, "%s/f/", viewer->door);
    buf_put_url(&href, paper->code);
    buf_printf(&href, "/%lld/", (long long)paper->version);
    buf_put_url(&href, paper->name);
    json_t *out = json_object();
    view_put(out, "href", buf_text(&href));
    buf_release(&href);
    view_put(out, "read", reading_link(view->arena, viewer, paper, "r", 0));
    view_put_title(view, out, "title", paper->title);
    view_put(out, "number", paper->number);
    view_put(out, "issuer", paper->issuer);
    view_put(out, "issued", view_date(view, paper->issued));
    if (paper->language != NULL) {
        const char *words = view_words(view, arena_printf(view->arena, "language.%.2s", paper->language));
        view_put(out, "language", words[0] != '\0' ? words : paper->language);
    }
    const char *kind = file_kind(view->arena, paper->name);
    view_put(out, "kind", kind != NULL ? kind : view_words(view, "papers.file"));
    view_put(out, "size", i18n_size(view->arena, paper->size));
    view_put_flag(out, "must_read", paper->must_read);
    put_mark(view, out, paper, marks);
    return out;
}

/* The codes of what a phone may have kept of papers, for web/js/worker.js: what is not among them leaves the phone. */
static void put_kept(struct view *view, const struct paper *papers, size_t count)
{
    struct buf out;
    buf_init(&out, VIEW_LIMIT);
    for (size_t i = 0; i < count; i++) {
        if (papers[i].behind_pin) continue;
        buf_put_url(&out, papers[i].code);
        buf_putc(&out, ' ');
    }
    view_put_flag(view->root, "kept_known", buf_ok(&out));
    view_put(view->root, "kept", buf_ok(&out) ? buf_text(&out) : NULL);
    buf_release(&out);
}

/* The papers that this viewer may open now, and how many more there are behind the PIN. */
enum err view_put_papers(struct view *view, struct db *db, const struct viewer *viewer, int64_t now_ms)
{
    struct paper *papers;
    struct marks marks;
    size_t count;
    enum err err = papers_list(db, view->arena, &viewer->papers, now_ms, &papers, &count);
    if (err == OK) err = marks_load(db, view->arena, &viewer->papers, &marks);
    if (err != OK) return err;
    json_t *list = json_array();
    int64_t locked = 0, bytes = 0;
    for (size_t k = 0; k < count; k++) {
        if (papers[k].access == PAPER_NEEDS_PIN) locked++;
        else json_array_append_new(list, paper_view(view, viewer, &papers[k], &marks));
        if (papers[k].access == PAPER_OPEN) bytes += papers[k].size;
    }
    if (json_array_size(list) > 1) {
        json_t *all = json_object();
        view_put(all, "href", arena_printf(view->arena, "%s/papers.zip", viewer->door));
        view_put(all, "size", i18n_size(view->arena, bytes));
        view_put_json(view->root, "all_papers", all);
    }
    view_put(view->root, "search", json_array_size(list) > 0 ? arena_printf(view->arena, "%s/search", viewer->door) : NULL);
    view_put_flag(view->root, "has_papers", count > 0);
    pin_put(view, viewer, locked);
    if (!viewer->by_session) put_kept(view, papers, count);
    view_put_json(view->root, "papers", list);
    return OK;
}

/* That there are others, and no more; and how to see them. */
static void put_elsewhere(struct view *view, const struct viewer *viewer, int64_t count, int64_t answered)
{
    if (count == 0) return;
    json_t *out = json_object();
    view_put_number(out, "count", count);
    if (answered > 0) view_put_number(out, "answered", answered);
    if (json_object_get(view->root, "pin") == NULL) view_put(out, "action", arena_printf(view->arena, "%s/pin", viewer->door)); /* the form is not there already */
    view_put_json(view->root, "asked_elsewhere", out);
}

enum err view_put_questions(struct view *view, struct db *db, const struct viewer *viewer)
{
    struct question *list;
    size_t count;
    struct sql_room_event_row event;
    if (viewer->is_kiosk) return OK; /* a shared screen is no place for them */
    enum err err = sql_room_event(db, view->arena, viewer->papers.event_id, &event);
    const struct question_reader reader = {viewer->papers.delegate_id, viewer_asker(view->req, viewer), viewer->papers.pin_passed};
    if (err == OK) err = question_of(db, view->arena, &reader, &list, &count);
    if (err != OK) return err;
    json_t *out = json_array();
    int64_t hidden = 0, hidden_answered = 0;
    for (size_t i = 0; i < count; i++) {
        if (!list[i].is_mine) {
            hidden++;
            hidden_answered += list[i].answered_ms != DB_NULL;
            continue;
        }
        json_t *item = json_object();
        view_put(item, "words", list[i].words);
        view_put(item, "asked", i18n_time(view->arena, event.timezone, list[i].asked_ms));
        view_put(item, "answer", list[i].answer);
        if (list[i].answer != NULL && list[i].seen_ms == DB_NULL) opened_note_answer(view->req, reader.delegate_id, list[i].id);
        json_array_append_new(out, item);
    }
    view_put_json(view->root, "questions", out);
    put_elsewhere(view, viewer, hidden, hidden_answered);
    bool open = event.questions_closed_ms == DB_NULL;
    view_put(view->root, "news_door", viewer->door);
    view_put_flag(view->root, "ask", open);
    view_put_flag(view->root, "has_questions", open || count > 0);
    return OK;
}

/* --- what an open page depends on ------------------------------------------------------------------------------------------------------ */

static int by_moment(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

void news_moments_release(struct news_moments *m)
{
    for (size_t i = 0; i < m->target_count; i++) free(m->targets[i].audience);
    free(m->targets);
    free(m->at);
    *m = (struct news_moments){0};
}

static enum err load_targets(struct worker *worker, struct arena *arena, int64_t event_id, struct news_moments *m)
{
    struct announcement *list;
    size_t count;
    enum err err = announcement_open(worker->db, arena, event_id, &list, &count);
    if (err == OK) m->targets = calloc(count + 1, sizeof *m->targets);
    if (err != OK || !m->targets) return err != OK ? err : ERR_NOMEM;
    for (size_t i = 0; i < count; i++) {
        if (!list[i].to_phone || !announcement_asks_delegation(list[i].audience)) continue;
        char *audience = strdup(list[i].audience);
        if (!audience) return ERR_NOMEM;
        m->targets[m->target_count++] = (struct news_target){list[i].id, audience};
    }
    return OK;
}

/* All moments at which something appears or goes by itself, in order; kept by this worker until the configuration is another one. */
static enum err load_moments(struct worker *worker, struct arena *arena, const struct viewer *viewer, int64_t config_seq)
{
    struct sql_news_moments_row *rows;
    size_t count;
    int64_t event_id = viewer->papers.event_id;
    if (worker->moments.event_id == event_id && worker->moments.config_seq == config_seq) return OK;
    enum err err = sql_news_moments(worker->db, arena, event_id, &rows, &count);
    if (err != OK) return err;
    /* What was read is of this configuration or of a newer one; then the next look finds another number and reads again. */
    struct news_moments m = {.event_id = event_id, .config_seq = config_seq, .at = malloc((count + 1) * sizeof *m.at), .count = count};
    err = m.at ? load_targets(worker, arena, event_id, &m) : ERR_NOMEM;
    if (err != OK) {
        news_moments_release(&m);
        return err;
    }
    for (size_t i = 0; i < count; i++) m.at[i] = rows[i].at_ms;
    qsort(m.at, count, sizeof *m.at, by_moment);
    news_moments_release(&worker->moments);
    worker->moments = m;
    return OK;
}

static uint64_t mix(uint64_t all, int64_t one)
{
    return (all ^ (uint64_t)one) * UINT64_C(0x9E3779B97F4A7C15);
}

enum err news_heard(struct worker *worker, struct arena *arena, const struct viewer *viewer, int64_t config_seq, uint64_t *ret)
{
    enum err err = load_moments(worker, arena, viewer, config_seq);
    *ret = 0;
    for (size_t i = 0; err == OK && i < worker->moments.target_count; i++) {
        const struct news_target *target = &worker->moments.targets[i];
        if (announcement_is_for(target->audience, viewer->papers.category, viewer->papers.delegation)) *ret = mix(*ret, target->id);
    }
    return err;
}

enum err news_etag(struct http_request *req, struct worker *worker, const struct viewer *viewer, int64_t now_ms, const char **ret)
{
    const struct paper_viewer *v = &viewer->papers;
    char browser[CRYPTO_HASH_HEX];
    struct sql_news_marks_row marks;
    question_browser_hash(viewer_asker(req, viewer), browser);
    enum err err = sql_news_marks(worker->db, req->arena, v->event_id, v->delegate_id, browser, &marks);
    if (err != OK) return err;
    return news_etag_at(req, worker, viewer, &(struct news_state){marks.config_seq, marks.opened, marks.asked, marks.answered, marks.mine}, now_ms, ret);
}

enum err news_etag_at(struct http_request *req, struct worker *worker, const struct viewer *viewer, const struct news_state *state, int64_t now_ms, const char **ret)
{
    const struct paper_viewer *v = &viewer->papers;
    enum err err = load_moments(worker, req->arena, viewer, state->config_seq);
    if (err != OK) return err;
    size_t passed = 0;
    while (passed < worker->moments.count && worker->moments.at[passed] <= now_ms) passed++;
    char *facts = arena_printf(req->arena, "%s %" PRId64 " %" PRId64 " %" PRId64 " %zu %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 " %d%d%d %s %s %s %d", web_build,
                               v->delegate_id, state->config_seq, v->event_id, passed, state->opened, state->asked, state->answered, state->mine, v->pin_passed,
                               v->pin_for_all, viewer->is_kiosk, v->category, v->delegation ? v->delegation : "", viewer->door, (int)view_language(req));
    uint8_t hash[CRYPTO_HASH_BYTES];
    char *etag = arena_alloc(req->arena, 2 * ETAG_BYTES + 1);
    if (!facts || !etag) return ERR_NOMEM;
    crypto_derive("plenum-news", facts, strlen(facts), hash); /* an eighth of the work of SHA-256 */
    crypto_hex(hash, ETAG_BYTES, etag);
    *ret = etag;
    return OK;
}
