/* Private to core/sheet: a book on its way from the child that reads it. What comes out is believed only as far as it can do no harm: every text is checked,
 * every count has a bound, what must ascend ascends. Texts that stand often go over once. */
#ifndef PLENUM_SHEET_STREAM_H
#define PLENUM_SHEET_STREAM_H

#include "core/sheet/sheet.h"

/* Writes the result: the book when `code` is OK, else the fault. False: the other side is gone. */
bool stream_write(int fd, enum err code, const struct sheet_book *book, const struct fault *fault);

/* Reads it until `until_ms` (clock_steady_ms). Returns the child's own refusal too. ERR_TIMEOUT, ERR_NOMEM; ERR_INPUT: it says nothing that makes sense. */
enum err stream_read(int fd, int64_t until_ms, struct arena *arena, const struct sheet_limits *limits, struct sheet_book *ret, struct fault *fault);

#endif
