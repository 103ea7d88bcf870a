/* GET /trust: how this phone comes to trust the local authority, the steps of its own kind first. GET /trust/guide.pdf: the page to print, for staff.
 * GET /authority.mobileconfig: the same certificate as Apple's phones like it best. Public by nature; over plain HTTP, because before it is installed there is
 * nothing else: what proves it is the fingerprint on the printed page. */
#include "core/base/text.h"
#include "server/serve_parts.h"
#include "server/pages/view.h"
#include "server/trust.h"

#include <string.h>

static const struct tls_material *material_of(const struct http_request *req)
{
    const struct tls_material *material = app_of(req)->tls;
    return material != NULL && material->authority_pem != NULL ? material : NULL;
}

static enum err fill_guide(struct view *view, struct trust_guide *ret)
{
    const struct app *app = view->app;
    const struct trust_places places = {.plain = trust_plain_base(view->arena, app->public_url, app->plain_port), .secure = app->secure_base};
    if (places.plain == NULL || places.secure == NULL) return ERR_NOMEM;
    return trust_guide_fill(view->arena, view_i18n(view), view->language, material_of(view->req), &places, ret);
}

static json_t *kind_json(struct view *view, const char *kind, bool open)
{
    json_t *out = json_object(), *steps = json_array();
    view_put(out, "title", view_words(view, arena_printf(view->arena, "trust.%s", kind)));
    for (int i = 1; i <= TRUST_STEPS; i++) json_array_append_new(steps, json_string(view_words(view, arena_printf(view->arena, "trust.%s.%d", kind, i))));
    view_put_json(out, "steps", steps);
    view_put(out, "file", strcmp(kind, "iphone") == 0 ? "/authority.mobileconfig" : "/authority.crt");
    view_put_flag(out, "mine", open);
    return out;
}

/* What this browser runs on, as it says itself. */
static const char *kind_of(struct http_request *req)
{
    const char *agent = http_header(req, "User-Agent");
    if (agent == NULL) return "pc";
    if (strstr(agent, "iPhone") != NULL || strstr(agent, "iPad") != NULL) return "iphone";
    return strstr(agent, "Android") != NULL ? "android" : "pc";
}

void trust_get(struct http_request *req)
{
    static const char *const kinds[] = {"iphone", "android", "pc"};
    struct view view;
    struct trust_guide guide;
    if (!view_begin(&view, req)) return;
    http_set_header(req, "Vary", "User-Agent");
    if (material_of(req) == NULL) {
        view_reply_note(&view, 200, "trust.none");
        return;
    }
    if (fill_guide(&view, &guide) != OK) {
        reply_reason(req, REASON_busy);
        return;
    }
    const char *own = kind_of(req);
    json_t *list = json_array(), *groups = json_array();
    json_array_append_new(list, kind_json(&view, own, true));
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (strcmp(kinds[i], own) != 0) json_array_append_new(list, kind_json(&view, kinds[i], false));
    char group[TRUST_GROUP_SIZE];
    for (unsigned i = 0; trust_guide_group(guide.fingerprint, i, group); i++) json_array_append_new(groups, json_string(group));
    view_put_json(view.root, "kinds", list);
    view_put_json(view.root, "groups", groups);
    view_put(view.root, "name", guide.name);
    view_put(view.root, "until", view_date(&view, guide.good_until));
    view_put(view.root, "secure", guide.secure);
    view_set_title(&view, view_words(&view, "trust.title"));
    view_reply(&view, 200, "trust");
}

void profile_get(struct http_request *req)
{
    const struct tls_material *material = material_of(req);
    if (material == NULL) {
        reply_reason(req, REASON_not_found);
        return;
    }
    const char *profile = trust_profile_make(req->arena, material->authority_pem, material->authority_name, view_words_for(req, "trust.who"));
    if (profile == NULL) {
        reply_reason(req, REASON_busy);
        return;
    }
    (void)http_set_header(req, "Content-Disposition", "inline; filename=\"plenum-authority.mobileconfig\"");
    http_reply_text(req, 200, "application/x-apple-aspen-config", profile);
}

/* --- to print ------------------------------------------------------------------------------------------------------------------------------ */

static void guide_work(struct http_request *req, void *thread_state)
{
    struct worker *worker = thread_state;
    struct trust_guide guide;
    struct view view;
    struct fault fault = {0};
    struct buf pdf;
    buf_init(&pdf, BUF_LIMIT_BODY);
    enum err err = worker != NULL ? view_make_part(&view, req) : ERR_BUSY;
    if (err == OK && worker->fonts == NULL) err = fonts_new(&worker->fonts, &fault);
    if (err == OK) err = fill_guide(&view, &guide);
    if (err == OK) err = trust_guide_write(&guide, worker->fonts, &pdf, &fault);
    if (err != OK) {
        buf_release(&pdf);
        reply_error(req, err, &fault);
        return;
    }
    (void)http_set_header(req, "Content-Disposition", "inline; filename=\"plenum-trust.pdf\"");
    http_reply_buf(req, 200, "application/pdf", &pdf);
}

void trust_guide_get(struct http_request *req)
{
    if (view_ask_new_password(req)) return;
    if (material_of(req) == NULL) {
        reply_reason(req, REASON_not_found);
        return;
    }
    req->resume = NULL;
    http_run_in_pool(req, app_of(req)->pool, guide_work);
}
