/* What an office's table means: where in a sheet the table is, which column is what, and what every cell says.
 *
 * Pure: no database, no HTTP, no clock (the day is given). All results live in the given arena and borrow texts from the book and the vocabulary, which must outlive
 * them. ret_ parameters are untouched on failure. Thread-safe as long as arenas are not shared. Why so: docs/decisions/0053-lists.md.
 *
 *     list_prepare(arena, target, vocabulary, &known)                 what is known about the organisation
 *     list_guess(known, book, arena, &mapping)                        a proposal, with confidence and samples; list_mapping_apply for
 *                                                                     what was chosen for an earlier file
 *     list_mapping_set(mapping, known, "born=E", …)                   corrections, any number
 *     list_read(known, book, mapping, arena, &table)                  records, flaws, what was passed over */
#ifndef PLENUM_CONGRESS_LIST_LIST_H
#define PLENUM_CONGRESS_LIST_LIST_H

#include "core/base/arena.h"
#include "core/base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sheet_book;

enum list_target { LIST_PEOPLE, LIST_UNITS, LIST_DELEGATES, LIST_TARGET_COUNT };

/* "people", "units", "delegates", and back (false: none of them). */
const char *list_target_name(enum list_target target);
bool list_target_parse(const char *name, enum list_target *ret);

/* --- what the organisation has --- */

struct list_term {
    const char *code;
    const char *title; /* as stored: plain text, or JSON of a text or a language map (core/congress/title.h) */
};

enum list_attribute_type { LIST_ATTRIBUTE_YES_NO, LIST_ATTRIBUTE_CHOICE, LIST_ATTRIBUTE_TEXT, LIST_ATTRIBUTE_NUMBER, LIST_ATTRIBUTE_DATE };

struct list_attribute {
    const char *code, *title;
    enum list_attribute_type type;
    const struct list_term *values; /* of a choice */
    size_t value_count;
    bool sensitive; /* samples of such a column are shown to an organiser only; the caller's business */
};

struct list_vocabulary {
    const char *language; /* the organisation's first one, "vi": which way round names stand, which day-month order is usual */
    const char *country;  /* "VN": how phone numbers are written there; NULL: that of the language */
    const char *today;    /* local day, "2026-11-22" */
    const struct list_attribute *attributes;
    size_t attribute_count;
    const struct list_term *units; /* code and name */
    size_t unit_count;
    const struct list_term *categories; /* of the event */
    size_t category_count;
    const char *const *codes; /* of people (target units: of units are known from above): to put lost leading zeros back */
    size_t code_count;
};

/* --- fields --- */

enum list_kind {
    LIST_NOTHING,  /* a column that is known and never taken: serial, note, signature */
    LIST_CODE,
    LIST_NAME,     /* of a person: spaces, capitals, honorific */
    LIST_TEXT,
    LIST_SEX,      /* "m", "f", "x" */
    LIST_DAY,      /* "1980" or "1980-02-03"; not in the future */
    LIST_DATE,     /* "1980-02-03" */
    LIST_PHONE,
    LIST_EMAIL,
    LIST_PATH,     /* of a photo */
    LIST_UNIT,     /* code of a known unit */
    LIST_CATEGORY, /* code of a known category */
    LIST_CHOICE,   /* code of one of the attribute's values */
    LIST_YES_NO,   /* "true", "false" */
    LIST_NUMBER,   /* "3.5" */
    LIST_COUNT,    /* "12": a whole number, not negative */
    LIST_ENUM,     /* one of the field's closed list: "elected" */
    LIST_ENUMS,    /* several, with commas: "paper,wheelchair" */
    LIST_CODES,    /* several of the organisation's making: "head_of_delegation,presidium" */
    LIST_ABSENCE   /* JSON as in the event file: {"excused":true,"reason":"…"} */
};

struct list_field {
    const char *code;                       /* as in the event file: "born"; "attribute:party_member"; "family_name" and "given_name" are joined to "name" */
    const char *title;                      /* English; of an attribute its title in the organisation's language. Screens say list.field.CODE */
    enum list_kind kind;
    const struct list_attribute *attribute; /* NULL: none */
};

/* Mappings and records point to its fields: it outlives them, as does the vocabulary. */
struct list_known; /* fields and search forms of one vocabulary, for one target */

/* ERR_NOMEM. ERR_INPUT: a title cannot be read. */
enum err list_prepare(struct arena *arena, enum list_target target, const struct list_vocabulary *vocabulary, struct list_known **ret, struct fault *fault);
/* All fields of the target, in the order in which a screen offers them. */
const struct list_field *list_known_fields(const struct list_known *known, size_t *ret_count);
const struct list_field *list_known_field(const struct list_known *known, const char *code); /* NULL: none */

/* --- a mapping --- */

enum list_part {
    LIST_PART_ALL,    /* the cell is the field's value */
    LIST_PART_MARK,   /* a mark (x) in the cell says that the field is `value`: a column of "Nữ", of "Đại học" */
    LIST_PART_MALE,   /* the cell is the value, and that it stands in this column says the sex: a birth year under "Nam" */
    LIST_PART_FEMALE,
    LIST_PART_DAY,    /* of a date over three columns */
    LIST_PART_MONTH,
    LIST_PART_YEAR
};

/* What a column is, in one word for command lines, JSON and pages: "born", "born:f", "born:day", "gender:f", "mandate:elected", "attribute:schooling",
 * "attribute:schooling:university"; "-" is a column that is not taken. */
struct list_use {
    const struct list_field *field; /* NULL: not taken */
    enum list_part part;
    const char *value;              /* of a mark */
};

/* ERR_INPUT with a sentence that names the word. */
enum err list_use_parse(const struct list_known *known, struct arena *arena, const char *word, struct list_use *ret, struct fault *fault);
char *list_use_text(struct arena *arena, const struct list_use *use); /* NULL: out of memory */

enum list_order { LIST_ORDER_UNKNOWN, LIST_DAY_FIRST, LIST_MONTH_FIRST, LIST_YEAR_FIRST };

#define LIST_SAMPLES_MOST 5

struct list_column {
    uint32_t column;      /* from 0; of the first sheet that is taken */
    const char *heading;  /* as it stands there; those of several header rows with " / " between; "": none */
    struct list_use use;
    unsigned confidence;  /* 0 to 100 */
    const char *why;      /* static. Taken for: heading, contents, both, chosen, remembered. Left open: unknown, unclear, rival, not_kept, nothing, empty, ignored */
    struct list_use rival; /* what else it may be; field NULL: nothing */
    enum list_order order; /* of days and months in it, found by all of its cells */
    const char *samples[LIST_SAMPLES_MOST]; /* different values, as they stand there */
    size_t sample_count;
    uint32_t filled;      /* cells with something in them, of those that were looked at */
};

/* One sheet of the book. */
struct list_place {
    uint32_t sheet;                    /* index in the book */
    const char *name;
    bool hidden, taken;                /* a hidden one, or one without this table, is taken only when chosen */
    uint32_t header_first, header_last; /* row numbers as shown; 0: there is no header */
    uint32_t data_first, data_last;    /* data_last 0: to the end */
    uint32_t row_count;                /* rows that look like data */
    unsigned confidence;
    const uint32_t *at;                /* where each of the mapping's columns stands in this sheet, UINT32_MAX: not there; NULL: as the mapping says */
};

enum list_units { LIST_UNITS_NO, LIST_UNITS_SECTIONS /* of the section row above */, LIST_UNITS_SHEETS /* of the sheet's name */ };

struct list_ways {
    bool capitals;        /* NGUYỄN VĂN AN becomes Nguyễn Văn An; only when asked */
    bool honorific;       /* "Ông", "Đ/c", "Dra." before a name are split off into the honorific */
    bool new_units;       /* a unit that nobody knows is no flaw: its name is handed on as "unit_name" or "delegation_name" */
    enum list_units units; /* where the unit comes from when no column says it */
    enum list_order order; /* for dates whose column leaves it open */
    char one;             /* what 1 says in a column of the sex, 'm' or 'f'; 0: nobody has decided, and numbers there are flaws */
    const char *language, *country; /* as in the vocabulary */
};

struct list_mapping {
    enum list_target target;
    struct list_place *places; /* one for each sheet of the book */
    size_t place_count;
    struct list_column *columns;
    size_t column_count;
    struct list_ways ways;
};

/* A proposal. ERR_NOT_FOUND: nowhere is anything like a table (the fault says what was looked for). ERR_NOMEM. */
enum err list_guess(const struct list_known *known, const struct sheet_book *book, struct arena *arena, struct list_mapping *ret, struct fault *fault);

/* One correction, "FIELD=COLUMN": FIELD a word as above, COLUMN a letter ("E") or a heading (compared without accents and case; a heading wins over a letter).
 * ERR_USAGE with a sentence. The mapping is changed in place. */
enum err list_mapping_set(struct list_mapping *mapping, const struct list_known *known, const char *word, struct arena *arena, struct fault *fault);
/* The same by the column's index in `columns`. Whatever other column had this use loses it. */
enum err list_mapping_choose(struct list_mapping *mapping, size_t column, const struct list_use *use, struct fault *fault);
/* Reads the sheet's places anew with other header rows (0, 0: no header). Columns and their uses are guessed anew. */
enum err list_mapping_place(const struct list_known *known, const struct sheet_book *book, uint32_t sheet, uint32_t header_first, uint32_t header_last,
                            struct arena *arena, struct list_mapping *ret, struct fault *fault);

/* JSON: format "plenum-list-mapping/1". Writing to and strict reading from; errors name the place. Samples, confidence and counts are told only when `told`. */
enum err list_mapping_write(const struct list_mapping *mapping, bool told, struct arena *arena, char **ret);
enum err list_mapping_read(const struct list_known *known, const char *text, size_t length, struct arena *arena, struct list_mapping *ret, struct fault *fault);
/* What was chosen for an earlier file, for this one: `guessed` (of this book) with the uses of `remembered` wherever the headings agree, and with its ways. A
 * heading that stands twice goes by the order in which it stands. Columns that the earlier file did not have keep their guess. */
enum err list_mapping_apply(const struct list_mapping *remembered, const struct list_mapping *guessed, struct arena *arena, struct list_mapping *ret);
/* How many of a hundred headings of `guessed` the remembered one knows: which of several remembered ones to take. */
unsigned list_mapping_likeness(const struct list_mapping *remembered, const struct list_mapping *guessed, struct arena *arena);
/* What keeps it from being used: no name column, two columns with one use, …; ERR_INPUT with a reason (refusal words). */
enum err list_mapping_check(const struct list_mapping *mapping, const struct list_known *known, struct fault *fault);

/* --- what was read --- */

/* What was done to what stood there. From LIST_PUT_RIGHT_FIRST on it is told to the organiser cell by cell. */
enum list_change {
    LIST_AS_WRITTEN,
    LIST_SPACES,        /* spaces, Unicode form, characters of no width */
    LIST_SAID_OTHERWISE,/* the same in our way of writing: "31/12/1980", "x", "Nữ", a unit's name */
    LIST_PUT_RIGHT_FIRST,
    LIST_LEADING_ZERO = LIST_PUT_RIGHT_FIRST, /* a zero that the office program dropped */
    LIST_CAPITALS,
    LIST_CENTURY,       /* a year of two digits */
    LIST_SERIAL_DAY,    /* 29221 in a column of dates */
    LIST_FONT,          /* from TCVN3 or VNI */
    LIST_SPLIT,         /* part of the cell: the first of two phone numbers, the name without its honorific */
    LIST_REPEATED,      /* the cell is merged with, or repeats, the one above */
    LIST_MONTH_LOST,    /* "5/1980": we keep a year or a whole date */
    LIST_CHANGE_COUNT
};
const char *list_change_name(enum list_change change); /* "leading_zero"; words: list.change.NAME */

struct list_value {
    const struct list_field *field;
    const char *value;   /* canonical, as the event file has it */
    const char *written; /* what stood there */
    uint32_t row;        /* where: as shown (sheet_cell_address(row, column, …)); of a unit from a section row, that row; 0: the sheet's name */
    uint16_t column;
    uint16_t change;     /* enum list_change */
};

struct list_flaw {
    const char *reason;  /* static, a closed list in list_reasons.def; words: list.flaw.REASON with {cell} {written} {proposal} */
    const struct list_field *field; /* NULL: of the whole row */
    const char *written; /* "" when nothing stood there */
    const char *proposal;/* what it may mean ("HT-04"), or the detail that the words need; NULL: none */
    uint32_t row;
    uint16_t column;
    bool doubtful;       /* the rest of the row is good and the value was left out or is a proposal; else the row is wrong */
};

/* The English sentence ("E7: \"30/02/1980\" is no day of the calendar"). NULL: out of memory. */
char *list_flaw_text(struct arena *arena, const struct list_flaw *flaw);
/* All reasons, for tests of words. */
const char *list_reason_name(size_t index); /* NULL behind the last */

struct list_record {
    uint32_t place; /* index of the mapping's places */
    uint32_t row;   /* as shown */
    const struct list_value *values; /* at most one for each field, in the order of the fields */
    size_t count;
    const struct list_flaw *flaws;
    size_t flaw_count;
};

enum list_passed_why {
    LIST_PASSED_TITLE, LIST_PASSED_HEADER, LIST_PASSED_NUMBERS /* (1) (2) (3) */, LIST_PASSED_SECTION, LIST_PASSED_TOTAL, LIST_PASSED_NOTE, LIST_PASSED_SIGNATURE,
    LIST_PASSED_EMPTY /* a number of the list and nothing else */, LIST_PASSED_CONTINUED /* belongs to the person of the row above */, LIST_PASSED_COUNT
};
const char *list_passed_name(enum list_passed_why why); /* "title"; words: list.passed.NAME */

struct list_passed {
    uint32_t place, row;
    enum list_passed_why why;
    const char *text; /* the row's texts, at most 200 bytes */
};

struct list_table {
    const struct list_record *records; /* in the order of the sheets and rows */
    size_t count;
    const struct list_passed *passed;
    size_t passed_count;
};

/* The value of a field in a record; NULL: the row says nothing about it. */
const struct list_value *list_record_value(const struct list_record *record, const char *field_code);

/* ERR_INPUT: the mapping does not fit the book (list_mapping_check), with a reason. ERR_NOMEM. */
enum err list_read(const struct list_known *known, const struct sheet_book *book, const struct list_mapping *mapping, struct arena *arena, struct list_table *ret,
                   struct fault *fault);

#endif
