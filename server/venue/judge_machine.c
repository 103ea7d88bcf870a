/* Clock, zone, room on the disk, open files. */
#include "server/venue/venue.h"

#include "core/base/clock.h"
#include "core/base/zone.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define SCAN_BYTES 600   /* of the database, measured with its indexes, rounded up */
#define SCANS_EACH 20    /* a delegate's of a congress: two days, doors in and out */
#define ROOM_LEAST INT64_C(1000000000)
#define FILES_SPARE 512  /* the database, papers, walls, scanners */
#define INODES_SPARE 1000

static char *number(struct arena *arena, int64_t value)
{
    return arena_printf(arena, "%" PRId64, value);
}

static void judge_clock(const struct venue_plan *plan, const struct venue_machine *machine, struct venue_list *list)
{
    char now[CLOCK_TEXT_SIZE], then[CLOCK_TEXT_SIZE];
    struct arena *arena = list->arena;
    const char *here = arena_strdup(arena, clock_format(machine->now_ms, now));
    if (plan->newest_ms > machine->now_ms + CLOCK_MINUTE) {
        venue_add(list, "clock", "behind", VENUE_BAD, here, arena_strdup(arena, clock_format(plan->newest_ms, then)), NULL);
        return;
    }
    const char *state = machine->clock == CLOCK_SYNCED ? "synced" : machine->clock == CLOCK_FREE ? "free" : "unknown";
    venue_add(list, "clock", state, machine->clock == CLOCK_SYNCED ? VENUE_OK : VENUE_WARNING, here, NULL, NULL);
}

/* Where /etc/localtime points: ".../zoneinfo/Asia/Ho_Chi_Minh"; else /etc/timezone. NULL: not told. */
static const char *machine_zone(struct arena *arena, const struct venue_machine *machine)
{
    char target[PATH_MAX];
    const char *path = arena_printf(arena, "%s/localtime", machine->roots.etc);
    ssize_t n = path ? readlink(path, target, sizeof target - 1) : -1;
    target[n > 0 ? n : 0] = '\0';
    const char *inside = strstr(target, "/zoneinfo/"), *name = inside ? arena_strdup(arena, inside + 10) : venue_file(arena, machine->roots.etc, "timezone");
    return name ? arena_strndup(arena, name, strcspn(name, " \n")) : NULL;
}

static void judge_zone(const struct venue_plan *plan, const struct venue_machine *machine, struct venue_list *list)
{
    char own[ZONE_TEXT_SIZE], there[ZONE_TEXT_SIZE];
    const char *zone = machine_zone(list->arena, machine);
    if (!plan->timezone || !zone || zone_format(zone, machine->now_ms, own) != OK || zone_format(plan->timezone, machine->now_ms, there) != OK) return;
    const bool same = strcmp(own, there) == 0;
    venue_add(list, "zone", same ? "same" : "other", same ? VENUE_OK : VENUE_WARNING, plan->timezone, zone, NULL);
}

/* The papers once more (a backup, new versions) and ten times the check-ins that are expected, or that are there. */
static void judge_disk(const struct venue_plan *plan, const struct venue_machine *machine, struct venue_list *list)
{
    struct arena *arena = list->arena;
    const int64_t scans = plan->delegates * SCANS_EACH * SCAN_BYTES, most = scans > plan->database_bytes ? scans : plan->database_bytes;
    const int64_t wanted = plan->blob_bytes + 10 * most, inodes = plan->blobs + INODES_SPARE;
    if (machine->free_bytes >= 0) {
        const char *room = venue_size(arena, machine->free_bytes), *want = venue_size(arena, wanted);
        if (machine->free_bytes < wanted) venue_add(list, "disk", "full", VENUE_BAD, room, want, NULL);
        else if (machine->free_bytes < 2 * wanted || machine->free_bytes < ROOM_LEAST) venue_add(list, "disk", "tight", VENUE_WARNING, room, want, NULL);
        else venue_add(list, "disk", "ok", VENUE_OK, room, want, NULL);
    }
    if (machine->free_inodes < 0) return;
    const bool good = machine->free_inodes >= inodes;
    venue_add(list, "inodes", good ? "ok" : "few", good ? VENUE_OK : VENUE_BAD, number(arena, machine->free_inodes), number(arena, inodes), NULL);
}

/* A phone keeps a connection or two open for half a minute; one each at the same time is what is asked for. */
static void judge_files(const struct venue_plan *plan, const struct venue_machine *machine, struct venue_list *list)
{
    const int64_t wanted = plan->phones + FILES_SPARE;
    const bool good = machine->files < 0 || machine->files >= wanted;
    venue_add(list, "files", good ? machine->files < 0 ? "unlimited" : "ok" : "few", good ? VENUE_OK : VENUE_BAD, number(list->arena, machine->files),
              number(list->arena, wanted), NULL);
}

void venue_judge_machine(const struct venue_plan *plan, const struct venue_machine *machine, struct venue_list *list)
{
    judge_clock(plan, machine, list);
    judge_zone(plan, machine, list);
    judge_disk(plan, machine, list);
    judge_files(plan, machine, list);
}
