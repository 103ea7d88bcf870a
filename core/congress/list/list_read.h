/* Reading cells. Private to core/congress/list. */
#ifndef PLENUM_CONGRESS_LIST_READ_H
#define PLENUM_CONGRESS_LIST_READ_H

#include "core/congress/list/list_guess.h"

/* What is known about a column while its rows are read. */
struct list_state {
    struct map memo;        /* texts that were found before -> struct list_memo: of units, categories, choices */
    bool marks_only;        /* nothing but signs stand in it: an empty cell says no */
    bool maybe_swapped;     /* its date cells may be day and month the wrong way round */
    bool family_comma;      /* "Doe, Jane" is how most names stand in it */
    bool sex_letters;       /* M, F and the like stand in it */
    bool m_is_woman;        /* H and M stand in it, homem and mulher */
    const struct sheet_cell *held; /* of a merge that reaches down */
    uint32_t held_row, held_until;
    const struct sheet_cell *last; /* the last cell with something in it: what a ditto mark repeats */
};

struct list_memo {
    const char *value, *reason, *proposal;
};

struct list_reader {
    const struct list_known *known;
    const struct sheet_book *book;
    const struct list_mapping *mapping;
    struct arena *arena, *scratch;
    struct list_state *states;    /* by column of the mapping */
    const struct sheet_cell **cells; /* of the row that is read, by column of the mapping; NULL: none */
    struct list_value *slots;     /* by field; field NULL: nothing yet */
    struct list_flaw *flaws;
    size_t flaw_count, flaw_capacity;
    struct map seen_codes;        /* code -> address */
    size_t searches;              /* for close spellings so far */
    uint8_t **kinds;              /* by place and row of the sheet */
    uint32_t *name_columns;       /* by place */
    size_t place;
    const struct sheet_row *row;
    const char *section;          /* name of the section that the rows stand in; NULL: none */
    uint32_t section_row;
    bool has_male, has_female;    /* columns of marks for the sexes */
};

/* One cell on its way to a value. */
struct list_cell {
    const struct list_field *field;
    const struct list_column *column;
    struct list_state *state;
    const struct sheet_cell *cell;
    const char *text;    /* without blanks at the ends, not empty */
    const char *value;   /* result: canonical; NULL: none */
    enum list_change change;
    const char *reason;  /* result: what is wrong; NULL: nothing */
    const char *proposal;
    bool doubtful;
};

/* Each fills value, change, reason of the cell. ERR_NOMEM. */
enum err list_cell_read(struct list_reader *r, struct list_cell *c); /* by the field's kind */
enum err list_cell_day(struct list_reader *r, struct list_cell *c);
enum err list_cell_name(struct list_reader *r, struct list_cell *c, const char **ret_honorific);
enum err list_cell_phone(struct list_reader *r, struct list_cell *c);
enum err list_cell_term(struct list_reader *r, struct list_cell *c);
/* Where the comma of "Doe, Jane" stands; 0: it is not written so. */
size_t list_name_comma(const char *text);
/* The tidy text; borrowed when it was tidy. NULL: out of memory. */
const char *list_tidy(struct arena *arena, const char *text, enum list_change *change);
/* "1980-02-03" or "1980". */
const char *list_day_text(struct arena *arena, const struct list_day *day);
/* Why a day cannot be somebody's; NULL: it can. */
const char *list_day_flaw(const struct list_known *known, const struct list_field *field, const char *iso);

#endif
