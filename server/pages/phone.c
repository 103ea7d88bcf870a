/* GET /d/{token}: what a badge opens. For its holder the page of their day; for signed-in desk staff the desk's card with one button. */
#include "core/base/clock.h"
#include "core/congress/badges/badge_token.h"
#include "core/congress/delegate_page.h"
#include "core/congress/papers/papers.h"
#include "core/congress/title.h"
#include "server/access.h"
#include "server/pages/card.h"
#include "server/pages/view.h"

#include <ctype.h>
#include <string.h>

static char *file_kind(struct arena *arena, const char *name)
{
    const char *dot = strrchr(name, '.');
    if (dot == NULL || strlen(dot) > 6) return NULL;
    char *kind = arena_strdup(arena, dot + 1);
    for (char *p = kind; p != NULL && *p != '\0'; p++) *p = (char)toupper((unsigned char)*p);
    return kind;
}

static json_t *paper_view(struct view *view, const char *token, const struct paper *paper)
{
    struct buf href;
    buf_init(&href, BUF_LIMIT_LINE);
    buf_printf(&href, "/d/%s/f/", token);
    buf_put_url(&href, paper->code);
    buf_printf(&href, "/%lld/", (long long)paper->version);
    buf_put_url(&href, paper->name);
    json_t *out = json_object();
    view_put(out, "href", buf_text(&href));
    buf_release(&href);
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
    return out;
}

/* The papers that this badge opens without a PIN, and how many more there are. */
static enum err put_papers(struct view *view, struct db *db, const char *token, int64_t now_ms)
{
    struct paper_viewer viewer;
    enum err err = paper_viewer_by_token(db, view->arena, token, now_ms, &viewer);
    if (err == ERR_NOT_FOUND || err == ERR_DENIED) return OK; /* a mandate that was lost: no papers here */
    if (err != OK) return err;
    struct paper *papers;
    size_t count;
    err = papers_list(db, view->arena, &viewer, now_ms, &papers, &count);
    if (err != OK) return err;
    json_t *list = json_array();
    int64_t locked = 0, bytes = 0;
    for (size_t i = 0; i < count; i++) {
        if (papers[i].access == PAPER_NEEDS_PIN) locked++;
        else json_array_append_new(list, paper_view(view, token, &papers[i]));
        if (papers[i].access == PAPER_OPEN) bytes += papers[i].size;
    }
    if (json_array_size(list) > 1) {
        json_t *all = json_object();
        view_put(all, "href", arena_printf(view->arena, "/d/%s/papers.zip", token));
        view_put(all, "size", i18n_size(view->arena, bytes));
        view_put_json(view->root, "all_papers", all);
    }
    view_put_flag(view->root, "has_papers", count > 0);
    if (locked > 0) view_put_number(view->root, "restricted", locked);
    view_put_json(view->root, "papers", list);
    return OK;
}

void card_put_person(struct view *view, const struct delegate_page *delegate, const struct programme *programme)
{
    json_t *person = json_object(), *category = json_object();
    view_put(person, "honorific", delegate->honorific);
    view_put(person, "name", delegate->name != NULL ? delegate->name : view_words(view, "desk.blank_name"));
    view_put_title(view, person, "title", delegate->title);
    view_put_title(view, person, "delegation", delegate->delegation);
    view_put_json(view->root, "person", person);
    unsigned position = programme_category_position(programme, delegate->category_id);
    view_put_number(category, "index", position);
    if (position < programme->category_count) view_put_title(view, category, "title", programme->categories[position].title);
    view_put_json(view->root, "category", category);
    if (delegate->status != NULL && strcmp(delegate->status, "summoned") != 0)
        view_put(view->root, "status_note", view_words(view, arena_printf(view->arena, "status.%s", delegate->status)));
}

static void put_facts(struct view *view, const struct delegate_page *delegate)
{
    json_t *facts = json_array();
    view_add_fact(view, facts, "fact.seat", delegate->seat, true);
    view_add_fact(view, facts, "fact.number", delegate->number, true);
    view_add_fact(view, facts, "fact.group", delegate->group, false);
    view_add_fact(view, facts, "fact.room", delegate->room, false);
    view_add_fact(view, facts, "fact.transport", delegate->transport, false);
    view_put_json(view->root, "facts", facts);
}

static enum err put_page(struct view *view, struct worker *worker, const char *token, const struct delegate_page *delegate, int64_t now_ms)
{
    struct event_page event;
    const struct programme *programme;
    struct programme_seqs seqs;
    enum err err = programme_cached(&worker->programmes, worker->db, delegate->event, &programme, &seqs);
    if (err == OK) err = event_page_load(worker->db, view->arena, delegate->event, &event);
    if (err != OK) return err;
    view_put_event(view, &event, true);
    card_put_person(view, delegate, programme);
    put_facts(view, delegate);
    view_put_announcements(view, &event, now_ms);
    view_put(view->root, "made_at", i18n_time(view->arena, event.timezone, now_ms));
    view_set_title(view, title_pick(view->arena, event.title, view->tag));
    unsigned position = programme_category_position(programme, delegate->category_id);
    category_set mine = position < 64 ? UINT64_C(1) << position : ~UINT64_C(0);
    err = view_put_programme(view, worker->db, &event, programme, mine, now_ms);
    return err == OK ? put_papers(view, worker->db, token, now_ms) : err;
}

/* Whether the one who asks works at the desk of this event. The route names no event, so the roles of the principal do not say. */
static bool is_desk(const struct http_request *req, int64_t event_id)
{
    const struct principal *p = principal_of(req);
    return p->is_staff && account_may(&p->account, ACCOUNT_DESK, event_id);
}

void phone_get(struct http_request *req)
{
    struct view view;
    char token[ID_TOKEN_SIZE];
    struct worker *worker = worker_of(req);
    if (worker == NULL || !view_begin(&view, req)) return;
    if (!id_token_read(http_param(req, "token"), token)) {
        view_reply_note(&view, 404, "badge.unknown");
        return;
    }
    int64_t now_ms = clock_now_ms();
    struct delegate_page delegate;
    const struct programme *programme = NULL;
    struct programme_seqs seqs = {0};
    enum err err = delegate_page_load(worker->db, req->arena, token, now_ms, &delegate);
    if (err == OK && delegate.event == NULL) {
        view_reply_note(&view, 200, "badge.no_event");
        return;
    }
    if (err == OK) err = programme_cached(&worker->programmes, worker->db, delegate.event, &programme, &seqs);
    const char *wanted = http_query(req, "view");
    if (err == OK && is_desk(req, seqs.event_id) && (wanted == NULL || strcmp(wanted, "delegate") != 0)) {
        card_reply(&view, worker, token, &delegate);
        return;
    }
    if (err == OK && delegate.person_code == NULL) {
        view_reply_note(&view, 200, "badge.blank");
        return;
    }
    if (err == OK) err = put_page(&view, worker, token, &delegate, now_ms);
    if (err == ERR_NOT_FOUND) view_reply_note(&view, 404, "badge.unknown");
    else if (err == ERR_DENIED) view_reply_note(&view, 410, "badge.revoked");
    else if (err != OK) reply_error(req, err, NULL);
    else view_reply(&view, 200, "phone");
}
