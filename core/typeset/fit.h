/* Text into a box: shrink to a floor, then break lines in the way of the script, then shrink further, at last cut with an ellipsis.
 *
 * Sizes are points. What comes back is never wider or higher than the box: ink and advances are both counted. */
#ifndef PLENUM_TYPESET_FIT_H
#define PLENUM_TYPESET_FIT_H

#include "core/typeset/line.h"

struct fit_style {
    const char *language; /* may be NULL */
    const char *family;   /* a font by its name, before ours; may be NULL */
    bool bold;
    double size;        /* wished, and never above */
    double break_below; /* more lines are tried before any text gets smaller than this; 0 = never before `least` */
    double least;       /* smaller than this never; the text is cut instead */
    unsigned lines;     /* at most; 0 counts as 1 */
    double leading;     /* distance of baselines as a multiple of the size; 0 = 1.2 */
};

struct fit {
    struct line *lines; /* in the arena, from the top */
    size_t count;
    double size;
    double leading;   /* points between baselines */
    double height;    /* from the highest ink to the lowest */
    double top;       /* from the first baseline up to the highest ink */
    bool cut;         /* an ellipsis stands for the rest */
    uint32_t missing; /* the first character that no font covers, 0 = none */
    bool helped;      /* another family than the wished one had to help */
};

/* `text` is tidied first (NFC, single spaces). An empty text gives count 0. ERR_INPUT for invalid UTF-8, ERR_LIMIT above 64 KB, and
 * ERR_LIMIT for a box that cannot hold even an ellipsis. */
enum err fit_text(struct fonts *fonts, struct arena *arena, const char *text, const struct fit_style *style, double width, double height,
                  struct fit *ret, struct fault *fault);

#endif
