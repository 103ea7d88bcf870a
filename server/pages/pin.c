/* POST /d/{token}/pin: the PIN, once per browser. POST /d/{token}/lock: and locked again.
 *
 * No token of its own is in the form: who knows the badge's address can try at his own machine, and what a right PIN opens belongs to that address alone.
 * What would be gained by letting others' browsers try is nothing: tries are counted by badge. */
#include "server/pages/pin.h"

#include "core/base/clock.h"
#include "core/base/crypto.h"
#include "core/base/log.h"
#include "server/pages/throttle.h"

#include <string.h>

#define TRY_COOKIE "plenum_try"
#define TRY_SECONDS (24L * 3600)

/* --- browsers ------------------------------------------------------------------------------------------------------------------------------- */

const char *pin_browser_of(struct http_request *req)
{
    const char *word = http_cookie(req, TRY_COOKIE);
    return word != NULL && strlen(word) == 32 ? word : "";
}

const char *pin_browser_make(struct http_request *req)
{
    const char *word = pin_browser_of(req);
    if (word[0] != '\0') return word;
    word = crypto_random_text(req->arena, 24);
    if (word != NULL) http_set_cookie(req, TRY_COOKIE, word, "/", TRY_SECONDS);
    return word;
}

int64_t pin_browser_take(struct http_request *req)
{
    const char *word = pin_browser_of(req);
    return word[0] == '\0' ? 0 : throttle_take(pages_pin_throttle(app_of(req)->pages), word, clock_steady_ms());
}

void pin_browser_right(struct http_request *req)
{
    const char *word = pin_browser_of(req);
    if (word[0] != '\0') throttle_passed(pages_pin_throttle(app_of(req)->pages), word);
}

void pin_browser_spare(struct http_request *req)
{
    const char *word = pin_browser_of(req);
    if (word[0] != '\0') throttle_spare(pages_pin_throttle(app_of(req)->pages), word);
}

int64_t pin_browser_wrong(struct http_request *req)
{
    struct throttle *throttle = pages_pin_throttle(app_of(req)->pages);
    bool is_new = pin_browser_of(req)[0] == '\0';
    const char *word = pin_browser_make(req);
    if (word == NULL) return 0;
    if (is_new) (void)throttle_take(throttle, word, clock_steady_ms());
    return throttle_wait(throttle, word, clock_steady_ms());
}

/* --- the page ------------------------------------------------------------------------------------------------------------------------------- */

static char *wait_text(struct arena *arena, int64_t ms)
{
    long long seconds = (ms + CLOCK_SECOND - 1) / CLOCK_SECOND;
    return arena_printf(arena, "%lld:%02lld", seconds / 60, seconds % 60);
}

void pin_put_note(struct view *view, const struct pin_note *note)
{
    if (note == NULL) return;
    view_put(view->root, "pin_problem", view_words(view, note->key));
    if (note->wait_ms > 0) view_put(view->root, "pin_wait", wait_text(view->arena, note->wait_ms));
}

void pin_put(struct view *view, const struct viewer *viewer, int64_t locked)
{
    json_t *pin;
    if (locked > 0) {
        pin = json_object();
        view_put(pin, "action", arena_printf(view->arena, "%s/pin", viewer->door));
        view_put_number(pin, "count", locked);
        view_put_json(view->root, "pin", pin);
        return;
    }
    if (!viewer->papers.pin_passed || viewer->is_kiosk) return;
    pin = json_object();
    view_put(pin, "action", arena_printf(view->arena, "%s/lock", viewer->door));
    view_put_json(view->root, viewer_is_me(viewer) ? "leave" : "pin_open", pin);
}

/* --- a try ---------------------------------------------------------------------------------------------------------------------------------- */

struct attempt {
    struct viewer viewer;
    const char *typed, *cookie;
    bool for_delegation; /* a head of delegation on the way to their page */
    struct pin_answer answer;
};

static enum err attempt_apply(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    (void)tools;
    (void)fault;
    struct attempt *a = req->state;
    int64_t now_ms = clock_now_ms(), delegate_id = a->viewer.papers.delegate_id;
    enum err err = pin_try(db, PIN_DOOR_BADGE, delegate_id, a->typed, now_ms, &a->answer);
    if (err != OK || a->answer.outcome != PIN_RIGHT) return err;
    if (viewer_is_me(&a->viewer)) return pin_session_pass(db, http_cookie(req, VIEWER_ME_COOKIE));
    const struct pin_session session = {.kind = PIN_SESSION_BADGE, .delegate_id = delegate_id, .expires_ms = a->answer.open_ms, .passed = true};
    return pin_session_add(db, req->arena, &session, now_ms, &a->cookie);
}

static void go_on(struct http_request *req, const struct attempt *a)
{
    http_reply_redirect(req, 303, arena_printf(req->arena, "%s%s", a->viewer.door, a->for_delegation ? "/delegation" : "#papers"));
}

/* The page on which the PIN was asked for, with what came of it; NULL: what is wrong with the badge. */
static void show_again(struct http_request *req, const struct attempt *a, int status, const struct pin_note *note)
{
    if (a->for_delegation && note != NULL) delegation_ask_pin(req, status, note);
    else phone_show(req, status, note);
}

static void reply_passed(struct http_request *req, const struct attempt *a)
{
    char name[VIEWER_PIN_COOKIE_SIZE];
    viewer_pin_cookie(a->viewer.papers.delegate_id, name);
    /* On "/", not "/d": cookies know capital letters, and printed codes may lead to /D/. */
    if (a->cookie != NULL) http_set_cookie(req, name, a->cookie, "/", (long)((a->answer.open_ms - clock_now_ms()) / CLOCK_SECOND));
    pin_browser_right(req);
    go_on(req, a);
}

static void attempt_done(struct http_request *req)
{
    const struct attempt *a = req->state;
    const struct fault *fault;
    enum err err = write_result(req, &fault);
    if (err != OK || a->answer.outcome == PIN_NONE || a->answer.outcome == PIN_WAIT) pin_browser_spare(req);
    if (err != OK) {
        reply_error(req, err, fault);
        return;
    }
    struct pin_note note = {"pin.none", 0};
    switch (a->answer.outcome) {
    case PIN_RIGHT: reply_passed(req, a); return;
    case PIN_NONE: show_again(req, a, 403, &note); return;
    case PIN_WAIT:
        note = (struct pin_note){"pin.wait", a->answer.wait_ms};
        show_again(req, a, 429, &note);
        return;
    case PIN_WRONG: break;
    }
    int64_t browser = pin_browser_wrong(req);
    note = (struct pin_note){"pin.wrong", browser > a->answer.wait_ms ? browser : a->answer.wait_ms};
    show_again(req, a, 403, &note);
}

void pin_post(struct http_request *req)
{
    char digits[PIN_SIZE];
    struct worker *worker = worker_of(req);
    struct attempt *a = worker == NULL ? NULL : arena_alloc(req->arena, sizeof *a);
    if (worker == NULL) return;
    if (a == NULL) {
        reply_reason(req, REASON_busy);
        return;
    }
    const char *next = http_form(req, "next");
    *a = (struct attempt){.typed = http_form(req, "pin"), .for_delegation = next != NULL && strcmp(next, "delegation") == 0};
    enum err err = paper_viewer_of(req, worker, clock_now_ms(), &a->viewer);
    struct pin_note note = {"pin.form", 0};
    if (err != OK) phone_show(req, 403, NULL); /* says what is wrong with the badge */
    else if (a->viewer.papers.pin_passed) go_on(req, a);
    else if (!pin_read(a->typed, digits)) show_again(req, a, 400, &note); /* a slip of the finger costs nothing */
    else if ((note.wait_ms = pin_browser_take(req)) > 0) {
        note.key = "pin.wait";
        show_again(req, a, 429, &note);
    } else {
        req->state = a;
        request_write(req, attempt_apply, attempt_done);
    }
}

/* --- locked again --------------------------------------------------------------------------------------------------------------------------- */

struct lock {
    struct viewer viewer;
    char name[VIEWER_PIN_COOKIE_SIZE];
};

static enum err lock_apply(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    (void)tools;
    (void)fault;
    const struct lock *lock = req->state;
    const char *cookie = http_cookie(req, viewer_is_me(&lock->viewer) ? VIEWER_ME_COOKIE : lock->name);
    return cookie == NULL ? OK : pin_session_end(db, cookie);
}

static void lock_done(struct http_request *req)
{
    const struct lock *lock = req->state;
    const struct fault *fault;
    enum err err = write_result(req, &fault);
    if (err != OK) {
        reply_error(req, err, fault);
        return;
    }
    http_set_cookie(req, viewer_is_me(&lock->viewer) ? VIEWER_ME_COOKIE : lock->name, "", "/", 0);
    const char *home = viewer_is_me(&lock->viewer) ? arena_printf(req->arena, "/e/%s", lock->viewer.papers.event) : lock->viewer.door;
    http_reply_redirect(req, 303, home);
}

void pin_lock_post(struct http_request *req)
{
    struct worker *worker = worker_of(req);
    struct lock *lock = worker == NULL ? NULL : arena_alloc(req->arena, sizeof *lock);
    if (worker == NULL) return;
    if (lock == NULL) {
        reply_reason(req, REASON_busy);
        return;
    }
    enum err err = paper_viewer_of(req, worker, clock_now_ms(), &lock->viewer);
    if (err != OK) {
        phone_show(req, 403, NULL);
        return;
    }
    viewer_pin_cookie(lock->viewer.papers.delegate_id, lock->name);
    req->state = lock;
    request_write(req, lock_apply, lock_done);
}
