#include "core/base/buf.h"
#include "core/base/file.h"
#include "core/base/opt.h"
#include "scanner/commands.h"
#include "scanner/decode/guarded.h"
#include "scanner/feedback/fields.h"
#include "scanner/frames/frames.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void put_line(struct buf *line, const char *file, const struct code_list *codes, const char *error)
{
    buf_clear(line);
    buf_puts(line, "{\"file\":");
    fields_put_bytes(line, file ? file : "", file ? strlen(file) : 0);
    buf_puts(line, ",\"codes\":[");
    for (size_t i = 0; i < codes->count; i++) {
        if (i) buf_putc(line, ',');
        fields_put_bytes(line, codes->items[i].text, codes->items[i].length);
    }
    buf_putc(line, ']');
    if (error) {
        buf_puts(line, ",\"error\":");
        fields_put_bytes(line, error, strlen(error));
    }
    buf_puts(line, "}\n");
}

static enum err decode_all(struct source *source, struct guarded *decoder, bool *ret_all_read, struct fault *fault)
{
    struct arena arena = {0};
    struct buf line;
    enum err e;
    buf_init(&line, BUF_LIMIT_BODY);
    *ret_all_read = true;
    for (;;) {
        struct frame frame;
        struct code_list codes = {0};
        arena_clear(&arena);
        e = source_next(source, &arena, &frame, fault);
        if (e == ERR_NOT_FOUND) break;
        if (e == OK) e = guarded_read(decoder, &frame, &arena, &codes, fault);
        if (e != OK && e != ERR_INPUT) goto out;
        if (e != OK) {
            *ret_all_read = false;
            fprintf(stderr, "plenum-scanner: %s\n", fault->text);
        }
        put_line(&line, frame.name, &codes, e == OK ? NULL : fault->text);
        if (!buf_ok(&line)) {
            e = fault_set(fault, ERR_NOMEM, "not enough memory for a line");
            goto out;
        }
        e = file_write_all(STDOUT_FILENO, line.data, line.length);
        if (e != OK) {
            fault_set(fault, e, "standard output: %s", err_name(e));
            goto out;
        }
    }
    e = OK;
out:
    buf_release(&line);
    arena_release(&arena);
    return e;
}

int command_decode(int argc, char **argv)
{
    bool json = false, help, all_read = false;
    struct opt options[] = {{.name = "json", .kind = OPT_FLAG, .target = &json, .help = "one JSON line a picture (it is always so)"}};
    struct opt_command command = {.usage = "plenum-scanner decode PATH...",
                                  .about = "Prints one JSON line a picture, {\"file\": \"…\", \"codes\": [\"…\"]}: every QR text as it was read. Paths are files "
                                           "and folders, JPEG, PNG or PGM.\nExit code 0 when each picture could be read, whether or not it has a code.",
                                  .options = options, .option_count = 1, .least_words = 1, .most_words = (size_t)argc};
    const char **words = calloc((size_t)argc + 1, sizeof *words);
    struct guarded *decoder = guarded_new();
    struct source *source = NULL;
    size_t count;
    struct fault fault = {0};
    enum err e = words && decoder ? opt_parse(&command, argc, argv, words, &count, &help, &fault) : fault_set(&fault, ERR_NOMEM, "not enough memory");
    if (e == OK && help) {
        opt_print_help(&command);
        all_read = true;
        goto out;
    }
    if (e == OK) e = source_open_images(words, count, false, -1, &source, &fault);
    if (e == OK) source_keep_encoded(source);
    if (e == OK) guarded_set_bars(decoder, false); /* QR texts alone: that is what is promised */
    if (e == OK) e = decode_all(source, decoder, &all_read, &fault);
    if (e != OK) fprintf(stderr, "plenum-scanner: %s\n", fault.text);
out:
    source_close(source);
    guarded_free(decoder);
    free(words);
    return e == OK ? (all_read ? 0 : 1) : err_exit_code(e);
}
