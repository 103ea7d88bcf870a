/* `plenum export forms`: forms for units to fill in. */
#ifndef PLENUM_SERVER_EXPORT_FORMS_H
#define PLENUM_SERVER_EXPORT_FORMS_H

#include "core/congress/export/forms.h"

/* Writes them to `output` (one as a workbook, all as a ZIP) and says how many. `store_folder`: where workbooks come to be on their way. */
enum err export_forms(struct db *db, struct arena *arena, const struct forms_wish *wish, const char *store_folder, const char *output, struct fault *fault);

#endif
