/* Many files at once: whose each is, which of several is the newest, decoding a few at a time, one transaction, the report. */
#include "core/base/clock.h"
#include "core/base/crew.h"
#include "core/base/file.h"
#include "core/base/text.h"
#include "core/congress/photos/gather.h"
#include "core/congress/photos/photos.h"
#include "core/vision/photo.h"

#include <stdlib.h>
#include <string.h>

#define AHEAD 8 /* files in memory at once */

enum outcome { NEW, REPLACED, SAME, OLDER, DOUBTFUL, UNKNOWN, REFUSED, OUTCOMES };
static const char *const outcome_names[] = {"new", "replaced", "same", "older", "doubtful", "unknown", "refused"};

struct one {
    const struct photo_file *file;
    struct photo_match match;
    enum outcome outcome;
    const char *why;
    struct blob blob;
    bool chosen; /* to be decoded and stored */
};

struct job {
    struct crew_piece piece;
    struct one *one;
    const char *folder;
    struct arena arena;
    enum err result;
    struct fault fault;
};

struct adding {
    const struct photo_add *add;
    struct arena arena;
    struct photo_people people;
    struct photo_files files;
    struct one *all;
    size_t counts[OUTCOMES];
    int64_t now_ms;
};

/* --- whose is it --- */

static enum err match_all(struct adding *a)
{
    struct photo_index *index;
    enum err e = photo_index_make(&a->arena, a->people.items, a->people.count, &index);
    struct arena scratch = {0};
    for (size_t i = 0; e == OK && i < a->files.count; i++) {
        struct one *one = &a->all[i];
        one->file = &a->files.items[i];
        e = photo_match_file(index, &scratch, one->file->name, one->file->folder, &one->match);
        one->why = one->match.why;
        one->chosen = one->match.found == PHOTO_MATCHED;
        one->outcome = one->match.found == PHOTO_DOUBTFUL ? DOUBTFUL : UNKNOWN;
        if (one->file->flaw) {
            one->outcome = REFUSED;
            one->why = one->file->flaw;
            one->chosen = false;
        }
        arena_clear(&scratch);
    }
    arena_release(&scratch);
    return e;
}

static bool is_newer(const struct photo_file *a, const struct photo_file *b)
{
    return a->changed_ns != b->changed_ns ? a->changed_ns > b->changed_ns : strcmp(a->path, b->path) > 0;
}

/* Of several files of one person the newest is taken. */
static enum err choose_newest(struct adding *a)
{
    struct one **best = arena_array(&a->arena, a->people.count ? a->people.count : 1, sizeof *best);
    if (!best) return ERR_NOMEM;
    for (size_t i = 0; i < a->files.count; i++) {
        struct one *one = &a->all[i], *older = one;
        if (!one->chosen) continue;
        struct one **place = &best[one->match.people[0]];
        if (*place && is_newer(one->file, (*place)->file)) older = *place;
        if (*place) {
            older->chosen = false;
            older->outcome = OLDER;
            older->why = "newer_file";
        }
        if (!*place || older != one) *place = one;
    }
    return OK;
}

/* --- decoding --- */

static void take_one(void *data)
{
    struct job *job = data;
    char *bytes = NULL;
    size_t length = 0;
    job->fault.text[0] = '\0';
    job->result = file_read(&job->arena, job->one->file->path, PHOTO_FILE_MOST, &bytes, &length, &job->fault);
    if (job->result == OK) job->result = photo_take(&job->arena, job->folder, bytes, length, &job->one->blob, &job->fault);
}

/* A disk that is full stops everything; a file that is bad, or that needs more memory than one photo may have, only its person. */
static enum err end_job(struct adding *a, struct job *job, struct fault *fault)
{
    struct one *one = job->one;
    enum err e = job->result;
    arena_clear(&job->arena);
    if (e == ERR_FULL || e == ERR_BUG) return fault_set(fault, e, "%s: %s", one->file->path, job->fault.text);
    if (e != OK) {
        one->outcome = REFUSED;
        one->chosen = false;
        one->why = arena_strdup(&a->arena, job->fault.text[0] ? job->fault.text : err_name(e));
        return one->why ? OK : ERR_NOMEM;
    }
    const char *had = a->people.items[one->match.people[0]].photo_blob;
    one->outcome = !had ? NEW : strcmp(had, one->blob.sha256) == 0 ? SAME : REPLACED;
    return OK;
}

static enum err take_all(struct adding *a, struct fault *fault)
{
    struct crew *crew = NULL;
    struct job *jobs = calloc(AHEAD, sizeof *jobs);
    enum err e = jobs ? crew_new(a->add->threads, &crew) : ERR_NOMEM;
    for (size_t i = 0; e == OK && i < a->files.count + AHEAD; i++) {
        struct job *job = &jobs[i % AHEAD];
        size_t done = i - AHEAD;
        if (i >= AHEAD && job->one) {
            crew_finish(crew, &job->piece);
            e = end_job(a, job, fault);
            job->one = NULL;
        }
        if (e == OK && i >= AHEAD && a->add->on_progress && !a->add->on_progress(a->add->progress_data, done + 1, a->files.count))
            e = fault_set(fault, ERR_TIMEOUT, "stopped; nothing was changed");
        if (e != OK || i >= a->files.count || !a->all[i].chosen) continue;
        job->one = &a->all[i];
        job->folder = a->add->dry_run ? NULL : a->add->folder;
        job->piece = (struct crew_piece){.run = take_one, .data = job};
        crew_give(crew, &job->piece);
    }
    crew_free(crew);
    for (size_t i = 0; jobs && i < AHEAD; i++) arena_release(&jobs[i].arena);
    free(jobs);
    return e;
}

static struct one *newest_left(struct adding *a, const struct one *refused)
{
    struct one *best = NULL;
    for (size_t i = 0; i < a->files.count; i++) {
        struct one *one = &a->all[i];
        if (one->outcome != OLDER || one->match.people[0] != refused->match.people[0]) continue;
        if (!best || is_newer(one->file, best->file)) best = one;
    }
    return best;
}

/* Where the newest file was no good, the one before it has its turn. */
static enum err take_older(struct adding *a, struct fault *fault)
{
    enum err e = OK;
    for (size_t i = 0; e == OK && i < a->files.count; i++) {
        struct one *refused = &a->all[i];
        while (e == OK && refused && refused->outcome == REFUSED) {
            struct job job = {.one = newest_left(a, refused), .folder = a->add->dry_run ? NULL : a->add->folder};
            refused = job.one;
            if (!job.one) break;
            job.one->why = job.one->match.why;
            take_one(&job);
            e = end_job(a, &job, fault);
            arena_release(&job.arena);
        }
    }
    return e;
}

/* --- writing --- */

static enum err write_all(struct db *db, void *arg, struct fault *fault)
{
    struct adding *a = arg;
    struct arena scratch = {0};
    struct id_source ids = {0};
    enum err e = OK;
    size_t written = 0;
    for (size_t i = 0; e == OK && i < a->files.count; i++) {
        const struct one *one = &a->all[i];
        bool changed = false;
        if (one->outcome != NEW && one->outcome != REPLACED) continue;
        struct register_doing doing = {.db = db, .arena = &scratch, .ids = &ids, .at_ms = a->now_ms, .actor = a->add->actor, .source = "photos", .fault = fault};
        e = register_begin(&doing);
        if (e == OK) e = photo_set(&doing, a->people.items[one->match.people[0]].code, &one->blob, &changed);
        written += changed;
        arena_clear(&scratch);
    }
    char *detail = arena_printf(&scratch, "{\"people\":%zu}", written);
    if (e == OK && written) e = detail ? audit_write(db, a->now_ms, a->add->actor, "photos", a->add->event ? a->add->event : "people", detail) : ERR_NOMEM;
    arena_release(&scratch);
    return e == OK ? OK : db_fault(db, e, fault, "store the photos");
}

/* --- the report --- */

static json_t *file_json(const struct adding *a, const struct one *one, bool *failed)
{
    json_t *object = json_sure(json_pack("{s:s, s:s, s:s}", "file", one->file->path, "outcome", outcome_names[one->outcome], "why", one->why), failed);
    if (!object) return NULL;
    json_t *people = json_sure(json_array(), failed);
    for (size_t i = 0; i < one->match.count; i++)
        if (json_array_append_new(people, photo_person_json(&a->people.items[one->match.people[i]])) != 0) *failed = true;
    if (json_object_set_new(object, "people", people) != 0) *failed = true;
    if (one->match.found != PHOTO_MATCHED) return object;
    const struct photo_person *person = &a->people.items[one->match.people[0]];
    if (json_object_set_new(object, "person", json_string(person->code)) != 0 || json_object_set_new(object, "name", json_string(person->name)) != 0) *failed = true;
    return object;
}

static json_t *report(struct adding *a)
{
    bool failed = false;
    json_t *counts = json_sure(json_object(), &failed), *files = json_sure(json_array(), &failed);
    for (size_t i = 0; i < a->files.count; i++) {
        const struct one *one = &a->all[i];
        a->counts[one->outcome]++;
        if (one->outcome == NEW || one->outcome == REPLACED) a->people.items[one->match.people[0]].photo_blob = one->blob.sha256;
        if (json_array_append_new(files, file_json(a, one, &failed)) != 0) failed = true;
    }
    for (int i = 0; i < OUTCOMES; i++)
        if (json_object_set_new(counts, outcome_names[i], json_integer((json_int_t)a->counts[i])) != 0) failed = true;
    json_t *missing = json_sure(photo_missing(&a->people), &failed);
    json_t *out = json_pack("{s:b, s:o, s:I, s:I, s:o, s:o}", "dry_run", a->add->dry_run, "counts", counts, "people", (json_int_t)a->people.count, "without_photo",
                            (json_int_t)json_array_size(missing), "files", files, "missing", missing);
    if (!failed) return out;
    json_decref(out);
    return NULL;
}

/* Names of files may be any bytes; reports are UTF-8. */
static enum err make_tellable(struct adding *a)
{
    for (size_t i = 0; i < a->files.count; i++) {
        const char *path = a->files.items[i].path;
        if (text_is_utf8(path, strlen(path))) continue;
        char *copy = arena_strdup(&a->arena, path);
        for (char *p = copy; p && *p; p++)
            if ((unsigned char)*p >= 0x80) *p = '?';
        if (!copy) return ERR_NOMEM;
        a->files.items[i].path = copy;
    }
    return OK;
}

enum err photo_add_files(struct db *db, const struct photo_add *add, json_t **ret_report, struct fault *fault)
{
    struct adding a = {.add = add, .now_ms = clock_now_ms()};
    enum err e = photo_people_load(db, &a.arena, add->event, add->unit, &a.people, fault);
    if (e == OK) e = photo_files_gather(&a.arena, add->paths, add->path_count, &a.files, fault);
    if (e == OK) a.all = arena_array(&a.arena, a.files.count ? a.files.count : 1, sizeof *a.all);
    if (e == OK && !a.all) e = ERR_NOMEM;
    if (e == OK) e = match_all(&a);
    if (e == OK) e = choose_newest(&a);
    if (e == OK) e = take_all(&a, fault);
    if (e == OK) e = take_older(&a, fault);
    if (e == OK && !add->dry_run) e = db_transaction(db, write_all, &a, fault);
    if (e == OK) e = make_tellable(&a);
    json_t *made = e == OK ? report(&a) : NULL;
    if (e == OK && !made) e = ERR_NOMEM;
    arena_release(&a.arena);
    if (e == OK) *ret_report = made;
    return e == ERR_NOMEM ? fault_set(fault, e, "not enough memory") : e;
}
