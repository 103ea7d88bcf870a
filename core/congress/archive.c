#include "core/congress/archive.h"
#include "catalogue.h"
#include "core/base/clock.h"
#include "core/base/crypto.h"
#include "core/base/json.h"
#include "core/base/zip.h"
#include "core/congress/event_file/event_file.h"
#include "core/congress/export/export.h"
#include "core/congress/json_time.h"
#include "core/congress/store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PIECE 65536
#define COLUMNS_MOST 32
#define ENTRIES_MOST 100000
#define NAME_MOST 200 /* bytes of a paper's name */

static const char readme[] =
    "One event, as it was kept by Plenum.\n\n"
    "event.json      the event file: settings, areas, gates, sessions, papers, delegates (plenum import takes it in again)\n"
    "record/         every check-in as it was received, and what was put right afterwards; when the event was closed\n"
    "figures/        figures that the committee fixed, with their parts and lists; each has the hash of the one before it\n"
    "messages/       announcements, questions and answers, public news and results, as they were shown\n"
    "reports/        delegates with when they came, and check-ins, as CSV for an office program; each fixed figure with its list as PDF\n"
    "papers/         every paper in every version\n"
    "manifest.json   what is here, with sizes and SHA-256\n\n"
    "Is it whole? Unpack it, and there:   sha256sum --check SHA256SUMS\n\n"
    "Not in it: tokens of badges, PINs, passwords of staff, sensitive attributes.\n";

struct entry {
    struct zip_entry zip;
    char sha256[CRYPTO_HASH_HEX];
};

struct archive {
    struct db *db;
    const struct archive_options *options;
    int64_t event_id;
    int fd;
    uint64_t at;
    struct arena arena;
    struct entry *entries;
    size_t count, capacity;
    struct fault *fault;
};

static enum err no_memory(const struct archive *a)
{
    return fault_set(a->fault, ERR_NOMEM, "not enough memory");
}

static enum err write_all(int fd, const char *p, size_t length, struct fault *fault)
{
    while (length) {
        ssize_t n = write(fd, p, length);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return fault_set(fault, n < 0 ? err_from_errno(errno) : ERR_FULL, "the archive cannot be written: %s", n < 0 ? strerror(errno) : "no room");
        p += n;
        length -= (size_t)n;
    }
    return OK;
}

static enum err put(struct archive *a, const void *data, size_t length)
{
    enum err e = write_all(a->fd, data, length, a->fault);
    if (e == OK) a->at += length;
    return e;
}

static enum err begin_entry(struct archive *a, const char *name, uint64_t size, uint32_t crc, const char *sha256)
{
    struct buf head;
    struct zip_entry zip = {.name = arena_strdup(&a->arena, name), .size = size, .crc = crc, .offset = a->at};
    if (a->count == ENTRIES_MOST) return fault_set(a->fault, ERR_LIMIT, "more than %d files", ENTRIES_MOST);
    if (!zip.name || arena_grow(&a->arena, &a->entries, &a->capacity, a->count, sizeof *a->entries) != 0) return no_memory(a);
    struct entry *entry = &a->entries[a->count++];
    entry->zip = zip;
    (void)snprintf(entry->sha256, sizeof entry->sha256, "%s", sha256);
    buf_init(&head, BUF_LIMIT_LINE);
    zip_local_header(&zip, &head);
    enum err e = buf_ok(&head) ? put(a, buf_text(&head), head.length) : no_memory(a);
    buf_release(&head);
    return e;
}

static enum err add_data(struct archive *a, const char *name, const void *data, size_t length)
{
    char sha256[CRYPTO_HASH_HEX];
    crypto_sha256_hex(data, length, sha256);
    enum err e = begin_entry(a, name, length, zip_crc32(0, data, length), sha256);
    if (e == OK) e = put(a, data, length);
    if (e == OK && a->options->progress) a->options->progress(a->options->context, (int64_t)a->at);
    return e;
}

enum err archive_add(struct archive *archive, const char *name, const void *data, size_t length)
{
    return add_data(archive, name, data, length);
}

static enum err add_json(struct archive *a, const char *name, const json_t *value)
{
    char *text = value ? json_dumps(value, JSON_INDENT(1)) : NULL;
    enum err e = text ? add_data(a, name, text, strlen(text)) : no_memory(a);
    free(text);
    return e;
}

/* --- a file that is there already: its hash is held against what it shall be ------------------------------------------------------------------------- */

static enum err hash_file(int fd, uint64_t *ret_size, uint32_t *ret_crc, char sha256[CRYPTO_HASH_HEX], struct fault *fault)
{
    struct crypto_sha256_state state;
    char piece[PIECE];
    ssize_t n;
    *ret_size = 0;
    *ret_crc = 0;
    crypto_sha256_start(&state);
    if (lseek(fd, 0, SEEK_SET) != 0) return fault_set(fault, ERR_IO, "%s", strerror(errno));
    while ((n = read(fd, piece, sizeof piece)) > 0) {
        crypto_sha256_add(&state, piece, (size_t)n);
        *ret_crc = zip_crc32(*ret_crc, piece, (size_t)n);
        *ret_size += (uint64_t)n;
    }
    crypto_sha256_end(&state, sha256);
    return n == 0 ? OK : fault_set(fault, ERR_IO, "%s", strerror(errno));
}

static enum err add_open_file(struct archive *a, const char *name, int fd, const char *expected)
{
    char sha256[CRYPTO_HASH_HEX], piece[PIECE];
    uint64_t size;
    uint32_t crc;
    ssize_t n = 0;
    enum err e = hash_file(fd, &size, &crc, sha256, a->fault);
    if (e == OK && expected && strcmp(expected, sha256) != 0) e = fault_set(a->fault, ERR_CONFLICT, "%s: is not what it was: run `plenum doctor`", name);
    if (e == OK) e = begin_entry(a, name, size, crc, sha256);
    if (e == OK && lseek(fd, 0, SEEK_SET) != 0) e = fault_set(a->fault, ERR_IO, "%s", strerror(errno));
    while (e == OK && (n = read(fd, piece, sizeof piece)) > 0) e = put(a, piece, (size_t)n);
    if (e == OK && n < 0) e = fault_set(a->fault, ERR_IO, "%s: %s", name, strerror(errno));
    if (e == OK && a->options->progress) a->options->progress(a->options->context, (int64_t)a->at);
    return e;
}

static enum err add_blob(struct archive *a, const char *name, const char *sha256)
{
    const char *path = blob_path(&a->arena, a->options->data_folder, sha256);
    int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (fd < 0) return fault_set(a->fault, ERR_CONFLICT, "%s: its file is missing: run `plenum doctor`", name);
    enum err e = add_open_file(a, name, fd, sha256);
    (void)close(fd);
    return e;
}

/* Bytes of its letters that fit whole. Document and version stand before it, so that cut names are not equal. */
static int letters_within(const char *name, size_t most)
{
    size_t n = strnlen(name, most + 1);
    if (n <= most) return (int)n;
    for (n = most; n > 0 && ((unsigned char)name[n] & 0xc0) == 0x80;) n--;
    return (int)n;
}

static enum err add_papers(struct archive *a)
{
    struct sql_archive_papers_row *rows;
    size_t count;
    enum err e = sql_archive_papers(a->db, &a->arena, a->event_id, &rows, &count);
    if (e != OK) return db_fault(a->db, e, a->fault, "read the papers");
    for (size_t i = 0; e == OK && i < count; i++) {
        char *name = arena_printf(&a->arena, "papers/%s/%lld-%.*s", rows[i].document, (long long)rows[i].version, letters_within(rows[i].name, NAME_MOST), rows[i].name);
        for (char *p = name ? name + strlen("papers/") + strlen(rows[i].document) + 1 : NULL; p && *p; p++)
            if (*p == '/' || *p == '\\') *p = '_';
        e = name ? add_blob(a, name, rows[i].sha256) : no_memory(a);
    }
    return e;
}

/* --- lists ------------------------------------------------------------------------------------------------------------------------------------- */

/* Keys in the order of the statement's columns; those that end in "_at" are moments, those that begin with "=" stored JSON. */
struct list {
    const char *name;
    size_t statement;
    const char *columns[COLUMNS_MOST];
};

static const struct list lists[] = {
    {"record/corrections.json", SQL_ARCHIVE_CORRECTIONS, {"scan_id", "kind", "reason", "made_at", "device", "account"}},
    {"record/closings.json", SQL_ARCHIVE_CLOSINGS, {"closed_at", "closed_by", "note", "reopened_at", "reopened_by", "reason"}},
    {"figures/fixed.json", SQL_ARCHIVE_FIXED, {"number", "request", "event", "=event_title", "timezone", "at_ms", "known_ms", "actor", "label", "category",
        "=category_title", "expected", "attended", "present", "absent", "excused", "alternates", "substitutes", "by_group", "=quorum", "=sentence", "people",
        "parts_hash", "people_hash", "previous", "hash"}},
    {"figures/parts.json", SQL_ARCHIVE_FIXED_PARTS, {"number", "kind", "place", "code", "=title", "expected", "attended", "present", "absent", "excused", "alternates",
        "substitutes", "by_group"}},
    {"figures/people.json", SQL_ARCHIVE_FIXED_PEOPLE, {"number", "place", "code", "name", "badge_number", "seat", "category", "delegation", "status", "state",
        "excused", "reason", "stands_for", "by_group", "first_ms", "last_ms"}},
    {"messages/announcements.json", SQL_ARCHIVE_ANNOUNCEMENTS, {"announcement", "at", "actor", "kind", "=text", "from_at", "until_at", "to_wall", "to_phone",
        "=audience", "urgent"}},
    {"messages/questions.json", SQL_ARCHIVE_QUESTIONS, {"person", "badge_number", "words", "asked_at", "answer", "answered_at", "by"}},
    {"messages/news.json", SQL_ARCHIVE_NEWS, {"post", "edition", "published_at", "by", "from_at", "recalled_at", "recalled_by", "kind", "session", "=title", "=body",
        "withdrawn_at"}},
};

static json_t *column_json(const char *key, const struct db_value *value)
{
    size_t n = strlen(key);
    json_t *parsed = NULL;
    if (value->type == DB_TYPE_NULL) return json_null();
    bool moment = (n > 3 && strcmp(key + n - 3, "_at") == 0) || strcmp(key, "at") == 0;
    if (value->type == DB_TYPE_I64) return moment ? json_time_or_null(value->i64) : json_integer(value->i64);
    if (key[0] == '=' && json_read(value->text, strlen(value->text), &parsed, NULL) == OK) return parsed;
    return json_string(value->text);
}

static enum err add_list(struct archive *a, const struct list *list)
{
    struct arena arena = {0};
    struct db_value parameter = {.type = DB_TYPE_I64, .i64 = a->event_id}, *values = NULL;
    size_t rows = 0, width = 0;
    while (width < COLUMNS_MOST && list->columns[width]) width++;
    enum err e = db_fetch(a->db, &arena, list->statement, &parameter, 1, &values, &rows);
    json_t *all = json_array();
    bool failed = all == NULL;
    for (size_t i = 0; e == OK && i < rows; i++) {
        json_t *row = json_sure(json_object(), &failed);
        for (size_t k = 0; k < width; k++) {
            const char *key = list->columns[k];
            if (json_object_set_new(row, key + (key[0] == '='), column_json(key, &values[i * width + k])) != 0) failed = true;
        }
        if (json_array_append_new(all, row) != 0) failed = true;
    }
    if (e != OK) db_fault(a->db, e, a->fault, list->name);
    else e = failed ? no_memory(a) : add_json(a, list->name, all);
    json_decref(all);
    arena_release(&arena);
    return e;
}

/* --- the record ---------------------------------------------------------------------------------------------------------------------------------- */

struct spool {
    int fd;
    bool any;
    struct fault *fault;
};

static enum err spool_row(void *context, json_t *row)
{
    struct spool *spool = context;
    char *text = json_dumps(row, JSON_COMPACT);
    if (!text) return fault_set(spool->fault, ERR_NOMEM, "not enough memory");
    enum err e = write_all(spool->fd, spool->any ? ",\n" : "[\n", 2, spool->fault);
    if (e == OK) e = write_all(spool->fd, text, strlen(text), spool->fault);
    free(text);
    spool->any = true;
    return e;
}

/* A million of them do not stand in memory: they go through a file that has no name. -1: the fault is set. */
static int open_spool(struct archive *a)
{
    int fd = open(a->options->data_folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd < 0) fault_set(a->fault, err_from_errno(errno), "%s: %s", a->options->data_folder, strerror(errno));
    return fd;
}

static enum err add_checkins(struct archive *a)
{
    struct spool spool = {.fd = open_spool(a), .fault = a->fault};
    if (spool.fd < 0) return ERR_IO;
    enum err e = export_each_checkin(a->db, a->event_id, spool_row, &spool);
    if (e != OK && a->fault && !a->fault->text[0]) db_fault(a->db, e, a->fault, "read the check-ins");
    if (e == OK) e = write_all(spool.fd, spool.any ? "\n]\n" : "[]\n", 3, a->fault);
    if (e == OK) e = add_open_file(a, "record/checkins.json", spool.fd, NULL);
    (void)close(spool.fd);
    return e;
}

/* As CSV for an office program: nothing in it is a formula (core/congress/export). */
static enum err add_report(struct archive *a, enum export_what what, const char *name)
{
    struct arena arena = {0};
    struct export_wish wish = {.what = what, .format = EXPORT_CSV, .event = a->options->slug};
    struct export *list = NULL;
    int64_t rows;
    int fd = open_spool(a);
    if (fd < 0) return ERR_IO;
    enum err e = export_open(a->db, &arena, &wish, &list, a->fault);
    if (e == OK) e = export_write(a->db, list, fd, NULL, &rows, a->fault);
    if (e == OK) e = add_open_file(a, name, fd, NULL);
    (void)close(fd);
    arena_release(&arena);
    return e;
}

/* --- what is in it, and the end ------------------------------------------------------------------------------------------------------------------ */

static enum err add_manifest(struct archive *a)
{
    struct buf sums;
    json_t *files = json_array(), *left_out = json_pack("[s, s, s, s]", "tokens of badges", "PINs", "passwords of staff", "sensitive attributes");
    size_t count = a->count;
    buf_init(&sums, (size_t)EVENT_FILE_LIMIT);
    for (size_t i = 0; i < count; i++) {
        const struct entry *entry = &a->entries[i];
        (void)json_array_append_new(files, json_pack("{s:s, s:I, s:s}", "name", entry->zip.name, "bytes", (json_int_t)entry->zip.size, "sha256", entry->sha256));
    }
    json_t *manifest = json_pack("{s:s, s:s, s:o, s:o, s:o}", "format", "plenum-archive/1", "event", a->options->slug, "made_at", json_time_or_null(clock_now_ms()),
                                 "left_out", left_out, "files", files);
    enum err e = json_array_size(files) == count ? add_json(a, "manifest.json", manifest) : no_memory(a);
    for (size_t i = 0; i < a->count; i++) buf_printf(&sums, "%s  %s\n", a->entries[i].sha256, a->entries[i].zip.name);
    if (e == OK && !buf_ok(&sums)) e = no_memory(a);
    if (e == OK) e = add_data(a, "SHA256SUMS", buf_text(&sums), sums.length);
    buf_release(&sums);
    json_decref(manifest);
    return e;
}

static enum err end_archive(struct archive *a)
{
    struct buf end;
    uint64_t central = a->at;
    enum err e = OK;
    for (size_t i = 0; e == OK && i < a->count; i++) {
        buf_init(&end, BUF_LIMIT_LINE);
        zip_central_header(&a->entries[i].zip, &end);
        e = buf_ok(&end) ? put(a, buf_text(&end), end.length) : no_memory(a);
        buf_release(&end);
    }
    if (e != OK) return e;
    buf_init(&end, BUF_LIMIT_LINE);
    zip_end(a->count, central, a->at - central, &end);
    e = buf_ok(&end) ? put(a, buf_text(&end), end.length) : no_memory(a);
    buf_release(&end);
    return e;
}

static enum err write_entries(struct archive *a)
{
    json_t *event = NULL;
    struct sql_export_event_find_row row;
    enum err e = sql_export_event_find(a->db, &a->arena, a->options->slug, &row);
    if (e != OK) return fault_set(a->fault, e, "there is no event \"%s\"", a->options->slug);
    a->event_id = row.id;
    e = add_data(a, "README.txt", readme, sizeof readme - 1);
    if (e == OK) e = event_file_export(a->db, a->options->slug, false, &event, a->fault);
    if (e == OK) e = add_json(a, "event.json", event);
    json_decref(event);
    if (e == OK) e = add_checkins(a);
    for (size_t i = 0; e == OK && i < sizeof lists / sizeof lists[0]; i++) e = add_list(a, &lists[i]);
    if (e == OK) e = add_report(a, EXPORT_DELEGATES, "reports/delegates.csv");
    if (e == OK) e = add_report(a, EXPORT_CHECKINS, "reports/checkins.csv");
    if (e == OK) e = add_papers(a);
    if (e == OK && a->options->more) e = a->options->more(a->options->more_context, a, a->db, a->event_id, a->fault);
    if (e == OK) e = add_manifest(a);
    return e == OK ? end_archive(a) : e;
}

enum err archive_write(struct db *db, const struct archive_options *options, int fd, int64_t *ret_size, struct fault *fault)
{
    struct archive a = {.db = db, .options = options, .fd = fd, .fault = fault};
    enum err e = db_snapshot_begin(db);
    if (e != OK) return db_fault(db, e, fault, "read the event");
    e = write_entries(&a);
    db_snapshot_end(db);
    arena_release(&a.arena);
    if (e == OK) *ret_size = (int64_t)a.at;
    return e;
}
