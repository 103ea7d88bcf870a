#include "server/tls/names.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

/* Host names as RFC 1123 has them, and the underscore that some machines carry. */
static bool is_host_name(const char *text, size_t length)
{
    size_t label = 0;
    if (!length || length > 253) return false;
    for (size_t i = 0; i < length; i++) {
        char c = text[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
        if (c == '.') {
            if (!label || text[i - 1] == '-') return false;
            label = 0;
            continue;
        }
        if (!letter && !(c == '-' && label)) return false;
        if (++label > 63) return false;
    }
    return label && text[length - 1] != '-';
}

/* Cuts scheme, path, brackets and port away. */
static void find_host(const char *text, const char **ret_start, size_t *ret_length)
{
    const char *start = text;
    if (strncasecmp(start, "http://", 7) == 0) start += 7;
    else if (strncasecmp(start, "https://", 8) == 0) start += 8;
    size_t length = strcspn(start, "/?#");
    if (*start == '[') {
        start++;
        length = strcspn(start, "]");
    } else {
        const char *colon = memchr(start, ':', length);
        if (colon && !memchr(colon + 1, ':', length - (size_t)(colon - start) - 1)) length = (size_t)(colon - start);
    }
    *ret_start = start;
    *ret_length = length;
}

enum err tls_name_tidy(struct arena *arena, const char *text, const char **ret)
{
    const char *start;
    size_t length;
    unsigned char address[sizeof(struct in6_addr)];
    char numeric[INET6_ADDRSTRLEN];
    find_host(text, &start, &length);
    while (length && start[length - 1] == '.') length--;
    char *host = arena_strndup(arena, start, length);
    if (!host) return ERR_NOMEM;
    int family = inet_pton(AF_INET, host, address) == 1 ? AF_INET : inet_pton(AF_INET6, host, address) == 1 ? AF_INET6 : 0;
    if (family) {
        if (!inet_ntop(family, address, numeric, sizeof numeric)) return ERR_BUG;
        host = arena_strdup(arena, numeric);
        if (!host) return ERR_NOMEM;
        *ret = host;
        return OK;
    }
    for (char *p = host; *p; p++)
        if (*p >= 'A' && *p <= 'Z') *p = (char)(*p + 32);
    if (!is_host_name(host, length)) return ERR_INPUT;
    *ret = host;
    return OK;
}

bool tls_names_have(const struct tls_names *names, const char *canonical)
{
    for (size_t i = 0; i < names->count; i++)
        if (strcmp(names->items[i], canonical) == 0) return true;
    return false;
}

enum err tls_names_add(struct tls_names *names, struct arena *arena, const char *text)
{
    const char *name;
    enum err e = tls_name_tidy(arena, text, &name);
    if (e) return e;
    if (tls_names_have(names, name) || names->count == TLS_NAMES_MOST) return OK;
    names->items[names->count++] = name;
    return OK;
}

bool tls_names_cover(const struct tls_names *have, const struct tls_names *wanted)
{
    for (size_t i = 0; i < wanted->count; i++)
        if (!tls_names_have(have, wanted->items[i])) return false;
    return true;
}

static enum err add_address(struct tls_names *names, struct arena *arena, const struct sockaddr *address)
{
    char text[INET6_ADDRSTRLEN];
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    if (address->sa_family == AF_INET) {
        memcpy(&v4, address, sizeof v4);
        if (!inet_ntop(AF_INET, &v4.sin_addr, text, sizeof text)) return OK;
    } else if (address->sa_family == AF_INET6) {
        memcpy(&v6, address, sizeof v6);
        if (IN6_IS_ADDR_LINKLOCAL(&v6.sin6_addr) || !inet_ntop(AF_INET6, &v6.sin6_addr, text, sizeof text)) return OK;
    } else {
        return OK;
    }
    return tls_names_add(names, arena, text);
}

enum err tls_names_of_machine(struct tls_names *names, struct arena *arena)
{
    static const char *const always[] = {"localhost", "127.0.0.1", "::1"};
    char host[256] = "";
    struct ifaddrs *list = NULL;
    enum err e = OK;
    for (size_t i = 0; i < sizeof always / sizeof always[0] && !e; i++) e = tls_names_add(names, arena, always[i]);
    if (e) return e;
    if (gethostname(host, sizeof host - 1) == 0) e = tls_names_add(names, arena, host);
    if (e == ERR_NOMEM) return e; /* a host name that no certificate can carry is nobody's fault here */
    e = OK;
    if (getifaddrs(&list)) return OK;
    for (struct ifaddrs *i = list; i && !e; i = i->ifa_next)
        if (i->ifa_addr && (i->ifa_flags & IFF_UP) && !(i->ifa_flags & IFF_LOOPBACK)) e = add_address(names, arena, i->ifa_addr);
    freeifaddrs(list);
    return e;
}
