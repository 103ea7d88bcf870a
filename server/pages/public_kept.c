#include "server/pages/public_kept.h"
#include "core/base/clock.h"
#include "core/base/crypto.h"
#include "core/base/zone.h"
#include "core/congress/badges/badge_list.h"
#include "core/congress/title.h"
#include "server/http/validators.h"
#include "server/pages/fragment.h"
#include "server/web_assets.h"

#include <string.h>

bool public_begin(struct public_door *door, struct http_request *req)
{
    *door = (struct public_door){.req = req, .worker = worker_of(req), .now_ms = clock_now_ms(), .type = "text/html; charset=utf-8"};
    door->programme = door->worker ? event_of(req, door->worker, &door->seqs) : NULL;
    if (!door->programme || !view_begin(&door->view, req)) return false;
    enum err e = posts_mark(door->worker->db, req->arena, door->seqs.event_id, &door->posts_mark);
    if (e != OK) {
        reply_error(req, e, NULL);
        return false;
    }
    if (!door->worker->fragments) door->worker->fragments = fragments_new();
    return true;
}

static struct fragment_key key_of(const struct public_door *door)
{
    return (struct fragment_key){.event_id = door->seqs.event_id, .config_seq = (int64_t)((uint64_t)door->seqs.config_seq + door->posts_mark), .category_id = door->what,
                                 .language = (unsigned)door->view.language};
}

const char *public_stand_in(struct public_door *door)
{
    return door->worker->fragments ? fragments_etag(door->worker->fragments) : NULL;
}

/* A weak ETag of the bytes; of a page with a form, of the browser's word too: another browser's page is not this one's. */
static void send(struct public_door *door, const char *hash, int64_t modified_ms, const char *head, size_t head_length, const char *rest, size_t rest_length)
{
    char date[HTTP_DATE_SIZE], word[CRYPTO_HASH_HEX] = "";
    uint8_t derived[CRYPTO_HASH_BYTES];
    struct http_request *req = door->req;
    if (door->word) {
        crypto_derive("plenum-word", door->word, strlen(door->word), derived);
        crypto_hex(derived, 6, word);
    }
    const char *etag = arena_printf(req->arena, "%s%s", hash, word);
    const char *if_none_match = http_header(req, "If-None-Match"), *since = http_header(req, "If-Modified-Since");
    (void)http_set_header(req, "Cache-Control", door->word ? "private, no-cache" : "no-cache");
    (void)http_set_header(req, "Vary", "Cookie, Accept-Language");
    if (modified_ms && http_date_write(modified_ms / CLOCK_SECOND, date)) (void)http_set_header(req, "Last-Modified", date);
    if (!etag || http_not_modified(req, etag)) {
        if (!etag) reply_reason(req, REASON_busy);
        return;
    }
    if (!if_none_match && since && modified_ms && http_date_read(since) >= modified_ms / CLOCK_SECOND && req->method == HTTP_GET) {
        http_reply_empty(req, 304);
        return;
    }
    struct buf out;
    buf_init(&out, VIEW_LIMIT);
    buf_expect(&out, head_length + rest_length + 64);
    buf_add(&out, head, head_length);
    buf_puts(&out, door->word);
    buf_add(&out, rest, rest_length);
    (void)http_set_header(req, "Content-Language", door->view.tag);
    http_reply_buf(req, 200, door->type, &out);
}

bool public_reply_kept(struct public_door *door)
{
    const struct fragment_key key = key_of(door);
    const struct fragment *kept = door->worker->fragments ? fragments_find(door->worker->fragments, &key, door->now_ms) : NULL;
    if (!kept) return false;
    send(door, kept->etag, kept->modified_ms, kept->head.data ? kept->head.data : "", kept->head.length, kept->rest.data ? kept->rest.data : "", kept->rest.length);
    return true;
}

void public_reply_new(struct public_door *door, struct buf *made, int64_t until_ms, int64_t modified_ms)
{
    const char *hole = door->word ? public_stand_in(door) : NULL;
    char *at = hole && buf_ok(made) ? strstr(buf_text(made), hole) : NULL;
    if (!buf_ok(made) || !door->worker->fragments || (door->word && !at)) {
        buf_release(made);
        reply_reason(door->req, REASON_busy);
        return;
    }
    struct fragment page = {.key = key_of(door), .from_ms = door->now_ms, .modified_ms = modified_ms};
    page.until_ms = until_ms < door->now_ms + PUBLIC_KEPT_MS ? until_ms : door->now_ms + PUBLIC_KEPT_MS;
    size_t cut = at ? (size_t)(at - made->data) : made->length, behind = at ? cut + FRAGMENT_ETAG : made->length;
    buf_init(&page.head, VIEW_LIMIT);
    buf_init(&page.rest, VIEW_LIMIT);
    buf_add(&page.head, made->data, cut);
    buf_add(&page.rest, made->data + behind, made->length - behind);
    uint8_t hash[CRYPTO_HASH_BYTES];
    char hex[CRYPTO_HASH_HEX];
    if (at) memset(at, '0', FRAGMENT_ETAG); /* the stand-in is another one in each worker */
    crypto_derive("plenum-page", made->data, made->length, hash);
    crypto_hex(hash, 12, hex);
    (void)snprintf(page.etag, sizeof page.etag, "%.32s", hex);
    send(door, page.etag, modified_ms, made->data, cut, made->data + behind, made->length - behind);
    buf_release(made);
    if (buf_ok(&page.head) && buf_ok(&page.rest)) (void)fragments_keep(door->worker->fragments, &page);
    else fragment_release(&page);
}

enum err public_base(struct public_door *door, const char **ret)
{
    const char *base;
    bool guessed;
    struct fault fault = {0};
    struct app *app = app_of(door->req);
    enum err e = public_url_choose(door->worker->db, door->view.arena, NULL, door->programme->slug, app->plain_port, &base, &guessed, &fault);
    if (e != OK) return e;
    size_t length = strlen(base);
    while (length && base[length - 1] == '/') length--;
    *ret = arena_strndup(door->view.arena, base, length);
    return *ret ? OK : ERR_NOMEM;
}
