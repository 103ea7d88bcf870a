/* Private to core/sheet: a text with separators between the cells. */
#ifndef PLENUM_SHEET_CSV_LIST_H
#define PLENUM_SHEET_CSV_LIST_H

#include "core/sheet/build.h"

/* `data` is NUL-terminated. */
enum err csv_list_read(const char *data, size_t length, const struct sheet_wish *wish, struct build *build, struct sheet_book *ret, struct fault *fault);

#endif
