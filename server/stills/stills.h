/* Stills: pictures (PNG) of what a wall shows, drawn by the server itself, for a USB stick in a media player or an LED box when the line dies: the scene that
 * welcomes, the programme by day, our work, the figures with the time that they are of in large, black.
 *
 * Pages are drawn with core/typeset and made pictures by poppler in a child: 8 bits a colour, no alpha, not interlaced, exactly as large as wished. File names
 * are plain ASCII and sort in the order of showing: "001-welcome.png". Takes about a second a picture: a command, or a job. */
#ifndef PLENUM_SERVER_STILLS_H
#define PLENUM_SERVER_STILLS_H

#include "core/base/arena.h"
#include "core/db/db.h"
#include "core/typeset/fonts.h"
#include "server/i18n/i18n.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STILLS_SIDE_LEAST 320u
#define STILLS_SIDE_MOST 7680u
#define STILLS_PIXELS_MOST (16u << 20)
#define STILLS_WIDTH_USUAL 1920u
#define STILLS_HEIGHT_USUAL 1080u

struct stills_wish {
    struct db *db;           /* read only */
    const char *data_folder;
    const struct i18n *i18n;
    struct fonts *fonts;
    const char *event;       /* slug */
    unsigned width, height;  /* pixels */
    const char *language;    /* vi, en, pt, ar; NULL: the organisation's first */
    const char *folder;      /* absolute, there already: where the pictures go */
    int64_t now_ms;
    bool (*on_picture)(void *context, size_t done, size_t total); /* may be NULL; false stops: ERR_TIMEOUT */
    void *context;
};

struct stills {
    const char **names; /* of the files, in order; in the arena */
    size_t count;
};

/* "1920x1080". False: it is no size, or none that is made. */
bool stills_size_parse(const char *text, unsigned *ret_width, unsigned *ret_height);

/* ERR_NOT_FOUND: no such event, or poppler is not installed; ERR_INPUT: no such language. Only files of these names are written; on an error some may be there. */
enum err stills_make(struct arena *arena, const struct stills_wish *wish, struct stills *ret, struct fault *fault);

#endif
