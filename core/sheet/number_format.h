/* Private to core/sheet: numbers as office programs show them (ECMA-376 part 1, 18.8.30 and 18.8.31).
 *
 * Shown are 15 digits, as much as these programs keep. What depends on the reader's machine is shown one way: dates of the machine's own order as 2026-11-22, names of
 * days and months in English, "." and "," as the format writes them. Fractions and rare tokens fall back to the plain number. Pure; thread-safe. */
#ifndef PLENUM_SHEET_NUMBER_FORMAT_H
#define PLENUM_SHEET_NUMBER_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum number_kind {
    NUMBER_PLAIN,
    NUMBER_DATE, /* with or without a time */
    NUMBER_TIME, /* of day, or elapsed */
};

#define NUMBER_TEXT_SIZE 128

/* The format of a built-in number; NULL: it has none, which is General. */
const char *number_format_of_id(uint32_t id);

/* What a format makes of numbers. NULL is General. */
enum number_kind number_format_kind(const char *format);

/* Days since 1970-01-01, with the time of day as fraction, for a date as the file stores it. False: outside of the years 1900 to 9999. */
bool number_to_days(double serial, bool from_1904, double *ret);

/* The number as shown. Never ""; what would be longer than the room, or is no date, is shown as General. Returns ret. */
const char *number_format_show(const char *format, double value, bool from_1904, char ret[NUMBER_TEXT_SIZE]);

#endif
