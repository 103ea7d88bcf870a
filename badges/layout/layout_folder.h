/* The house's own layouts: files NAME.json in the data folder's layouts/, beside our ready ones. For the console and its doors.
 *
 * Names are [a-z0-9-], 40 at most, so that one may come from a stranger. Files are replaced whole (fsync, rename); who saves says which version was
 * changed, so that of two editors the second is told. Thread-safe, also between processes. */
#ifndef PLENUM_BADGES_LAYOUT_FOLDER_H
#define PLENUM_BADGES_LAYOUT_FOLDER_H

#include "badges/badges.h"

#define LAYOUT_NAME_MOST 40
#define LAYOUT_BYTES_MOST (256u * 1024u)
#define LAYOUTS_OWN_MOST 200
#define LAYOUT_TAG_SIZE 65 /* with NUL */

struct layout_entry {
    const char *name, *about;
    const char *flaw;     /* why it cannot be used; NULL: it can */
    double width, height; /* millimetres; 0 with a flaw */
    bool own, ready;      /* both: an own file goes before ours of that name */
    bool has_back;
};

bool layout_name_is_good(const char *name);
bool layout_name_is_ready(const char *name);

/* Ready ones in the order of the help, then own ones by name; files with other names are passed over. */
enum err layout_folder_list(struct arena *arena, const char *folder, struct layout_entry **ret, size_t *ret_count, struct fault *fault);

/* The text of a layout, an own one first. `tag` names its content. ERR_NOT_FOUND. */
enum err layout_folder_read(struct arena *arena, const char *folder, const char *name, const char **ret_text, size_t *ret_length, bool *ret_own,
                            char tag[LAYOUT_TAG_SIZE], struct fault *fault);

/* Saves a text that badges_layout_read takes (ERR_INPUT with the place otherwise). `seen` is the tag of the version that was changed, "*" any version, NULL
 * that there is none yet. ERR_CONFLICT: there is another version; ERR_DENIED: the name is a ready one's or no good name; ERR_LIMIT: too large or
 * too many. *tag is that of what was saved. */
enum err layout_folder_save(const char *folder, const char *name, const char *text, size_t length, const char *seen, char tag[LAYOUT_TAG_SIZE],
                            struct fault *fault);

/* ERR_NOT_FOUND when there is no own one; ERR_CONFLICT as above (seen NULL or "*": any). */
enum err layout_folder_delete(const char *folder, const char *name, const char *seen, struct fault *fault);

#endif
