#include "server/commands/commands.h"

#include <stdio.h>
#include <string.h>

bool command_parse(const struct opt_command *command, int argc, char **argv, const char **words, size_t *ret_word_count, int *ret_code)
{
    struct fault fault = {0};
    bool help = false;
    size_t count = 0;
    enum err e = opt_parse(command, argc, argv, words, &count, &help, &fault);
    *ret_code = command_end(argv[0], e, &fault);
    if (help) opt_print_help(command);
    if (ret_word_count) *ret_word_count = count;
    return e == OK && !help;
}

int command_end(const char *name, enum err e, const struct fault *fault)
{
    if (e == OK) return 0;
    fprintf(stderr, "plenum %s: %s\n", name, fault->text[0] ? fault->text : err_name(e));
    return err_exit_code(e);
}

enum err command_apply(const char *data, enum err (*apply)(struct db *db, void *arg, struct fault *fault), void *arg, struct fault *fault)
{
    struct store store = {0};
    enum err e = store_open(store_choose_folder(data), STORE_WRITE, &store, fault);
    if (e == OK) e = db_transaction(store.db, apply, arg, fault);
    store_close(&store);
    return e;
}

enum err command_print_json(const json_t *value, bool indent, struct fault *fault)
{
    struct buf out;
    buf_init(&out, BUF_LIMIT_FILE);
    enum err e = json_write(value, indent, &out);
    buf_putc(&out, '\n');
    if (e != OK || !buf_ok(&out)) e = fault_set(fault, ERR_NOMEM, "the result is too large to be shown");
    else if (fwrite(out.data, 1, out.length, stdout) != out.length || fflush(stdout) != 0) e = fault_set(fault, ERR_IO, "standard output cannot be written");
    buf_release(&out);
    return e;
}

static void print_verbs(FILE *to, const char *name, const struct command_verb *verbs, size_t count)
{
    fprintf(to, "usage: plenum %s COMMAND …\n\n", name);
    for (size_t i = 0; i < count; i++) fprintf(to, "  %-10s %s\n", verbs[i].name, verbs[i].help);
    fprintf(to, "\n`plenum %s COMMAND --help` tells more.\n", name);
}

int command_verbs(const char *name, const struct command_verb *verbs, size_t count, int argc, char **argv)
{
    if (argc > 1 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) {
        print_verbs(stdout, name, verbs, count);
        return 0;
    }
    for (size_t i = 0; argc > 1 && i < count; i++)
        if (strcmp(argv[1], verbs[i].name) == 0) {
            char full[64]; /* what the command calls itself in its messages: "user add" */
            (void)snprintf(full, sizeof full, "%s %s", name, verbs[i].name);
            argv[1] = full;
            return verbs[i].run(argc - 1, argv + 1);
        }
    if (argc > 1) fprintf(stderr, "plenum %s: there is no command \"%s\"; see plenum %s --help\n", name, argv[1], name);
    else print_verbs(stderr, name, verbs, count);
    return 2;
}
