#include "core/base/id.h"
#include "core/base/clock.h"
#include "core/base/crypto.h"
#include "core/base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ID_EPOCH_MS INT64_C(1704067200000) /* 2024-01-01 */
#define ID_RANDOM_BITS 22

int64_t id_next(struct id_source *source)
{
    int64_t ms = clock_now_ms() - ID_EPOCH_MS;
    if (ms < 0) ms = 0; /* a laptop whose clock battery died still gets growing ids */
    int64_t id = (ms << ID_RANDOM_BITS) | crypto_random_below(1u << ID_RANDOM_BITS);
    if (id <= source->last) id = source->last + 1;
    source->last = id;
    return id;
}

int64_t id_least_at(int64_t ms)
{
    int64_t since = ms - ID_EPOCH_MS;
    return since <= 0 ? 0 : since > INT64_MAX >> ID_RANDOM_BITS ? INT64_MAX : since << ID_RANDOM_BITS;
}

void id_uuid7(char out[ID_UUID_SIZE])
{
    uint8_t b[16];
    crypto_random(b, sizeof b);
    int64_t ms = clock_now_ms();
    for (int i = 0; i < 6; i++) b[i] = (uint8_t)(ms >> (40 - 8 * i));
    b[6] = (uint8_t)(0x70 | (b[6] & 0x0f));
    b[8] = (uint8_t)(0x80 | (b[8] & 0x3f));
    (void)snprintf(out, ID_UUID_SIZE, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", b[0], b[1], b[2], b[3], b[4], b[5],
                   b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14], b[15]);
}

bool id_is_uuid(const char *text)
{
    for (int i = 0; i < 36; i++) {
        char c = text[i];
        bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;
        if (hyphen ? c != '-' : !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'))) return false;
    }
    return text[36] == '\0';
}

bool id_uuid7_time(const char *text, int64_t *ret_ms)
{
    if (!id_is_uuid(text) || text[14] != '7') return false;
    char digits[13];
    memcpy(digits, text, 8);
    memcpy(digits + 8, text + 9, 4);
    digits[12] = '\0';
    *ret_ms = (int64_t)strtoll(digits, NULL, 16);
    return true;
}

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

void id_token_make(char out[ID_TOKEN_SIZE])
{
    uint8_t raw[10];
    crypto_random(raw, sizeof raw);
    uint32_t bits = 0;
    int have = 0, n = 0;
    for (size_t i = 0; i < sizeof raw; i++) {
        bits = (bits << 8) | raw[i];
        have += 8;
        while (have >= 5) {
            out[n++] = alphabet[(bits >> (have - 5)) & 31];
            have -= 5;
        }
    }
    out[n] = '\0';
}

static char token_letter(char c)
{
    if (c >= 'a' && c <= 'z') c = (char)(c - 32);
    if (c == 'I' || c == 'L') return '1';
    if (c == 'O') return '0';
    return c && strchr(alphabet, c) ? c : '\0';
}

static bool token_read_span(const char *text, size_t length, char out[ID_TOKEN_SIZE])
{
    char token[ID_TOKEN_SIZE];
    size_t n = 0;
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '-') continue;
        char c = token_letter(text[i]);
        if (!c || n == ID_TOKEN_SIZE - 1) return false;
        token[n++] = c;
    }
    if (n != ID_TOKEN_SIZE - 1) return false;
    token[n] = '\0';
    memcpy(out, token, sizeof token);
    return true;
}

bool id_token_read(const char *text, char out[ID_TOKEN_SIZE])
{
    size_t n = strlen(text);
    return n <= 64 && token_read_span(text, n, out);
}

bool id_token_from_scan(const char *text, char out[ID_TOKEN_SIZE])
{
    const char *rest = text;
    while (*rest == ' ' || *rest == '\t') rest++;
    const char *host = strstr(rest, "://");
    if (!host) {
        size_t bare = strcspn(rest, " \t\r\n");
        return rest[bare + strspn(rest + bare, " \t\r\n")] == '\0' && bare <= 64 && token_read_span(rest, bare, out);
    }
    char scheme[6] = {0};
    size_t n = (size_t)(host - rest);
    if (n > 5) return false;
    memcpy(scheme, rest, n);
    if (!text_equal_ignoring_case(scheme, "http") && !text_equal_ignoring_case(scheme, "https")) return false;
    const char *path = strchr(host + 3, '/');
    if (!path || path == host + 3) return false;
    if ((path[1] != 'd' && path[1] != 'D') || path[2] != '/') return false;
    return token_read_span(path + 3, strcspn(path + 3, "/?# \t\r\n"), out);
}
