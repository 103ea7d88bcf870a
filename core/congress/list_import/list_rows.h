/* The rows of a plan on disk: a JSON object a line (list_import_rows_json), behind them where each begins and what it is. One file, replaced as a whole:
 * whoever reads has an old plan or a new one. Private to core/congress/list_import. */
#ifndef PLENUM_LIST_ROWS_H
#define PLENUM_LIST_ROWS_H

#include "core/base/crypto.h"
#include "core/congress/list_import/list_work.h"

/* hex: a name of all rows. ERR_FULL, ERR_IO: what was there before is there still. */
enum err list_rows_write(struct list_import *plan, const char *path, char ret_hex[CRYPTO_HASH_HEX], struct fault *fault);
/* {"rows": […], "total": how many fit}. ERR_NOT_FOUND: there is none, or a power cut tore it: the plan has to be made anew. */
enum err list_rows_read(const char *path, const struct list_work_filter *filter, json_t **ret, struct fault *fault);

#endif
