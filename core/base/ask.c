#include "core/base/ask.h"

#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

bool ask_is_possible(void) { return isatty(STDIN_FILENO) != 0; }

enum err ask_line(const char *prompt, bool hidden, char *out, size_t size, struct fault *fault)
{
    struct termios before, quiet;
    bool hides = hidden && ask_is_possible() && tcgetattr(STDIN_FILENO, &before) == 0;
    if (ask_is_possible()) fprintf(stderr, "%s", prompt);
    if (hides) {
        quiet = before;
        quiet.c_lflag &= ~(tcflag_t)ECHO;
        (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
    }
    bool good = fgets(out, (int)size, stdin) != NULL;
    if (hides) {
        (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
        fprintf(stderr, "\n");
    }
    if (!good) return fault_set(fault, ERR_INPUT, "nothing was typed");
    size_t n = strlen(out);
    if (n + 1 == size && out[n - 1] != '\n') return fault_set(fault, ERR_INPUT, "what was typed is too long");
    out[strcspn(out, "\r\n")] = '\0';
    return OK;
}
