/* Private to badges: our own layouts as the build has embedded them (badges/gen/embed_layouts.c). */
#ifndef PLENUM_BADGES_LAYOUT_FILES_H
#define PLENUM_BADGES_LAYOUT_FILES_H

struct layout_file {
    const char *name, *text;
};

/* By name; ends with a NULL name. */
extern const struct layout_file layout_files[];

#endif
