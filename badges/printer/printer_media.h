/* Private to badges/printer*: which of a printer's papers fits a page. Names are self-describing (PWG 5101.1, section 4): "iso_a4_210x297mm". */
#ifndef PLENUM_BADGES_PRINTER_MEDIA_H
#define PLENUM_BADGES_PRINTER_MEDIA_H

#include <stdbool.h>
#include <stddef.h>

#define MEDIA_NEAR_MM 2.0 /* label makers round; A4 and Letter differ by 6 mm */

enum media_found { MEDIA_NONE, MEDIA_NAMED, MEDIA_FREE };

struct media_choice {
    enum media_found found;
    const char *name;     /* MEDIA_NAMED: the one to ask for; MEDIA_NONE: the nearest, or NULL when the printer names none */
    double width, height; /* MEDIA_FREE: to ask for, millimetres, as the printer feeds it */
};

/* The size in a name, millimetres; false when it tells none. */
bool media_size_of(const char *name, double *ret_width, double *ret_height);

/* The nearest paper, upright or lying, at most MEDIA_NEAR_MM off on each side; else a free size when custom_min/max or roll_min/max allow it. */
struct media_choice media_choose(const char *const *names, size_t count, double width, double height);

#endif
