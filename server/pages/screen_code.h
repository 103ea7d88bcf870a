/* The code that is typed once at a screen. Private to server/pages. */
#ifndef PLENUM_SERVER_PAGES_SCREEN_CODE_H
#define PLENUM_SERVER_PAGES_SCREEN_CODE_H

#include "core/base/arena.h"

#include <stdbool.h>

/* Letters and digits alone count, read as badge tokens are: people type blanks and hyphens, and O for 0. `typed` may be NULL. In constant time. */
bool screen_code_matches(struct arena *arena, const char *typed, const char *code);

#endif
