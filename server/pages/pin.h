/* The PIN on the badge's page, and the ways in without a scan. Private to server/pages.
 *
 * A browser is told apart by a cookie that means nothing else (plenum_try): it is set when first needed, and is at the same time the token of forms that
 * stand on public pages. Whoever throws it away is a new browser; then the waits of the badge, or of the number, count. */
#ifndef PLENUM_SERVER_PAGES_PIN_H
#define PLENUM_SERVER_PAGES_PIN_H

#include "core/congress/papers/pin.h"
#include "server/pages/view.h"
#include "server/pages/viewer.h"

/* What the page says about the last try. */
struct pin_note {
    const char *key;   /* of a sentence among the words */
    int64_t wait_ms;   /* 0: none */
};

/* `pin`: the form behind the papers that are locked; `pin_open`: the way to lock again. Nothing when neither is needed. */
void pin_put(struct view *view, const struct viewer *viewer, int64_t locked);
void pin_put_note(struct view *view, const struct pin_note *note); /* NULL: nothing */

/* server/pages/phone.c: the badge's page with a note. */
void phone_show(struct http_request *req, int status, const struct pin_note *note);

/* server/pages/delegation_head.c: the page on which a head of delegation gives the PIN, with a note (NULL: none yet). */
void delegation_ask_pin(struct http_request *req, int status, const struct pin_note *note);

/* This browser's word, "" when it has none (yet). */
const char *pin_browser_of(struct http_request *req);
/* The same, made and set when there is none. NULL: out of memory. */
const char *pin_browser_make(struct http_request *req);
/* One try of this browser, taken BEFORE anything is compared: 0, or milliseconds until it may. Then what became of it; what was not compared is given back. */
int64_t pin_browser_take(struct http_request *req);
void pin_browser_right(struct http_request *req);
void pin_browser_spare(struct http_request *req);
/* Milliseconds until its next try now. A browser that had no word yet gets one, and the try counts from now on. */
int64_t pin_browser_wrong(struct http_request *req);

/* server/pages/enter.c: by what tries are counted of one address: an IPv6 network of one customer or hall is one. */
const char *enter_address_of(struct http_request *req);

/* server/pages/kiosk.c: what a page that stands on a shared screen needs besides; and the reply when nobody is in at /d/me. */
void kiosk_put(struct view *view, const char *event);
void kiosk_reply_closed(struct view *view);
/* server/pages/enter.c: the form for number and PIN on a public page. */
void enter_put(struct view *view, const char *action);

#endif
