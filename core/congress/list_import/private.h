/* What the files of this room share. Private to core/congress/list_import. */
#ifndef PLENUM_LIST_IMPORT_PRIVATE_H
#define PLENUM_LIST_IMPORT_PRIVATE_H

#include "core/congress/event_file/plan.h"
#include "core/congress/list/list_form.h"
#include "core/congress/list_import/list_files.h"
#include "core/congress/list_import/list_import.h"
#include "core/congress/list_import/match.h"
#include "core/congress/register/register.h"
#include "core/sheet/sheet.h"

/* A row of the list and what becomes of it. */
struct list_row {
    const struct list_record *record; /* NULL: of --prune */
    enum list_row_kind kind;
    struct row *person, *unit, *delegate; /* whom it means; NULL: nobody (yet) */
    const struct match_result *match;     /* doubtful: who it may be; NULL: no doubt of that kind */
    bool match_in_file;                   /* its candidates are rows of this list */
    const struct list_flaw *flaws;        /* found here, beside the record's own */
    size_t flaw_count;
    const char *note;                     /* why it stays as it is: "replaced_at_desk", "named_at_desk", "person_of_all"; NULL */
    const char *decision;                 /* as it was given; NULL: none */
    bool person_first, unit_first;        /* this is the row that writes the person, the unit */
    bool given;                           /* it says something sensitive of somebody known */
};

struct import_file {
    const char *name, *unit; /* unit: the code that a form's mark says; NULL: no form */
    struct fault problem;    /* code 0: none */
    size_t sheets;           /* but for those that are ours */
    bool left_out, taken;
};

struct list_import {
    struct arena arena;    /* all of the plan */
    struct arena scratch;  /* of one row */
    struct arena matching; /* until it is known whom the rows mean */
    struct db *db;
    struct list_import_options options;
    struct import_options plan_options; /* what the tables of the event file ask */
    struct plan plan;
    json_t *lasting, *passing; /* plan.keep is the second; attributes stand in the first */
    const char *file_name;
    struct sheet_book book;
    struct sheet *sheets;                  /* of the book */
    struct import_file *files;
    size_t file_count;
    uint32_t *sheet_files;                 /* of each sheet its file */
    const struct list_form **sheet_marks;  /* of each sheet whose form it is; NULL: none */
    struct list_vocabulary vocabulary;
    struct list_known *known;
    struct list_mapping mapping;
    struct list_table table;
    const char *language;
    struct list_row *rows;
    size_t count, capacity;
    size_t counts[LIST_ROW_KIND_COUNT];
    struct match_facts *known_facts;  /* of the people in plan.tables[ENTITY_PERSON], in their order, as they were stored */
    size_t known_count;
    struct match_index *known_index;
    struct match_facts *row_facts;    /* of the rows */
    struct match_index *row_index;    /* of rows that mean nobody known, or perhaps */
    uint32_t *sure;                   /* of each row the known person whom it means beyond doubt, + 1; 0: none */
    uint32_t *named_by;               /* of each known person the row that means them, + 1; 0: none */
    struct map decisions;             /* "place/row" -> text */
    struct map codes;                 /* codes that the list gives to people who are new */
    struct map new_units;             /* folded name -> struct row */
    struct map own_units;             /* of a list of units: those without a code, "(B12)" -> struct list_row */
    struct db_value *spare;           /* values of a row that came out the same: for the next one */
    int64_t next_person, next_unit;   /* running numbers for codes */
    int person_width, unit_width;
    bool remembered;                  /* the mapping is one that was agreed before */
    const char *units_sheet;          /* another sheet of the book has units that rows name and nobody knows; NULL: none */
    size_t units_waiting;             /* such rows */
    size_t present;                   /* people whom --prune would withdraw, but who stand in rows that were not taken */
};

/* --- load.c --- */
enum err import_load(struct list_import *import, struct fault *fault);          /* plan and vocabulary */
enum err import_code_numbers(struct list_import *import);
#define IMPORT_PERSON_NUMBER "list_import.person_code" /* settings: the last running number that was given away */
#define IMPORT_UNIT_NUMBER "list_import.unit_code"
const char *import_next_person_code(struct list_import *import);
const char *import_next_unit_code(struct list_import *import);

/* --- files.c --- */
enum err import_read_files(struct list_import *import, const struct list_import_file *files, size_t count, bool trusted, list_import_watch *watch, void *context,
                           struct fault *fault);
enum err import_judge_files(struct list_import *import, struct fault *fault); /* when units are known */
void import_judge_places(struct list_import *import);                         /* when the mapping is */
size_t import_bad_files(const struct list_import *import);
/* The file's name; *ret_has_sheets: that says not yet where. */
const char *import_place_file(const struct list_import *import, uint32_t place, bool *ret_has_sheets);

/* --- form.c: rows of forms belong to their unit --- */
const struct list_form *import_form_of(const struct list_import *import, const struct list_record *record); /* NULL: no form */
/* Doubts about who belongs to another unit than the form's. */
enum err import_check_form(struct list_import *import, struct list_row *row);
/* The unit of a form for who has none, or comes into it: as a person's unit, as the delegation. NULL: nothing is to be changed. */
struct row *import_form_unit(const struct list_import *import, const struct list_row *row);
struct row *import_form_delegation(const struct list_import *import, const struct list_row *row);
/* {"batch": [codes]} of what this import took; "files", "forms" of the head. NULL: no memory. */
json_t *import_forms_taken(const struct list_import *import);
bool import_form_covers(const struct list_import *import, const struct row *delegate); /* whether it is somebody of whom these forms tell; without forms: yes */
enum err import_put_files(struct list_import *import, json_t *head);

/* --- mapping.c --- */
enum err import_find_mapping(struct list_import *import, struct fault *fault);
/* The name under which a mapping is remembered. NULL: out of memory. */
char *import_headings(struct arena *arena, const struct list_mapping *mapping);

/* --- resolve.c: whom rows mean --- */
enum err import_resolve(struct list_import *import, struct fault *fault);
enum err import_facts(struct list_import *import);

/* --- merge.c: what they say --- */
enum err import_merge_person(struct list_import *import, struct list_row *row);
enum err import_merge_unit(struct list_import *import, struct list_row *row);
/* One value of a record into the row of an entity; a mistake becomes a flaw of the list's row. */
enum err import_merge_value(struct list_import *import, struct list_row *row, enum entity_kind kind, struct row *into, const char *key,
                            const struct list_value *value);
enum err import_add_flaw(struct list_import *import, struct list_row *row, const char *reason, const struct list_value *value, const char *proposal);
/* A row without changes yet: next begins as what is stored. */
enum err import_begin_row(struct list_import *import, enum entity_kind kind, struct row *row);
/* The unit of a value "unit" or "delegation", or of the name of a new one. NULL in *ret: the row says none, or has a flaw now. */
enum err import_find_unit(struct list_import *import, struct list_row *row, const char *code_field, const char *name_field, struct row **ret);
bool import_row_differs(enum entity_kind kind, const struct row *row);
/* Whether the row changes its person, or has to count as if: what is sensitive is not told to be the same by nothing happening. */
bool import_writes_person(const struct list_import *import, const struct list_row *row);

/* --- own_units.c: units that a list of units has and names in the same breath --- */
enum err own_units_learn(struct list_import *import, struct fault *fault); /* before the list is read */
enum err own_units_name(struct list_import *import);                       /* when it was */
/* The unit above, by a value "parent"; what cannot be is a flaw of the row. */
enum err own_units_above(struct list_import *import, struct list_row *row, const struct list_value *value);
/* The one unit of this name (text_fold), NULL: none; a flaw when there are several. */
enum err import_named_unit(struct list_import *import, struct list_row *row, const struct list_value *value, const char *fold, struct row **ret);

/* --- units.c, delegates.c --- */
enum err import_units(struct list_import *import, struct fault *fault);
enum err import_name_delegates(struct list_import *import);
enum err import_delegates(struct list_import *import);
enum err import_prune(struct list_import *import);

/* --- foreign.c: with options.keeps_people, people whom an event's organiser may not change stay as they are --- */
enum err import_keep_foreign(struct list_import *import);

/* --- present.c: people who stand in the list although no row was taken for them --- */
enum err import_present(struct list_import *import, struct map *present);
enum err import_is_present(struct list_import *import, const struct map *present, const struct row *person, const char *number, bool *ret);

/* --- hints.c --- */
enum err import_hints(struct list_import *import);
json_t *import_hints_json(const struct list_import *import); /* [{"reason": "units_sheet", "sheet", "count"}, {"reason": "prune_present", "count"}] */

/* --- journal.c --- */
/* What differs between two stored rows of an entity, as JSON {"key": [old, new]}; derived columns are left out. */
void journal_fields(struct buf *out, enum entity_kind kind, const struct db_value *before, const struct db_value *after);
void journal_attribute(struct buf *out, const char *code, const char *before, const char *after);
/* A name for all that stands in a row, with a person's attributes (canonical texts by code), so that a change since is seen. */
void journal_hash(enum entity_kind kind, const struct db_value *values, const char *attributes, char ret[33]);
enum err journal_person_attributes(struct db *db, struct arena *arena, int64_t person_id, const char **ret);
enum err journal_read(struct db *db, struct arena *arena, enum entity_kind kind, int64_t id, struct db_value **ret); /* NULL in *ret: it is not there */
struct register_person journal_person(const struct db_value *values);
struct register_unit journal_unit(const struct db_value *values);

/* --- tell.c: what follows from the rows that were written, at the end --- */
#define TELL_EVENTS_MOST 64
#define LIST_SLICE_US 25000 /* of work in one transaction: check-ins wait no longer for it */
struct tell {
    int64_t events[TELL_EVENTS_MOST]; /* whose numbers grow */
    size_t count;
};
void tell_event(struct tell *tell, int64_t event_id);
/* The events of somebody who changed: their delegates there are news for the gates. */
enum err tell_person(struct db *db, struct arena *arena, struct tell *tell, int64_t person_id);
/* The events alone: import_tell_renamed touches the delegates. */
enum err tell_unit(struct db *db, struct arena *arena, struct tell *tell, int64_t unit_id);
enum err tell_all(struct db *db, const struct tell *tell);

#endif
