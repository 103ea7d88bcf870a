/* The mark by which a form that went out to a unit is known when it comes back: one line of text that stands in a cell of its sheet, in sight of everybody, and once more
 * on a hidden sheet. Office programs keep texts of cells, whatever else they lose; a sheet's name, a file's name and document properties are changed and dropped.
 *
 *     plenum-form/1 people HT-04 - each HT 2026-11-22.a1b2c3d4 5f3e09ab
 *     what it is, target, unit, event ("-": none), one for which units, beneath which unit ("-": all), when it went out and with which others, check
 *
 * The check tells a mark that somebody typed over from one that we made; it is no secret and protects nothing. Pure; docs/decisions/0063-forms.md. */
#ifndef PLENUM_CONGRESS_LIST_FORM_H
#define PLENUM_CONGRESS_LIST_FORM_H

#include "core/congress/list/list.h"

#define LIST_FORM_CODE_SIZE 65
#define LIST_FORM_BATCH_SIZE 20   /* "2026-11-22.a1b2c3d4" */
#define LIST_FORM_LISTS "_lists"  /* sheets that are ours, and no table */
#define LIST_FORM_SHEET "_form"

/* Which units get one. */
enum list_form_span {
    LIST_FORM_EACH,    /* a unit and each beneath it, with its own people */
    LIST_FORM_BENEATH, /* each directly beneath a unit, with all people beneath it */
    LIST_FORM_ONE      /* one unit, with all people beneath it */
};
const char *list_form_span_name(enum list_form_span span); /* "each", "beneath", "one" */
bool list_form_span_parse(const char *name, enum list_form_span *ret);

struct list_form {
    enum list_target target;           /* LIST_PEOPLE or LIST_DELEGATES */
    char unit[LIST_FORM_CODE_SIZE];
    char event[LIST_FORM_CODE_SIZE];   /* "": none */
    enum list_form_span span;
    char root[LIST_FORM_CODE_SIZE];    /* "": all units */
    char batch[LIST_FORM_BATCH_SIZE];
};

/* The line; NULL: out of memory. */
char *list_form_text(struct arena *arena, const struct list_form *form);

enum list_form_found { LIST_FORM_NONE, LIST_FORM_FOUND, LIST_FORM_BROKEN /* somebody changed the line */ };
/* Looks for the line within a text that may say other things before it. */
enum list_form_found list_form_read(const char *text, struct list_form *ret);
/* In the first rows of one sheet. */
struct sheet;
enum list_form_found list_form_find(const struct sheet *sheet, struct list_form *ret);
/* Of one sheet of a book: what stands in it, else, where it is the only one in sight, what the hidden sheet says. */
enum list_form_found list_form_of(const struct sheet_book *book, size_t sheet, struct list_form *ret);
/* A sheet of ours that holds lists to choose from, or the mark. */
bool list_form_is_own_sheet(const struct sheet *sheet);

#endif
