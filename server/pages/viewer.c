#include "server/pages/viewer.h"
#include "core/base/crypto.h"
#include "core/base/text.h"
#include "core/congress/delegates/card.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define COOKIE_LONGEST 128

/* Nobody learns row ids from it, and a badge that was issued anew keeps its name. */
static void name_cookie(const char *kind, int64_t delegate_id, char out[VIEWER_PIN_COOKIE_SIZE])
{
    uint8_t hash[CRYPTO_HASH_BYTES];
    char text[24], hex[13];
    int length = snprintf(text, sizeof text, "%" PRId64, delegate_id);
    crypto_derive("plenum-pin-name", text, (size_t)length, hash);
    crypto_hex(hash, 6, hex);
    (void)snprintf(out, VIEWER_PIN_COOKIE_SIZE, "plenum_%s_%s", kind, hex);
}

void viewer_pin_cookie(int64_t delegate_id, char out[VIEWER_PIN_COOKIE_SIZE])
{
    name_cookie("pin", delegate_id, out);
}

void viewer_ask_cookie(int64_t delegate_id, char out[VIEWER_PIN_COOKIE_SIZE])
{
    name_cookie("ask", delegate_id, out);
}

const char *viewer_asker(struct http_request *req, const struct viewer *viewer)
{
    char name[VIEWER_PIN_COOKIE_SIZE];
    if (viewer->by_session || !http_header(req, "Cookie")) return "";
    viewer_ask_cookie(viewer->papers.delegate_id, name);
    const char *word = http_cookie(req, name);
    return word && strlen(word) >= 32 && strlen(word) <= COOKIE_LONGEST ? word : "";
}

static enum err find_session(struct http_request *req, struct worker *worker, const char *name, int64_t now_ms, struct pin_session *ret)
{
    const char *cookie = http_cookie(req, name);
    if (!cookie || strlen(cookie) > COOKIE_LONGEST) return ERR_NOT_FOUND;
    return pin_session_find(worker->db, req->arena, cookie, now_ms, ret);
}

static enum err desk_door(struct http_request *req, struct worker *worker, const struct programme *programme, const char *code, struct viewer *ret,
                          int64_t *ret_delegate_id)
{
    struct fault fault;
    enum err e = delegate_by_code(worker->db, req->arena, programme, code, ret_delegate_id, &fault);
    if (e == OK) e = pin_session_token(worker->db, *ret_delegate_id, ret->token);
    if (e != OK) return e;
    ret->door = arena_printf(req->arena, "/d/" VIEWER_DESK "%s.%s", programme->slug, code);
    ret->by_session = ret->by_desk = true;
    return ret->door ? OK : ERR_NOMEM;
}

/* "dai-hoi-19.P0001", for those who work at that event's desk; to all others there is no such door. */
static enum err open_desk_door(struct http_request *req, struct worker *worker, const char *word, struct viewer *ret, int64_t *ret_delegate_id)
{
    const struct principal *p = principal_of(req);
    const struct programme *programme;
    struct programme_seqs seqs;
    const char *dot = strchr(word, '.');
    char *slug = dot ? arena_printf(req->arena, "%.*s", (int)(dot - word), word) : NULL;
    if (!p->is_staff || !slug || !text_is_slug(slug) || !text_is_code(dot + 1)) return ERR_NOT_FOUND;
    enum err e = programme_cached(&worker->programmes, worker->db, slug, &programme, &seqs);
    if (e != OK) return e;
    if (p->account.must_change || !account_may(&p->account, ACCOUNT_DESK, seqs.event_id)) return ERR_NOT_FOUND;
    return desk_door(req, worker, programme, dot + 1, ret, ret_delegate_id);
}

static enum err open_door(struct http_request *req, struct worker *worker, int64_t now_ms, struct viewer *ret, struct pin_session *session)
{
    const char *word = http_param(req, "token");
    *ret = (struct viewer){0};
    *session = (struct pin_session){0};
    if (!word) return ERR_NOT_FOUND;
    if (strncmp(word, VIEWER_DESK, strlen(VIEWER_DESK)) == 0) return open_desk_door(req, worker, word + strlen(VIEWER_DESK), ret, &session->delegate_id);
    if (strcmp(word, VIEWER_ME) != 0) {
        if (!id_token_read(word, ret->token)) return ERR_NOT_FOUND;
        ret->door = arena_printf(req->arena, "/d/%s", ret->token);
        return ret->door ? OK : ERR_NOMEM;
    }
    enum err e = find_session(req, worker, VIEWER_ME_COOKIE, now_ms, session);
    if (e == OK && session->kind == PIN_SESSION_BADGE) e = ERR_NOT_FOUND; /* goes with an address, and stands for nothing alone */
    if (e == OK) e = pin_session_token(worker->db, session->delegate_id, ret->token);
    ret->door = "/d/" VIEWER_ME;
    ret->by_session = true;
    ret->is_kiosk = session->kind == PIN_SESSION_KIOSK;
    return e;
}

enum err viewer_door_of(struct http_request *req, struct worker *worker, int64_t now_ms, struct viewer *ret)
{
    struct pin_session session;
    return open_door(req, worker, now_ms, ret, &session);
}

enum err paper_viewer_of(struct http_request *req, struct worker *worker, int64_t now_ms, struct viewer *ret)
{
    struct pin_session session;
    enum err e = open_door(req, worker, now_ms, ret, &session);
    if (e == OK) e = paper_viewer_by_token(worker->db, req->arena, ret->token, now_ms, &ret->papers);
    if (e != OK) return e;
    if (ret->by_session) {
        /* A member card is good at one event at a time: it must be the one that was come into. */
        if (ret->papers.delegate_id != session.delegate_id) return ERR_NOT_FOUND;
        if (ret->by_desk) return viewer_read_pin(req, worker, now_ms, ret);
        ret->papers.pin_passed = session.passed;
        return OK;
    }
    return viewer_read_pin(req, worker, now_ms, ret);
}

enum err viewer_for_desk(struct http_request *req, struct worker *worker, const struct programme *programme, const char *code, int64_t now_ms,
                         struct viewer *ret)
{
    int64_t delegate_id;
    *ret = (struct viewer){0};
    enum err e = desk_door(req, worker, programme, code, ret, &delegate_id);
    if (e == OK) e = paper_viewer_by_token(worker->db, req->arena, ret->token, now_ms, &ret->papers);
    if (e != OK) return e;
    return ret->papers.delegate_id == delegate_id ? viewer_read_pin(req, worker, now_ms, ret) : ERR_NOT_FOUND;
}

enum err viewer_read_pin(struct http_request *req, struct worker *worker, int64_t now_ms, struct viewer *viewer)
{
    struct pin_session session;
    char name[VIEWER_PIN_COOKIE_SIZE];
    viewer->papers.pin_passed = false;
    if (!http_header(req, "Cookie")) return OK;
    viewer_pin_cookie(viewer->papers.delegate_id, name);
    enum err e = find_session(req, worker, name, now_ms, &session);
    if (e == OK) viewer->papers.pin_passed = session.passed && session.delegate_id == viewer->papers.delegate_id;
    return e == ERR_NOT_FOUND ? OK : e;
}

enum err viewer_cache_of(struct worker *worker, const struct viewer *viewer, struct arena *arena, const struct paper *paper, int64_t now_ms,
                         enum http_cache *ret)
{
    *ret = viewer->by_session ? HTTP_NO_STORE : HTTP_PRIVATE_KEEP;
    if (viewer->by_session || !viewer->papers.pin_passed) return OK;
    struct paper_viewer stranger = viewer->papers;
    struct paper seen;
    stranger.pin_passed = false;
    enum err e = paper_find(worker->db, arena, &stranger, paper->code, paper->version, now_ms, &seen);
    if (e == OK && seen.access != PAPER_OPEN) *ret = HTTP_REVALIDATE;
    return e;
}
