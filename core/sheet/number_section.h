/* Private to core/sheet/number_format.c: one section of a number format. */
#ifndef PLENUM_SHEET_NUMBER_SECTION_H
#define PLENUM_SHEET_NUMBER_SECTION_H

#include <stdbool.h>
#include <stddef.h>

enum section_token {
    SECTION_LITERAL,
    SECTION_QUOTED,   /* "…" */
    SECTION_ESCAPED,  /* \x */
    SECTION_FILL,     /* _x and *x: room, nothing that can be read */
    SECTION_BRACKET,  /* a color, a condition, a language */
    SECTION_ELAPSED,  /* [h] [mm] [s] */
    SECTION_DIGIT,    /* 0 # ? */
    SECTION_GENERAL,
    SECTION_HALF,     /* AM/PM */
    SECTION_EXPONENT, /* E+ */
    SECTION_DATE,     /* a run of one of y m d h s e g b */
    SECTION_PERCENT = '%',
    SECTION_COMMA = ',',
    SECTION_POINT = '.',
    SECTION_SLASH = '/',
    SECTION_TEXT = '@',
};

/* The token at p, before end: its length. */
size_t section_token(const char *p, const char *end, enum section_token *ret);

/* The number in a section; `general` is how it looks without a format. False: the section has what is not known here, or the room is too small. */
bool section_show_number(const char *from, const char *end, double value, const char *general, char *out, size_t size);

/* The moment in a section: `serial` as stored, for what has elapsed, `days` since 1970-01-01. */
bool section_show_date(const char *from, const char *end, double serial, double days, char *out, size_t size);

#endif
