/* Which address badges and links carry. */
#include "core/congress/badges/badge_list.h"
#include "core/base/text.h"
#include "core/congress/store/store.h"

#include "catalogue.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/* http(s)://host[:port], nothing behind it; a slash at the end is cut. */
static char *tidy_url(struct arena *arena, const char *url)
{
    size_t n = strlen(url);
    while (n && url[n - 1] == '/') n--;
    char *text = arena_strndup(arena, url, n);
    if (!text) return NULL;
    const char *host = strncmp(text, "http://", 7) == 0 ? text + 7 : strncmp(text, "https://", 8) == 0 ? text + 8 : NULL;
    if (!host || !*host || n > 255 || strpbrk(host, "/?#@ \t\"<>\\")) return NULL;
    for (const char *p = host; *p; p++)
        if ((unsigned char)*p <= 0x20 || (unsigned char)*p >= 0x7f) return NULL;
    return text;
}

static char *first_address(struct arena *arena, unsigned port)
{
    struct ifaddrs *list = NULL;
    char address[INET_ADDRSTRLEN] = "127.0.0.1";
    if (getifaddrs(&list) == 0) {
        for (struct ifaddrs *i = list; i; i = i->ifa_next) {
            if (!i->ifa_addr || i->ifa_addr->sa_family != AF_INET || (i->ifa_flags & IFF_LOOPBACK) || !(i->ifa_flags & IFF_UP)) continue;
            struct sockaddr_in in;
            memcpy(&in, i->ifa_addr, sizeof in);
            (void)inet_ntop(AF_INET, &in.sin_addr, address, sizeof address);
            break;
        }
        freeifaddrs(list);
    }
    return port == 80 ? arena_printf(arena, "http://%s", address) : arena_printf(arena, "http://%s:%u", address, port);
}

enum err public_url_choose(struct db *db, struct arena *arena, const char *option, const char *event, unsigned port, const char **ret, bool *ret_guessed,
                           struct fault *fault)
{
    const char *url = option, *from = "--public-url";
    *ret_guessed = false;
    if (!url) {
        enum err e = setting_read(db, arena, "public_url", &url);
        if (e != OK) return db_fault(db, e, fault, "read the public URL");
        from = "the stored public URL";
    }
    if (!url && event) {
        struct sql_delegates_event_head_row head;
        if (sql_delegates_event_head(db, arena, event, &head) == OK) url = head.public_url;
        from = "the event's public_url";
    }
    if (!url) {
        *ret_guessed = true;
        *ret = first_address(arena, port);
        return *ret ? OK : fault_set(fault, ERR_NOMEM, "not enough memory");
    }
    char *tidy = tidy_url(arena, url);
    if (!tidy) return fault_set(fault, ERR_INPUT, "%s: \"%s\" is not http://host or http://host:port", from, url);
    *ret = tidy;
    return OK;
}

static bool address_is_ours(const char *address)
{
    struct ifaddrs *list = NULL;
    bool found = false;
    if (getifaddrs(&list) != 0) return false;
    for (struct ifaddrs *i = list; i && !found; i = i->ifa_next) {
        char text[INET6_ADDRSTRLEN] = "";
        if (!i->ifa_addr || !(i->ifa_flags & IFF_UP)) continue;
        if (i->ifa_addr->sa_family == AF_INET) {
            struct sockaddr_in in;
            memcpy(&in, i->ifa_addr, sizeof in);
            (void)inet_ntop(AF_INET, &in.sin_addr, text, sizeof text);
        } else if (i->ifa_addr->sa_family == AF_INET6) {
            struct sockaddr_in6 in;
            memcpy(&in, i->ifa_addr, sizeof in);
            (void)inet_ntop(AF_INET6, &in.sin6_addr, text, sizeof text);
        }
        found = strcasecmp(text, address) == 0;
    }
    freeifaddrs(list);
    return found;
}

bool public_url_is_here(const char *host, unsigned port, unsigned other_port)
{
    char address[INET6_ADDRSTRLEN];
    const char *end = host[0] == '[' ? strchr(host, ']') : host + strcspn(host, ":");
    if (!end) return false;
    const char *begin = host[0] == '[' ? host + 1 : host, *after = host[0] == '[' ? end + 1 : end;
    size_t n = (size_t)(end - begin);
    if (n == 0 || n >= sizeof address) return false;
    memcpy(address, begin, n);
    address[n] = '\0';
    unsigned asked = after[0] == ':' ? (unsigned)strtoul(after + 1, NULL, 10) : 80;
    return asked != 0 && (asked == port || asked == other_port) && address_is_ours(address);
}
