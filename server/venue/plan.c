#include "server/venue/venue.h"

#include "core/base/file.h"
#include "core/congress/badges/badge_list.h"
#include "core/congress/event_page.h"
#include "core/congress/store/store.h"

#include "catalogue.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define HOSTS_MOST 16
#define PORT_USUAL 8080 /* of `plenum serve` */

static enum err pick_event(struct db *db, struct arena *arena, const char *event, int64_t now_ms, struct venue_plan *plan, struct fault *fault)
{
    struct sql_venue_events_row *rows = NULL, *best = NULL;
    size_t count = 0;
    enum err e = sql_venue_events(db, arena, &rows, &count);
    if (e != OK) e = db_fault(db, e, fault, "read the events");
    for (size_t i = 0; e == OK && i < count; i++) {
        bool over = rows[i].ends_ms < now_ms, best_over = best && best->ends_ms < now_ms;
        if (event ? strcmp(rows[i].slug, event) == 0 : !best || (best_over && !over) || (best_over == over && rows[i].delegates > best->delegates)) best = &rows[i];
    }
    if (e == OK && event && !best) e = fault_set(fault, ERR_NOT_FOUND, "there is no event \"%.80s\"", event);
    if (e == OK && best) {
        plan->event = best->slug;
        plan->timezone = best->timezone;
        plan->delegates = best->delegates;
        plan->phones = (best->delegates * 3 + 1) / 2;
    }
    return e;
}

static enum err read_sizes(struct db *db, struct arena *arena, const char *folder, struct venue_plan *plan, struct fault *fault)
{
    struct sql_venue_blobs_row blobs = {0};
    struct sql_venue_newest_scan_row scan = {.received_ms = DB_NULL};
    struct sql_venue_newest_run_row run = {.printed_ms = DB_NULL};
    struct stat about;
    enum err e = sql_venue_blobs(db, arena, &blobs);
    if (e == OK) e = sql_venue_newest_scan(db, arena, &scan);
    if (e == OK) e = sql_venue_newest_run(db, arena, &run);
    if (e != OK) return db_fault(db, e, fault, "read what is stored");
    plan->blobs = blobs.blobs;
    plan->blob_bytes = blobs.bytes;
    if (scan.received_ms != DB_NULL) plan->newest_ms = scan.received_ms;
    if (run.printed_ms != DB_NULL && run.printed_ms > plan->newest_ms) plan->newest_ms = run.printed_ms;
    const char *file = file_join(arena, folder, "plenum.db");
    if (file && stat(file, &about) == 0) plan->database_bytes = about.st_size;
    return OK;
}

static void add_host(struct venue_plan *plan, const char *host, bool secure, bool printed)
{
    for (size_t i = 0; i < plan->host_count; i++)
        if (strcasecmp(plan->hosts[i].host, host) == 0) {
            plan->hosts[i].printed |= printed;
            return;
        }
    if (plan->host_count < HOSTS_MOST) plan->hosts[plan->host_count++] = (struct venue_host){host, secure, printed};
}

/* "https://host:8443/#…": where a server of this folder listened last, as it wrote down itself. */
static unsigned port_behind(const char *url)
{
    const char *host = strstr(url, "://") + 3;
    const char *inside = host[0] == '[' ? strchr(host, ']') : host;
    const char *colon = inside ? strchr(inside, ':') : NULL;
    return colon ? (unsigned)strtoul(colon + 1, NULL, 10) : 443;
}

enum err venue_plan_read(struct db *db, struct arena *arena, const char *folder, const char *event, unsigned port, int64_t now_ms, struct venue_plan *ret,
                         struct fault *fault)
{
    struct event_page_host *printed = NULL;
    const char *url = NULL, *pairing = NULL, *plain = NULL;
    size_t count = 0;
    *ret = (struct venue_plan){.port = port};
    enum err e = pick_event(db, arena, event, now_ms, ret, fault);
    if (e == OK) e = setting_read(db, arena, "plain_port", &plain);
    if (!port) ret->port = port = plain ? (unsigned)strtoul(plain, NULL, 10) : PORT_USUAL;
    if (e == OK) e = read_sizes(db, arena, folder, ret, fault);
    if (e == OK) e = public_url_choose(db, arena, NULL, ret->event, port, &url, &ret->guessed, fault);
    if (e == OK) e = event_page_print_hosts(db, arena, 0, &printed, &count);
    if (e == OK) e = setting_read(db, arena, "pairing_url", &pairing);
    ret->hosts = arena_array(arena, HOSTS_MOST, sizeof *ret->hosts);
    if (e == OK && !ret->hosts) e = fault_set(fault, ERR_NOMEM, "not enough memory");
    if (e != OK) return e;
    ret->public_host = strstr(url, "://") + 3;
    if (pairing && strncmp(pairing, "https://", 8) == 0) ret->tls_port = port_behind(pairing);
    add_host(ret, ret->public_host, strncmp(url, "https", 5) == 0, false);
    for (size_t i = 0; i < count; i++)
        if (!printed[i].event || !ret->event || strcmp(printed[i].event, ret->event) == 0) add_host(ret, printed[i].host, false, true);
    return OK;
}
