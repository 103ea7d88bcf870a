/* Asking the person at the terminal one thing. Not thread-safe: for commands. */
#ifndef PLENUM_BASE_ASK_H
#define PLENUM_BASE_ASK_H

#include "core/base/err.h"

#include <stdbool.h>
#include <stddef.h>

/* Whether somebody sits there: standard input is a terminal. */
bool ask_is_possible(void);

/* One line of standard input without its end; the prompt is shown where somebody sits there, on standard error, and with `hidden` what is typed is not. ERR_INPUT: no
 * line, or longer than `size` - 1 bytes. */
enum err ask_line(const char *prompt, bool hidden, char *out, size_t size, struct fault *fault);

#endif
