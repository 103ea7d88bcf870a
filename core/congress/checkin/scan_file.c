#include "core/congress/checkin/scan_file.h"
#include "catalogue.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/congress/checkin/checkin.h"
#include "core/congress/checkin/scan_json.h"
#include "core/congress/checkin/scan_key.h"
#include "core/congress/checkin/scan_seal.h"
#include "core/congress/device.h"
#include "core/congress/store/store.h"

#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

struct outer {
    const char *format, *device, *sealed;
};
static const struct json_spec outer_specs[] = {
    {"format", JSON_SPEC_TEXT, offsetof(struct outer, format), JSON_REQUIRED, 32},
    {"device", JSON_SPEC_TEXT, offsetof(struct outer, device), JSON_REQUIRED, 64},
    {"sealed", JSON_SPEC_TEXT, offsetof(struct outer, sealed), JSON_REQUIRED, SCAN_FILE_LIMIT},
};

struct inner {
    const char *device, *event, *exported_at;
    int64_t offset_ms; /* the server's clock minus the device's */
    json_t *scans;
};
static const struct json_spec inner_specs[] = {
    {"device", JSON_SPEC_TEXT, offsetof(struct inner, device), JSON_REQUIRED, 64},
    {"event", JSON_SPEC_TEXT, offsetof(struct inner, event), JSON_REQUIRED, 64},
    {"exported_at", JSON_SPEC_TEXT, offsetof(struct inner, exported_at), JSON_REQUIRED, 64},
    {"offset_ms", JSON_SPEC_INTEGER, offsetof(struct inner, offset_ms), JSON_NULLABLE, 0},
    {"scans", JSON_SPEC_ARRAY, offsetof(struct inner, scans), JSON_REQUIRED, 1000000},
};

struct work {
    const struct scan_file_options *options;
    struct arena arena; /* for the whole file */
    struct store store;
    struct write_tools tools;
    json_t *outer_value, *inner_value;
    struct inner inner;
    struct device device;
    struct scan_key key;
    bool has_key;
    int64_t exported_ms, received_ms;
    size_t at;
    /* of one piece, which may run twice */
    struct arena piece;
    struct checkin_answer answers[CHECKIN_PIECE];
    size_t piece_count;
    /* of all */
    int64_t fresh, known, conflicts, invalid;
    json_t *results;
};

bool scan_file_is_one(const char *path)
{
    char start[128];
    int fd = file_is_plain(path) ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (fd < 0) return false;
    ssize_t n = read(fd, start, sizeof start);
    close(fd);
    return n > 0 && memmem(start, (size_t)n, "\"" SCAN_FILE_FORMAT "\"", sizeof SCAN_FILE_FORMAT + 1);
}

/* --- opening --------------------------------------------------------------------------------------------------------------------- */

static enum err find_device(struct work *w, const char *code, const char **ret_key_hash, struct fault *fault)
{
    struct sql_device_key_hash_row row;
    enum err e = device_by_code(w->store.db, &w->arena, code, &w->device);
    if (e == OK) e = sql_device_key_hash(w->store.db, &w->arena, code, &row);
    if (e == ERR_NOT_FOUND) return fault_set(fault, ERR_DENIED, "%s: its device %.20s is not one of ours", w->options->file, code);
    if (e != OK) return db_fault(w->store.db, e, fault, "find the device");
    *ret_key_hash = row.key_hash;
    if (w->device.revoked_ms == DB_NULL || w->options->from_revoked) return OK;
    return fault_set(fault, ERR_DENIED, "%s: its device %s (%s) was revoked; what it sends is not taken (--from-revoked takes it, if you know who brought it)",
                     w->options->file, w->device.code, w->device.name);
}

/* The inside is trusted only after the seal, and must be about the same device and event. */
static enum err open_seal(struct work *w, const char *sealed, const char *key_hash, struct fault *fault)
{
    const char *file = w->options->file, *text = scan_unseal(&w->arena, key_hash, sealed);
    if (!text && w->arena.is_short) return fault_set(fault, ERR_NOMEM, "%s: not enough memory to open it", file);
    if (!text) return fault_set(fault, ERR_DENIED, "%s: the seal of device %s is broken: the file was changed or is not from that device", file, w->device.code);
    w->inner.offset_ms = DB_NULL;
    enum err e = json_read_list(text, strlen(text), &w->inner_value, fault);
    if (e == OK) e = json_take_known(w->inner_value, inner_specs, sizeof inner_specs / sizeof *inner_specs, &w->inner, NULL, fault);
    if (e == OK) e = clock_parse(w->inner.exported_at, &w->exported_ms);
    if (e != OK) return fault_set(fault, e, "%s: what is sealed in it is not in the right form", file);
    if (strcmp(w->inner.device, w->device.code) != 0 || strcmp(w->inner.event, w->device.event_slug) != 0)
        return fault_set(fault, ERR_DENIED, "%s: device %s belongs to event %s now", file, w->device.code, w->device.event_slug);
    const char *only = w->options->only_event;
    if (only && strcmp(only, w->inner.event) != 0) return fault_set(fault, ERR_INPUT, "%s: its scans are of event %s", file, w->inner.event);
    return OK;
}

static enum err open_file(struct work *w, struct fault *fault)
{
    struct outer outer = {0};
    const char *key_hash = NULL;
    char *text;
    size_t length;
    enum err e = file_read(&w->arena, w->options->file, SCAN_FILE_LIMIT, &text, &length, fault);
    if (e == OK) e = json_read(text, length, &w->outer_value, fault);
    if (e == OK) e = json_take_known(w->outer_value, outer_specs, sizeof outer_specs / sizeof *outer_specs, &outer, NULL, fault);
    if (e == OK && strcmp(outer.format, SCAN_FILE_FORMAT) != 0) e = fault_set(fault, ERR_INPUT, "the format is not " SCAN_FILE_FORMAT);
    if (e != OK) {
        fault_prefix(fault, "%s", w->options->file);
        return e;
    }
    e = find_device(w, outer.device, &key_hash, fault);
    return e == OK ? open_seal(w, outer.sealed, key_hash, fault) : e;
}

static enum err find_key(struct work *w, struct fault *fault)
{
    enum err e = scan_key_read(w->store.db, &w->arena, false, &w->key);
    w->has_key = e == OK;
    return e == OK || e == ERR_NOT_FOUND ? OK : db_fault(w->store.db, e, fault, "read the key of sealed scans");
}

/* --- scans ----------------------------------------------------------------------------------------------------------------------- */

/* The age at the export counts from the export's moment by the server's clock; said as an offset of the scan's own time, so that it is known as an estimate. */
static void set_time(const struct work *w, struct checkin_scan *scan, struct checkin_source *source)
{
    int64_t offset = w->inner.offset_ms == DB_NULL ? 0 : w->inner.offset_ms;
    source->clock_offset_ms = -offset;
    if (scan->age_ms != DB_NULL) source->clock_offset_ms = scan->scanned_ms - (w->exported_ms + offset - scan->age_ms);
    scan->age_ms = DB_NULL;
}

static enum err take_one(struct work *w, struct db *db, json_t *item, struct checkin_answer *a)
{
    struct checkin_scan scan;
    struct checkin_source source = {.event = w->device.event_slug, .gate_id = w->device.gate_id, .device_id = w->device.id, .account_id = DB_NULL,
                                    .received_ms = w->received_ms};
    const struct scan_reading how = {.now_ms = w->received_ms, .key = w->has_key ? &w->key : NULL};
    enum reason reason = scan_json_read(item, &w->piece, &how, &scan, NULL);
    *a = (struct checkin_answer){.outcome = OUTCOME_invalid, .reason = reason, .first_ms = DB_NULL, .delegate_id = DB_NULL, .gate_id = DB_NULL};
    (void)snprintf(a->scan_id, sizeof a->scan_id, "%s", scan.scan_id);
    if (reason == REASON_busy) return ERR_NOMEM;
    if (reason != REASON_none) return OK;
    set_time(w, &scan, &source);
    if (w->options->dry_run) return checkin_preview(db, &w->piece, &w->tools.programmes, &source, &scan, a);
    return checkin_apply(db, &w->piece, &w->tools, &source, &scan, a);
}

/* One piece; may run twice. */
static enum err take_piece(struct db *db, void *arg, struct fault *fault)
{
    struct work *w = arg;
    enum err e = OK;
    arena_clear(&w->piece);
    write_tools_begin(&w->tools);
    for (size_t i = 0; e == OK && i < w->piece_count; i++) e = take_one(w, db, json_array_get(w->inner.scans, w->at + i), &w->answers[i]);
    if (e == OK && !w->options->dry_run) e = write_tools_flush(&w->tools, db);
    return e == OK ? OK : db_fault(db, e, fault, "take the scans in");
}

static enum err count_piece(struct work *w, struct fault *fault)
{
    for (size_t i = 0; i < w->piece_count; i++) {
        const struct checkin_answer *a = &w->answers[i];
        bool is_invalid = a->outcome == OUTCOME_invalid;
        if (is_invalid) w->invalid++;
        else if (a->replayed) w->known++;
        else w->fresh++;
        if (a->conflict && !is_invalid) w->conflicts++;
        if (!a->conflict && !is_invalid) continue;
        if (json_array_append_new(w->results, scan_answer_json(&w->piece, a, "vi")) != 0) return fault_set(fault, ERR_NOMEM, "not enough memory");
    }
    return OK;
}

static enum err note_import(struct db *db, void *arg, struct fault *fault)
{
    struct work *w = arg;
    struct arena arena = {0};
    char *detail = arena_printf(&arena, "{\"new\":%lld,\"known\":%lld,\"conflicts\":%lld,\"invalid\":%lld%s}", (long long)w->fresh, (long long)w->known,
                                (long long)w->conflicts, (long long)w->invalid, w->device.revoked_ms == DB_NULL ? "" : ",\"revoked\":true");
    enum err e = detail ? audit_write(db, w->received_ms, "command line", "scans_import", w->device.code, detail) : ERR_NOMEM;
    if (e == OK) e = device_seen(db, w->device.id, w->received_ms, DB_NULL, DB_NULL);
    arena_release(&arena);
    return e == OK ? OK : db_fault(db, e, fault, "write the import down");
}

static enum err take_all(struct work *w, struct fault *fault)
{
    enum err e = OK;
    size_t total = json_array_size(w->inner.scans);
    for (w->at = 0; e == OK && w->at < total; w->at += w->piece_count) {
        w->piece_count = total - w->at < CHECKIN_PIECE ? total - w->at : CHECKIN_PIECE;
        e = w->options->dry_run ? take_piece(w->store.db, w, fault) : db_transaction(w->store.db, take_piece, w, fault);
        if (e == OK) e = count_piece(w, fault);
    }
    return e == OK && !w->options->dry_run ? db_transaction(w->store.db, note_import, w, fault) : e;
}

enum err scan_file_import(const struct scan_file_options *options, json_t **ret_report, struct fault *fault)
{
    struct work w = {.options = options, .received_ms = clock_now_ms(), .results = json_array()};
    enum err e = w.results ? store_open(options->folder, options->dry_run ? STORE_READ : STORE_WRITE, &w.store, fault) : ERR_NOMEM;
    if (e == OK) e = open_file(&w, fault);
    if (e == OK) e = find_key(&w, fault);
    if (e == OK) e = take_all(&w, fault);
    if (e == OK) {
        *ret_report = json_pack("{s:s,s:s,s:s,s:s,s:s,s:I,s:I,s:I,s:I,s:I,s:O}", "device", w.device.code, "name", w.device.name, "event", w.device.event_slug,
                                "gate", w.device.gate_code, "exported_at", w.inner.exported_at, "scans", (json_int_t)json_array_size(w.inner.scans), "new",
                                (json_int_t)w.fresh, "known", (json_int_t)w.known, "conflicts", (json_int_t)w.conflicts, "invalid", (json_int_t)w.invalid,
                                "results", w.results);
        if (!*ret_report) e = fault_set(fault, ERR_NOMEM, "not enough memory");
    }
    write_tools_release(&w.tools);
    json_decref(w.results);
    json_decref(w.inner_value);
    json_decref(w.outer_value);
    arena_release(&w.piece);
    arena_release(&w.arena);
    store_close(&w.store);
    return e;
}
