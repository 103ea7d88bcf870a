/* Several files as one list: the forms that units sent back (core/congress/export/forms.h), or the parts of one list.
 *
 * They are read one after the other, and their sheets stand beside each other in one plan. A file that cannot be used is told, with its reason, and the others are
 * read; the plan is not applied as long as there is one, unless take_good was chosen. Of one file alone it is an error as it always was.
 *
 * A form's rows may mean people of its unit and of those beneath it; others are doubtful. Who is new in it, or has no unit yet, gets its unit.
 * docs/decisions/0063-forms.md */
#ifndef PLENUM_LIST_FILES_H
#define PLENUM_LIST_FILES_H

#include "core/congress/list_import/list_import.h"

#define LIST_FILES_MOST 3000

struct list_import_file {
    const char *path, *name;
    bool left_out; /* chosen by who looks at them: it is named and not read */
};

/* As list_import_open, of any number of files (at least one). `watch` (may be NULL) is told how far it is; false stops with ERR_BUSY and reason "list_stopped". */
typedef bool list_import_watch(void *context, size_t done, size_t total);
enum err list_import_open_files(struct db *db, const struct list_import_file *files, size_t count, bool trusted, const struct list_import_options *options,
                                list_import_watch *watch, void *context, struct list_import **ret, struct fault *fault);

/* Files being gathered; zeroed to begin with. */
struct list_files {
    struct list_import_file *items;
    size_t count, capacity;
};

/* Adds a file. What is called .zip and holds lists is opened: its files come to be in `folder` (which must be there), as NUMBER. Texts live in `arena`. ERR_LIMIT: too
 * many. ERR_INPUT: an archive that cannot be read; the fault names it. */
enum err list_files_add(struct list_files *files, struct arena *arena, const char *folder, const char *path, const char *name, struct fault *fault);

#endif
