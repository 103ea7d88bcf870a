/* Command lines: one table per command makes the parsing and the --help page. */
#ifndef PLENUM_BASE_OPT_H
#define PLENUM_BASE_OPT_H

#include "core/base/err.h"

#include <stdbool.h>
#include <stddef.h>

enum opt_kind {
    OPT_FLAG,   /* bool * */
    OPT_TEXT,   /* const char ** */
    OPT_NUMBER, /* long *; decimal, within [least, most] */
    OPT_LIST    /* struct opt_list *: may be given several times */
};

#define OPT_LIST_MOST 64
struct opt_list {
    const char *items[OPT_LIST_MOST];
    size_t count;
};

struct opt {
    const char *name;  /* without the dashes: "public-url" */
    char letter;       /* 'o' for -o; 0 = none */
    enum opt_kind kind;
    void *target;
    const char *value; /* how the value is called in the help: "URL" */
    const char *help;
    long least, most;  /* OPT_NUMBER */
};

struct opt_command {
    const char *usage; /* "plenum import FILE [options]" */
    const char *about; /* one or more sentences */
    const struct opt *options;
    size_t option_count;
    size_t least_words, most_words; /* positional arguments */
};

/* Parses argv[1…]; "--name value", "--name=value", "-o value", "--" ends options. Words are borrowed from argv. ERR_USAGE with a sentence
 * on a mistake; *ret_help true when --help was given (nothing else is checked then). `words` holds most_words pointers. */
enum err opt_parse(const struct opt_command *command, int argc, char **argv, const char **words, size_t *ret_word_count, bool *ret_help, struct fault *fault);

/* The help page on standard output. */
void opt_print_help(const struct opt_command *command);

#endif
