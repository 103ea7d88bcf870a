/* Ports that listen, the firewall before them, the queue behind them. */
#include "server/venue/venue.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BACKLOG_LEAST 1024
#define LISTEN_STATE 0x0A /* TCP_LISTEN, as /proc/net/tcp writes it */

enum listening { LISTENS_NOT, LISTENS_ELSEWHERE, LISTENS_LOOPBACK, LISTENS_HERE };

static char *number(struct arena *arena, int64_t value)
{
    return arena_printf(arena, "%" PRId64, value);
}

/* The kernel writes addresses as 32-bit words in its own byte order, in hex. */
static enum listening scope_of(const char *hex, const char *address)
{
    const size_t digits = strlen(hex);
    unsigned words[4] = {0};
    for (size_t i = 0; i < digits / 8 && i < 4; i++) (void)sscanf(hex + 8 * i, "%8x", &words[i]);
    const bool mapped = digits == 32 && words[0] == 0 && words[1] == 0 && words[2] == htonl(0xffff);
    const unsigned low = digits == 8 ? words[0] : words[3];
    if (digits == 32 && !mapped) return (words[0] | words[1] | words[2] | words[3]) == 0 ? LISTENS_HERE : low == htonl(1) ? LISTENS_LOOPBACK : LISTENS_ELSEWHERE;
    struct in_addr own;
    if (low == 0 || (address && inet_pton(AF_INET, address, &own) == 1 && own.s_addr == low)) return LISTENS_HERE;
    return ntohl(low) >> 24 == 127 ? LISTENS_LOOPBACK : LISTENS_ELSEWHERE;
}

/* The best that any socket in the table offers: lines "0: 00000000:1F90 00000000:0000 0A …". */
static enum listening look(const char *table, unsigned port, const char *address)
{
    enum listening best = LISTENS_NOT;
    for (const char *line = table; line && *line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL) {
        char local[64];
        unsigned at, state;
        if (sscanf(line, " %*[0-9]: %63[0-9A-Fa-f]:%x %*[0-9A-Fa-f]:%*x %x", local, &at, &state) != 3 || at != port || state != LISTEN_STATE) continue;
        const enum listening one = scope_of(local, address);
        if (one > best) best = one;
    }
    return best;
}

static enum listening listens(struct arena *arena, const struct venue_machine *machine, unsigned port, const char *address)
{
    const enum listening four = look(venue_file(arena, machine->roots.proc, "net/tcp"), port, address);
    const enum listening six = look(venue_file(arena, machine->roots.proc, "net/tcp6"), port, address);
    return four > six ? four : six;
}

static void judge_port(const struct venue_machine *machine, unsigned port, const char *address, struct venue_list *list)
{
    static const char *const states[] = {[LISTENS_NOT] = "closed", [LISTENS_ELSEWHERE] = "elsewhere", [LISTENS_LOOPBACK] = "loopback", [LISTENS_HERE] = "ok"};
    if (!port) return;
    const enum listening how = listens(list->arena, machine, port, address);
    venue_add(list, "port", states[how], how == LISTENS_HERE ? VENUE_OK : VENUE_BAD, number(list->arena, port), address, NULL);
}

/* Who types the address without its port comes to port 80. */
static void judge_port80(const struct venue_plan *plan, const struct venue_machine *machine, const char *address, struct venue_list *list)
{
    if (plan->port == 80) return;
    const enum listening how = listens(list->arena, machine, 80, address);
    if (how == LISTENS_HERE) venue_add(list, "port80", "taken", VENUE_WARNING, number(list->arena, plan->port), NULL, NULL);
    else venue_add(list, "port80", "free", VENUE_OK, number(list->arena, plan->port), NULL, NULL);
}

/* ufw and firewalld tell by files that anybody may read whether they are on; bare tables only root sees. */
static void judge_firewall(const struct venue_plan *plan, const struct venue_machine *machine, struct venue_list *list)
{
    struct arena *arena = list->arena;
    const char *ufw = venue_file(arena, machine->roots.etc, "ufw/ufw.conf"), *rules = venue_file(arena, machine->roots.etc, "ufw/user.rules");
    const char *modules = venue_file(arena, machine->roots.proc, "modules"), *tables = venue_file(arena, machine->roots.proc, "net/ip_tables_names");
    const char *plain = number(arena, plan->port ? plan->port : plan->tls_port), *secure = number(arena, plan->tls_port ? plan->tls_port : plan->port);
    const char *rule = arena_printf(arena, "--dport %s -j ACCEPT", plain);
    if (ufw && (strncmp(ufw, "ENABLED=yes", 11) == 0 || strstr(ufw, "\nENABLED=yes"))) {
        const bool open = rules && rule && strstr(rules, rule);
        venue_add(list, "firewall", open ? "ufw_open" : "ufw", open ? VENUE_OK : VENUE_WARNING, plain, secure, NULL);
    } else if (venue_file(arena, machine->roots.run, "firewalld.pid")) venue_add(list, "firewall", "firewalld", VENUE_WARNING, plain, secure, NULL);
    else if ((modules && (strstr(modules, "nf_tables ") || strstr(modules, "iptable_filter "))) || (tables && strstr(tables, "filter")))
        venue_add(list, "firewall", "tables", VENUE_WARNING, plain, secure, NULL);
    else venue_add(list, "firewall", modules ? "none" : "unknown", modules ? VENUE_OK : VENUE_WARNING, plain, secure, NULL);
}

static void judge_backlog(const struct venue_machine *machine, struct venue_list *list)
{
    const char *text = venue_file(list->arena, machine->roots.proc, "sys/net/core/somaxconn");
    if (!text) return;
    const long waiting = strtol(text, NULL, 10);
    const bool good = waiting >= BACKLOG_LEAST;
    venue_add(list, "backlog", good ? "ok" : "small", good ? VENUE_OK : VENUE_WARNING, number(list->arena, waiting), NULL, NULL);
}

void venue_judge_ports(const struct venue_plan *plan, const struct venue_machine *machine, struct venue_list *list)
{
    const struct venue_address *address = venue_host_is_name(plan->public_host) ? NULL : venue_address_of(machine, plan->public_host);
    const char *text = address ? address->text : machine->address_count ? machine->addresses[0].text : NULL;
    judge_port(machine, plan->port, text, list);
    if (plan->tls_port != plan->port) judge_port(machine, plan->tls_port, text, list);
    judge_port80(plan, machine, text, list);
    judge_firewall(plan, machine, list);
    judge_backlog(machine, list);
}
