/* Gives a gate that was cut off its full queue, through the same functions as the scanner.
 *
 *     queue_fill SPOOL TOKENS SKIP COUNT GATE
 *
 * TOKENS has a badge's token a line; the COUNT after the first SKIP were each told that they are admitted. Every scan is two durable commits: a SPOOL in memory,
 * moved afterwards, saves the wait. */
#include "core/base/crypto.h"
#include "core/base/id.h"
#include "scanner/queue/queue.h"

#include <stdio.h>
#include <stdlib.h>

static enum err fill(struct queue *queue, FILE *tokens, long skip, long count, const char *gate, struct fault *fault)
{
    char line[64], token[ID_TOKEN_SIZE], scan_id[ID_UUID_SIZE];
    enum err e = OK;
    for (long i = 0; e == OK && i < skip + count && fgets(line, sizeof line, tokens); i++) {
        line[strcspn(line, "\n")] = '\0';
        if (i < skip) continue;
        if (!id_token_read(line, token)) return fault_set(fault, ERR_INPUT, "line %ld is no token", i + 1);
        struct queued_scan scan = {.token = token, .gate = gate, .direction = "in"};
        e = queue_add(queue, &scan, scan_id, fault);
        if (e == OK) e = queue_tell(queue, scan_id, "admitted", NULL, DB_NULL, fault);
    }
    return e;
}

int main(int argc, char **argv)
{
    struct fault fault = {0};
    struct queue queue = {0};
    FILE *tokens = argc == 6 ? fopen(argv[2], "r") : NULL;
    if (!tokens || crypto_init() != OK) {
        fputs("usage: queue_fill SPOOL TOKENS SKIP COUNT GATE\n", stderr);
        return 2;
    }
    enum err e = queue_open(argv[1], true, &queue, &fault);
    if (e == OK) e = fill(&queue, tokens, strtol(argv[3], NULL, 10), strtol(argv[4], NULL, 10), argv[5], &fault);
    if (e != OK) fprintf(stderr, "%s: %s\n", err_name(e), fault.text);
    queue_close(&queue);
    fclose(tokens);
    return e == OK ? 0 : 1;
}
