/* GET and POST /admin/{event}/welcome: whether screens at the doors greet who comes in, at which gates, with photos or without; the code of each gate's screen. */
#include "core/base/clock.h"
#include "core/congress/welcome.h"
#include "server/pages/staff_page.h"

#include <string.h>

#define GATES_MOST 256

struct decision {
    int64_t event_id, gate_id; /* gate_id: whose code is made anew; 0: the rule is decided */
    struct welcome_rule rule;
    char code[WELCOME_CODE_SIZE];
};

static const char *base_url(const struct view *view)
{
    const struct app *app = view->app;
    return app->secure_base != NULL ? app->secure_base : app->plain_base != NULL ? app->plain_base : "";
}

static json_t *gate_json(struct view *view, const struct programme *programme, const struct programme_gate *gate, const struct welcome_code *codes, size_t count)
{
    json_t *row = json_object();
    view_put(row, "code", gate->code);
    view_put_title(view, row, "title", gate->title);
    view_put_flag(row, "greets", gate->greets);
    view_put(row, "href", arena_printf(view->arena, "/welcome/%s/%s", programme->slug, gate->code));
    view_put(row, "url", arena_printf(view->arena, "%s/welcome/%s/%s", base_url(view), programme->slug, gate->code));
    for (size_t i = 0; i < count; i++) {
        if (codes[i].gate_id != gate->id) continue;
        view_put(row, "screen_code", codes[i].code);
        view_put_number(row, "screens", codes[i].screens);
    }
    return row;
}

void welcome_admin_get(struct http_request *req)
{
    struct staff_page page;
    struct welcome_code *codes;
    size_t count;
    if (!staff_enter(req, NULL) || !staff_page_begin(&page, req)) return;
    struct view *view = &page.view;
    enum err e = welcome_code_list(page.worker->db, req->arena, page.event.id, &codes, &count);
    if (e != OK) {
        reply_error(req, e, NULL);
        return;
    }
    json_t *gates = json_array();
    bool on = false;
    for (size_t i = 0; i < page.programme->gate_count; i++) {
        const struct programme_gate *gate = &page.programme->gates[i];
        on = on || gate->greets;
        if (gate->kind == GATE_ENTRY && gate->lets_in) json_array_append_new(gates, gate_json(view, page.programme, gate, codes, count));
    }
    view_put_json(view->root, "gates", gates);
    view_put_flag(view->root, "on", on);
    view_put_flag(view->root, "photo", page.programme->welcome_photo);
    staff_page_put_done(view, "welcome.done.");
    view_set_title(view, view_words(view, "welcome.link"));
    view_set_style(view, "welcome");
    view_reply(view, 200, "admin_welcome");
}

static enum err decide(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    const struct decision *d = req->state;
    int64_t now_ms = clock_now_ms();
    (void)tools;
    enum err e = d->gate_id ? welcome_code_renew(db, d->gate_id, d->code, now_ms) : welcome_decide(db, req->arena, d->event_id, &d->rule);
    if (e == OK)
        e = audit_write(db, now_ms, actor_of(req), d->gate_id ? "welcome code" : d->rule.on ? "welcome on" : "welcome off", http_param(req, "event"),
                        d->gate_id ? http_form(req, "gate") : NULL);
    return e == OK ? OK : db_fault(db, e, fault, "the screens that greet");
}

static void decided(struct http_request *req)
{
    const struct decision *d = req->state;
    const struct fault *fault;
    enum err e = write_result(req, &fault);
    if (e != OK) reply_error(req, e, fault);
    else http_reply_redirect(req, 303, arena_printf(req->arena, "/admin/%s/welcome?done=%s", http_param(req, "event"), d->gate_id ? "code" : d->rule.on ? "on" : "off"));
}

/* The ticked gates, those of this event only. */
static bool read_rule(struct http_request *req, const struct programme *programme, struct welcome_rule *rule)
{
    const char **gates = arena_array(req->arena, GATES_MOST, sizeof *gates), *code;
    if (gates == NULL) return false;
    for (size_t i = 0; rule->gate_count < GATES_MOST && (code = http_form_at(req, "gate", i)) != NULL; i++) {
        const struct programme_gate *gate = programme_gate_by_code(programme, code);
        if (gate != NULL) gates[rule->gate_count++] = arena_strdup(req->arena, gate->code);
    }
    rule->gates = gates;
    rule->photo = http_form(req, "photo") != NULL;
    rule->on = rule->gate_count > 0;
    return true;
}

void welcome_admin_post(struct http_request *req)
{
    struct worker *worker = worker_of(req);
    const struct programme *programme = worker == NULL ? NULL : event_of(req, worker, NULL);
    struct decision *d = programme == NULL ? NULL : arena_alloc(req->arena, sizeof *d);
    if (programme == NULL) return;
    if (d == NULL) {
        reply_reason(req, REASON_busy);
        return;
    }
    const char *action = http_form(req, "do"), *code = http_form(req, "gate");
    *d = (struct decision){.event_id = programme->event_id};
    req->state = d;
    if (action != NULL && strcmp(action, "code") == 0) {
        const struct programme_gate *gate = code == NULL ? NULL : programme_gate_by_code(programme, code);
        if (gate == NULL) {
            reply_reason(req, REASON_unknown_gate);
            return;
        }
        d->gate_id = gate->id;
        welcome_code_make(d->code);
    } else if (action == NULL || strcmp(action, "rule") != 0) {
        reply_reason(req, REASON_bad_request);
        return;
    } else if (!read_rule(req, programme, &d->rule)) {
        reply_reason(req, REASON_busy);
        return;
    }
    request_write(req, decide, decided);
}
