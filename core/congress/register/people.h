/* The register as it is today: the tree of units with what they count, which data are wanted and who lacks them, people page by page, and search. Reads only, except
 * register_wanted_write. Texts live in the arena.
 *
 * Times, 400 000 people in 1 500 units on one core (tests/bench/register.py): the tree with all counts about 0.1 s, a page a few ms, a search a few ms. */
#ifndef PLENUM_CONGRESS_REGISTER_PEOPLE_H
#define PLENUM_CONGRESS_REGISTER_PEOPLE_H

#include "core/congress/register/history.h"

/* --- which data are wanted: the organisation's choice --- */

#define REGISTER_WANTED_SETTING "register.wanted" /* JSON list of codes */
#define REGISTER_FIELDS_MOST 64

struct register_field {
    const char *code;  /* as columns of a list are called: "born", "phone", "photo", "unit", "attribute:CODE" */
    const char *title; /* of an attribute type as stored (text or language map); NULL: a word of the screen, "register.field.CODE" */
    int64_t mask;      /* its bit in person.known */
    bool wanted, sensitive;
};
/* All that can be wanted, in the order of screens: born, gender, phone, unit, photo, joined (these are wanted unless the organisation chose otherwise), email, title,
 * honorific, and the attribute types. */
struct register_fields {
    struct register_field items[REGISTER_FIELDS_MOST];
    size_t count;
    int64_t wanted; /* the bits of those that are */
};
enum err register_fields_read(struct db *db, struct arena *arena, struct register_fields *ret);
/* In a transaction, with a line in the audit log. ERR_INPUT: there is no such field. */
enum err register_wanted_write(struct register_doing *doing, const char *const *codes, size_t count);

/* --- the tree --- */

struct register_count {
    int64_t people, women, men;
    int64_t complete;     /* people of whom all is known that is wanted */
    int64_t have, wanted; /* values: completeness is have/wanted, of wanted 0 all of it */
    int64_t missing[REGISTER_FIELDS_MOST]; /* people who lack this field of register_fields */
};
struct register_tree_unit {
    int64_t unit_id;
    const char *code, *name, *level, *sector;
    int64_t members;      /* as the unit itself says; DB_NULL: it does not */
    const char *closed_day; /* the first day without it; NULL: it goes on */
    size_t above, after;  /* its parent's index (SIZE_MAX: none); the index behind the last unit of its tree */
    int depth;
    struct register_count own, below; /* below: with its tree */
};
struct register_tree {
    struct register_tree_unit *units; /* parents before their units, siblings in their order */
    size_t count;
    struct register_count nowhere, all; /* people without a unit; everybody */
};
enum err register_tree_read(struct db *db, struct arena *arena, const struct register_fields *fields, struct register_tree *ret);

/* The tree alone, without counting anybody: for choosing a unit. */
struct register_unit_line {
    int64_t unit_id;
    const char *code, *name, *closed_day;
    size_t above, after; /* as in register_tree_unit */
    int depth;
};
enum err register_units_read(struct db *db, struct arena *arena, struct register_unit_line **ret, size_t *ret_count);

/* --- people by name, page by page --- */

struct register_line {
    int64_t id;
    const char *code, *name, *sort; /* sort: with id, where the next page begins */
    const char *honorific, *title, *gender, *born, *joined, *phone, *email, *photo_blob;
    int64_t unit_id;
    const char *unit_code, *unit_name;
    int64_t known; /* bits: what is missing is fields->wanted & ~known */
};
enum register_where { REGISTER_EVERYBODY, REGISTER_IN_UNIT /* and beneath it */, REGISTER_IN_NO_UNIT };
struct register_filter {
    enum register_where where;
    int64_t unit_id;
    int64_t missing; /* 0: all; else who lacks one of these bits */
};
enum err register_people_read(struct db *db, struct arena *arena, const struct register_filter *filter, const struct register_page *page, struct register_line **ret,
                              size_t *ret_count);

/* --- search --- */

#define REGISTER_FOUND_MOST 20
/* By name with or without accents, code (also one that went over in a merge), unit, the end of a phone number; best first, as delegates/find.h says. For organisers:
 * the desk's search over the register knows no phone numbers. ERR_INPUT: more than 200 bytes were typed, or no UTF-8. */
enum err register_find(struct db *db, struct arena *arena, const char *typed, struct register_line **ret, size_t *ret_count, bool *ret_more);

/* Once, after a migration: the register's index of names learns the ends of phone numbers. In a transaction of its own; does nothing where it does already. */
enum err register_complete(struct db *db, struct fault *fault);

#endif
