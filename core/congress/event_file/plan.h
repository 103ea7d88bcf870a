/* What an import would do, worked out in memory before anything is written: rows as they are, rows as they will be, and the list of writes. Private to
 * core/congress/event_file, and to core/congress/list_import, which stands on the same tables. Everything lives in the plan's arena. */
#ifndef PLENUM_EVENT_FILE_PLAN_H
#define PLENUM_EVENT_FILE_PLAN_H

#include "core/base/arena.h"
#include "core/base/id.h"
#include "core/base/json.h"
#include "core/base/map.h"
#include "core/congress/event_file/event_file.h"
#include "core/congress/event_file/fields.h"
#include "core/congress/register/register.h"
#include "core/congress/store/store.h"

struct row {
    const char *key;        /* what the file finds it by: code, slug; of a delegate the person's code, of a blank "#" and its number */
    struct db_value *now;   /* as it is stored; NULL: it is new */
    struct db_value *next;  /* as it will be; NULL: the file does not name it */
    json_t *source;         /* borrowed from the file; NULL: not named */
    size_t index;           /* its place in the file's list */
    bool removed;           /* by --prune */
    bool kept;              /* the file speaks of it, but it stays as it is */
    json_t *attributes_now; /* people: code -> value, owned by the plan's `values`; NULL: none */
    json_t *attributes_next;
    const char *announcements_now, *announcements_next; /* events: the list as JSON, NULL: none; see announcements.c */
    const char *scenes_now, *scenes_next; /* likewise; scenes.c */
};

/* All rows of an entity (of one event). */
struct table {
    enum entity_kind kind;
    int64_t event_id; /* 0: not of an event */
    struct row **rows;
    size_t count, capacity;
    struct map by_key, by_id;
    struct map by_number; /* delegates, as stored */
    int64_t last_order; /* greatest sort_order in use, -1 = none */
    bool named;         /* the file has this list */
};

struct event_plan {
    struct row *row;
    json_t *source;
    size_t index;
    const char *zone;
    int64_t shift_days;
    json_t *announcements; /* what the file says, as stored; borrowed from `keep`; NULL: nothing */
    json_t *scenes;        /* likewise */
    bool changed, is_new;
    struct table tables[ENTITY_COUNT];
};

/* A statement with its values; or, of people and units, a row that goes through the register (record.c). */
enum write_what { WRITE_STATEMENT, WRITE_ROW, WRITE_ROW_BARE /* a new unit, before the one above it is there */, REMOVE_ROW };
struct write {
    size_t statement;
    struct db_value *values;
    size_t count;
    enum write_what what;
    enum entity_kind kind;
    const struct row *row;
};

/* In this order: what makes room, what is new or changed, what goes. */
enum write_phase { WRITE_FIRST, WRITE_MAIN, WRITE_LAST, WRITE_PHASES };

struct write_list {
    struct write *items;
    size_t count, capacity;
};

/* Files that the event file names, by path. */
struct files {
    struct arena *arena;
    const char *base;         /* real path of the folder of the event file */
    const char *store_folder; /* copy into this data folder; NULL: only look */
    struct map by_path;       /* -> struct blob */
};

struct counts {
    size_t fresh, changed, same, removed;
};

#define PEOPLE_OF_REGISTER (-1) /* without those who were erased from an event */

struct plan {
    struct db *db; /* NULL: there is no database yet */
    struct arena *arena;
    const struct import_options *options;
    struct files *files;
    struct id_source ids;
    int64_t now_ms;
    char today[16]; /* UTC date: nobody is born after it, with a day of grace */
    json_t *root;   /* borrowed */
    struct table tables[ENTITY_COUNT];
    struct event_plan *events;
    size_t event_count;
    struct event_plan *here; /* the event whose lists are being read */
    bool rechecking;         /* reading again what is stored, after others went: files are not looked at */
    int64_t people_of;       /* only people of this event are loaded, who alone are named; PEOPLE_OF_REGISTER; 0: everybody */
    bool light;              /* of a form (setup.c): people and delegates are neither named nor loaded */
    struct row *goes;        /* of a form: the one row that is removed */
    struct write_list writes[WRITE_PHASES];
    struct counts counts[ENTITY_COUNT];
    json_t *changes; /* owned */
    json_t *keep;    /* owned: keeps made values alive */
};

/* --- files.c --- */
enum err files_open(struct arena *arena, const char *event_file, const char *store_folder, struct files *ret, struct fault *fault);
/* Looks at, or copies, every file that the event file names, as far as they are right; mistakes are found again by the plan, at their place. */
enum err files_collect(struct files *files, json_t *root, struct fault *fault);
enum err files_get(struct files *files, const char *path, const struct json_place *place, const struct blob **ret, struct fault *fault);

/* --- read.c, read_text.c: from the file to columns --- */
struct reading {
    struct plan *plan;
    const struct field *field;
    json_t *json;
    const struct json_place *place;
    struct db_value *out; /* field_width of them */
    struct fault *fault;
};
typedef enum err field_reader(const struct reading *r);
/* The usual reason for a value that its kind does not take: "refusal.…" of web/i18n. Static. */
const char *field_reason(enum field_kind kind);
/* Gives a mistake of the file the reason by which a form says it, and the key that it is about; the first one stays. Passes `e` on. */
enum err field_fault(struct fault *fault, enum err e, const char *reason, const char *key);
/* NULL for kinds that read.c reads itself. */
field_reader *field_text_reader(enum field_kind kind);
enum err shape_read(struct plan *plan, const struct shape *shape, json_t *object, bool is_new, struct db_value *values,
    const struct json_place *place, struct fault *fault);
void shape_defaults(const struct shape *shape, struct db_value *values);
/* A tidied text or language map as a new JSON value, in plan->keep. */
enum err read_title(const struct reading *r, json_t **ret);

enum err read_objects(const struct reading *r);

/* --- show.c: from columns to the file --- */
enum show_form { SHOW_STORED, SHOW_FILE };
/* A new reference; NULL for a NULL value or when out of memory (*failed is set then). `plan` gives tables and the zone. */
json_t *field_show(struct plan *plan, const struct field *field, const struct db_value *values, enum show_form form, bool *failed);
/* The object of a row or a nested shape. Nulls are left out, except where FIELD_KEEP_NULL. */
json_t *shape_show(struct plan *plan, const struct shape *shape, const struct db_value *values, enum show_form form, bool *failed);

/* --- table.c --- */
struct table *plan_table(struct plan *plan, enum entity_kind kind);
/* Reads all rows; finds none when there is no database. */
enum err table_load(struct plan *plan, struct table *table, enum entity_kind kind, int64_t event_id);
/* By another statement with the same columns, which takes `event_id`. */
enum err table_load_by(struct plan *plan, struct table *table, enum entity_kind kind, int64_t event_id, size_t statement);
struct row *table_find(const struct table *table, const char *key); /* NULL also when removed */
struct row *table_find_id(const struct table *table, int64_t id);
enum err table_add(struct plan *plan, struct table *table, struct row *row);
struct db_value *row_values(const struct row *row); /* as it will be, as far as is known */
/* A row that is yet to be stored; its id is known from now on, so that others can refer to it. NULL: out of memory. */
struct row *table_new_row(struct plan *plan, struct table *table, const char *key);
/* Finds or makes the row of each object of a list by its code; refuses what stands twice. */
enum err table_name_rows(struct plan *plan, struct table *table, json_t *list, const char *key, const struct json_place *place, struct fault *fault);
/* With --prune, marks the rows of a list that the file has but that it does not name. */
void table_prune(const struct plan *plan, struct table *table);
/* Fills row->next from what is stored and the object. */
enum err row_merge(struct plan *plan, struct table *table, struct row *row, const struct json_place *place, struct fault *fault);
/* Compares, counts, notes the change, and puts the write on the list when there is one. *ret_changed may be NULL. */
enum err row_settle(struct plan *plan, struct table *table, struct row *row, bool *ret_changed);
enum err plan_note(struct plan *plan, enum entity_kind kind, const char *code, const struct row *row, const char *what, json_t *fields);
enum err plan_write(struct plan *plan, enum write_phase phase, size_t statement, const struct db_value *values, size_t count);
enum err plan_write_id(struct plan *plan, enum write_phase phase, size_t statement, int64_t id);
enum err plan_write_row(struct plan *plan, enum write_phase phase, enum write_what what, enum entity_kind kind, const struct row *row);
struct db_value value_i64(int64_t value); /* DB_NULL: NULL */
struct db_value value_text(const char *text); /* NULL: NULL */
bool value_equal(const struct db_value *a, const struct db_value *b);

/* --- people.c, events.c, delegates.c, prune.c --- */
enum err plan_organization(struct plan *plan, json_t *root, struct fault *fault);
enum err plan_units(struct plan *plan, json_t *list, const struct json_place *place, struct fault *fault);
enum err plan_people(struct plan *plan, json_t *list, const struct json_place *place, struct fault *fault);
enum err plan_load_people(struct plan *plan);
/* ERR_INPUT when the unit would be beneath itself, or too deep. */
enum err plan_check_circle(const struct table *table, const struct row *row, const struct json_place *place, struct fault *fault);
/* row->attributes_next from what is stored and what row->source says. */
enum err plan_merge_attributes(struct plan *plan, struct row *row, const struct json_place *place, struct fault *fault);
const char *plan_first_language(struct plan *plan);
/* The search form and the sort key of the name in row->next. */
enum err plan_derive_person(struct plan *plan, struct row *row, const char *language);
enum err plan_events(struct plan *plan, json_t *list, const struct json_place *place, struct fault *fault);
enum err plan_name_delegates(struct plan *plan, struct table *table, json_t *list, const struct json_place *place, struct fault *fault);
enum err plan_delegates(struct plan *plan, const struct json_place *place, struct fault *fault);
const char *delegate_key(struct plan *plan, const struct db_value *values);
/* A delegate that is yet to be stored, in the table; `object` is what the file says of it. */
enum err plan_add_delegate(struct plan *plan, struct table *table, const char *key, json_t *object, size_t index, struct fault *fault);
/* By number, of those that are stored: blanks and named ones alike. NULL: nobody has it. */
struct row *plan_find_number(const struct table *table, const char *number);
/* Loads the lists of a stored event, which is then plan->here. ERR_NOT_FOUND. */
enum err plan_take_event(struct plan *plan, const char *slug, struct fault *fault);
/* announcements.c: what the file's list makes of the rows; whether what stays still finds its codes; the writing, after the rows' own */
enum err plan_announcements(struct plan *plan, struct event_plan *event, const struct json_place *place, struct fault *fault);
enum err plan_recheck_announcements(struct plan *plan, struct fault *fault);
enum err plan_write_announcements(struct plan *plan, struct db *db);
json_t *plan_show_announcements(struct plan *plan, const char *stored, bool *failed); /* as the file says it; NULL: none */
/* scenes.c: the same for what the programme shows on the walls */
enum err plan_scenes(struct plan *plan, struct event_plan *event, const struct json_place *place, struct fault *fault);
enum err plan_scenes_stored(struct plan *plan, struct row *row); /* row->scenes_now of an event, whose sessions are loaded */
enum err plan_write_scenes(struct plan *plan, struct db *db);
json_t *plan_show_scenes(struct plan *plan, const char *stored, bool *failed);
/* Rows that --prune takes away: refuses those with a history, and rows that would point at nothing; then notes and lists the removals. */
enum err plan_removals(struct plan *plan, struct fault *fault);

/* --- record.c: in the transaction, people and units through the register --- */
enum err plan_record(struct plan *plan, struct register_doing *doing, const struct write *write);

/* --- import.c: the plan's writes and all that follows from them; `plan_make` has succeeded in the same transaction --- */
enum err plan_carry_out(struct plan *plan, struct db *db, struct fault *fault);

/* --- recount.c: in the transaction, after the writes --- */
enum err plan_recount(struct db *db, int64_t event_id, const char *slug);

/* What is stored of the organisation, its people and events, and the day. The first step of plan_make. */
enum err plan_open(struct plan *plan, struct fault *fault);
/* The whole of it. `plan` is zeroed but for db, arena, options, files and root. */
enum err plan_make(struct plan *plan, struct fault *fault);
void plan_release(struct plan *plan);

#endif
