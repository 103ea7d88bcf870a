/* Private to core/congress/register: what a merge and taking it back share. */
#ifndef PLENUM_CONGRESS_REGISTER_MERGE_PRIVATE_H
#define PLENUM_CONGRESS_REGISTER_MERGE_PRIVATE_H

#include "core/congress/register/edit.h"
#include "core/congress/register/edit_private.h"
#include "core/congress/register/history.h"
#include "core/congress/register/merge.h"

/* merge_keep.c: rows as JSON, for the trail, and back. Texts of what comes back are borrowed from the JSON. NULL: out of memory. */
json_t *merge_person_json(const struct register_person *person);
void merge_person_back(const json_t *json, struct register_person *ret);
json_t *merge_periods_json(const struct register_period *periods, size_t count);
enum err merge_periods_back(struct arena *arena, const json_t *json, struct register_period **ret, size_t *ret_count);
json_t *merge_delegate_json(const struct sql_merge_delegate_row_row *row);
struct sql_import_delegate_write_in merge_delegate_back(const json_t *json);

/* A column of a person by the name that lists use; NULL: there is none. "photo" is photo_blob, with its path. */
const char **merge_column(struct register_person *person, const char *field);
extern const char *const merge_fields[]; /* NULL-terminated; "unit" beside them */

/* merge_places.c: the delegates, badges, cards and handovers of `gone` become `kept`'s; what was done goes into `trail`. */
struct merge_two {
    struct register_doing *doing;
    struct register_person kept, gone; /* as they are stored */
    int64_t merge_id;
    json_t *trail;
};
enum err merge_move_places(struct merge_two *two, const struct register_merge_wish *wish);
enum err merge_move_back(struct merge_two *two);

#endif
