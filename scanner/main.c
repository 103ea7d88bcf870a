/* plenum-scanner: reads badges at a door, keeps every scan, and tells the server. */
#include "core/base/crypto.h"
#include "core/base/version.h"
#include "scanner/commands.h"
#include "scanner/decode/guarded.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
    const char *word = argc > 1 ? argv[1] : "";
    if (strcmp(word, "--version") == 0) {
        printf("plenum-scanner %s\n", PLENUM_VERSION);
        return 0;
    }
    if (crypto_init() != OK) {
        fprintf(stderr, "plenum-scanner: no randomness from the system\n");
        return 1;
    }
    /* A reader of our lines that goes away must not end the door. */
    (void)signal(SIGPIPE, SIG_IGN);
    if (strcmp(word, "decoder") == 0 && argc == 2) return guarded_serve();
    if (strcmp(word, "decode") == 0) return command_decode(argc - 1, argv + 1);
    if (strcmp(word, "undo") == 0) return command_undo(argc - 1, argv + 1);
    if (strcmp(word, "queue") == 0) return command_queue(argc - 1, argv + 1);
    return command_run(argc, argv);
}
