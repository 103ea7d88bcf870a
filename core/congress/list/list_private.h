/* What the files of this room share. Private to core/congress/list. */
#ifndef PLENUM_CONGRESS_LIST_PRIVATE_H
#define PLENUM_CONGRESS_LIST_PRIVATE_H

#include "core/base/map.h"
#include "core/congress/list/list.h"
#include "core/sheet/sheet.h"

#define LIST_COLUMNS_MOST 200   /* columns of one table that are looked at; an office's widest form has about sixty */
#define LIST_PARTS_MOST 4       /* header rows above one another */
#define LIST_NOT_THERE UINT32_MAX
#define LIST_STRANGER UINT16_MAX

/* --- headings (heading.c) --- */

/* One meaning of one phrase; phrases with several meanings are chained. */
struct list_phrase {
    const struct list_phrase *next;
    uint16_t field;   /* index of known->fields; LIST_STRANGER: a column that is known and not kept */
    bool one_of_many; /* the phrase means other things as often */
};

/* --- vocabulary (terms.c) --- */

struct list_name {
    const char *code;
    const char *plain; /* canonical search form */
    const char **tokens;
    uint32_t token_count;
    float weight;      /* of all its tokens */
};

enum list_language_of { LIST_TERMS_UNITS, LIST_TERMS_OTHER }; /* how abbreviations are read: "CĐ" is Công đoàn of units, else Cao đẳng */

struct list_terms {
    enum list_language_of way;
    struct map codes;   /* caseless code -> code */
    struct map plain;   /* canonical form -> struct list_same */
    struct map tokens;  /* token -> struct list_token */
    struct list_name *names;
    size_t count, capacity;
    const char *common; /* words with which very many names begin ("cong doan"): they tell nothing; NULL: none */
};

enum list_found { LIST_FOUND_NOT, LIST_FOUND, LIST_FOUND_CLOSE, LIST_FOUND_SEVERAL };

struct list_finding {
    enum list_found found;
    const char *code;     /* FOUND, CLOSE */
    const char *proposal; /* CLOSE: the code; SEVERAL: codes with ", " */
};

/* Names are titles as stored. ERR_INPUT: one cannot be read. */
enum err list_terms_make(struct arena *arena, const struct list_term *terms, size_t count, enum list_language_of way, struct list_terms *ret, struct fault *fault);
/* `search`: also spellings that are only close, which takes longer. ERR_NOMEM. Texts of the finding live in `arena`. */
enum err list_terms_find(const struct list_terms *terms, struct arena *scratch, struct arena *arena, const char *written, bool search, struct list_finding *ret);
/* The canonical search form; NULL: out of memory. */
char *list_terms_plain(enum list_language_of way, struct arena *arena, const char *text);
/* At most `most` single letters have to be put in, taken out or changed to make one of the other. */
bool list_text_is_near(const char *a, const char *b, unsigned most);

/* --- what is known (known.c) --- */

/* An attribute's title in one language. */
struct list_title {
    const char *plain;
    uint16_t field;
};

struct list_known {
    enum list_target target;
    const struct list_vocabulary *vocabulary;
    const char *language, *country, *today;
    int this_year;
    struct list_field *fields;
    size_t field_count;
    struct list_use *uses;      /* all that a column may be */
    size_t use_count;
    struct map phrases;         /* folded heading -> struct list_phrase */
    struct map squeezed;        /* the same without spaces */
    struct list_title *titles;  /* of attributes */
    size_t title_count, title_capacity;
    struct list_terms units, categories;
    struct list_terms *choices; /* as vocabulary->attributes; of those that are no choice empty */
    struct map codes;           /* known codes of people without leading zeros -> struct list_zeros */
};

/* Codes that differ only in zeros at their beginning. */
struct list_zeros {
    const char *code;
    size_t count;
};

size_t list_known_index(const struct list_known *known, const char *code); /* SIZE_MAX: none */
/* Index of the use; SIZE_MAX: none. */
size_t list_known_use(const struct list_known *known, const char *field, enum list_part part, const char *value);
/* The closed list of a field of kind LIST_ENUM or LIST_ENUMS; NULL-terminated. NULL: it has none. */
const char *const *list_field_names(const struct list_field *field);
/* A text that stands on a badge or a door: a seat, a number. */
bool list_field_is_short(const struct list_field *field);
bool list_use_equal(const struct list_use *a, const struct list_use *b);

/* --- words in cells (words.c) --- */

enum list_word { LIST_WORD_OTHER, LIST_WORD_YES, LIST_WORD_NO };
/* "x", "✓", "có", "yes"; "không", "no", "-". `mark`: it is a sign and no word. */
enum list_word list_word_yes_no(const char *text, bool *ret_mark);
/* 'm', 'f', 'x' or 0; `text` as it stands there: "Cô" is a woman, "Có" is yes. */
char list_word_sex(const char *plain, const char *text);
/* Whether a heading is about one sex ('m', 'f'); "nam" without its accent may also be a year. */
char list_word_sex_heading(const char *plain);
/* 'd', 'm', 'y' or 0 for "Ngày", "Month", "Ano". */
char list_word_day_part(const char *plain, const char *text);
/* The name of the closed list's value that is meant; NULL: none. */
const char *list_word_enum(const char *field, const char *plain);
/* Length in bytes of the honorifics at the beginning of a name ("Đ/c ", "Exma. Sra. "); 0: none. */
size_t list_word_honorific(const char *text);
/* "nt", "-nt-", "như trên", a ditto mark. */
bool list_word_is_same_as_above(const char *text);
/* 'z' for a row of totals, 'n' a note, 's' a signature, 'g' the beginning of a section's name ("Khối", "Department"); 0: none. */
char list_word_row(const char *plain, const char *text);

/* --- days (day.c) --- */

struct list_day {
    int year, month, day; /* month and day 0: not said */
    bool two_digits;      /* the year was written with two digits */
    bool month_only;
    bool zero;            /* a zero at the beginning was lost */
};

/* NULL, or the reason why it is no day. `past`: a year of two digits is not after `this_year` (minus `age`). */
const char *list_day_read(const char *text, enum list_order order, int this_year, int age, struct list_day *ret);
/* What a text tells about the order of its column: DAY_FIRST, MONTH_FIRST or YEAR_FIRST when only that is possible. */
enum list_order list_day_order(const char *text, bool *ret_is_day);
bool list_day_from_number(double days, struct list_day *ret);
/* 1 to 12 for a month's name or its abbreviation; 0: none. */
int list_day_month(const char *plain);

/* --- tables in sheets (place.c, heading.c) --- */

/* What one column of a table shows in a sample of its cells. */
struct list_look {
    uint32_t filled, texts, numbers, dates, years, phones, short_phones, emails, marks, no_marks, sexes, words, names;
    uint32_t units, unit_codes, categories, honorifics, paths, codes;
    uint32_t counting;  /* whole numbers that go on from the one before */
    uint32_t distinct;
    uint32_t one_word, capitals, family;
    uint32_t enums[3];  /* mandate, status, needs */
    uint32_t *choices;  /* as vocabulary->attributes */
    uint32_t length;    /* bytes of all texts */
};

struct list_heading {
    uint32_t column;
    size_t part_count;
    const char *parts[LIST_PARTS_MOST]; /* as they stand there, from above */
    const char *plain[LIST_PARTS_MOST]; /* folded, without remarks in parentheses */
    const char *text;                   /* all of it, " / " between */
    struct list_look look;
};

struct list_header {
    uint32_t first, last; /* rows as shown; 0: none */
    size_t hits;          /* columns whose heading means something */
    unsigned score;
};

/* A heading's search form. NULL: out of memory. */
char *list_heading_plain(struct arena *arena, const char *text);
/* 0 to 100: how well the phrase means anything we know. */
unsigned list_heading_known(const struct list_known *known, const char *plain);
/* Adds to scores[use] what the heading says. */
enum err list_heading_score(const struct list_known *known, struct arena *scratch, const struct list_heading *all, size_t count, size_t at, uint8_t *scores,
                            bool *ret_stranger);

/* Header and data rows of one sheet; the header is looked for in its first `rows_most` rows. One given by `fixed` (first 0: none in the sheet) is taken as it is. */
enum err list_place_find(const struct list_known *known, struct arena *scratch, const struct sheet *sheet, const struct list_header *fixed, size_t rows_most,
                         struct list_place *ret);
/* Headings of a place's columns; with what stands beneath them when `contents`, and then also columns without a heading. */
enum err list_place_headings(const struct list_known *known, struct arena *arena, struct arena *scratch, const struct sheet *sheet, const struct list_place *place,
                             bool contents, struct list_heading **ret, size_t *ret_count);
/* Looks at the cells beneath them (again, when `judge` tells which rows are data). */
struct list_rows;
enum err list_place_look(const struct list_known *known, struct arena *arena, struct arena *scratch, const struct sheet *sheet, const struct list_place *place,
                         struct list_rows *judge, struct list_heading *all, size_t heading_count);
/* 0 to 100 for what the cells are like; negative: they contradict. */
int list_look_score(const struct list_known *known, const struct list_look *look, const struct list_use *use);

/* --- rows (row.c) --- */

struct list_span {
    uint32_t first, last; /* rows */
};

/* What decides what a row is. Columns are those of the sheet; LIST_NOT_THERE: none. */
struct list_rows {
    uint32_t serial, name, code;
    uint32_t width;      /* columns of the table */
    uint32_t usual;      /* filled cells of a usual row */
    uint32_t serials;    /* rows with a number of the list */
    uint32_t first, last;
    const struct list_known *known;
    const struct sheet *sheet;
    struct list_span *wide, *beneath; /* rows merged over half of the table; rows beneath the first one of a merged name */
    size_t wide_count, beneath_count;
    struct map headings; /* plain texts of the headings: to know repeated ones */
    bool ended;          /* totals or signatures were seen: what follows must look like data very much */
};

enum list_row_kind { LIST_ROW_DATA, LIST_ROW_PASSED };
/* `ret_why` when it is passed over. */
enum err list_row_judge(struct list_rows *rows, struct arena *scratch, const struct sheet_row *row, enum list_row_kind *ret, enum list_passed_why *ret_why);
enum err list_rows_begin(struct list_rows *rows, struct arena *arena, const struct sheet *sheet, const struct list_place *place);
/* All texts of a row, at most 200 bytes. */
char *list_row_text(struct arena *arena, const struct sheet_row *row);

/* What stands in a cell, without blanks at its ends; "" for none. Borrowed when nothing had to be cut. NULL: out of memory. */
const char *list_cell_text(struct arena *arena, const struct sheet_cell *cell);
const char *list_trimmed(struct arena *arena, const char *text);
bool list_text_is_blank(const char *text);

#endif
