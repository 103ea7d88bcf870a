#include "scanner/identity.h"
#include "core/base/buf.h"
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/base/text.h"
#include "core/net/http_client.h"
#include "scanner/sync/protocol.h"

#include <string.h>

#define FORMAT "plenum-device/1"
#define PAIR_TIMEOUT_MS 10000

static const char *text_of(struct arena *arena, const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    return json_is_string(value) ? arena_strdup(arena, json_string_value(value)) : NULL;
}

/* Codes go into URLs and files, keys into a header line: nothing but what they are made of. */
static bool is_sound(const struct identity *identity)
{
    return identity->server && identity->device && identity->key && identity->event && identity->gate && http_server_is_valid(identity->server) &&
           (!identity->pin || http_pin_is_valid(identity->pin)) &&
           text_is_slug(identity->event) && text_is_code(identity->gate) && text_is_printable(identity->key) && strlen(identity->key) < 400 &&
           !strpbrk(identity->key, " \t\n");
}

/* Devices that were paired by an older version have one address. */
static void take_servers(struct arena *arena, const json_t *value, struct identity *identity)
{
    const json_t *list = json_object_get(value, "servers");
    identity->servers.urls[0] = identity->server;
    identity->servers.count = 1;
    for (size_t i = 0; i < json_array_size(list) && identity->servers.count < HTTP_SERVERS_MOST; i++) {
        const char *url = json_string_value(json_array_get(list, i));
        char *copy = url && http_server_is_valid(url) && identity->server && strcmp(url, identity->server) != 0 ? arena_strdup(arena, url) : NULL;
        if (copy) identity->servers.urls[identity->servers.count++] = copy;
    }
}

enum err identity_load(struct arena *arena, const char *spool, struct identity *ret, struct fault *fault)
{
    char *text, *path = file_join(arena, spool, "device.json");
    size_t length;
    json_t *value = NULL;
    if (!path) return fault_set(fault, ERR_NOMEM, "not enough memory");
    enum err e = file_read(arena, path, 65536, &text, &length, fault);
    if (e == ERR_NOT_FOUND)
        return fault_set(fault, e, "%s is not paired yet: plenum-scanner --server URL --pair CODE --spool %s (the code: plenum device pair)", spool, spool);
    if (e != OK) return e;
    e = json_read(text, length, &value, fault);
    if (e != OK) {
        fault_prefix(fault, "%s", path);
        return e;
    }
    const char *format = text_of(arena, value, "format");
    struct identity identity = {.server = text_of(arena, value, "server"), .device = text_of(arena, value, "device"), .key = text_of(arena, value, "key"),
                            .event = text_of(arena, value, "event"), .gate = text_of(arena, value, "gate"), .authority = text_of(arena, value, "authority"),
                            .pin = text_of(arena, value, "pin")};
    take_servers(arena, value, &identity);
    json_decref(value);
    if (!format || strcmp(format, FORMAT) != 0 || !is_sound(&identity)) return fault_set(fault, ERR_INPUT, "%s: not a pairing of this program", path);
    *ret = identity;
    return OK;
}

static void put(struct buf *out, const char *key, const char *value, const char *end)
{
    buf_printf(out, "  \"%s\": ", key);
    if (value) buf_put_json(out, value);
    else buf_puts(out, "null");
    buf_puts(out, end);
}

enum err identity_store(const char *spool, const struct identity *identity, struct fault *fault)
{
    struct arena arena = {0};
    struct buf out;
    buf_init(&out, BUF_LIMIT_LINE);
    char *path = file_join(&arena, spool, "device.json");
    buf_puts(&out, "{\n");
    put(&out, "format", FORMAT, ",\n");
    put(&out, "server", identity->server, ",\n");
    buf_puts(&out, "  \"servers\": [");
    for (size_t i = 0; i < identity->servers.count; i++) {
        if (i) buf_puts(&out, ", ");
        buf_put_json(&out, identity->servers.urls[i]);
    }
    buf_puts(&out, "],\n");
    put(&out, "device", identity->device, ",\n");
    put(&out, "key", identity->key, ",\n");
    put(&out, "event", identity->event, ",\n");
    put(&out, "gate", identity->gate, ",\n");
    put(&out, "authority", identity->authority, ",\n");
    put(&out, "pin", identity->pin, "\n}\n");
    enum err e = path && buf_ok(&out) ? file_write_atomic(path, out.data, out.length, 0600, fault) : fault_set(fault, ERR_NOMEM, "not enough memory");
    buf_release(&out);
    arena_release(&arena);
    return e;
}

static enum err take_answer(struct arena *arena, const struct identity *wanted, const struct http_answer *answer, struct identity *ret, struct fault *fault)
{
    json_t *value = NULL;
    long status = answer->status;
    const char *code = status >= 400 ? protocol_problem_code(arena, buf_text(&answer->body), answer->body.length) : NULL;
    if (status == 404 && code && strcmp(code, "pairing_unknown") == 0)
        return fault_set(fault, ERR_DENIED, "this pairing code is wrong, used or too old: make a new one with plenum device pair");
    if (status == 403 && code && strcmp(code, "secure_only") == 0) return fault_set(fault, ERR_DENIED, "%s: " PROTOCOL_SECURE_ONLY, wanted->server);
    if (status != 201 && status != 200)
        return fault_set(fault, ERR_DENIED, "%s does not pair: status %ld%s%s", wanted->server, status, code ? ", " : "", code ? code : "");
    enum err e = json_read(buf_text(&answer->body), answer->body.length, &value, fault);
    if (e != OK) {
        fault_prefix(fault, "%s answered something that is not JSON", wanted->server);
        return e;
    }
    struct identity identity = *wanted;
    identity.device = text_of(arena, value, "device");
    identity.key = text_of(arena, value, "key");
    identity.event = text_of(arena, value, "event");
    identity.gate = text_of(arena, value, "gate");
    json_decref(value);
    identity.seal_key = arena_strdup(arena, answer->seal_key);
    identity.spares = arena_strdup(arena, answer->spares);
    if (!is_sound(&identity) || !identity.seal_key || !identity.spares) return fault_set(fault, ERR_INPUT, "%s answered something that is not a pairing", wanted->server);
    *ret = identity;
    return OK;
}

enum err identity_pair(struct arena *arena, const struct identity *wanted, const char *code, const char *name, struct identity *ret, struct fault *fault)
{
    struct http_settings settings = {.server = wanted->server, .authority = wanted->authority, .pin = wanted->pin};
    struct http_client *client = http_client_new(&settings);
    struct http_answer answer;
    struct buf body;
    if (!client) return fault_set(fault, ERR_NOMEM, "not enough memory for a request");
    http_answer_init(&answer, BUF_LIMIT_LINE);
    buf_init(&body, BUF_LIMIT_LINE);
    buf_puts(&body, "{\"code\":");
    buf_put_json(&body, code);
    buf_puts(&body, ",\"name\":");
    buf_put_json(&body, name);
    buf_putc(&body, '}');
    enum err e = buf_ok(&body) ? http_client_ask(client, "/api/v1/pair", buf_text(&body), NULL, PAIR_TIMEOUT_MS, &answer, fault) : ERR_NOMEM;
    if (e != OK) fault_prefix(fault, "%s", wanted->server);
    else e = take_answer(arena, wanted, &answer, ret, fault);
    buf_release(&body);
    http_answer_release(&answer);
    http_client_free(client);
    return e;
}
