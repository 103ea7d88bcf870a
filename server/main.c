/* plenum: the dispatch table. Each command is one function in server/commands. */
#include "core/base/crypto.h"
#include "core/base/version.h"
#include "server/commands/commands.h"
#include "server/commands/tls.h"

#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct command {
    const char *name;
    int (*run)(int argc, char **argv); /* NULL: the program plenum-NAME, beside this one */
    const char *help;
} commands[] = {
    {"serve", command_serve, "run the server"},
    {"import", command_import, "take in an event file"},
    {"export", command_export, "give out delegates, check-ins, or a whole event"},
    {"figures", command_figures, "the figures of an event, now or as of a moment of the past"},
    {"user", command_user, "accounts of staff: add, passwd, list, disable"},
    {"device", command_device, "scanners: pair, list, revoke"},
    {"photos", command_photos, "photos of people: add many at once, missing, remove"},
    {"stills", command_stills, "pictures of the wall for a USB stick, for when the line dies"},
    {"printer", command_printer, "printers for desks: add, list, remove, default, test"},
    {"tls", command_tls, "the local certificate authority: init, show"},
    {"backup", command_backup, "a consistent copy of everything, also while the server runs"},
    {"restore", command_restore, "a backup into an empty data folder"},
    {"purge", command_purge, "erases the people of an event; figures stay"},
    {"takeover", command_takeover, "a server's second copy (serve --mirror) into a new data folder"},
    {"doctor", command_doctor, "check the data folder: schema, papers, figures"},
    {"rehearse", command_rehearse, "play the rush at the doors on a practice copy: queues, answers, what would break"},
    {"badges", NULL, "badges as PDF (plenum-badges)"},
    {"docs", NULL, "papers in signed bundles (plenum-docs)"},
};

static void print_help(FILE *to)
{
    fprintf(to, "usage: plenum COMMAND [options]\n\nRuns a congress from one laptop: badges, papers on phones, check-in at the doors, figures on the wall.\n\n");
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) fprintf(to, "  %-10s %s\n", commands[i].name, commands[i].help);
    fprintf(to, "\n`plenum COMMAND --help` tells more.\n");
}

/* As git does: the program that lies beside this one, or is found by PATH when this one was. */
static int run_beside(const char *name, int argc, char **argv)
{
    char self[PATH_MAX], program[PATH_MAX + 64];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    if (n <= 0) {
        fprintf(stderr, "plenum: cannot find out where this program lies: %s\n", strerror(errno));
        return 1;
    }
    self[n] = '\0';
    (void)snprintf(program, sizeof program, "%s/plenum-%s", dirname(self), name);
    argv[0] = program;
    (void)argc;
    execv(program, argv);
    fprintf(stderr, "plenum: %s: %s\n", program, strerror(errno));
    return 1;
}

int main(int argc, char **argv)
{
    setlocale(LC_CTYPE, "C.UTF-8");
    signal(SIGPIPE, SIG_IGN);
    if (argc < 2) {
        print_help(stderr);
        return 2;
    }
    const char *name = argv[1];
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0) {
        print_help(stdout);
        return 0;
    }
    if (strcmp(name, "--version") == 0) {
        printf("plenum %s\n", PLENUM_VERSION);
        return 0;
    }
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        if (strcmp(name, commands[i].name) != 0) continue;
        if (!commands[i].run) return run_beside(name, argc - 1, argv + 1);
        if (crypto_init() != OK) {
            fprintf(stderr, "plenum: this machine gives no random numbers\n");
            return 1;
        }
        return commands[i].run(argc - 1, argv + 1);
    }
    fprintf(stderr, "plenum: there is no command \"%s\"; see plenum --help\n", name);
    return 2;
}
