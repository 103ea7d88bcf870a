#include "core/congress/programme/stream.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

static bool ends_with(const char *text, const char *end)
{
    size_t a = strlen(text), b = strlen(end);
    return a >= b && strcmp(text + a - b, end) == 0;
}

static bool is_venue_v4(uint32_t a)
{
    return a >> 24 == 10 || a >> 24 == 127 || a >> 20 == 0xac1 || a >> 16 == 0xc0a8 || a >> 16 == 0xa9fe || a >> 22 == 0x191; /* the last: 100.64/10 */
}

static bool is_venue_v6(const struct in6_addr *a)
{
    const uint8_t *b = a->s6_addr;
    if (IN6_IS_ADDR_V4MAPPED(a)) return is_venue_v4((uint32_t)b[12] << 24 | (uint32_t)b[13] << 16 | (uint32_t)b[14] << 8 | b[15]);
    return IN6_IS_ADDR_LOOPBACK(a) || (b[0] & 0xfe) == 0xfc || (b[0] == 0xfe && (b[1] & 0xc0) == 0x80);
}

static bool is_venue_name(const char *name)
{
    static const char *const ends[] = {".local", ".localhost", ".home.arpa", ".internal", ".lan"};
    struct in_addr v4;
    if (inet_pton(AF_INET, name, &v4) == 1) return is_venue_v4(ntohl(v4.s_addr));
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (ends_with(name, ends[i])) return true;
    return !strchr(name, '.') && strspn(name, "0123456789abcdefx") != strlen(name); /* "2130706433" is an address in disguise, not a name */
}

enum stream_place stream_place_of(const char *url, char ret_host[STREAM_HOST_SIZE])
{
    struct in6_addr v6;
    char name[STREAM_HOST_SIZE];
    ret_host[0] = '\0';
    size_t scheme = !url ? 0 : strncasecmp(url, "https://", 8) == 0 ? 8 : strncasecmp(url, "http://", 7) == 0 ? 7 : 0;
    if (!scheme) return STREAM_UNUSABLE;
    for (const char *p = url; *p; p++)
        if ((unsigned char)*p <= ' ' || *p == 0x7f || strchr("\\<>\"`{}|^", *p)) return STREAM_UNUSABLE;
    size_t length = strcspn(url + scheme, "/?#");
    if (!length || length >= sizeof name || memchr(url + scheme, '@', length)) return STREAM_UNUSABLE;
    for (size_t i = 0; i < length; i++) name[i] = (char)tolower((unsigned char)url[scheme + i]);
    name[length] = '\0';
    memcpy(ret_host, name, length + 1);
    if (name[0] == '[') {
        char *end = strchr(name, ']');
        if (end) *end = '\0';
        if (end && inet_pton(AF_INET6, name + 1, &v6) == 1) return is_venue_v6(&v6) ? STREAM_VENUE : STREAM_INTERNET;
        ret_host[0] = '\0';
        return STREAM_UNUSABLE;
    }
    name[strcspn(name, ":")] = '\0';
    size_t end = strlen(name);
    if (end && name[end - 1] == '.') name[--end] = '\0';
    if (!end) ret_host[0] = '\0';
    return !end ? STREAM_UNUSABLE : is_venue_name(name) ? STREAM_VENUE : STREAM_INTERNET;
}
