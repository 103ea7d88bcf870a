/* One person, one unit. */
#include "core/congress/register/write_private.h"

_Static_assert(sizeof(struct sql_register_person_of_code_row) == sizeof(struct sql_register_person_of_id_row), "person_of");

static struct register_person person_of(const struct sql_register_person_of_id_row *r)
{
    return (struct register_person){r->id, r->code, r->name, r->name_fold, r->name_sort, r->sort_name, r->honorific, r->unit_id, r->title, r->gender, r->born,
                                    r->joined, r->phone, r->email, r->photo, r->photo_blob};
}

enum err register_person_by_code(struct db *db, struct arena *arena, const char *code, struct register_person *ret)
{
    struct sql_register_person_of_code_row r;
    enum err e = sql_register_person_of_code(db, arena, code, &r);
    if (e != OK) return e;
    *ret = (struct register_person){r.id, r.code, r.name, r.name_fold, r.name_sort, r.sort_name, r.honorific, r.unit_id, r.title, r.gender, r.born,
                                    r.joined, r.phone, r.email, r.photo, r.photo_blob};
    return OK;
}

enum err register_person_by_id(struct db *db, struct arena *arena, int64_t id, struct register_person *ret)
{
    struct sql_register_person_of_id_row row;
    enum err e = sql_register_person_of_id(db, arena, id, &row);
    if (e == OK) *ret = person_of(&row);
    return e;
}

enum err register_unit_by_code(struct db *db, struct arena *arena, const char *code, struct register_unit *ret)
{
    struct sql_register_unit_of_code_row r;
    enum err e = sql_register_unit_of_code(db, arena, code, &r);
    if (e == OK) *ret = (struct register_unit){r.id, r.code, r.name, r.name_fold, r.parent_id, r.level, r.sector, r.sort_order, r.members};
    return e;
}

enum err register_unit_by_id(struct db *db, struct arena *arena, int64_t id, struct register_unit *ret)
{
    struct sql_register_unit_of_id_row r;
    enum err e = sql_register_unit_of_id(db, arena, id, &r);
    if (e == OK) *ret = (struct register_unit){r.id, r.code, r.name, r.name_fold, r.parent_id, r.level, r.sector, r.sort_order, r.members};
    return e;
}
