/* plenum-docs: papers in bundles that can be checked and moved by USB stick. */
#include "core/base/crypto.h"
#include "core/base/version.h"
#include "docs-bundle/command.h"

#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *help;
} commands[] = {
    {"key", docs_command_key, "this folder's signing key; whom it trusts"},
    {"build", docs_command_build, "a signed bundle of a folder of papers"},
    {"verify", docs_command_verify, "what of a bundle is missing, changed or extra, and whose it is"},
    {"install", docs_command_install, "a bundle's papers into an event, one step or nothing"},
    {"list", docs_command_list, "an event's papers, their versions and senders"},
    {"read", docs_command_read, "text and pictures of papers that came without a bundle"},
};

static void print_help(FILE *to)
{
    fputs("usage: plenum-docs COMMAND [options]\n\nPapers in bundles: an ordinary ZIP with a signed manifest, the text of each page and small pictures of "
        "pages.\n\n", to);
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) fprintf(to, "  %-8s %s\n", commands[i].name, commands[i].help);
    fputs("\n`plenum-docs COMMAND --help` tells more.\n", to);
}

int main(int argc, char **argv)
{
    setlocale(LC_CTYPE, "C.UTF-8");
    signal(SIGPIPE, SIG_IGN);
    const char *name = argc > 1 ? argv[1] : "";
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0) return print_help(stdout), 0;
    if (strcmp(name, "--version") == 0) return printf("plenum-docs %s\n", PLENUM_VERSION), 0;
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        if (strcmp(name, commands[i].name) != 0) continue;
        if (crypto_init() == OK) return commands[i].run(argc - 1, argv + 1);
        fputs("plenum-docs: this machine gives no random numbers\n", stderr);
        return 1;
    }
    if (argc > 1) fprintf(stderr, "plenum-docs: there is no command \"%s\"; see plenum-docs --help\n", name);
    else print_help(stderr);
    return 2;
}
