/* POST /e/{event}/enter: badge number and PIN, for who cannot scan. POST /kiosk/{event}: the same at a shared screen, or a badge under a hand scanner.
 *
 * What opens is /d/me: the badge's address is never shown to somebody who only knew a number. A number is no secret, so these tries are counted apart from the
 * badge's (nobody is locked out of a badge by it), wait sooner, and are counted by address besides. Each try is taken from browser and address before anything
 * is compared, and is given back when nothing was, or when it was right. No count is shared by all: whoever tries numbers shuts this door for those numbers and
 * for his own address, for nobody else (docs/decisions/0022-pin.md). */
#include "server/pages/pin.h"

#include "core/base/clock.h"
#include "core/base/crypto.h"
#include "server/bucket.h"
#include "server/pages/kiosk.h"

#include <arpa/inet.h>
#include <string.h>

#define NUMBER_SESSION_MS (12 * CLOCK_HOUR)
#define KIOSK_SESSION_MS (10 * CLOCK_MINUTE) /* the screen itself clears after KIOSK_SECONDS; this is for one that was switched off */

struct entering {
    enum pin_session_kind kind;
    void (*show)(struct http_request *req, int status, const struct pin_note *note);
    const char *number, *typed, *cookie, *address;
    char token[ID_TOKEN_SIZE]; /* "": number and PIN */
    int64_t event_id;
    struct pin_answer answer;
};

void enter_put(struct view *view, const char *action)
{
    const char *word = pin_browser_make(view->req);
    json_t *enter = json_object();
    view_put(enter, "action", action);
    view_put(enter, "csrf", word);
    view_put_json(view->root, "enter", enter);
}

static enum err find_by_number(struct db *db, struct http_request *req, struct entering *in, int64_t now_ms, int64_t *ret_delegate_id)
{
    char token[ID_TOKEN_SIZE];
    enum err err = pin_find_number(db, req->arena, in->event_id, in->number, ret_delegate_id);
    if (err == OK) err = pin_session_token(db, *ret_delegate_id, token);
    if (err == OK) err = pin_try(db, PIN_DOOR_NUMBER, *ret_delegate_id, in->typed, now_ms, &in->answer);
    if (err == ERR_NOT_FOUND || (err == OK && in->answer.outcome == PIN_NONE)) { /* who only knows a number learns no more than that it was wrong */
        in->answer = (struct pin_answer){.outcome = PIN_WRONG};
        err = OK;
    }
    return err;
}

static enum err find_by_badge(struct db *db, struct http_request *req, struct entering *in, int64_t now_ms, int64_t *ret_delegate_id)
{
    struct paper_viewer viewer;
    enum err err = paper_viewer_by_token(db, req->arena, in->token, now_ms, &viewer);
    in->answer = (struct pin_answer){.outcome = err == OK ? PIN_RIGHT : PIN_NONE};
    if (err == OK) *ret_delegate_id = viewer.delegate_id;
    return err == ERR_NOT_FOUND || err == ERR_DENIED ? OK : err;
}

static enum err enter_apply(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    (void)tools;
    (void)fault;
    struct entering *in = req->state;
    int64_t now_ms = clock_now_ms(), delegate_id = 0;
    bool by_badge = in->token[0] != '\0';
    enum err err = by_badge ? find_by_badge(db, req, in, now_ms, &delegate_id) : find_by_number(db, req, in, now_ms, &delegate_id);
    if (err != OK || in->answer.outcome != PIN_RIGHT) return err;
    const char *old = http_cookie(req, VIEWER_ME_COOKIE);
    if (old != NULL) err = pin_session_end(db, old);
    const struct pin_session session = {.kind = in->kind, .delegate_id = delegate_id, .passed = !by_badge,
                                        .expires_ms = now_ms + (in->kind == PIN_SESSION_KIOSK ? KIOSK_SESSION_MS : NUMBER_SESSION_MS)};
    return err == OK ? pin_session_add(db, req->arena, &session, now_ms, &in->cookie) : err;
}

const char *enter_address_of(struct http_request *req)
{
    static const unsigned char mapped[12] = {[10] = 0xff, [11] = 0xff};
    unsigned char raw[sizeof(struct in6_addr)];
    char text[INET6_ADDRSTRLEN];
    if (inet_pton(AF_INET6, req->peer, raw) != 1 || memcmp(raw, mapped, sizeof mapped) == 0) return req->peer;
    memset(raw + 8, 0, 8);
    return inet_ntop(AF_INET6, raw, text, sizeof text) != NULL ? arena_strdup(req->arena, text) : req->peer;
}

/* At a kiosk the browser is everybody's: who types wrong there must not keep the next one waiting. */
static int64_t take_browser(struct http_request *req, const struct entering *in)
{
    return in->kind == PIN_SESSION_KIOSK ? 0 : pin_browser_take(req);
}

static void spare_browser(struct http_request *req, const struct entering *in)
{
    if (in->kind != PIN_SESSION_KIOSK) pin_browser_spare(req);
}

static void reply_wrong(struct http_request *req, const struct entering *in)
{
    int64_t browser = in->kind == PIN_SESSION_KIOSK ? 0 : pin_browser_wrong(req);
    const struct pin_note note = {"enter.wrong", browser > in->answer.wait_ms ? browser : in->answer.wait_ms};
    in->show(req, 403, &note);
}

static void enter_done(struct http_request *req)
{
    const struct entering *in = req->state;
    const struct fault *fault;
    enum err err = write_result(req, &fault);
    bool counted = in->token[0] == '\0', compared = err == OK && (in->answer.outcome == PIN_RIGHT || in->answer.outcome == PIN_WRONG);
    if (counted && !compared) spare_browser(req, in);
    if (counted && (!compared || in->answer.outcome == PIN_RIGHT)) buckets_give_back(pages_number_buckets(app_of(req)->pages), in->address);
    if (err != OK) {
        reply_error(req, err, fault);
        return;
    }
    const struct pin_note wait = {"pin.wait", in->answer.wait_ms}, unknown = {"kiosk.unknown", 0};
    if (in->answer.outcome == PIN_WAIT) in->show(req, 429, &wait);
    else if (in->answer.outcome == PIN_NONE) in->show(req, 404, &unknown);
    else if (in->answer.outcome == PIN_WRONG) reply_wrong(req, in);
    else {
        if (counted && in->kind != PIN_SESSION_KIOSK) pin_browser_right(req);
        http_set_cookie(req, VIEWER_ME_COOKIE, in->cookie, "/", -1);
        http_reply_redirect(req, 303, "/d/" VIEWER_ME);
    }
}

/* Why a try by number is not even looked at; NULL: it is, and it is taken from the browser's and the address's. */
static const char *refusal_of(struct http_request *req, struct entering *in, int *ret_status, int64_t *ret_wait_ms)
{
    char digits[PIN_SIZE];
    *ret_status = 400;
    if (in->number == NULL || in->number[0] == '\0' || strlen(in->number) > 64 || !pin_read(in->typed, digits)) return "enter.form";
    *ret_status = 429;
    *ret_wait_ms = take_browser(req, in);
    if (*ret_wait_ms > 0) return "pin.wait";
    in->address = enter_address_of(req);
    *ret_wait_ms = in->address != NULL ? buckets_take(pages_number_buckets(app_of(req)->pages), in->address) : 0;
    if (*ret_wait_ms == 0 && in->address != NULL) return NULL;
    spare_browser(req, in);
    return "enter.busy";
}

static void enter_begin(struct http_request *req, enum pin_session_kind kind, void (*show)(struct http_request *, int, const struct pin_note *))
{
    struct programme_seqs seqs;
    struct pin_note note = {"login.stale", 0};
    struct worker *worker = worker_of(req);
    const struct programme *programme = worker == NULL ? NULL : event_of(req, worker, &seqs);
    struct entering *in = programme == NULL ? NULL : arena_alloc(req->arena, sizeof *in);
    if (programme == NULL) return;
    if (in == NULL) {
        reply_reason(req, REASON_busy);
        return;
    }
    *in = (struct entering){.kind = kind, .show = show, .number = http_form(req, "number"), .typed = http_form(req, "pin"), .event_id = seqs.event_id};
    const char *scan = http_form(req, "scan"), *sent = http_form(req, "csrf"), *word = pin_browser_of(req);
    if (word[0] == '\0' || sent == NULL || !crypto_equal(word, sent)) {
        show(req, 403, &note);
        return;
    }
    /* A hand scanner types into whatever has the focus. */
    bool by_badge = kind == PIN_SESSION_KIOSK && scan != NULL && id_token_from_scan(scan, in->token);
    if (kind == PIN_SESSION_KIOSK && !by_badge && in->number != NULL) by_badge = id_token_from_scan(in->number, in->token);
    int status = 404;
    if (!by_badge) {
        in->token[0] = '\0';
        note.key = scan != NULL ? "kiosk.unknown" : refusal_of(req, in, &status, &note.wait_ms);
    }
    if (!by_badge && note.key != NULL) {
        show(req, status, &note);
        return;
    }
    req->state = in;
    request_write(req, enter_apply, enter_done);
}

void enter_post(struct http_request *req)
{
    enter_begin(req, PIN_SESSION_NUMBER, event_show);
}

void kiosk_post(struct http_request *req)
{
    enter_begin(req, PIN_SESSION_KIOSK, kiosk_show);
}
