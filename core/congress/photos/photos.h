/* Photos of people: taking pictures in, in bulk or one by one, and who has none yet.
 *
 * What is kept is never the file that came: it is decoded in a guarded child (core/vision/photo.h), turned upright, brought to sRGB, made at most
 * PHOTO_SIDE_KEPT pixels wide and high, and encoded anew, without what cameras write beside it (places, times, names of devices). The same file gives the
 * same bytes, so what is there already is not written again. The blob's name goes to person.photo_blob; person.photo, the path under which it goes out
 * with an event file, stays as it is or becomes "photos/CODE.jpg": an exported event that comes in again changes nothing.
 * Why so: docs/decisions/0018-photos.md. */
#ifndef PLENUM_CONGRESS_PHOTOS_H
#define PLENUM_CONGRESS_PHOTOS_H

#include "core/base/json.h"
#include "core/congress/photos/match.h"
#include "core/congress/register/register.h"
#include "core/congress/store/store.h"

#define PHOTO_SIDE_KEPT 1200u
#define PHOTO_SIDE_SHOWN 320u
#define PHOTO_SIDE_LARGE 900u /* on a screen at a door */
#define PHOTO_OF_SCAN_MS (INT64_C(15) * 60 * 1000) /* as long as a scan can be taken back */
#define PHOTO_FILES_MOST 100000u

/* --- people --- */

struct photo_people {
    struct photo_person *items;
    size_t count;
    int64_t event_id; /* 0: everybody */
};

/* The delegates of an event with their numbers, by delegation as badge lists are; `event` NULL: all people. `unit`: only that delegation (or unit of the
 * people), NULL: all. ERR_NOT_FOUND: no such event or unit, with a sentence. Texts live in the arena. */
enum err photo_people_load(struct db *db, struct arena *arena, const char *event, const char *unit, struct photo_people *ret, struct fault *fault);

/* --- one photo --- */

/* Decodes and makes small in a child, and stores the blob in the data folder (NULL: only tells what it would be). ERR_INPUT: not a picture, damaged, hostile, or
 * of a kind that we do not read; ERR_LIMIT: too large; the sentence says so for people. Thread-safe. */
enum err photo_take(struct arena *arena, const char *folder, const void *data, size_t length, struct blob *ret, struct fault *fault);
/* A small picture of a stored photo, for screens: at most `side` pixels wide and high. ERR_NOT_FOUND: the blob is not there. */
enum err photo_show(struct arena *arena, const char *folder, const char *sha256, unsigned side, const void **ret_data, size_t *ret_length, struct fault *fault);
/* In the caller's transaction, `doing` as register_begin left it: the person has this photo. *ret_changed false: had it already, nothing was written.
 * ERR_NOT_FOUND: no such person. */
enum err photo_set(struct register_doing *doing, const char *code, const struct blob *blob, bool *ret_changed);
/* The same: the person has none. ERR_NOT_FOUND with a sentence: no such person, or none there. */
enum err photo_remove(struct register_doing *doing, const char *code);

/* The photo of a delegate of that event; *ret_sha256 NULL: none. ERR_NOT_FOUND: no such delegate there. */
enum err photo_find(struct db *db, struct arena *arena, const char *event, const char *code, const char **ret_sha256);
/* For a gate's screen: the photo of whom this scan named, if this device made it and it came in less than PHOTO_OF_SCAN_MS from `now_ms` (either way: the
 * clock may have been set). *ret_sha256 NULL: that person has none. ERR_NOT_FOUND: there is no such scan, or it is another device's, older, or of nobody. */
enum err photo_find_of_scan(struct db *db, struct arena *arena, const char *scan_id, int64_t device_id, int64_t now_ms, const char **ret_sha256);
/* How many people of the event are to have a photo, and how many have. */
enum err photo_count(struct db *db, struct arena *arena, int64_t event_id, int64_t *ret_people, int64_t *ret_with);

/* --- many --- */

struct photo_add {
    const char *folder;      /* the data folder; blobs go there */
    const char *const *paths; /* files and folders; folders are walked, hidden files are passed over */
    size_t path_count;
    const char *event, *unit; /* may be NULL */
    bool dry_run;
    unsigned threads;        /* decoding beside this one; 0: this one alone */
    const char *actor;       /* for the audit log */
    bool (*on_progress)(void *data, size_t done, size_t total); /* may be NULL; false stops before anything is written: ERR_TIMEOUT */
    void *progress_data;
};

/* All or nothing in one transaction; a file that cannot be used is no error but stands in the report. The report, a new reference:
 * {"dry_run", "counts": {outcome: n}, "people", "without_photo" (afterwards), "files": [{"file", "outcome", "why", "person", "name", "people": [{"code", "name",
 * "unit"}]}], "missing": [{"code", "name", "number", "unit"}]}
 * outcomes: new, replaced, same, older (another file of that person is newer), doubtful, unknown, refused (not a picture that can be read). */
enum err photo_add_files(struct db *db, const struct photo_add *add, json_t **ret_report, struct fault *fault);

/* [{"code", "name", "number", "unit", "unit_name"}] of the expected people without a photo; a new reference, NULL when out of memory. */
json_t *photo_missing(const struct photo_people *people);
/* {"code", "name", "number", "unit", "unit_name"}, what is NULL left out. */
json_t *photo_person_json(const struct photo_person *person);

#endif
