#include "server/pages/view.h"

#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/congress/title.h"
#include "core/congress/papers/pin.h"
#include "server/bucket.h"
#include "server/pages/pages.h"
#include "server/pages/throttle.h"
#include "server/template/template.h"
#include "server/web_assets.h"

#include <stdlib.h>
#include <string.h>

#define LANGUAGE_COOKIE "plenum_lang"
#define LANGUAGE_COOKIE_SECONDS (365L * 24 * 3600)
#define TEMPLATES_MOST 128
#define NUMBER_TRIES 60 /* wrong tries with badge numbers at once from one address; then one every ten seconds */
#define NUMBER_EVERY_MS 10000
#define WALL_TRIES 200 /* of six digits for a wall at once from everywhere; then one every five seconds: a day of guessing meets a code once in sixty */
#define WALL_EVERY_MS 5000
#define SEEN_REPORTS 64 /* at once by one wall's cookie, which several screens may have; then five in two seconds: that of 75 screens */
#define SEEN_EVERY_MS 400

struct pages {
    struct i18n *i18n;
    struct template_set *templates;
    struct throttle *throttle, *pin_throttle;
    struct buckets *number_buckets, *seen_buckets;
    struct bucket *wall_bucket;
    char names[TEMPLATES_MOST][32];
};

struct words {
    const struct i18n *i18n;
    enum i18n_language language;
};

static const char *words_find(void *context, const char *key)
{
    const struct words *words = context;
    return i18n_text(words->i18n, words->language, key);
}

static bool words_know(void *context, const char *key)
{
    return i18n_has(context, key);
}

static enum err templates_load(struct pages *pages, struct fault *fault)
{
    struct template_source sources[TEMPLATES_MOST];
    size_t count = 0;
    for (size_t i = 0; i < web_asset_count; i++) {
        const struct web_asset *asset = &web_assets[i];
        if (strncmp(asset->name, "templates/", 10) != 0) continue;
        size_t length = strcspn(asset->name + 10, ".");
        if (count == TEMPLATES_MOST || length >= sizeof pages->names[0]) return fault_set(fault, ERR_LIMIT, "too many templates, or a name too long");
        memcpy(pages->names[count], asset->name + 10, length);
        sources[count] = (struct template_source){pages->names[count], asset->body.data, asset->body.length};
        count++;
    }
    return template_set_make(sources, count, words_know, pages->i18n, &pages->templates, fault);
}

enum err pages_load(struct pages **ret, struct fault *fault)
{
    struct pages *pages = calloc(1, sizeof *pages);
    if (pages == NULL) return fault_set(fault, ERR_NOMEM, "out of memory");
    enum err err = i18n_load(&pages->i18n, fault);
    if (err == OK) err = templates_load(pages, fault);
    if (err == OK && (pages->throttle = throttle_new()) == NULL) err = fault_set(fault, ERR_NOMEM, "out of memory");
    if (err == OK && (pages->pin_throttle = throttle_new_with(pin_wait_of_browser)) == NULL) err = fault_set(fault, ERR_NOMEM, "out of memory");
    if (err == OK) err = buckets_new(NUMBER_TRIES, NUMBER_EVERY_MS, &pages->number_buckets);
    if (err == OK) err = buckets_new(SEEN_REPORTS, SEEN_EVERY_MS, &pages->seen_buckets);
    if (err == OK) err = bucket_new(WALL_TRIES, WALL_EVERY_MS, &pages->wall_bucket);
    if (err != OK) {
        pages_free(pages);
        return err;
    }
    *ret = pages;
    return OK;
}

void pages_free(struct pages *pages)
{
    if (pages == NULL) return;
    template_set_free(pages->templates);
    i18n_free(pages->i18n);
    throttle_free(pages->throttle);
    throttle_free(pages->pin_throttle);
    buckets_free(pages->number_buckets);
    buckets_free(pages->seen_buckets);
    bucket_free(pages->wall_bucket);
    free(pages);
}

const struct i18n *pages_i18n(const struct pages *pages)
{
    return pages->i18n;
}

struct throttle *pages_throttle(const struct pages *pages)
{
    return pages->throttle;
}

struct throttle *pages_pin_throttle(const struct pages *pages)
{
    return pages->pin_throttle;
}

struct buckets *pages_number_buckets(const struct pages *pages)
{
    return pages->number_buckets;
}

struct buckets *pages_seen_buckets(const struct pages *pages)
{
    return pages->seen_buckets;
}

struct bucket *pages_wall_bucket(const struct pages *pages)
{
    return pages->wall_bucket;
}

const struct i18n *view_i18n(const struct view *view)
{
    return view->app->pages->i18n;
}

const char *view_words(const struct view *view, const char *key)
{
    return i18n_text(view->app->pages->i18n, view->language, key);
}

const char *view_words_for(struct http_request *req, const char *key)
{
    return i18n_text(app_of(req)->pages->i18n, view_language(req), key);
}

enum i18n_language view_language(struct http_request *req)
{
    enum i18n_language language;
    if (i18n_read_tag(http_query(req, "lang"), &language)) return language;
    if (i18n_read_tag(http_cookie(req, LANGUAGE_COOKIE), &language)) return language;
    return i18n_negotiate(http_header(req, "Accept-Language"), I18N_VI);
}

void view_put(json_t *object, const char *key, const char *text)
{
    if (text != NULL && text[0] != '\0') json_object_set_new(object, key, json_string(text));
}

void view_put_actor(const struct view *view, json_t *object, const char *key, const char *actor)
{
    view_put(object, key, actor && strcmp(actor, "command line") == 0 ? view_words(view, "common.command_line") : actor);
}

void view_put_json(json_t *object, const char *key, json_t *value)
{
    json_object_set_new(object, key, value);
}

void view_put_number(json_t *object, const char *key, int64_t number)
{
    json_object_set_new(object, key, json_integer(number));
}

void view_put_flag(json_t *object, const char *key, bool flag)
{
    if (flag) json_object_set_new(object, key, json_true());
}

void view_put_title(struct view *view, json_t *object, const char *key, const char *stored)
{
    if (stored != NULL) view_put(object, key, title_pick(view->arena, stored, view->tag));
}

void view_add_fact(struct view *view, json_t *facts, const char *label_key, const char *value, bool large)
{
    if (value == NULL || value[0] == '\0') return;
    json_t *fact = json_object();
    view_put(fact, "label", view_words(view, label_key));
    view_put(fact, "value", value);
    view_put_flag(fact, "large", large);
    json_array_append_new(facts, fact);
}

const char *view_date(struct view *view, const char *date)
{
    if (date == NULL || strlen(date) != 10) return date;
    return arena_printf(view->arena, "%.2s/%.2s/%.4s", date + 8, date + 5, date);
}

static void root_release(void *root)
{
    json_decref(root);
}

static void root_put_languages(struct view *view)
{
    json_t *list = json_array();
    for (int i = 0; i < I18N_COUNT; i++) {
        json_t *item = json_object();
        view_put(item, "tag", i18n_tag((enum i18n_language)i));
        view_put(item, "name", i18n_own_name((enum i18n_language)i));
        view_put_flag(item, "current", (int)view->language == i);
        json_array_append_new(list, item);
    }
    view_put_json(view->root, "languages", list);
}

enum err view_make_part(struct view *view, struct http_request *req)
{
    *view = (struct view){.req = req, .app = app_of(req), .arena = req->arena, .language = view_language(req), .root = json_object()};
    view->tag = i18n_tag(view->language);
    if (view->root == NULL) return ERR_NOMEM;
    enum err err = http_at_end(req, root_release, view->root);
    if (err != OK) json_decref(view->root);
    return err;
}

enum err view_make(struct view *view, struct http_request *req)
{
    enum err err = view_make_part(view, req);
    if (err != OK) return err;
    view_put(view->root, "lang", view->tag);
    view_put(view->root, "dir", i18n_direction(view->language));
    view_put(view->root, "assets", arena_printf(view->arena, "/assets/%s", web_build));
    root_put_languages(view);
    return OK;
}

bool view_begin(struct view *view, struct http_request *req)
{
    if (view_make(view, req) != OK) {
        reply_reason(req, REASON_busy);
        return false;
    }
    enum i18n_language asked;
    if (i18n_read_tag(http_query(req, "lang"), &asked)) http_set_cookie(req, LANGUAGE_COOKIE, view->tag, "/", LANGUAGE_COOKIE_SECONDS);
    const struct principal *p = req->principal;
    if (p == NULL || (!p->is_staff && !p->is_badge_head)) return true;
    view_put(view->root, "user", p->is_staff ? p->account.name : p->head_name);
    view_put_flag(view->root, "has_account", p->is_staff);
    view_put(view->root, "csrf", p->is_staff ? p->session.csrf : p->head_csrf);
    view_put_flag(view->root, "is_desk", (p->roles & WHO_DESK) != 0);
    view_put_flag(view->root, "sees_delegations", (p->roles & WHO_DELEGATION) != 0);
    view_put_flag(view->root, "is_organiser", (p->roles & WHO_ORGANISER) != 0);
    return true;
}

enum err view_render(const struct view *view, const char *template_name, struct buf *out)
{
    struct words words = {view->app->pages->i18n, view->language};
    return template_render(view->app->pages->templates, template_name, view->root, words_find, &words, out);
}

void view_reply(struct view *view, int status, const char *template_name)
{
    view_reply_around(view, status, template_name, NULL, NULL);
}

void view_reply_around(struct view *view, int status, const char *before, const char *html, const char *after)
{
    struct buf out;
    buf_init(&out, VIEW_LIMIT);
    enum err err = view_render(view, before, &out);
    if (err == OK) buf_puts(&out, html);
    if (err == OK && after != NULL) err = view_render(view, after, &out);
    if (err != OK) {
        log_line(LOG_ERROR, "pages", "%s: %s", before, err_name(err));
        buf_release(&out);
        reply_reason(view->req, REASON_internal);
        return;
    }
    http_set_header(view->req, "Content-Language", view->tag);
    http_reply_buf(view->req, status, "text/html; charset=utf-8", &out);
}

void view_set_title(struct view *view, const char *title)
{
    view_put(view->root, "page_title", arena_printf(view->arena, "%s · Plenum", title));
}

void view_set_style(struct view *view, const char *name)
{
    view_put_json(view->root, "styles", json_pack("[s]", name));
}

void view_set_script(struct view *view, const char *name, const char *const *word_prefixes, size_t prefix_count)
{
    view_put(view->root, "script", name);
    if (prefix_count == 0) return; /* it says nothing */
    struct buf out;
    buf_init(&out, BUF_LIMIT_LINE);
    for (size_t i = 0; i < prefix_count; i++) {
        const char *part = i18n_export(view->arena, view->app->pages->i18n, view->language, word_prefixes[i]);
        if (part == NULL || part[1] == '}') continue;
        buf_printf(&out, "%s%.*s", out.length == 0 ? "{" : ",", (int)strlen(part) - 2, part + 1);
    }
    buf_putc(&out, '}');
    if (buf_ok(&out)) view_put(view->root, "strings", buf_text(&out));
    buf_release(&out);
}

void view_set_modules(struct view *view, bool later, const char *const *names, size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) json_array_append_new(list, json_string(names[i]));
    view_put_json(view->root, later ? "modules_later" : "modules", list);
}

void view_put_gates(struct view *view, const struct programme *programme, const char *chosen)
{
    json_t *gates = json_array();
    for (size_t i = 0; i < programme->gate_count; i++) {
        json_t *gate = json_object();
        view_put(gate, "code", programme->gates[i].code);
        view_put_title(view, gate, "title", programme->gates[i].title);
        view_put_flag(gate, "chosen", chosen != NULL && strcmp(chosen, programme->gates[i].code) == 0);
        json_array_append_new(gates, gate);
    }
    view_put_json(view->root, "gates", gates);
}

static void view_put_note(struct view *view, const char *heading, const char *sentence, const char *hint)
{
    view_set_title(view, heading);
    view_put(view->root, "heading", heading);
    view_put(view->root, "sentence", sentence);
    view_put(view->root, "hint", hint);
}

void view_reply_note(struct view *view, int status, const char *key)
{
    view_put_note(view, view_words(view, arena_printf(view->arena, "%s_title", key)), view_words(view, key), NULL);
    view_reply(view, status, "error");
}

void pages_error(void *context, struct http_request *req, int status, const char *code, const char *sentence, struct buf *out)
{
    (void)context;
    (void)code;
    struct view view;
    if (view_make(&view, req) != OK) return;
    const char *words = view_words(&view, arena_printf(view.arena, "error.%d", status));
    if (words[0] == '\0' || (status == 507 && req->problem_reason)) words = sentence; /* with a reason it says for what there is no room */
    /* Staff are told what exactly was wrong; it is for them to put right. */
    bool for_staff = strncmp(req->safe_path, "/admin/", 7) == 0 && sentence != words;
    view_put_note(&view, view_words(&view, "error.title"), words, for_staff ? sentence : NULL);
    json_t *back = json_object();
    view_put(back, "href", "/");
    view_put(back, "label", view_words(&view, "error.home"));
    view_put_json(view.root, "back", back);
    if (view_render(&view, "error", out) != OK) buf_clear(out);
}
