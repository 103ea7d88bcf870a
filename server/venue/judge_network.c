/* The address on the badges, the size of its network, and the cable. */
#include "server/venue/venue.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define SPARE_ADDRESSES 32 /* the laptop, access points, scanners, printers, the wall */

static char *number(struct arena *arena, int64_t value)
{
    return arena_printf(arena, "%" PRId64, value);
}

/* The address that phones are to reach: the public one's, or, where that is a name, the first of this machine. */
static const struct venue_address *chosen(const struct venue_plan *plan, const struct venue_machine *machine)
{
    if (!venue_host_is_name(plan->public_host)) return venue_address_of(machine, plan->public_host);
    return machine->address_count ? &machine->addresses[0] : NULL;
}

static void judge_address(const struct venue_plan *plan, const struct venue_machine *machine, struct venue_list *list)
{
    const char *host = plan->public_host;
    const struct venue_address *address = chosen(plan, machine);
    if (strncmp(host, "127.", 4) == 0) venue_add(list, "address", "loopback", VENUE_BAD, host, NULL, NULL);
    else if (plan->guessed) venue_add(list, "address", "guessed", VENUE_WARNING, host, NULL, NULL);
    else if (venue_host_is_name(host)) venue_add(list, "address", "name", VENUE_OK, host, NULL, NULL);
    else if (!address) venue_add(list, "address", "absent", VENUE_BAD, host, NULL, NULL);
    if (!address) return;
    if (address->lease == LEASE_DYNAMIC) venue_add(list, "lease", "dhcp", VENUE_WARNING, address->text, address->device, NULL);
    else if (address->lease == LEASE_FIXED) venue_add(list, "lease", "fixed", VENUE_OK, address->text, address->device, NULL);
    else venue_add(list, "lease", "unknown", VENUE_WARNING, address->text, address->device, NULL);
}

/* The longest prefix whose network holds so many. */
static unsigned prefix_for(int64_t wanted)
{
    unsigned prefix = 30;
    while (prefix > 8 && (INT64_C(1) << (32 - prefix)) - 2 < wanted) prefix--;
    return prefix;
}

static void judge_subnet(const struct venue_plan *plan, const struct venue_address *address, struct venue_list *list)
{
    if (!address || address->prefix < 1 || address->prefix > 32) return;
    const int64_t room = address->prefix > 30 ? 1 : (INT64_C(1) << (32 - address->prefix)) - 2, wanted = plan->phones + SPARE_ADDRESSES;
    const char *size = arena_printf(list->arena, "/%u", address->prefix), *larger = arena_printf(list->arena, "/%u", prefix_for(wanted));
    if (room < plan->phones) venue_add(list, "subnet", "small", VENUE_BAD, size, number(list->arena, plan->phones), larger);
    else if (room < wanted) venue_add(list, "subnet", "tight", VENUE_WARNING, size, number(list->arena, plan->phones), larger);
    else venue_add(list, "subnet", "ok", VENUE_OK, size, number(list->arena, plan->phones), number(list->arena, room));
}

static bool has(struct arena *arena, const struct venue_machine *machine, const char *device, const char *name)
{
    const char *path = arena_printf(arena, "class/net/%s/%s", device, name);
    return path && venue_file(arena, machine->roots.sys, path) != NULL;
}

/* Every wireless driver of today's kernels has DEVICE/phy80211/name; no other device has. */
static void judge_link(const struct venue_machine *machine, const struct venue_address *address, struct venue_list *list)
{
    struct arena *arena = list->arena;
    if (!address) return;
    const char *path = arena_printf(arena, "class/net/%s/speed", address->device), *text = path ? venue_file(arena, machine->roots.sys, path) : NULL;
    const long speed = text ? strtol(text, NULL, 10) : 0;
    if (has(arena, machine, address->device, "phy80211/name")) venue_add(list, "link", "wifi", VENUE_WARNING, address->device, NULL, NULL);
    else if (!has(arena, machine, address->device, "device/uevent")) venue_add(list, "link", "virtual", VENUE_WARNING, address->device, NULL, NULL);
    else if (speed > 0 && speed < 1000) venue_add(list, "link", "slow", VENUE_WARNING, address->device, number(arena, speed), NULL);
    else venue_add(list, "link", "cable", VENUE_OK, address->device, NULL, NULL);
}

void venue_judge_network(const struct venue_plan *plan, const struct venue_machine *machine, struct venue_list *list)
{
    const struct venue_address *address = chosen(plan, machine);
    judge_address(plan, machine, list);
    judge_subnet(plan, address, list);
    judge_link(machine, address, list);
}
