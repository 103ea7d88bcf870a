/* What `plenum import` of a list prints. */
#ifndef PLENUM_SERVER_IMPORT_LIST_SHOW_H
#define PLENUM_SERVER_IMPORT_LIST_SHOW_H

#include "core/congress/list_import/list_import.h"

enum err import_show_json(struct list_import *plan, struct fault *fault);
/* For people; `all`: also what is new and changed, else only what stands in the way. */
enum err import_show_text(struct list_import *plan, bool all, struct fault *fault);
enum err import_show_result(struct list_import *plan, const struct list_import_result *result, bool json, struct fault *fault);
enum err import_show_undone(struct db *db, const struct list_import_undone *undone, bool json, struct fault *fault);
enum err import_show_history(struct db *db, const char *event, bool json, struct fault *fault);

#endif
