/* Which column is what, within one sheet. Private to core/congress/list. */
#ifndef PLENUM_CONGRESS_LIST_GUESS_H
#define PLENUM_CONGRESS_LIST_GUESS_H

#include "core/congress/list/list_private.h"

struct list_scores {
    size_t count, uses;
    uint8_t *scores;   /* column x use */
    uint8_t *headings; /* the part of them that the heading alone says */
    bool *strangers;   /* columns that are known and not kept */
    size_t *given;     /* use of each column; SIZE_MAX: none */
};

enum err list_guess_scores(const struct list_known *known, struct arena *scratch, const struct list_heading *all, size_t count, struct list_scores *ret);
enum err list_guess_columns(const struct list_known *known, struct arena *arena, struct arena *scratch, const struct sheet *sheet, const struct list_place *place,
                            struct list_column **ret, size_t *ret_count);

/* Only the headings, nothing of what they mean: enough to see that a sheet has the table of another one. */
enum err list_guess_headings(const struct list_known *known, struct arena *arena, struct arena *scratch, const struct sheet *sheet, const struct list_place *place,
                             struct list_column **ret, size_t *ret_count);

/* The order of days and months in the columns of days, by all of their cells; counts rows of the place. */
enum err list_guess_orders(const struct sheet *sheet, const struct list_place *place, struct list_column *columns, size_t count);
/* What to do with units, honorifics and numbers for the sexes. */
enum err list_guess_ways(const struct list_known *known, const struct sheet_book *book, struct arena *scratch, struct list_mapping *mapping);

/* What decides what a row of this place is, by the mapping. */
enum err list_rows_of(const struct list_known *known, struct arena *arena, const struct sheet *sheet, const struct list_mapping *mapping, size_t place,
                      struct list_rows *ret);
/* A section's title without its number and its count: "II. KHỐI DOANH NGHIỆP (12 đồng chí)" → "KHỐI DOANH NGHIỆP". */
enum err list_section_name(struct arena *arena, const char *text, const char **ret);
/* Where a mapping's column stands in the sheet of a place. */
uint32_t list_place_column(const struct list_mapping *mapping, size_t place, size_t column);

#endif
