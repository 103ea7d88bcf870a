/* GET /api/v1/events/{event}/badges.pdf?layout=&only=&unit=…: badges, made in the job pool; the run is written down before it is given out (and
 * /admin/-/register/cards.pdf: member cards). What is only looked at is not a print: HEAD, a part (Range), what a browser fetches ahead, and record=0
 * (docs/decisions/0020-badges-on-the-web.md). */
#include "core/base/clock.h"
#include "server/print_badges.h"

#include <string.h>

struct print {
    struct print_badges badges;
    struct arena arena; /* a run is larger than what a request may take */
    bool made;
};

static void release_print(void *data)
{
    struct print *p = data;
    buf_release(&p->badges.pdf);
    arena_release(&p->arena);
}

/* A form sends its empty fields too. */
static const char *query_word(struct http_request *req, const char *name)
{
    const char *word = http_query(req, name);
    return word && *word ? word : NULL;
}

static bool query_flag(struct http_request *req, const char *name)
{
    const char *word = http_query(req, name);
    return word && strcmp(word, "1") == 0;
}

static bool is_print(struct http_request *req)
{
    const char *record = http_query(req, "record"), *ahead = http_header(req, "Sec-Purpose");
    if (!ahead) ahead = http_header(req, "Purpose");
    return !req->is_head && !http_header(req, "Range") && !(record && strcmp(record, "0") == 0) && !(ahead && strstr(ahead, "prefetch"));
}

/* NULL: nobody was left out, there is nobody. */
static const char *nothing_sentence(const struct print_badges *p)
{
    if (!p->keep || !p->ready.before.printed) return NULL;
    return p->keep == PRINT_KEEP_CHANGED ? "No printed badge changed." : p->keep == PRINT_KEEP_NOT_PRINTED ? "Everybody was printed before."
                                                                      : "Everybody was printed before, and nothing changed.";
}

static void print_work(struct http_request *req, void *thread_state)
{
    struct print *p = req->state;
    struct badge_list_filter filter = {.unit = query_word(req, "unit")};
    struct fault fault = {0};
    if (!thread_state) {
        reply_reason(req, REASON_busy);
        return;
    }
    p->badges.words = (struct badge_wish_words){.order = query_word(req, "order"), .duplex = query_word(req, "duplex"), .page = query_word(req, "page"),
                                           .separators = query_word(req, "separators")};
    p->badges.keep = (query_flag(req, "not_printed") ? PRINT_KEEP_NOT_PRINTED : 0u) | (query_flag(req, "changed") ? PRINT_KEEP_CHANGED : 0u);
    p->badges.desk_phone = query_word(req, "desk_phone");
    enum err e = print_badges_split(&p->arena, http_query(req, "only"), &filter, &fault);
    if (e == OK) e = print_badges_make(&p->arena, thread_state, http_param(req, "event"), &filter, &p->badges, &fault);
    p->made = e == OK && p->badges.ready.list.count > 0;
    if (e == OK && !p->made) reply_reason_with(req, REASON_nothing_to_print, nothing_sentence(&p->badges));
    else if (e == ERR_LIMIT) reply_reason_with(req, REASON_too_many, fault.text);
    else if (e != OK) reply_error(req, e, &fault);
}

static enum err apply_record(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    const struct print_badges *p = &((const struct print *)req->state)->badges;
    const struct print_run run = {.kind = badges_layout_kind(p->layout), .layout = p->layout_name ? p->layout_name : badges_layout_name(0),
                                  .base_url = p->base_url, .actor = actor_of(req), .now_ms = clock_now_ms(), .unless_printed = p->keep != 0};
    int64_t run_id;
    enum err e = print_log_record(db, &tools->ids, &p->ready.list, &run, &run_id, fault);
    if (e != OK) return e;
    const char *event = http_param(req, "event");
    e = audit_write(db, run.now_ms, run.actor, "print", event ? event : "member cards", NULL);
    return e == OK ? OK : db_fault(db, e, fault, "print log");
}

static void give_pdf(struct http_request *req)
{
    struct print *p = req->state;
    const char *event = http_param(req, "event");
    char *name = arena_printf(req->arena, "inline; filename=\"%s%s.pdf\"", event ? "badges-" : "member-cards", event ? event : "");
    if (name) (void)http_set_header(req, "Content-Disposition", name);
    http_reply_buf(req, 200, "application/pdf", &p->badges.pdf);
}

static void after_record(struct http_request *req)
{
    const struct fault *fault;
    enum err e = write_result(req, &fault);
    if (e == OK) give_pdf(req);
    else if (e == ERR_CONFLICT) reply_reason_with(req, REASON_already_printed, fault->text);
    else reply_error(req, e, fault);
}

static void after_print(struct http_request *req)
{
    const struct print *p = req->state;
    if (!p->made) return;
    if (is_print(req)) request_write(req, apply_record, after_record);
    else give_pdf(req);
}

/* Without an event in the address they are member cards. */
void print_badges_answer(struct http_request *req)
{
    struct fault fault;
    struct print *p = arena_alloc(req->arena, sizeof *p);
    if (!p || http_at_end(req, release_print, p) != OK) {
        reply_reason(req, REASON_busy);
        return;
    }
    buf_init(&p->badges.pdf, BUF_LIMIT_FILE);
    arena_init(&p->arena, PRINT_BADGES_MEMORY);
    const char *layout = query_word(req, "layout");
    if (!layout && !http_param(req, "event")) layout = "cr80";
    enum err e = print_badges_find(&p->arena, app_of(req), layout, &p->badges, &fault);
    if (e != OK) {
        if (e == ERR_NOMEM) reply_error(req, e, &fault);
        else reply_reason_with(req, REASON_unknown_layout, fault.text);
        return;
    }
    req->state = p;
    req->resume = after_print;
    http_run_in_pool(req, app_of(req)->pool, print_work);
}

void badges_get(struct http_request *req)
{
    struct worker *worker = worker_of(req);
    if (worker && event_of(req, worker, NULL)) print_badges_answer(req);
}
