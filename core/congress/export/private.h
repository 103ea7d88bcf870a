/* What the files of this room share. Private to core/congress/export. */
#ifndef PLENUM_CONGRESS_EXPORT_PRIVATE_H
#define PLENUM_CONGRESS_EXPORT_PRIVATE_H

#include "core/base/json.h"
#include "core/congress/export/export.h"
#include "core/sheet/sheet_write.h"

#define EXPORT_COLUMNS_MOST 192

enum export_kind {
    EXPORT_TEXT,
    EXPORT_DAY,    /* "1980" or "1980-02-03" */
    EXPORT_NUMBER,
    EXPORT_YES_NO,
    EXPORT_MOMENT, /* RFC 3339, UTC */
    EXPORT_WORD,   /* of a closed list */
    EXPORT_CODES,  /* a list of texts */
    EXPORT_CHOICE  /* of an attribute */
};

struct export_choice {
    const char *code, *title;
};

struct export_column {
    const char *key;   /* of the row's object */
    const char *code;  /* of fields.def; NULL: an attribute */
    const char *title; /* heading */
    enum export_kind kind;
    int64_t type_id;   /* of an attribute */
    struct export_choice *choices;
    size_t choice_count;
};

struct export {
    const struct export_wish *wish;
    struct arena *arena;
    const char *language; /* of words; NULL: codes */
    const char *zone;     /* moments in XLSX */
    int64_t event_id, unit_id;
    bool unit_alone;      /* members: of the unit itself, not of those beneath it */
    bool by_unit;         /* one unit after the other is read: by the index of units */
    struct export_column columns[EXPORT_COLUMNS_MOST];
    size_t count;
};

/* Where rows go. */
struct export_sink {
    enum err (*row)(struct export_sink *sink, const json_t *object, struct fault *fault);
    struct export *export;
    int64_t rows;
};

/* --- export.c --- */
bool export_is_our_language(const char *language);
int export_language_index(const char *language); /* vi, en, pt, ar */
enum err export_first_language(struct db *db, struct export *x); /* what people of the organisation read first */

/* --- columns.c --- */
enum err columns_make(struct db *db, struct export *x, struct fault *fault);
/* The word of a language for a value of a closed list; the value itself where there is none. */
const char *columns_word(const struct export_column *column, const char *value, const char *language);

/* --- rows.c --- */
enum err rows_read(struct db *db, struct export *x, struct export_sink *sink, struct fault *fault);

/* --- write_csv.c, write_xlsx.c --- */
enum err write_csv(struct db *db, struct export *x, int fd, int64_t *ret_rows, struct fault *fault);
/* What stands in a cell; its text lives in `scratch` or is borrowed. */
struct sheet_value xlsx_value(const struct export *x, struct arena *scratch, const struct export_column *column, const json_t *value);
enum err write_xlsx(struct db *db, struct export *x, const char *path, int64_t *ret_rows, struct fault *fault);

#endif
