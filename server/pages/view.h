/* What all page handlers share: the language of the reader, the JSON that a template shows, the reply. Private to server/pages. */
#ifndef PLENUM_SERVER_PAGES_VIEW_H
#define PLENUM_SERVER_PAGES_VIEW_H

#include "core/congress/event_page.h"
#include "core/congress/messages/announcements.h"
#include "server/app.h"
#include "server/i18n/i18n.h"
#include "server/routes.h"

struct throttle;
struct bucket;
struct buckets;

/* Largest page that is ever made. */
#define VIEW_LIMIT (4u * 1024u * 1024u)

struct view {
    struct http_request *req;
    struct app *app;
    struct arena *arena;
    enum i18n_language language;
    const char *tag; /* of the language */
    json_t *root;    /* released with the request */
};

/* The language of this reader: ?lang=, else the cookie, else Accept-Language, else Vietnamese. */
enum i18n_language view_language(struct http_request *req);

/* A view with what every page has: language, direction, addresses of styles; user and CSRF token for signed-in staff. Sets the cookie when ?lang= was
 * given. False: out of memory, and the reply is made. */
bool view_begin(struct view *view, struct http_request *req);
/* The same without a user: what everybody's page has; and only the language. ERR_NOMEM, and no reply. */
enum err view_make(struct view *view, struct http_request *req);
enum err view_make_part(struct view *view, struct http_request *req);
/* Appends what the template makes of the view. */
enum err view_render(const struct view *view, const char *template_name, struct buf *out);
/* Renders and replies. */
void view_reply(struct view *view, int status, const char *template_name);
/* The same with HTML of our own making between two templates (Markdown as docs-bundle renders it): the only way for HTML into a page. `html` may be NULL. */
void view_reply_around(struct view *view, int status, const char *before, const char *html, const char *after);

const char *view_words(const struct view *view, const char *key);
const char *view_words_for(struct http_request *req, const char *key); /* where no page is being made yet */
struct throttle *pages_throttle(const struct pages *pages);
struct throttle *pages_pin_throttle(const struct pages *pages); /* of browsers that give wrong PINs */
struct buckets *pages_number_buckets(const struct pages *pages); /* wrong tries with badge numbers, by address */
struct buckets *pages_seen_buckets(const struct pages *pages); /* walls that say that they are there, by session */
struct bucket *pages_wall_bucket(const struct pages *pages); /* tries of walls' codes, by nobody */
const struct i18n *view_i18n(const struct view *view);

/* --- putting; all accept NULL texts (nothing is put then) and take over json_t values --- */
void view_put(json_t *object, const char *key, const char *text);
/* Who did it, as the record names them: an account, or the command line in the reader's words. */
void view_put_actor(const struct view *view, json_t *object, const char *key, const char *actor);
void view_put_json(json_t *object, const char *key, json_t *value);
void view_put_number(json_t *object, const char *key, int64_t number);
void view_put_flag(json_t *object, const char *key, bool flag); /* only when true */
/* A stored title in the reader's language. */
void view_put_title(struct view *view, json_t *object, const char *key, const char *stored);
/* {"key": {label, value, large}} rows of the fact grid. */
void view_add_fact(struct view *view, json_t *facts, const char *label_key, const char *value, bool large);

/* The page's title in the browser; ` · Plenum` is added. */
void view_set_title(struct view *view, const char *title);
void view_set_style(struct view *view, const char *name);
void view_set_script(struct view *view, const char *name, const char *const *word_prefixes, size_t prefix_count);
/* What that script imports, so that a browser asks for all of it at once; `later`: what it may wait for. */
void view_set_modules(struct view *view, bool later, const char *const *names, size_t count);

/* `event`: title, slug, dates, venue, wifi (when `inside`), theme. Also `streams`. */
void view_put_event(struct view *view, const struct event_page *event, bool inside);
/* One stream of an event file's list: title, url, place ("internet" or "venue"), place_words; a new reference. NULL: its address is none to be linked to. */
json_t *view_stream(struct view *view, const json_t *item);
/* A session's speakers as one line; NULL: none. */
char *view_speakers(struct arena *arena, const char *stored);
/* `days` (and has_days): the sessions by local day, with what is on now and next; `highlight`: the one to be seen first. `programme` NULL: all sessions, else
 * those that admit one of `categories`. ERR_… of the database. */
enum err view_put_programme(struct view *view, struct db *db, const struct event_page *event, const struct programme *programme, category_set categories,
                            int64_t now_ms);
/* `urgent_news` and `calm_news`: what this reader is shown now, each with `text` in the view's language, else kindly in another one (`tag`, `dir`). */
enum err view_put_announcements(struct view *view, struct db *db, int64_t event_id, const struct announcement_reader *reader, int64_t now_ms);
/* `gates` for a choice; `chosen` may be NULL. */
void view_put_gates(struct view *view, const struct programme *programme, const char *chosen);

/* "08:00 1/12/2026" in the zone. */
char *view_moment(struct view *view, const char *timezone, int64_t ms);
/* `warnings`: badges of this event whose QR codes lead to an address that this machine does not answer to (host_warning.html). */
enum err view_put_host_warnings(struct view *view, struct db *db, const struct programme *programme);

/* `mirror`: the second copy of the data folder, when one is kept (mirror.html). */
void view_put_mirror(struct view *view);

/* "2026-11-20" as people here write it, 20/11/2026; anything else (a year) as it is; NULL for NULL. */
const char *view_date(struct view *view, const char *date);

/* `pin_alarm`: somebody is guessing PINs of this event (pin_alarm.html); nothing when not. */
enum err view_put_pin_alarm(struct view *view, struct db *db, int64_t event_id);

/* Sends staff whose password was made by somebody else to the page where they choose their own; true: the reply is made. */
bool view_ask_new_password(struct http_request *req);

/* A page with heading, sentence, hint, as error pages look; `key` names "key_title" and "key" among the words. */
void view_reply_note(struct view *view, int status, const char *key);

#endif
