/* `plenum device pair|list|revoke` */
#include "core/congress/device.h"
#include "catalogue.h"
#include "core/base/clock.h"
#include "core/congress/badges/badge_list.h"
#include "core/congress/store/store.h"
#include "server/commands/commands.h"

#include <stdio.h>
#include <string.h>

#define USUAL_PORT 8080 /* of `plenum serve`, when no address is stored and one has to be guessed */

struct work {
    struct arena arena;
    const char *event, *gate, *code;
    struct pairing pairing;
};

static enum err find_gate(struct db *db, struct work *w, int64_t *ret_event, int64_t *ret_gate, struct fault *fault)
{
    struct sql_export_event_find_row event;
    struct sql_gate_find_row gate;
    enum err e = sql_export_event_find(db, &w->arena, w->event, &event);
    if (e == ERR_NOT_FOUND) return fault_set(fault, e, "there is no event \"%s\"", w->event);
    if (e == OK) e = sql_gate_find(db, &w->arena, event.id, w->gate, &gate);
    if (e == ERR_NOT_FOUND) return fault_set(fault, e, "the event %s has no gate \"%s\"", w->event, w->gate);
    if (e != OK) return db_fault(db, e, fault, "find the gate");
    *ret_event = event.id;
    *ret_gate = gate.id;
    return OK;
}

static enum err apply_pair(struct db *db, void *arg, struct fault *fault)
{
    struct work *w = arg;
    int64_t event_id = 0, gate_id = 0, now = clock_now_ms();
    enum err e = find_gate(db, w, &event_id, &gate_id, fault);
    if (e != OK) return e;
    pairing_make(event_id, gate_id, now, &w->pairing);
    e = pairing_insert(db, &w->pairing, now);
    if (e == OK) e = audit_write(db, now, "command line", "device pair", w->event, NULL);
    return e == OK ? OK : db_fault(db, e, fault, "store the pairing code");
}

/* Where the server that ran last takes scanners, with the pin of its key; before the first start the public URL has to do. */
static enum err find_url(struct db *db, struct work *w, const char **ret, struct fault *fault)
{
    bool guessed;
    enum err e = setting_read(db, &w->arena, "pairing_url", ret);
    if (e != OK) return db_fault(db, e, fault, "read the pairing URL");
    return *ret ? OK : public_url_choose(db, &w->arena, NULL, w->event, USUAL_PORT, ret, &guessed, fault);
}

static int run_pair(int argc, char **argv)
{
    const char *data = NULL;
    bool json = false;
    struct work w = {0};
    const struct opt options[] = {
        COMMAND_DATA(&data),
        {"event", 0, OPT_TEXT, &w.event, "SLUG", "the event", 0, 0},
        {"gate", 0, OPT_TEXT, &w.gate, "CODE", "the gate that the scanner will stand at", 0, 0},
        {"json", 0, OPT_FLAG, &json, NULL, "as one line of JSON", 0, 0},
    };
    const struct opt_command command = {"plenum device pair --event SLUG --gate CODE [--json]",
        "Makes a code that pairs one scanner; it is good once, for ten minutes.", options,
                                        sizeof options / sizeof options[0], 0, 0};
    struct fault fault = {0};
    struct store store = {0};
    const char *url = NULL;
    char expires[CLOCK_TEXT_SIZE];
    int code;
    if (!command_parse(&command, argc, argv, NULL, NULL, &code)) return code;
    enum err e = w.event && w.gate ? OK : fault_set(&fault, ERR_USAGE, "--event SLUG and --gate CODE are needed");
    if (e == OK) e = store_open(store_choose_folder(data), STORE_WRITE, &store, &fault);
    if (e == OK) e = db_transaction(store.db, apply_pair, &w, &fault);
    if (e == OK) e = find_url(store.db, &w, &url, &fault);
    if (e == OK && json) {
        json_t *report = json_pack("{s:s, s:s, s:s}", "code", w.pairing.code, "url", url, "expires", clock_format(w.pairing.expires_ms, expires));
        e = command_print_json(report, false, &fault);
        json_decref(report);
    } else if (e == OK) {
        printf("Pairing code: %s  (good once, for ten minutes)\nOn the scanner: plenum-scanner --server %s --pair %s\n", w.pairing.code, url, w.pairing.code);
    }
    store_close(&store);
    arena_release(&w.arena);
    return command_end("device", e, &fault);
}

static const char *moment(int64_t ms, char room[CLOCK_TEXT_SIZE]) { return ms == DB_NULL ? NULL : clock_format(ms, room); }

static json_t *number(int64_t value) { return value == DB_NULL ? json_null() : json_integer(value); }

static json_t *device_json(const struct device *d)
{
    char created[CLOCK_TEXT_SIZE], revoked[CLOCK_TEXT_SIZE], seen[CLOCK_TEXT_SIZE], asked[CLOCK_TEXT_SIZE], since[CLOCK_TEXT_SIZE];
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s?, s:s?, s:o, s:s?, s:o, s:o, s:s?, s:o, s:s?}", "device", d->code, "name", d->name, "event", d->event_slug,
                     "gate", d->gate_code, "created", clock_format(d->created_ms, created), "last_seen", moment(d->last_seen_ms, seen), "revoked",
                     moment(d->revoked_ms, revoked), "roster", number(d->roster_version), "roster_at", moment(d->roster_ms, asked), "clock_offset_ms",
                     number(d->clock_offset_ms), "waiting", number(d->waiting), "waiting_since", moment(d->waiting_since_ms, since), "set_aside",
                     number(d->set_aside), "account", d->account);
}

static void print_device(const struct device *d)
{
    char seen[CLOCK_TEXT_SIZE], asked[CLOCK_TEXT_SIZE];
    printf("%s  %-8s %s/%s  last seen %s", d->code, d->revoked_ms == DB_NULL ? "active" : "revoked", d->event_slug, d->gate_code,
           d->last_seen_ms == DB_NULL ? "never" : clock_format(d->last_seen_ms, seen));
    if (d->waiting != DB_NULL) printf("  %lld waiting", (long long)d->waiting);
    if (d->set_aside != DB_NULL && d->set_aside > 0) printf("  %lld set aside", (long long)d->set_aside);
    if (d->roster_ms != DB_NULL) printf("  list of %s", clock_format(d->roster_ms, asked));
    if (d->clock_offset_ms != DB_NULL) printf("  clock %+.1f s", (double)d->clock_offset_ms / 1000);
    printf("  %s\n", d->name);
}

static enum err print_devices(const struct device *devices, size_t count, bool json, struct fault *fault)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        if (json_array_append_new(list, device_json(&devices[i])) != 0) {
            json_decref(list);
            return fault_set(fault, ERR_NOMEM, "not enough memory");
        }
        if (!json) print_device(&devices[i]);
    }
    enum err e = json ? command_print_json(list, true, fault) : OK;
    json_decref(list);
    return e;
}

static int run_list(int argc, char **argv)
{
    const char *data = NULL;
    bool json = false;
    const struct opt options[] = {COMMAND_DATA(&data), {"json", 0, OPT_FLAG, &json, NULL, "as JSON", 0, 0}};
    const struct opt_command command = {"plenum device list [--json]", "All scanners that were ever paired.", options, 2, 0, 0};
    struct fault fault = {0};
    struct store store = {0};
    struct arena arena = {0};
    struct device *devices = NULL;
    size_t count = 0;
    int code;
    if (!command_parse(&command, argc, argv, NULL, NULL, &code)) return code;
    enum err e = store_open(store_choose_folder(data), STORE_READ, &store, &fault);
    if (e == OK && (e = device_list(store.db, &arena, 0, &devices, &count)) != OK) e = db_fault(store.db, e, &fault, "read the devices");
    if (e == OK) e = print_devices(devices, count, json, &fault);
    store_close(&store);
    arena_release(&arena);
    return command_end("device", e, &fault);
}

static enum err apply_revoke(struct db *db, void *arg, struct fault *fault)
{
    struct work *w = arg;
    int64_t now = clock_now_ms();
    enum err e = device_revoke(db, w->code, now);
    if (e == ERR_NOT_FOUND) return fault_set(fault, e, "there is no device \"%s\"", w->code);
    if (e == OK) e = audit_write(db, now, "command line", "device revoke", w->code, NULL);
    return e == OK ? OK : db_fault(db, e, fault, "revoke the device");
}

static int run_revoke(int argc, char **argv)
{
    const char *data = NULL;
    struct work w = {0};
    const struct opt options[] = {COMMAND_DATA(&data)};
    const struct opt_command command = {"plenum device revoke CODE",
        "Takes a scanner's key away, at once and for good; what it still has in its queue is refused.", options, 1, 1, 1};
    struct fault fault = {0};
    int code;
    if (!command_parse(&command, argc, argv, &w.code, NULL, &code)) return code;
    enum err e = command_apply(data, apply_revoke, &w, &fault);
    arena_release(&w.arena);
    return command_end("device", e, &fault);
}

int command_device(int argc, char **argv)
{
    static const struct command_verb verbs[] = {
        {"pair", run_pair, "make a code that pairs one scanner"},
        {"list", run_list, "all scanners"},
        {"revoke", run_revoke, "take a scanner's key away"},
    };
    return command_verbs("device", verbs, sizeof verbs / sizeof verbs[0], argc, argv);
}
