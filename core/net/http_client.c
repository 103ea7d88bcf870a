#include "core/net/http_client.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define CONNECT_MOST_MS 4000L /* a laptop that was switched off refuses nobody: it is silent */
#define SILENCE_MOST_S 15L

struct http_client {
    CURL *curl;
    struct http_settings settings;
    char said[100]; /* a header for the next request */
};

enum err http_client_start(void)
{
    return curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ? OK : ERR_BUG;
}

void http_client_finish(void)
{
    curl_global_cleanup();
}

void http_answer_init(struct http_answer *answer, size_t body_limit)
{
    *answer = (struct http_answer){0};
    buf_init(&answer->body, body_limit);
}

void http_answer_release(struct http_answer *answer)
{
    buf_release(&answer->body);
}

const char *http_servers_now(const struct http_servers *servers)
{
    return servers->urls[atomic_load(&servers->turn) % servers->count];
}

bool http_servers_add(struct http_servers *servers, struct arena *arena, const char *list)
{
    bool has_new = false, wants_tls = servers->count && strncmp(servers->urls[0], "https://", 8) == 0;
    for (; *list; list += strspn(list, " ")) {
        size_t length = strcspn(list, " "), count = servers->count;
        char *url = arena_strndup(arena, list, length);
        list += length;
        bool is_known = !url || !http_server_is_valid(url) || (wants_tls && strncmp(url, "https://", 8) != 0);
        for (size_t i = 0; !is_known && i < count; i++) is_known = strcmp(servers->urls[i], url) == 0;
        if (is_known || count == HTTP_SERVERS_MOST) continue;
        servers->urls[count] = url;
        servers->count = count + 1; /* behind the text: who reads the count finds it */
        has_new = true;
    }
    return has_new;
}

void http_servers_next(struct http_servers *servers)
{
    atomic_fetch_add(&servers->turn, 1);
}

static size_t take_body(char *data, size_t size, size_t count, void *ctx)
{
    struct http_answer *answer = ctx;
    if (answer->take) return answer->take(answer->context, data, size * count) ? size * count : 0;
    buf_add(&answer->body, data, size * count);
    return buf_ok(&answer->body) ? size * count : 0;
}

/* "Name: value\r\n" of the wished name, without the ends; NULL when it is another header. */
static const char *header_value(const char *line, size_t length, const char *name, size_t *ret_length)
{
    size_t n = strlen(name);
    if (length <= n || line[n] != ':' || strncasecmp(line, name, n) != 0) return NULL;
    const char *value = line + n + 1, *end = line + length;
    while (value < end && (*value == ' ' || *value == '\t')) value++;
    while (end > value && (end[-1] == '\r' || end[-1] == '\n' || end[-1] == ' ')) end--;
    *ret_length = (size_t)(end - value);
    return value;
}

static size_t take_header(char *line, size_t size, size_t count, void *ctx)
{
    struct http_answer *answer = ctx;
    size_t length = size * count, n;
    const char *value = header_value(line, length, "ETag", &n);
    if (value && n < sizeof answer->etag) {
        memcpy(answer->etag, value, n);
        answer->etag[n] = '\0';
    }
    value = header_value(line, length, "Plenum-Epoch", &n);
    if (value && n < sizeof answer->epoch) (void)snprintf(answer->epoch, sizeof answer->epoch, "%.*s", (int)n, value);
    value = header_value(line, length, "Plenum-Seal", &n);
    if (value && n < sizeof answer->seal_key) (void)snprintf(answer->seal_key, sizeof answer->seal_key, "%.*s", (int)n, value);
    value = header_value(line, length, "Plenum-Spares", &n);
    if (value && n < sizeof answer->spares) (void)snprintf(answer->spares, sizeof answer->spares, "%.*s", (int)n, value);
    value = header_value(line, length, "Plenum-Copy-Lag", &n);
    if (value && n > 0 && n < 16) answer->copy_lag_ms = strtoll(value, NULL, 10) < 0 ? -1 : strtoll(value, NULL, 10);
    value = header_value(line, length, "Retry-After", &n);
    if (value && n > 0 && n < 8) answer->retry_after_s = strtol(value, NULL, 10);
    return length;
}

static int look_for_stop(void *ctx, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    const atomic_bool *stop = ctx;
    (void)a, (void)b, (void)c, (void)d;
    return atomic_load(stop) ? 1 : 0;
}

struct http_client *http_client_new(const struct http_settings *settings)
{
    struct http_client *client = calloc(1, sizeof *client);
    if (!client) return NULL;
    client->settings = *settings;
    client->curl = curl_easy_init();
    if (!client->curl) {
        free(client);
        return NULL;
    }
    return client;
}

void http_client_free(struct http_client *client)
{
    if (!client) return;
    curl_easy_cleanup(client->curl);
    free(client);
}

static enum err from_curl(CURLcode code, const char *message, struct fault *fault)
{
    const char *text = message[0] ? message : curl_easy_strerror(code);
    switch (code) {
    case CURLE_OK: return OK;
    case CURLE_OPERATION_TIMEDOUT: return fault_set(fault, ERR_TIMEOUT, "the server did not answer in time");
    case CURLE_OUT_OF_MEMORY: return fault_set(fault, ERR_NOMEM, "not enough memory for a request");
    case CURLE_WRITE_ERROR: return fault_set(fault, ERR_LIMIT, "the server's answer is too large");
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
        return fault_set(fault, ERR_DENIED, "the server's key is not the one of the pairing: this is another machine, or its keys were made anew; pair again");
    case CURLE_PEER_FAILED_VERIFICATION:
        return fault_set(fault, ERR_DENIED, "the server's certificate is not trusted (%s): use the whole URL of the pairing, with its #sha256//…, or --authority",
                         text);
    case CURLE_SSL_CACERT_BADFILE: return fault_set(fault, ERR_DENIED, "the authority's certificate cannot be read: %s", text);
    default: return fault_set(fault, ERR_NETWORK, "%s", text);
    }
}

/* Options that every request has. */
static void set_common(struct http_client *client, const char *server, struct http_answer *answer, char *message, long timeout_ms)
{
    CURL *curl = client->curl;
    curl_easy_reset(curl); /* keeps the connection */
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, message);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, timeout_ms);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, timeout_ms < CONNECT_MOST_MS ? timeout_ms : CONNECT_MOST_MS);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L); /* a long answer may take its time, but not in silence */
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, SILENCE_MOST_S);
    curl_easy_setopt(curl, CURLOPT_TCP_NODELAY, 1L);
    curl_easy_setopt(curl, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "");
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, answer);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, answer);
    if (client->settings.pin && (!client->settings.servers || strncmp(server, "https://", 8) == 0)) { /* the key itself is known: names and signatures add nothing */
        curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https");
        curl_easy_setopt(curl, CURLOPT_PINNEDPUBLICKEY, client->settings.pin);
        curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 0L);
        curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 0L);
    }
    if (client->settings.authority) curl_easy_setopt(curl, CURLOPT_CAINFO, client->settings.authority);
    if (client->settings.stop) {
        curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
        curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, look_for_stop);
        curl_easy_setopt(curl, CURLOPT_XFERINFODATA, client->settings.stop);
    }
}

/* The list with one more header ("Name:" without a value takes away one that libcurl would add); unchanged on failure. */
static struct curl_slist *add_header(struct curl_slist *list, const char *name, const char *value, bool *failed)
{
    char line[1024];
    int n = snprintf(line, sizeof line, "%s:%s%s", name, value[0] ? " " : "", value);
    struct curl_slist *longer = n < 0 || (size_t)n >= sizeof line ? NULL : curl_slist_append(list, line);
    if (longer) return longer;
    *failed = true;
    return list;
}

void http_client_say(struct http_client *client, const char *header)
{
    (void)snprintf(client->said, sizeof client->said, "%s", header);
}

enum err http_client_ask(struct http_client *client, const char *path, const char *body, const char *etag, long timeout_ms, struct http_answer *answer,
                         struct fault *fault)
{
    char url[2048], bearer[512] = "", message[CURL_ERROR_SIZE] = "";
    bool failed = false;
    if (client->settings.key) (void)snprintf(bearer, sizeof bearer, "Bearer %s", client->settings.key);
    const char *server = client->settings.servers ? http_servers_now(client->settings.servers) : client->settings.server;
    int n = snprintf(url, sizeof url, "%s%s", server, path);
    if (n < 0 || (size_t)n >= sizeof url) return fault_set(fault, ERR_INPUT, "the server's address is too long");
    buf_clear(&answer->body);
    answer->status = 0;
    answer->etag[0] = answer->epoch[0] = answer->seal_key[0] = answer->spares[0] = '\0';
    answer->copy_lag_ms = HTTP_NO_COPY;
    answer->retry_after_s = 0;
    struct curl_slist *headers = add_header(NULL, "Accept", client->settings.accept ? client->settings.accept : "application/json", &failed);
    headers = add_header(headers, "Expect", "", &failed);
    if (client->settings.key) headers = add_header(headers, "Authorization", bearer, &failed);
    if (etag && etag[0]) headers = add_header(headers, "If-None-Match", etag, &failed);
    if (body) headers = add_header(headers, "Content-Type", "application/json", &failed);
    struct curl_slist *longer = client->said[0] ? curl_slist_append(headers, client->said) : headers;
    if (longer) headers = longer;
    client->said[0] = '\0';
    enum err e = failed ? fault_set(fault, ERR_NOMEM, "not enough memory for a request") : OK;
    if (e == OK) {
        set_common(client, server, answer, message, timeout_ms);
        curl_easy_setopt(client->curl, CURLOPT_URL, url);
        curl_easy_setopt(client->curl, CURLOPT_HTTPHEADER, headers);
        if (body) {
            curl_easy_setopt(client->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)strlen(body));
            curl_easy_setopt(client->curl, CURLOPT_POSTFIELDS, body);
        }
        e = from_curl(curl_easy_perform(client->curl), message, fault);
        if (e == OK) curl_easy_getinfo(client->curl, CURLINFO_RESPONSE_CODE, &answer->status);
    }
    curl_slist_free_all(headers);
    return e;
}

bool http_pin_is_valid(const char *pin)
{
    static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    return strncmp(pin, "sha256//", 8) == 0 && strspn(pin + 8, base64) == 43 && strcmp(pin + 8 + 43, "=") == 0;
}

enum err http_server_split(struct arena *arena, const char *url, const char **ret_server, const char **ret_pin, struct fault *fault)
{
    size_t length = strcspn(url, "#");
    const char *pin = url[length] ? url + length + 1 : NULL;
    while (length && url[length - 1] == '/') length--; /* a slash at the end is no mistake */
    char *server = arena_strndup(arena, url, length);
    if (!server) return fault_set(fault, ERR_NOMEM, "not enough memory");
    if (!http_server_is_valid(server)) return fault_set(fault, ERR_USAGE, "--server: \"%s\" is not http://HOST:PORT or https://HOST:PORT", server);
    if (pin && !http_pin_is_valid(pin)) return fault_set(fault, ERR_USAGE, "--server: \"#%s\" is not a whole #sha256//… of a pairing", pin);
    if (pin && strncmp(server, "https://", 8) != 0) return fault_set(fault, ERR_USAGE, "--server: a #sha256//… needs https://, not %s", server);
    *ret_server = server;
    *ret_pin = pin;
    return OK;
}

bool http_server_is_valid(const char *server)
{
    const char *host = NULL;
    if (strncmp(server, "http://", 7) == 0) host = server + 7;
    if (strncmp(server, "https://", 8) == 0) host = server + 8;
    if (!host || !*host || strlen(server) > 512) return false;
    return strspn(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:[]_") == strlen(host);
}
