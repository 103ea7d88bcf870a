/* Mains or battery, and whether the laptop may fall asleep. */
#include "server/venue/venue.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BATTERY_LEAST 50 /* per cent, to live through a pulled plug until somebody sees it */

struct power {
    bool has_mains, mains, has_battery;
    long percent; /* of the fullest battery; -1: not told */
};

static const char *supply_file(struct arena *arena, const struct venue_machine *machine, const char *name, const char *file)
{
    const char *path = arena_printf(arena, "class/power_supply/%s/%s", name, file);
    return path ? venue_file(arena, machine->roots.sys, path) : NULL;
}

static void read_supply(struct arena *arena, const struct venue_machine *machine, const char *name, struct power *power)
{
    const char *type = supply_file(arena, machine, name, "type"), *online = supply_file(arena, machine, name, "online");
    const char *scope = supply_file(arena, machine, name, "scope"), *capacity = supply_file(arena, machine, name, "capacity");
    if (!type || (scope && strncmp(scope, "Device", 6) == 0)) return; /* a mouse's battery */
    if (strncmp(type, "Battery", 7) == 0) {
        const long percent = capacity ? strtol(capacity, NULL, 10) : -1;
        power->has_battery = true;
        if (percent > power->percent) power->percent = percent;
    } else if (strncmp(type, "Mains", 5) == 0 || strncmp(type, "USB", 3) == 0) {
        power->has_mains = true;
        power->mains |= online && online[0] == '1';
    }
}

static struct power read_power(struct arena *arena, const struct venue_machine *machine)
{
    struct power power = {.percent = -1};
    const char *path = arena_printf(arena, "%s/class/power_supply", machine->roots.sys);
    DIR *folder = path ? opendir(path) : NULL;
    for (const struct dirent *entry; folder && (entry = readdir(folder)) != NULL;)
        if (entry->d_name[0] != '.') read_supply(arena, machine, entry->d_name, &power);
    if (folder) (void)closedir(folder);
    return power;
}

static void judge_supply(const struct power *power, struct venue_list *list)
{
    const char *percent = power->percent >= 0 ? arena_printf(list->arena, "%ld", power->percent) : "?";
    if (!power->has_battery) venue_add(list, "power", "no_battery", VENUE_WARNING, NULL, NULL, NULL);
    else if (power->has_mains && !power->mains) venue_add(list, "power", "battery", VENUE_BAD, percent, NULL, NULL);
    else if (power->percent >= 0 && power->percent < BATTERY_LEAST) venue_add(list, "power", "low", VENUE_WARNING, percent, NULL, NULL);
    else venue_add(list, "power", "ok", VENUE_OK, percent, NULL, NULL);
}

/* `systemctl mask` makes /etc/systemd/system/sleep.target a link to /dev/null. */
static bool is_masked(struct arena *arena, const struct venue_machine *machine, const char *target)
{
    char to[PATH_MAX];
    const char *path = arena_printf(arena, "%s/systemd/system/%s", machine->roots.etc, target);
    ssize_t n = path ? readlink(path, to, sizeof to - 1) : -1;
    if (n <= 0) return false;
    to[n] = '\0';
    return strcmp(to, "/dev/null") == 0;
}

static const char *value_in(const char *text, const char *name)
{
    const size_t length = strlen(name);
    const char *found = NULL;
    for (const char *line = text; line && *line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL)
        if (strncmp(line, name, length) == 0 && line[length] == '=') found = line + length + 1; /* the last counts */
    return found;
}

/* systemd-logind's setting, drop-ins in the order of their names after the file itself: logind.conf(5). NULL: its default. */
static const char *logind_value(struct arena *arena, const struct venue_machine *machine, const char *name)
{
    const char *value = value_in(venue_file(arena, machine->roots.etc, "systemd/logind.conf"), name);
    const char *path = arena_printf(arena, "%s/systemd/logind.conf.d", machine->roots.etc);
    struct dirent **names = NULL;
    int count = path ? scandir(path, &names, NULL, alphasort) : -1;
    for (int i = 0; i < count; i++) {
        const char *inside = arena_printf(arena, "systemd/logind.conf.d/%s", names[i]->d_name), *text = NULL;
        if (names[i]->d_name[0] != '.' && inside) text = venue_file(arena, machine->roots.etc, inside);
        if (text && value_in(text, name)) value = value_in(text, name);
        free(names[i]);
    }
    free(names);
    return value;
}

static void judge_sleep(const struct venue_machine *machine, const struct power *power, struct venue_list *list)
{
    struct arena *arena = list->arena;
    const char *able = venue_file(arena, machine->roots.sys, "power/state");
    const char *lid = logind_value(arena, machine, "HandleLidSwitch"), *idle = logind_value(arena, machine, "IdleAction");
    if (!able || !strpbrk(able, "abcdefghijklmnopqrstuvwxyz")) venue_add(list, "sleep", "cannot", VENUE_OK, NULL, NULL, NULL);
    else if (is_masked(arena, machine, "sleep.target") && is_masked(arena, machine, "suspend.target")) venue_add(list, "sleep", "masked", VENUE_OK, NULL, NULL, NULL);
    else if (idle && strncmp(idle, "ignore", 6) != 0) venue_add(list, "sleep", "idle", VENUE_BAD, NULL, NULL, NULL);
    else if (power->has_battery && !(lid && strncmp(lid, "ignore", 6) == 0)) venue_add(list, "sleep", "lid", VENUE_WARNING, NULL, NULL, NULL);
    else venue_add(list, "sleep", "desktop", VENUE_WARNING, NULL, NULL, NULL);
}

void venue_judge_power(const struct venue_machine *machine, struct venue_list *list)
{
    const struct power power = read_power(list->arena, machine);
    judge_supply(&power, list);
    judge_sleep(machine, &power, list);
}
