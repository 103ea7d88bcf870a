/* Who looks at papers, and by which door: the one place that turns a request into a paper_viewer. Every door that shows anything of a paper begins here.
 *
 * Three kinds of doors, one shape of address:
 *   /d/{token}/…  the badge. The PIN is passed when this browser's cookie says so (plenum_pin_…, one for each delegate).
 *   /d/me/…       no badge in the address: a browser that came in by number and PIN, or a kiosk (cookie plenum_me). The token stays inside the server.
 *   /d/desk.{event}.{code}/…  the desk assists somebody whose phone does not: for its signed-in staff only. Restricted papers are open in it when the PIN's cookie
 *                 says so, which the desk gets by its recorded word (server/pages/assist.c). What is read so is no opening of the delegate's.
 * Links are made of `door`, never of `token`, so that they are right for all. */
#ifndef PLENUM_SERVER_PAGES_VIEWER_H
#define PLENUM_SERVER_PAGES_VIEWER_H

#include "core/base/id.h"
#include "core/congress/papers/papers.h"
#include "core/congress/papers/pin_session.h"
#include "server/app.h"

#define VIEWER_ME "me"
#define VIEWER_ME_COOKIE "plenum_me"
#define VIEWER_DESK "desk."
#define VIEWER_PIN_COOKIE_SIZE 32

struct viewer {
    const char *door;            /* "/d/7K3M…" or "/d/me": what links begin with */
    char token[ID_TOKEN_SIZE];   /* for look-ups inside; NEVER shown or linked when by_session */
    bool by_session;             /* /d/me, /d/desk.…: the address is not the person's, nothing is kept of it */
    bool by_desk;                /* /d/desk.…; then by_session too */
    bool is_kiosk;               /* a shared screen: nothing may stay behind, no file may be kept */
    struct paper_viewer papers;  /* pin_passed is set */
};

/* For routes with {token}. ERR_NOT_FOUND: no such badge, or nobody came in here; ERR_DENIED: revoked, without a name, or the mandate is lost. Makes no
 * reply. Texts live in the request. */
enum err paper_viewer_of(struct http_request *req, struct worker *worker, int64_t now_ms, struct viewer *ret);

/* The viewer of the desk's third kind of door, for a delegate of `programme`. The caller has seen that whoever asks works at that event's desk. ERR_CONFLICT: the
 * code of one is the number of another; else as paper_viewer_of. */
struct programme;
enum err viewer_for_desk(struct http_request *req, struct worker *worker, const struct programme *programme, const char *code, int64_t now_ms,
                         struct viewer *ret);

/* Whether it is /d/me, whose session stands for the badge. */
static inline bool viewer_is_me(const struct viewer *viewer) { return viewer->by_session && !viewer->by_desk; }

/* Sets pin_passed of a viewer by badge, whose delegate is known. */
enum err viewer_read_pin(struct http_request *req, struct worker *worker, int64_t now_ms, struct viewer *viewer);

/* Only the door of it: `door`, `token`, by_session, is_kiosk, without asking who the person is; the page of somebody whose mandate is lost needs this.
 * ERR_NOT_FOUND: not a token, or nobody came in here. */
enum err viewer_door_of(struct http_request *req, struct worker *worker, int64_t now_ms, struct viewer *ret);

/* How long a file of this paper may stay in the browser: HTTP_PRIVATE_KEEP; behind the PIN HTTP_REVALIDATE, so that "lock again" holds; at /d/me
 * HTTP_NO_STORE, where the address is the same for everybody. */
enum err viewer_cache_of(struct worker *worker, const struct viewer *viewer, struct arena *arena, const struct paper *paper, int64_t now_ms,
                         enum http_cache *ret);

/* The name of this browser's cookie for one delegate. */
void viewer_pin_cookie(int64_t delegate_id, char out[VIEWER_PIN_COOKIE_SIZE]);
/* The same of the cookie by which a browser is shown again what it asked the desk. */
void viewer_ask_cookie(int64_t delegate_id, char out[VIEWER_PIN_COOKIE_SIZE]);
/* That cookie, "" when there is none, or at /d/me, where the session shows all. */
const char *viewer_asker(struct http_request *req, const struct viewer *viewer);

#endif
