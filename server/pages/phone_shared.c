#include "server/pages/phone_shared.h"
#include "core/base/clock.h"
#include "core/congress/title.h"
#include "server/access.h"
#include "server/pages/card.h"
#include "server/pages/fragment.h"
#include "server/pages/phone_papers.h"
#include "server/pages/reading.h"
#include "server/pages/stencil.h"

#include <stdlib.h>
#include <string.h>

#define PERSON_ABOUT 1024 /* bytes of what is the person's own, as a rule */

enum err phone_put_event(struct view *view, struct worker *worker, const struct event_page *event, const struct programme *programme,
                         const struct announcement_reader *reader, category_set mine, int64_t now_ms)
{
    view_put_event(view, event, true);
    enum err err = view_put_announcements(view, worker->db, event->id, reader, now_ms);
    if (err != OK) return err;
    view_put(view->root, "made_at", i18n_time(view->arena, event->timezone, now_ms));
    view_set_title(view, title_pick(view->arena, event->title, view->tag));
    return view_put_programme(view, worker->db, event, programme, mine, now_ms);
}

enum err phone_put_papers(struct view *view, struct worker *worker, const struct viewer *viewer, const char *etag, int64_t now_ms)
{
    static const char *const prefixes[] = {"phone."};
    enum err err = view_put_papers(view, worker->db, viewer, now_ms);
    if (err == OK) err = view_put_questions(view, worker->db, viewer);
    if (err != OK || viewer->is_kiosk) return err; /* a kiosk is cleared before there could be news */
    reading_put_keep(view, viewer);
    view_put(view->root, "calendar", arena_printf(view->arena, "%s/programme.ics", viewer->door));
    view_put(view->root, "news", arena_printf(view->arena, "%s/news", viewer->door));
    view_put(view->root, "news_etag", etag);
    view_set_script(view, "phone", prefixes, 1);
    return OK;
}

void phone_put_facts(struct view *view, const struct delegate_page *delegate)
{
    json_t *facts = json_array();
    view_add_fact(view, facts, "fact.seat", delegate->seat, true);
    view_add_fact(view, facts, "fact.number", delegate->number, true);
    view_add_fact(view, facts, "fact.group", delegate->group, false);
    view_add_fact(view, facts, "fact.room", delegate->room, false);
    view_add_fact(view, facts, "fact.transport", delegate->transport, false);
    view_put_json(view->root, "facts", facts);
}

/* --- the shared half ---------------------------------------------------------------------------------------------------------------------- */

/* One request for a page of which the shared half is kept. */
struct ask {
    struct http_request *req;
    struct worker *worker;
    struct viewer viewer;
    struct delegate_page delegate;
    int64_t now_ms;
    const char *etag;
};

static struct fragment_key key_of(const struct ask *ask)
{
    return (struct fragment_key){.event_id = ask->delegate.event_id, .config_seq = ask->delegate.config_seq, .category_id = ask->delegate.category_id,
                                 .language = (unsigned)view_language(ask->req), .pin_passed = ask->viewer.papers.pin_passed, .may_keep = reading_keeps(ask->req)};
}

/* When the first of these things changes by itself: the minute that the page names, a session, a paper, an announcement. */
static int64_t next_change(const struct worker *worker, const struct programme *programme, int64_t now_ms)
{
    int64_t next = now_ms - now_ms % CLOCK_MINUTE + CLOCK_MINUTE;
    for (size_t i = 0; i < programme->session_count; i++) {
        const struct programme_session *s = &programme->sessions[i];
        if (s->starts_ms > now_ms && s->starts_ms < next) next = s->starts_ms;
        if (s->ends_ms > now_ms && s->ends_ms < next) next = s->ends_ms;
    }
    for (size_t i = 0; i < worker->moments.count; i++)
        if (worker->moments.at[i] > now_ms && worker->moments.at[i] < next) next = worker->moments.at[i];
    return next;
}

/* As somebody who has opened and asked nothing, with stand-ins for what differs. */
static enum err put_shared(struct view *view, const struct ask *ask, struct fragment *made)
{
    struct worker *worker = ask->worker;
    struct viewer nobody = ask->viewer;
    struct event_page event;
    struct programme_seqs seqs;
    const struct programme *programme;
    const char *etag = NULL;
    enum err err = event_page_load(worker->db, view->arena, ask->delegate.event, &event);
    if (err == OK) err = programme_cached(&worker->programmes, worker->db, event.slug, &programme, &seqs);
    if (err == OK && event.config_seq != ask->delegate.config_seq) err = ERR_BUSY;
    /* For what it loads: the moments of this configuration, which next_change looks at. */
    if (err == OK) err = news_etag_at(ask->req, worker, &ask->viewer, &(struct news_state){.config_seq = event.config_seq}, ask->now_ms, &etag);
    if (err != OK) return err;
    nobody.papers.delegate_id = 0;
    nobody.door = arena_printf(view->arena, "/d/%s", fragments_token(worker->fragments));
    if (nobody.door == NULL) return ERR_NOMEM;
    unsigned position = programme_category_position(programme, ask->delegate.category_id);
    category_set mine = position < 64 ? UINT64_C(1) << position : ~UINT64_C(0);
    made->category_index = position;
    if (position < programme->category_count) {
        made->category_title = strdup(title_pick(view->arena, programme->categories[position].title, view->tag));
        if (made->category_title == NULL) return ERR_NOMEM;
    }
    const struct announcement_reader reader = {ANNOUNCEMENT_ON_PHONE, ask->delegate.category, ask->delegate.unit};
    err = phone_put_event(view, worker, &event, programme, &reader, mine, ask->now_ms);
    if (err == OK) err = phone_put_papers(view, worker, &nobody, fragments_etag(worker->fragments), ask->now_ms);
    made->until_ms = next_change(worker, programme, ask->now_ms);
    return err;
}

/* All reads see one moment. ERR_BUSY: the configuration is another one by now than with the person's row. */
static enum err shared_make(const struct ask *ask, const struct fragment_key *key, const struct fragment **ret)
{
    struct view view;
    struct worker *worker = ask->worker;
    struct fragment made = {.key = *key, .from_ms = ask->now_ms};
    if (worker->fragments == NULL) worker->fragments = fragments_new();
    if (worker->fragments == NULL || view_make(&view, ask->req) != OK) return ERR_NOMEM;
    enum err err = db_snapshot_begin(worker->db);
    if (err != OK) return err;
    err = put_shared(&view, ask, &made);
    db_snapshot_end(worker->db);
    buf_init(&made.head, VIEW_LIMIT);
    buf_init(&made.rest, VIEW_LIMIT);
    if (err == OK) err = view_render(&view, "phone_head", &made.head);
    if (err == OK) err = view_render(&view, "phone_rest", &made.rest);
    if (err != OK) {
        fragment_release(&made);
        return err;
    }
    *ret = fragments_keep(worker->fragments, &made);
    return *ret != NULL ? OK : ERR_LIMIT;
}

/* --- the person's half -------------------------------------------------------------------------------------------------------------------- */

enum person_text { PERSON_HONORIFIC, PERSON_NAME, PERSON_TITLE, PERSON_DELEGATION, PERSON_SEAT, PERSON_NUMBER, PERSON_GROUP, PERSON_ROOM, PERSON_TRANSPORT };
_Static_assert(PERSON_TRANSPORT + 1 == STENCIL_TEXTS, "each text has its stand-in");

/* As the page shows them; NULL: nothing. */
static bool person_texts(const struct ask *ask, const char *language, const char *texts[STENCIL_TEXTS])
{
    const struct delegate_page *d = &ask->delegate;
    texts[PERSON_HONORIFIC] = d->honorific;
    texts[PERSON_NAME] = d->name;
    texts[PERSON_TITLE] = d->title == NULL ? NULL : title_pick(ask->req->arena, d->title, language);
    texts[PERSON_DELEGATION] = d->delegation == NULL ? NULL : title_pick(ask->req->arena, d->delegation, language);
    texts[PERSON_SEAT] = d->seat;
    texts[PERSON_NUMBER] = d->number;
    texts[PERSON_GROUP] = d->group;
    texts[PERSON_ROOM] = d->room;
    texts[PERSON_TRANSPORT] = d->transport;
    bool good = (d->title == NULL || texts[PERSON_TITLE] != NULL) && (d->delegation == NULL || texts[PERSON_DELEGATION] != NULL);
    for (size_t i = 0; i < STENCIL_TEXTS; i++)
        if (texts[i] != NULL && texts[i][0] == '\0') texts[i] = NULL;
    return good && texts[PERSON_NAME] != NULL;
}

/* Somebody whose texts are stand-ins, shown by the template. */
static enum err stencil_make(const struct ask *ask, const struct fragment *fragment, const struct stencil_key *key, const struct stencil **ret)
{
    struct view view;
    struct buf rendered;
    const char *texts[STENCIL_TEXTS];
    struct worker *worker = ask->worker;
    if (worker->stencils == NULL) worker->stencils = stencils_new();
    if (worker->stencils == NULL || view_make_part(&view, ask->req) != OK) return ERR_NOMEM;
    for (unsigned i = 0; i < STENCIL_TEXTS; i++) texts[i] = (key->texts & 1u << i) != 0 ? stencils_stand_in(worker->stencils, i) : NULL;
    const struct delegate_page shape = {.honorific = texts[PERSON_HONORIFIC], .name = texts[PERSON_NAME], .title = texts[PERSON_TITLE],
                                        .delegation = texts[PERSON_DELEGATION], .seat = texts[PERSON_SEAT], .number = texts[PERSON_NUMBER], .group = texts[PERSON_GROUP],
                                        .room = texts[PERSON_ROOM], .transport = texts[PERSON_TRANSPORT], .status = key->status};
    card_put_name(&view, &shape);
    card_put_category(&view, fragment->category_index, fragment->category_title);
    phone_put_facts(&view, &shape);
    buf_init(&rendered, VIEW_LIMIT);
    enum err err = view_render(&view, "phone_person", &rendered);
    if (err != OK) {
        buf_release(&rendered);
        return err;
    }
    *ret = stencils_keep(worker->stencils, key, &rendered);
    return *ret != NULL ? OK : ERR_LIMIT;
}

static enum err person_put(const struct ask *ask, const struct fragment *fragment, struct buf *out)
{
    const char *texts[STENCIL_TEXTS];
    const struct stencil *stencil = NULL;
    if (!person_texts(ask, i18n_tag((enum i18n_language)fragment->key.language), texts)) return ERR_NOMEM;
    struct stencil_key key = {.language = fragment->key.language, .category_index = fragment->category_index, .category_title = fragment->category_title,
                              .status = ask->delegate.status};
    for (unsigned i = 0; i < STENCIL_TEXTS; i++)
        if (texts[i] != NULL) key.texts |= 1u << i;
    if (ask->worker->stencils != NULL) stencil = stencils_find(ask->worker->stencils, &key);
    enum err err = stencil != NULL ? OK : stencil_make(ask, fragment, &key, &stencil);
    if (err == OK) stencil_put(stencil, texts, out);
    return err;
}

static enum err page_put(const struct ask *ask, const struct fragment *fragment, struct buf *out)
{
    buf_expect(out, fragment->head.length + fragment->rest.length + PERSON_ABOUT);
    enum err err = fragment_put(fragment, false, ask->viewer.token, ask->etag, out);
    if (err == OK) err = person_put(ask, fragment, out);
    if (err == OK) err = fragment_put(fragment, true, ask->viewer.token, ask->etag, out);
    return err;
}

/* Whether this page is one of those; then who asks. */
static bool ask_read(struct http_request *req, struct worker *worker, int64_t now_ms, struct ask *ask)
{
    struct delegate_page *d = &ask->delegate;
    *ask = (struct ask){.req = req, .worker = worker, .now_ms = now_ms};
    if (principal_of(req)->is_staff || http_query(req, "lang") != NULL) return false;
    enum err err = viewer_door_of(req, worker, now_ms, &ask->viewer);
    if (err != OK || ask->viewer.by_session) return false;
    err = delegate_page_load_holder(worker->db, req->arena, ask->viewer.token, d);
    if (err != OK || d->lost_mandate || d->asked > 0 || d->is_head) return false;
    bool marked = false;
    if (d->opened > 0 && (view_has_marks(worker->db, req->arena, d->event_id, d->delegate_id, &marked) != OK || marked)) return false;
    ask->viewer.papers = (struct paper_viewer){.delegate_id = d->delegate_id, .event_id = d->event_id, .event = d->event, .timezone = d->timezone,
                                               .category = d->category, .delegation = d->unit, .pin_for_all = d->asks_pin};
    return viewer_read_pin(req, worker, now_ms, &ask->viewer) == OK;
}

bool phone_reply_shared(struct http_request *req, struct worker *worker, int64_t now_ms)
{
    struct ask ask;
    const struct fragment *fragment = NULL;
    if (!ask_read(req, worker, now_ms, &ask)) return false;
    struct fragment_key key = key_of(&ask);
    if (news_heard(worker, req->arena, &ask.viewer, ask.delegate.config_seq, &key.heard) != OK) return false;
    if (worker->fragments != NULL) fragment = fragments_find(worker->fragments, &key, now_ms);
    if (fragment == NULL && shared_make(&ask, &key, &fragment) != OK) return false;
    struct news_state state = {.config_seq = ask.delegate.config_seq, .opened = ask.delegate.opened};
    if (news_etag_at(req, worker, &ask.viewer, &state, now_ms, &ask.etag) != OK) return false;
    struct buf out;
    buf_init(&out, VIEW_LIMIT);
    if (page_put(&ask, fragment, &out) != OK) {
        buf_release(&out);
        return false;
    }
    if (!key.pin_passed) reading_may_keep(req); /* as put_papers in phone.c */
    (void)http_set_header(req, "Content-Language", i18n_tag((enum i18n_language)key.language));
    http_reply_buf(req, 200, "text/html; charset=utf-8", &out);
    return true;
}
