/* One row becomes one record. Private to core/congress/list. */
#ifndef PLENUM_CONGRESS_LIST_RECORD_H
#define PLENUM_CONGRESS_LIST_RECORD_H

#include "core/congress/list/list_read.h"

/* r->cells and r->row are set; repeated[i]: the cell is that of a row above. ERR_NOMEM. */
enum err list_record_read(struct list_reader *r, const bool *repeated, uint32_t name_column, struct list_record *ret);

#endif
