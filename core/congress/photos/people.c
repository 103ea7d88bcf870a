#include "catalogue.h"
#include "core/congress/photos/photos.h"

#include <string.h>

static enum err load_event(struct db *db, struct arena *arena, int64_t event, int64_t unit, struct photo_people *people)
{
    struct sql_photos_people_row *rows;
    size_t count;
    enum err e = sql_photos_people(db, arena, event, unit, &rows, &count);
    if (e != OK) return e;
    people->items = arena_array(arena, count ? count : 1, sizeof *people->items);
    for (size_t i = 0; people->items && i < count; i++)
        people->items[people->count++] = (struct photo_person){.id = rows[i].person_id, .code = rows[i].code, .name = rows[i].name,
            .sort_name = rows[i].sort_name, .number = rows[i].number, .unit = rows[i].unit, .unit_name = rows[i].unit_name, .photo = rows[i].photo,
            .photo_blob = rows[i].photo_blob, .expected = strcmp(rows[i].status, "summoned") == 0 || strcmp(rows[i].status, "alternate") == 0};
    return people->items ? OK : ERR_NOMEM;
}

static enum err load_everybody(struct db *db, struct arena *arena, int64_t unit, struct photo_people *people)
{
    struct sql_photos_everybody_row *rows;
    size_t count;
    enum err e = sql_photos_everybody(db, arena, unit, &rows, &count);
    if (e != OK) return e;
    people->items = arena_array(arena, count ? count : 1, sizeof *people->items);
    for (size_t i = 0; people->items && i < count; i++)
        people->items[people->count++] = (struct photo_person){.id = rows[i].person_id, .code = rows[i].code, .name = rows[i].name,
            .sort_name = rows[i].sort_name, .unit = rows[i].unit, .unit_name = rows[i].unit_name, .photo = rows[i].photo,
            .photo_blob = rows[i].photo_blob, .expected = true};
    return people->items ? OK : ERR_NOMEM;
}

enum err photo_people_load(struct db *db, struct arena *arena, const char *event, const char *unit, struct photo_people *ret, struct fault *fault)
{
    struct photo_people people = {0};
    struct sql_export_event_find_row found;
    struct sql_delegates_unit_row of_unit = {0};
    enum err e = event ? sql_export_event_find(db, arena, event, &found) : OK;
    if (e == ERR_NOT_FOUND) return fault_set(fault, e, "there is no event \"%s\"", event);
    if (e == OK && unit) e = sql_delegates_unit(db, arena, unit, &of_unit);
    if (e == ERR_NOT_FOUND) return fault_set(fault, e, "there is no unit \"%s\"", unit);
    if (e == OK && event) people.event_id = found.id;
    if (e == OK) e = event ? load_event(db, arena, found.id, of_unit.id, &people) : load_everybody(db, arena, of_unit.id, &people);
    if (e == ERR_NOMEM) return fault_set(fault, e, "not enough memory");
    if (e != OK) return db_fault(db, e, fault, "read the people");
    *ret = people;
    return OK;
}

json_t *photo_person_json(const struct photo_person *person)
{
    json_t *object = json_pack("{s:s, s:s}", "code", person->code, "name", person->name);
    if (object && person->number) (void)json_object_set_new(object, "number", json_string(person->number));
    if (object && person->unit) (void)json_object_set_new(object, "unit", json_string(person->unit));
    if (object && person->unit_name) (void)json_object_set_new(object, "unit_name", json_string(person->unit_name));
    return object;
}

json_t *photo_missing(const struct photo_people *people)
{
    bool failed = false;
    json_t *list = json_sure(json_array(), &failed);
    for (size_t i = 0; i < people->count; i++)
        if (people->items[i].expected && !people->items[i].photo_blob && json_array_append_new(list, photo_person_json(&people->items[i])) != 0) failed = true;
    if (!failed) return list;
    json_decref(list);
    return NULL;
}

/* The path under which the photo goes out with an event file: the one that it has, when that is this person's alone. */
static enum err choose_path(struct db *db, struct arena *arena, const char *code, int64_t person, const char *path, const struct blob *blob, const char **ret)
{
    struct sql_photos_path_taken_row taken;
    const char *own = arena_printf(arena, "photos/%s.jpg", code), *other = arena_printf(arena, "photos/%s-%.8s.jpg", code, blob->sha256);
    const char *const choices[] = {path, own, other};
    if (!own || !other) return ERR_NOMEM;
    enum err e = OK;
    for (size_t i = 0; i < 3; i++) {
        size_t n = choices[i] ? strlen(choices[i]) : 0;
        bool jpeg = n > 4 && (strcmp(choices[i] + n - 4, ".jpg") == 0 || strcmp(choices[i] + n - 5, ".jpeg") == 0);
        if (!jpeg) continue;
        e = sql_photos_path_taken(db, arena, choices[i], person, &taken);
        *ret = choices[i];
        if (e != OK) break;
    }
    return e == ERR_NOT_FOUND || e == OK ? OK : e;
}

static enum err set_photo(struct register_doing *doing, const struct register_person *before, const char *path, const char *sha256)
{
    struct register_person after = *before;
    after.photo = path;
    after.photo_blob = sha256;
    return register_write_person(doing, before, &after, NULL, 0, NULL);
}

enum err photo_set(struct register_doing *doing, const char *code, const struct blob *blob, bool *ret_changed)
{
    struct register_person person;
    const char *path = NULL;
    enum err e = register_person_by_code(doing->db, doing->arena, code, &person);
    if (e != OK) return e;
    bool changed = !person.photo_blob || strcmp(person.photo_blob, blob->sha256) != 0;
    if (changed) e = choose_path(doing->db, doing->arena, person.code, person.id, person.photo, blob, &path);
    if (changed && e == OK)
        e = sql_blob_insert(doing->db, &(struct sql_blob_insert_in){blob->sha256, blob->size, blob->media_type, doing->at_ms, blob->crc}, NULL);
    if (changed && e == OK) e = set_photo(doing, &person, path, blob->sha256);
    if (e == OK) *ret_changed = changed;
    return e;
}

enum err photo_remove(struct register_doing *doing, const char *code)
{
    struct register_person person;
    enum err e = register_person_by_code(doing->db, doing->arena, code, &person);
    if (e == ERR_NOT_FOUND) return fault_set(doing->fault, e, "there is nobody with the code \"%.100s\"", code);
    if (e == OK && !person.photo_blob) return fault_set(doing->fault, ERR_NOT_FOUND, "%s has no photo", code);
    if (e == OK) e = set_photo(doing, &person, NULL, NULL);
    return e == OK ? OK : db_fault(doing->db, e, doing->fault, "remove the photo");
}

enum err photo_find(struct db *db, struct arena *arena, const char *event, const char *code, const char **ret_sha256)
{
    struct sql_photos_find_in_event_row row;
    enum err e = sql_photos_find_in_event(db, arena, code, event, &row);
    if (e == OK) *ret_sha256 = row.photo_blob;
    return e;
}

enum err photo_find_of_scan(struct db *db, struct arena *arena, const char *scan_id, int64_t device_id, int64_t now_ms, const char **ret_sha256)
{
    const struct sql_photos_find_of_scan_in in = {.scan_id = scan_id, .device_id = device_id, .from_ms = now_ms - PHOTO_OF_SCAN_MS,
                                                  .until_ms = now_ms + PHOTO_OF_SCAN_MS};
    struct sql_photos_find_of_scan_row row;
    enum err e = sql_photos_find_of_scan(db, arena, &in, &row);
    if (e == OK) *ret_sha256 = row.photo_blob;
    return e;
}

enum err photo_count(struct db *db, struct arena *arena, int64_t event_id, int64_t *ret_people, int64_t *ret_with)
{
    struct sql_photos_count_row row;
    enum err e = sql_photos_count(db, arena, event_id, &row);
    if (e != OK) return e;
    *ret_people = row.people;
    *ret_with = row.with_photo;
    return OK;
}
