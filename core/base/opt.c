#include "core/base/opt.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct opt *find_long(const struct opt_command *command, const char *name, size_t length)
{
    for (size_t i = 0; i < command->option_count; i++)
        if (strlen(command->options[i].name) == length && memcmp(command->options[i].name, name, length) == 0) return &command->options[i];
    return NULL;
}

static const struct opt *find_letter(const struct opt_command *command, char letter)
{
    for (size_t i = 0; i < command->option_count; i++)
        if (command->options[i].letter == letter) return &command->options[i];
    return NULL;
}

static enum err store(const struct opt *opt, const char *value, struct fault *fault)
{
    if (opt->kind == OPT_TEXT) {
        *(const char **)opt->target = value;
        return OK;
    }
    if (opt->kind == OPT_LIST) {
        struct opt_list *list = opt->target;
        if (list->count == OPT_LIST_MOST) return fault_set(fault, ERR_USAGE, "--%s: given too often", opt->name);
        list->items[list->count++] = value;
        return OK;
    }
    char *end;
    errno = 0;
    long number = strtol(value, &end, 10);
    if (errno || end == value || *end) return fault_set(fault, ERR_USAGE, "--%s: \"%s\" is not a number", opt->name, value);
    if (number < opt->least || number > opt->most)
        return fault_set(fault, ERR_USAGE, "--%s: %ld is not between %ld and %ld", opt->name, number, opt->least, opt->most);
    *(long *)opt->target = number;
    return OK;
}

static enum err parse_one(const struct opt_command *command, int argc, char **argv, int *i, struct fault *fault)
{
    const char *word = argv[*i];
    const struct opt *opt;
    const char *value = NULL;
    if (word[1] == '-') {
        size_t n = strcspn(word + 2, "=");
        opt = find_long(command, word + 2, n);
        if (word[2 + n] == '=') value = word + 3 + n;
    } else {
        opt = find_letter(command, word[1]);
        if (opt && word[2]) value = word + 2;
    }
    if (!opt) return fault_set(fault, ERR_USAGE, "unknown option %s", word);
    if (opt->kind == OPT_FLAG) {
        if (value) return fault_set(fault, ERR_USAGE, "--%s takes no value", opt->name);
        *(bool *)opt->target = true;
        return OK;
    }
    if (!value) {
        if (*i + 1 >= argc) return fault_set(fault, ERR_USAGE, "%s needs a value (%s)", word, opt->value);
        value = argv[++*i];
    }
    return store(opt, value, fault);
}

enum err opt_parse(const struct opt_command *command, int argc, char **argv, const char **words, size_t *ret_word_count, bool *ret_help, struct fault *fault)
{
    size_t n = 0;
    bool only_words = false;
    *ret_help = false;
    for (int i = 1; i < argc; i++) {
        if (only_words) break;
        if (strcmp(argv[i], "--") == 0) only_words = true;
        if (!only_words && (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)) {
            *ret_help = true;
            return OK;
        }
    }
    only_words = false;
    for (int i = 1; i < argc; i++) {
        if (!only_words && strcmp(argv[i], "--") == 0) {
            only_words = true;
            continue;
        }
        if (!only_words && argv[i][0] == '-' && argv[i][1]) {
            enum err e = parse_one(command, argc, argv, &i, fault);
            if (e != OK) return e;
            continue;
        }
        if (n == command->most_words) return fault_set(fault, ERR_USAGE, "unexpected \"%s\"", argv[i]);
        words[n++] = argv[i];
    }
    if (n < command->least_words) return fault_set(fault, ERR_USAGE, "something is missing: usage: %s", command->usage);
    *ret_word_count = n;
    return OK;
}

void opt_print_help(const struct opt_command *command)
{
    printf("usage: %s\n\n%s\n", command->usage, command->about);
    if (command->option_count) printf("\noptions:\n");
    for (size_t i = 0; i < command->option_count; i++) {
        const struct opt *opt = &command->options[i];
        char left[80];
        char letter[8] = "";
        if (opt->letter) (void)snprintf(letter, sizeof letter, "-%c, ", opt->letter);
        (void)snprintf(left, sizeof left, "%s--%s%s%s", letter, opt->name, opt->value ? " " : "", opt->value ? opt->value : "");
        printf("  %-26s %s%s\n", left, opt->help, opt->kind == OPT_LIST ? " (may be given several times)" : "");
    }
    printf("  %-26s this page\n", "--help");
}
