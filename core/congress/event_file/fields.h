/* The event file as tables: what keys an object has, how each is read, checked, stored and shown again. Dry run, import and export all walk these
 * tables (entities.c), so that they cannot disagree. Private to core/congress/event_file. */
#ifndef PLENUM_EVENT_FILE_FIELDS_H
#define PLENUM_EVENT_FILE_FIELDS_H

#include "core/db/db.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum field_kind {
    FIELD_CODE,
    FIELD_SLUG,
    FIELD_TEXT,      /* one line, tidied; `most` code points (0 = 4096) */
    FIELD_RAW,       /* as it is: a network's name or password; `most` bytes */
    FIELD_TITLE,     /* text or language map; always stored as JSON */
    FIELD_LABEL,     /* text or language map; text is stored as it is, a map as JSON */
    FIELD_BOOL,
    FIELD_INT,       /* least..most */
    FIELD_ENUM,      /* one of `names` */
    FIELD_ENUMS,     /* a list of some of `names` */
    FIELD_ZONE,
    FIELD_TIME,      /* local to the event's zone; stored as milliseconds */
    FIELD_PUBLISH,   /* a time, "manual" or null; two columns: milliseconds, 0/1 */
    FIELD_DATE,
    FIELD_PAST,      /* a year or a date, not in the future */
    FIELD_REF,       /* code of a row of `target`; stored as its id */
    FIELD_REF_CODE,  /* the same, stored as the code */
    FIELD_REF_CODES, /* a list of such codes */
    FIELD_CODES,     /* a list of codes of the organisation's own making */
    FIELD_LANGUAGE,
    FIELD_LANGUAGES,
    FIELD_TEXTS,
    FIELD_COLOR,
    FIELD_URL,
    FIELD_PHONE,
    FIELD_EMAIL,
    FIELD_FRACTION,  /* "2/3" */
    FIELD_FILE,      /* a path; two columns: path, SHA-256 of the blob */
    FIELD_PICTURE,   /* the same, JPEG, PNG or WebP only */
    FIELD_WORK,      /* the same, a picture, a PDF or Markdown: a slide */
    FIELD_PAGES,     /* "3" or "2-5" */
    FIELD_CHOICES,   /* object: code -> title */
    FIELD_OBJECT,    /* one object of `shape`, stored as JSON; replaced as a whole */
    FIELD_OBJECTS,   /* a list of such; replaced as a whole */
    FIELD_DERIVED,   /* a column without a key, made by C */
    FIELD_LIST,      /* a key whose rows are an entity of their own; no column */
    FIELD_ATTRIBUTES /* a person's attributes; no column, rows of their own */
};

enum field_flag { FIELD_REQUIRED = 1, FIELD_KEEP_NULL = 2 /* shown in exports also when null */ };

enum entity_kind {
    ENTITY_ORGANIZATION,
    ENTITY_ATTRIBUTE_TYPE,
    ENTITY_UNIT,
    ENTITY_PERSON,
    ENTITY_EVENT,
    ENTITY_CATEGORY,
    ENTITY_AREA,
    ENTITY_GATE,
    ENTITY_SESSION,
    ENTITY_DOCUMENT,
    ENTITY_DELEGATE,
    ENTITY_COUNT
};

struct field {
    const char *key;
    enum field_kind kind;
    unsigned flags;
    int64_t least, most;
    const char *const *names; /* NULL-terminated */
    enum entity_kind target;
    const struct shape *shape;
    const char *text_default; /* when absent in a new row, or null; else NULL */
    int64_t i64_default;      /* FIELD_BOOL; FIELD_INT when not 0 */
};

struct shape {
    const struct field *fields;
    size_t count;
};

struct entity {
    const char *name;     /* in reports: "person" */
    const char *list_key; /* in the file: "people" */
    const char *noun;     /* in sentences: "person" */
    const struct shape *shape;
    bool in_event;
    size_t list, write; /* statements; people and units are written by the register */
};

extern const struct entity entities[ENTITY_COUNT];
/* The event's list of announcements: a list of objects as the file has it, but no column. */
extern const struct field announcements_field;
extern const struct field scenes_field; /* likewise: what the programme shows on the walls */

/* Columns that a field takes (0, 1 or 2), and all fields of a shape. */
size_t field_width(const struct field *field);
size_t shape_width(const struct shape *shape);
/* The column of a field within the shape's columns, by its key. The key must exist. */
size_t shape_column(const struct shape *shape, const char *key);

/* Columns before those of the shape: id, and event_id. */
size_t entity_first_column(const struct entity *entity);
size_t entity_width(const struct entity *entity);
/* The column of a row of this entity by key; derived columns have names in angle brackets ("<name_fold>"). */
size_t entity_column(enum entity_kind kind, const char *key);

#endif
