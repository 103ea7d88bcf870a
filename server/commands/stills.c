/* `plenum stills`: pictures for a USB stick. */
#include "core/base/clock.h"
#include "core/base/crypto.h"
#include "core/base/file.h"
#include "core/base/progress.h"
#include "docs-bundle/docs.h"
#include "server/commands/commands.h"
#include "server/stills/stills.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct options {
    const char *data, *event, *output, *size, *language;
    bool json;
};

static enum err check(const struct options *o, struct stills_wish *wish, struct fault *fault)
{
    if (!o->event || !o->output) return fault_set(fault, ERR_USAGE, "--event SLUG and -o DIR are needed");
    if (!stills_size_parse(o->size, &wish->width, &wish->height))
        return fault_set(fault, ERR_USAGE, "--size: \"%.40s\" is no size like 1920x1080 (sides from %u to %u)", o->size, STILLS_SIDE_LEAST, STILLS_SIDE_MOST);
    return OK;
}

static enum err print(const struct options *o, const struct stills *stills, struct fault *fault)
{
    json_t *names = json_array();
    for (size_t i = 0; i < stills->count; i++) (void)json_array_append_new(names, json_string(stills->names[i]));
    json_t *value = json_pack("{s:s, s:o}", "folder", o->output, "files", names);
    enum err e = !value ? ERR_NOMEM : o->json ? command_print_json(value, true, fault) : OK;
    if (e == OK && !o->json) printf("%zu pictures in %s\n", stills->count, o->output);
    json_decref(value);
    return e;
}

static enum err make(const struct options *o, struct stills_wish *wish, struct store *store, struct arena *arena, struct fault *fault)
{
    struct stills stills;
    struct i18n *i18n = NULL;
    struct progress progress;
    enum err e = file_make_directories(o->output, fault);
    char *folder = e == OK ? realpath(o->output, NULL) : NULL;
    if (e == OK && !folder) e = fault_set(fault, err_from_errno(errno), "%s: %s", o->output, strerror(errno));
    if (e == OK) e = i18n_load(&i18n, fault);
    if (e == OK) e = fonts_new(&wish->fonts, fault);
    progress_begin(&progress, "stills");
    wish->db = store->db;
    wish->data_folder = store->folder;
    wish->i18n = i18n;
    wish->folder = folder;
    wish->on_picture = progress_show;
    wish->context = &progress;
    if (e == OK) e = stills_make(arena, wish, &stills, fault);
    progress_end(&progress);
    if (e == OK) e = print(o, &stills, fault);
    fonts_free(wish->fonts);
    i18n_free(i18n);
    free(folder);
    progress_finish(&progress);
    return e;
}

int command_stills(int argc, char **argv)
{
    struct options o = {.size = "1920x1080"};
    const struct opt options[] = {
        COMMAND_DATA(&o.data),
        {"event", 0, OPT_TEXT, &o.event, "SLUG", "the event", 0, 0},
        {"output", 'o', OPT_TEXT, &o.output, "DIR", "the folder for the pictures, such as a USB stick's; made when missing", 0, 0},
        {"size", 0, OPT_TEXT, &o.size, "WxH", "pixels of the wall (default 1920x1080)", 0, 0},
        {"language", 0, OPT_TEXT, &o.language, "LANG", "vi, en, pt or ar (default: the organisation's first)", 0, 0},
        {"json", 0, OPT_FLAG, &o.json, NULL, "tell the files as JSON", 0, 0},
    };
    const struct opt_command command = {"plenum stills --event SLUG -o DIR [options]",
                                        "Draws what the wall shows as numbered PNG pictures, for a media player or an LED box when the line dies: welcome, programme, "
                                        "our work, the figures as of now, black.", options, sizeof options / sizeof options[0], 0, 0};
    struct fault fault = {0};
    struct store store = {0};
    struct arena arena = {0};
    int code;
    if (!command_parse(&command, argc, argv, NULL, NULL, &code)) return code;
    struct stills_wish wish = {.event = o.event, .language = o.language, .now_ms = clock_now_ms()};
    enum err e = check(&o, &wish, &fault);
    if (e == OK && crypto_init() != OK) e = fault_set(&fault, ERR_BUG, "libsodium does not start");
    if (e == OK) e = store_open(store_choose_folder(o.data), STORE_READ, &store, &fault);
    if (e == OK) e = make(&o, &wish, &store, &arena, &fault);
    arena_release(&arena);
    store_close(&store);
    return command_end("stills", e, &fault);
}
